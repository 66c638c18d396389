/** Panagrad's engine: neural-network training off the Java heap. */
@org.jspecify.annotations.NullMarked
module org.panagrad {
  requires static jdk.incubator.vector;
  requires static org.jspecify;
  requires transitive org.panagrad.openblas;

  exports org.panagrad.blas;
  exports org.panagrad.data;
  exports org.panagrad.doctor;
  exports org.panagrad.file;
  exports org.panagrad.graph;
  exports org.panagrad.infer;
  exports org.panagrad.io;
  exports org.panagrad.kernel;
  exports org.panagrad.memory;
  exports org.panagrad.metrics;
  exports org.panagrad.nn;
  exports org.panagrad.optim;
  exports org.panagrad.plan.op;
  exports org.panagrad.plan;
  exports org.panagrad.random;
  exports org.panagrad.sweep;
  exports org.panagrad.table;
  exports org.panagrad.train;
}

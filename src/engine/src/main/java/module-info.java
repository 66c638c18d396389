/** Panagrad's engine: neural-network training off the Java heap. */
@org.jspecify.annotations.NullMarked
module org.panagrad {
  requires static jdk.incubator.vector;
  requires static org.jspecify;
  requires transitive org.panagrad.openblas;
  requires java.net.http;

  exports org.panagrad.data;
  exports org.panagrad.kernel;
  exports org.panagrad.random;
}

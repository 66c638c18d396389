/**
 * OpenBLAS for the JVM: jextract-generated bindings, and the finding and loading of the library.
 */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // the engine, which is compiled after this
module org.panagrad.openblas {
  requires static org.jspecify;

  exports org.panagrad.openblas;
  exports org.panagrad.openblas.cblas;
  exports org.panagrad.openblas.memory to
      org.panagrad;
}

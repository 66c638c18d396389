/**
 * OpenBLAS for the JVM: jextract-generated bindings, and the finding and loading of the library.
 */
@org.jspecify.annotations.NullMarked
module org.panagrad.openblas {
  requires static org.jspecify;

  exports org.panagrad.openblas;
  exports org.panagrad.openblas.cblas;
}

/** Damaged files for the tests of all readers; nothing that ships depends on it. */
@org.jspecify.annotations.NullMarked
module org.panagrad.fuzz {
  requires static org.jspecify;
  requires jdk.management;

  exports org.panagrad.fuzz;
}

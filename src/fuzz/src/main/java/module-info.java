/** Damaged files for the tests of all readers; nothing that ships depends on it. */
@org.jspecify.annotations.NullMarked
module org.panagrad.fuzz {
  requires static org.jspecify;

  exports org.panagrad.fuzz;
}

/** Readers of data files that need libraries. */
@org.jspecify.annotations.NullMarked
module org.panagrad.formats {
  requires static org.jspecify;
  requires de.siegmar.fastcsv;
  requires transitive org.panagrad;

  exports org.panagrad.formats.csv;
}

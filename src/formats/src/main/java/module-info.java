/** Readers of data files that need libraries. */
@org.jspecify.annotations.NullMarked
module org.panagrad.formats {
  requires java.desktop;
  requires static org.jspecify;
  requires de.siegmar.fastcsv;
  requires dev.hardwood.core;
  requires transitive org.panagrad;

  exports org.panagrad.formats.csv;
  exports org.panagrad.formats.image;
  exports org.panagrad.formats.npy;
  exports org.panagrad.formats.parquet;
}

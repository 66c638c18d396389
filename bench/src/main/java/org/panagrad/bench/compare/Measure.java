package org.panagrad.bench.compare;

/** What is measured. */
enum Measure {
  TRAIN("train", "samples/s", true),
  PREDICT1("predict1", "us", false),
  PREDICT256("predict256", "rows/s", true),
  RSS("rss", "MiB", false),
  FIRST_STEP("firstStep", "s", false);

  private final String label;
  private final String unit;
  private final boolean moreIsBetter;

  Measure(String label, String unit, boolean moreIsBetter) {
    this.label = label;
    this.unit = unit;
    this.moreIsBetter = moreIsBetter;
  }

  /** Its name in the JSON. */
  String label() {
    return label;
  }

  String unit() {
    return unit;
  }

  boolean moreIsBetter() {
    return moreIsBetter;
  }
}

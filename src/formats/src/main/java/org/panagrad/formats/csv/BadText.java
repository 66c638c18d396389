package org.panagrad.formats.csv;

import java.io.IOException;

/** Bytes that are no text, thrown through the parser, which knows the column. */
final class BadText extends IOException {
  private static final long serialVersionUID = 1L;

  private final String expected;
  private final String remedy;

  BadText(String expected, String found, String remedy) {
    super(found);
    this.expected = expected;
    this.remedy = remedy;
  }

  String expected() {
    return expected;
  }

  String remedy() {
    return remedy;
  }
}

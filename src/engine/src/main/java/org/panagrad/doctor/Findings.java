package org.panagrad.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Findings as they come. */
final class Findings {
  private final List<Finding> all = new ArrayList<>();

  void ok(String check, double value, String text) {
    all.add(new Finding(Severity.OK, check, text, value));
  }

  void note(String check, double value, String text) {
    all.add(new Finding(Severity.NOTE, check, text, value));
  }

  void problem(String check, double value, String text) {
    all.add(new Finding(Severity.PROBLEM, check, text, value));
  }

  Diagnosis diagnosis() {
    return new Diagnosis(all);
  }

  /** Text with numbers, the same in every country. */
  @SuppressWarnings("AnnotateFormatMethod") // The annotation would be a dependency.
  static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}

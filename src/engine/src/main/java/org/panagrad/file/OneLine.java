package org.panagrad.file;

import java.util.Locale;

/** Text made fit for one line of a message. */
public final class OneLine {
  private OneLine() {}

  /** The text with every control, format and unpaired-surrogate character as an escape. */
  public static String of(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            codePoint -> {
              if (breaksLine(codePoint)) {
                line.append(String.format(Locale.ROOT, "\\u%04x", codePoint));
              } else {
                line.appendCodePoint(codePoint);
              }
            });
    return line.toString();
  }

  /** The text in double quotes on one line, cut with an ellipsis after 60 characters. */
  public static String quote(String text) {
    int keep = 60;
    String start = first(text, keep);
    return '"' + of(start) + (start.length() == text.length() ? "\"" : "\"...");
  }

  /** At most so many characters from the start; one of two code units is not cut in half. */
  public static String first(String text, int characters) {
    return text.codePointCount(0, text.length()) <= characters
        ? text
        : text.substring(0, text.offsetByCodePoints(0, characters));
  }

  private static boolean breaksLine(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}

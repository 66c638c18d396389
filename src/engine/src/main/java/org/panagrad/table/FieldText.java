package org.panagrad.table;

/** What a field's text says: nothing, a number, or words. */
public final class FieldText {
  private FieldText() {}

  /**
   * Whether a field, stripped of blanks, says that its value is missing: nothing at all, {@code ?},
   * {@code NA} or {@code na}, or {@code N/A}, {@code NaN}, {@code null} in capitals or not. {@code
   * Na} is sodium.
   */
  public static boolean isMissing(String stripped) {
    return switch (stripped.length()) {
      case 0 -> true;
      case 1 -> stripped.charAt(0) == '?';
      case 2 -> stripped.equals("NA") || stripped.equals("na");
      case 3 -> stripped.equalsIgnoreCase("NaN") || stripped.equalsIgnoreCase("N/A");
      case 4 -> stripped.equalsIgnoreCase("null");
      default -> false;
    };
  }

  /**
   * The number a field says, as in {@code -12}, {@code 3.5} or {@code 1e-3}, with a point and
   * without separators; NaN where it says none, or none that a double can hold.
   */
  public static double number(String stripped) {
    if (!looksLikeNumber(stripped)) {
      return Double.NaN;
    }
    try {
      double number = Double.parseDouble(stripped);
      return Double.isFinite(number) ? number : Double.NaN;
    } catch (NumberFormatException _) {
      return Double.NaN;
    }
  }

  /**
   * Whether a field is no number but would be one without its commas: {@code 1,5}, {@code 1,000}.
   */
  static boolean isNumberWithCommas(String stripped) {
    return stripped.indexOf(',') >= 0 && !Double.isNaN(number(stripped.replace(",", "")));
  }

  /** What to do about a field that ought to be a number. */
  static String remedy(String stripped, String otherwise) {
    return isNumberWithCommas(stripped)
        ? "write it with a decimal point and no separators"
        : otherwise;
  }

  /** Java itself also takes {@code 1d}, {@code 0x1p3}, {@code Infinity} and blanks. */
  private static boolean looksLikeNumber(String text) {
    boolean digit = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        digit = true;
      } else if (c != '.' && c != '-' && c != '+' && !(digit && (c == 'e' || c == 'E'))) {
        return false;
      }
    }
    return digit;
  }
}

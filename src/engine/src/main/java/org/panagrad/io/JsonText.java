package org.panagrad.io;

import java.util.HexFormat;

/** Writes JSON: no white space, the shortest number that reads back the same. */
final class JsonText {
  private JsonText() {}

  static void append(Json value, StringBuilder text) {
    switch (value) {
      case Json.Obj(var members) -> {
        String separator = "{";
        for (var member : members.entrySet()) {
          text.append(separator);
          appendString(member.getKey(), text);
          text.append(':');
          append(member.getValue(), text);
          separator = ",";
        }
        text.append(members.isEmpty() ? "{}" : "}");
      }
      case Json.Arr(var elements) -> {
        String separator = "[";
        for (Json element : elements) {
          text.append(separator);
          append(element, text);
          separator = ",";
        }
        text.append(elements.isEmpty() ? "[]" : "]");
      }
      case Json.Str(var string) -> appendString(string, text);
      case Json.Int(var number) -> text.append(number);
      case Json.Real(var number) -> text.append(number);
      case Json.Bool(var bool) -> text.append(bool);
      case Json.Null() -> text.append("null");
    }
  }

  private static void appendString(String string, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\b' -> text.append("\\b");
        case '\t' -> text.append("\\t");
        case '\n' -> text.append("\\n");
        case '\f' -> text.append("\\f");
        case '\r' -> text.append("\\r");
        default -> {
          if (c < ' ') {
            text.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            checkPaired(string, i);
            text.append(c);
          }
        }
      }
    }
    text.append('"');
  }

  static void checkPaired(String string, int i) {
    int unpaired = unpairedAt(string, i);
    if (unpaired >= 0) {
      throw new IllegalArgumentException(
          "JSON string with an unpaired surrogate "
              + HexFormat.of().toHexDigits(string.charAt(unpaired))
              + " at index "
              + unpaired
              + ": it has no UTF-8 form; replace it");
    }
  }

  /** The index {@code i} when the surrogate there has no partner, else -1. */
  private static int unpairedAt(String string, int i) {
    char c = string.charAt(i);
    if (!Character.isSurrogate(c)) {
      return -1;
    }
    boolean paired =
        Character.isHighSurrogate(c)
            ? i + 1 < string.length() && Character.isLowSurrogate(string.charAt(i + 1))
            : i > 0 && Character.isHighSurrogate(string.charAt(i - 1));
    return paired ? -1 : i;
  }
}

package org.panagrad.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.OneLine;

/**
 * Reads JSON piece by piece from UTF-8 bytes, so that a caller who knows what it wants builds no
 * tree of what it does not: a hostile header of 100 MB must not cost ten times that in objects.
 *
 * <p>Every method throws {@link JsonException} with the byte offset.
 */
final class JsonParser {
  /** How deep arrays and objects may nest; the parser recurses, so the stack sets the bound. */
  static final int MAX_DEPTH = 64;

  private static final int END = -1;

  private final MemorySegment utf8;
  private final long length;
  private long at;
  private int depth;

  JsonParser(MemorySegment utf8) {
    this.utf8 = utf8;
    this.length = utf8.byteSize();
  }

  /** Only white space may be left. */
  void end() {
    if (peekToken() != END) {
      throw unexpected("the end of the text");
    }
  }

  /** The value here, as a tree. */
  Json value() {
    return switch (peekToken()) {
      case '{' -> {
        Map<String, Json> members = new LinkedHashMap<>();
        object(name -> members.put(name, value()));
        yield new Json.Obj(members);
      }
      case '[' -> {
        List<Json> elements = new ArrayList<>();
        array(() -> elements.add(value()));
        yield new Json.Arr(elements);
      }
      case '"' -> new Json.Str(string());
      case 't' -> literal("true", new Json.Bool(true));
      case 'f' -> literal("false", new Json.Bool(false));
      case 'n' -> literal("null", new Json.Null());
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw unexpected("a value");
    };
  }

  /** Checks the value here and forgets it. */
  void skip() {
    switch (peekToken()) {
      case '{' -> members(_ -> skip(), null);
      case '[' -> array(this::skip);
      default -> value();
    }
  }

  /** The object here; the action gets each name and must consume its value. */
  void object(Consumer<String> member) {
    members(member, new HashSet<>());
  }

  private void members(Consumer<String> member, @Nullable Set<String> seen) {
    if (peekToken() != '{') {
      throw unexpected("an object '{'");
    }
    descend();
    if (peekToken() == '}') {
      ascend();
      return;
    }
    while (true) {
      if (peekToken() != '"') {
        throw unexpected("a member name in double quotes");
      }
      long start = at;
      String name = string();
      if (seen != null && !seen.add(name)) {
        throw error(start, "a name not used before in this object", OneLine.quote(name) + " again");
      }
      if (peekToken() != ':') {
        throw unexpected("':'");
      }
      at++;
      member.accept(name);
      int next = peekToken();
      if (next == '}') {
        ascend();
        return;
      }
      if (next != ',') {
        throw unexpected("',' or '}'");
      }
      at++;
    }
  }

  /** The array here; the action must consume one element each time it runs. */
  void array(Runnable element) {
    if (peekToken() != '[') {
      throw unexpected("an array '['");
    }
    descend();
    if (peekToken() == ']') {
      ascend();
      return;
    }
    while (true) {
      element.run();
      int next = peekToken();
      if (next == ']') {
        ascend();
        return;
      }
      if (next != ',') {
        throw unexpected("',' or ']'");
      }
      at++;
    }
  }

  /** The non-negative integer here, exactly. */
  long nonNegativeInteger() {
    int first = peekToken();
    long start = at;
    if ((first == '-' || isDigit(first))
        && number() instanceof Json.Int(long value)
        && value >= 0) {
      return value;
    }
    at = start;
    throw error(start, "a whole number from 0 to " + Long.MAX_VALUE, foundFrom(start));
  }

  /** The string here. */
  String string() {
    if (peekToken() != '"') {
      throw unexpected("a string in double quotes");
    }
    long open = at++;
    boolean escaped = false;
    while (true) {
      int b = peek();
      if (b == '"') {
        break;
      }
      if (b == END) {
        throw unexpected("the closing '\"' of the string at offset " + open);
      }
      if (b < ' ') {
        throw unexpected("a character that may stand in a string (control characters escaped)");
      }
      at++;
      if (b == '\\') {
        escaped = true;
        if (peek() != END) {
          at++;
        }
      }
    }
    String raw = decode(open + 1, at - open - 1);
    String value = escaped ? unescape(raw, open + 1) : raw;
    at++;
    return value;
  }

  private String decode(long start, long size) {
    if (size > Integer.MAX_VALUE / 2) {
      throw error(start, "a string of at most 1 GiB", size + " bytes");
    }
    ByteBuffer bytes = utf8.asSlice(start, size).asByteBuffer();
    CharBuffer chars = CharBuffer.allocate((int) size);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(bytes, chars, true);
    if (result.isError()) {
      long bad = start + bytes.position();
      throw error(bad, "well-formed UTF-8", "byte " + hex(utf8.get(ValueLayout.JAVA_BYTE, bad)));
    }
    return chars.flip().toString();
  }

  /** Offsets in its errors are those of the string: the escapes of {@code raw} shift the rest. */
  private static String unescape(String raw, long start) {
    StringBuilder value = new StringBuilder(raw.length());
    int i = 0;
    while (i < raw.length()) {
      char c = raw.charAt(i++);
      if (c != '\\') {
        value.append(c);
        continue;
      }
      char escape = raw.charAt(i++);
      switch (escape) {
        case '"', '\\', '/' -> value.append(escape);
        case 'b' -> value.append('\b');
        case 'f' -> value.append('\f');
        case 'n' -> value.append('\n');
        case 'r' -> value.append('\r');
        case 't' -> value.append('\t');
        case 'u' -> {
          char unit = hexUnit(raw, i, start);
          i += 4;
          value.append(unit);
          if (Character.isHighSurrogate(unit)) {
            boolean follows = raw.startsWith("\\u", i);
            char low = follows ? hexUnit(raw, i + 2, start) : ' ';
            if (!Character.isLowSurrogate(low)) {
              throw unpaired(start, unit);
            }
            i += 6;
            value.append(low);
          } else if (Character.isLowSurrogate(unit)) {
            throw unpaired(start, unit);
          }
        }
        default ->
            throw error(
                start,
                "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u in the string",
                OneLine.quote("\\" + escape));
      }
    }
    return value.toString();
  }

  private static JsonException unpaired(long start, char unit) {
    return error(
        start,
        "surrogates in pairs in the string",
        String.format(Locale.ROOT, "\\u%04x alone", (int) unit));
  }

  private static char hexUnit(String raw, int i, long start) {
    int unit = 0;
    for (int k = i; k < i + 4; k++) {
      int digit = k < raw.length() ? hexDigit(raw.charAt(k)) : -1;
      if (digit < 0) {
        throw error(
            start,
            "four hexadecimal digits after \\u in the string",
            OneLine.quote(raw.substring(i, Math.min(i + 4, raw.length()))));
      }
      unit = unit << 4 | digit;
    }
    return (char) unit;
  }

  // Character.digit would take the digits of every script.
  private static int hexDigit(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int letter = (c | 0x20) - 'a';
    return c < 0x80 && letter >= 0 && letter < 6 ? letter + 10 : -1;
  }

  private Json number() {
    long start = at;
    boolean whole = true;
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
      if (isDigit(peek())) {
        throw unexpected("no digit after a leading zero");
      }
    } else {
      digits();
    }
    if (peek() == '.') {
      whole = false;
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
    if (at - start > 1000) {
      throw error(start, "a number of at most 1000 characters", (at - start) + " characters");
    }
    String text = decode(start, at - start);
    if (whole && !text.equals("-0")) {
      try {
        return new Json.Int(Long.parseLong(text));
      } catch (NumberFormatException _) {
        // Beyond a long: the nearest double, as the RFC leaves to the reader.
      }
    }
    double value = Double.parseDouble(text);
    if (!Double.isFinite(value)) {
      throw error(start, "a number within the range of a double", OneLine.quote(text));
    }
    return new Json.Real(value);
  }

  private void digits() {
    if (!isDigit(peek())) {
      throw unexpected("a digit");
    }
    while (isDigit(peek())) {
      at++;
    }
  }

  private Json literal(String word, Json value) {
    for (int i = 0; i < word.length(); i++) {
      if (peek() != word.charAt(i)) {
        throw unexpected('\'' + word + '\'');
      }
      at++;
    }
    return value;
  }

  private void descend() {
    if (++depth > MAX_DEPTH) {
      throw error(at, "at most " + MAX_DEPTH + " levels of nesting", "one more");
    }
    at++;
  }

  private void ascend() {
    depth--;
    at++;
  }

  private static boolean isDigit(int b) {
    return b >= '0' && b <= '9';
  }

  private int peek() {
    return at < length ? utf8.get(ValueLayout.JAVA_BYTE, at) & 0xff : END;
  }

  private int peekToken() {
    while (true) {
      int b = peek();
      if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
        return b;
      }
      at++;
    }
  }

  private JsonException unexpected(String expected) {
    return error(at, expected, foundAt(at));
  }

  private String foundAt(long offset) {
    if (offset >= length) {
      return "the end of the text";
    }
    byte b = utf8.get(ValueLayout.JAVA_BYTE, offset);
    return b > ' ' && b < 0x7f ? "'" + (char) b + "'" : "byte " + hex(b);
  }

  /** The token at an offset, as far as it is plain and short. */
  private String foundFrom(long offset) {
    StringBuilder token = new StringBuilder();
    for (long i = offset; i < length && token.length() < 40; i++) {
      byte b = utf8.get(ValueLayout.JAVA_BYTE, i);
      if (b <= ' ' || b >= 0x7f || b == ',' || b == '}' || b == ']') {
        break;
      }
      token.append((char) b);
    }
    return token.isEmpty() ? foundAt(offset) : token.toString();
  }

  private static String hex(byte b) {
    return String.format(Locale.ROOT, "0x%02x", b & 0xff);
  }

  private static JsonException error(long offset, String expected, String found) {
    return new JsonException("offset " + offset, expected, found);
  }
}

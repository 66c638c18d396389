package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "true",
        "false",
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "0.5",
        "-0.0",
        "1.0E300",
        "\"\"",
        "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\"",
        "{\"b\":1,\"a\":[1,[2,{}],\"文😀\"]}"
      })
  void readsBackAsItIsWritten(String text) {
    assertEquals(text, Json.parse(text).write());
  }

  @ParameterizedTest
  @CsvSource({
    "1e2,100.0",
    "-0,-0.0",
    "1E+2,100.0",
    "1.5e-1,0.15",
    "9223372036854775808,9.223372036854775808E18"
  })
  void otherNumbersAreTheNearestDouble(String text, double expected) {
    assertEquals(new Json.Real(expected), Json.parse(text));
  }

  @Test
  void takesWhiteSpaceAndEscapes() {
    assertEquals(
        "{\"a\":[1,\"文/😀é\"]}",
        Json.parse(" {\t\"a\" :\r\n[ 1 , \"\\u6587\\/\\uD83D\\ude00\\u00E9\" ] } ").write());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|0|a value|the end of the text",
        "{|1|a member name in double quotes|the end of the text",
        "{\"a\"}|4|':'|'}'",
        "{\"a\":1,}|7|a member name in double quotes|'}'",
        "{\"a\":1 \"b\":2}|7|',' or '}'|'\"'",
        "[1,]|3|a value|']'",
        "[1 2]|3|',' or ']'|'2'",
        "[1|2|',' or ']'|the end of the text",
        "nul|3|'null'|the end of the text",
        "NaN|0|a value|'N'",
        "1 2|2|the end of the text|'2'",
        "01|1|no digit after a leading zero|'1'",
        "-|1|a digit|the end of the text",
        "1.|2|a digit|the end of the text",
        "1e+|3|a digit|the end of the text",
        "+1|0|a value|'+'",
        "1e400|0|a number within the range of a double|\"1e400\"",
        "\"a|2|the closing '\"' of the string at offset 0|the end of the text",
        "\"\\|2|the closing '\"' of the string at offset 0|the end of the text",
        "\"\\x\"|1|one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u in the string|\"\\x\"",
        "\"\\u12g4\"|1|four hexadecimal digits after \\u in the string|\"12g4\"",
        "\"\\u12\"|1|four hexadecimal digits after \\u in the string|\"12\"",
        "\"\\ud800\"|1|surrogates in pairs in the string|\\ud800 alone",
        "\"\\ud800\\u0041\"|1|surrogates in pairs in the string|\\ud800 alone",
        "\"\\udc00\"|1|surrogates in pairs in the string|\\udc00 alone",
        "{\"a\":1,\"a\":2}|7|a name not used before in this object|\"a\" again",
        "{\"a\":1,\"\\u0061\":2}|7|a name not used before in this object|\"a\" again",
      })
  void saysWhereAndWhat(String text, String offset, String expected, String found) {
    assertEquals(
        "offset " + offset + ": expected " + expected + ", found " + found,
        assertThrows(JsonException.class, () -> Json.parse(text)).getMessage());
  }

  @Test
  void refusesControlCharactersAndUnpairedSurrogates() {
    assertThrows(JsonException.class, () -> Json.parse("\"a\nb\""));
    assertThrows(JsonException.class, () -> Json.parse("\"\ud800\""));
    Json unpaired = new Json.Str("\ud800");
    assertThrows(IllegalArgumentException.class, unpaired::write);
    assertThrows(IllegalArgumentException.class, () -> new Json.Str("\udc00x").write());
    assertThrows(IllegalArgumentException.class, () -> new Json.Real(Double.NaN));
  }

  @Test
  void refusesMalformedUtf8() {
    int[][] malformed = {
      {0x80},
      {0xc0, 0xaf},
      {0xc3},
      {0xe0, 0x80, 0xaf},
      {0xed, 0xa0, 0x80},
      {0xf4, 0x90, 0x80, 0x80},
      {0xff}
    };
    for (int[] bytes : malformed) {
      byte[] text = new byte[bytes.length + 2];
      text[0] = '"';
      for (int i = 0; i < bytes.length; i++) {
        text[i + 1] = (byte) bytes[i];
      }
      text[text.length - 1] = '"';
      JsonException refused = assertThrows(JsonException.class, () -> Json.parse(text));
      assertEquals("offset 1", refused.where());
      assertEquals("well-formed UTF-8", refused.expected());
    }
    assertThrows(
        JsonException.class,
        () -> Json.parse(new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf, '1'}));
  }

  @Test
  void nestsSoDeepAndNoDeeper() {
    int most = JsonParser.MAX_DEPTH;
    String deep = "[".repeat(most) + "]".repeat(most);
    assertEquals(deep, Json.parse(deep).write());
    assertThrows(
        JsonException.class, () -> Json.parse("[".repeat(most + 1) + "]".repeat(most + 1)));
    assertThrows(JsonException.class, () -> Json.parse("[".repeat(1_000_000)));
    assertThrows(JsonException.class, () -> Json.parse("{\"a\":".repeat(1_000_000)));
  }

  @Test
  void randomTreesReadBackEqual() {
    long seed = new Random().nextLong();
    System.out.println("JsonTest.randomTreesReadBackEqual seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      Json tree = tree(random, 5);
      assertEquals(tree, Json.parse(tree.write()), () -> "seed " + seed);
    }
  }

  /** Cut or changed anywhere, a text is either still JSON or refused with a JsonException. */
  @Test
  void everyDamagedByteIsRefusedOrRead() {
    byte[] whole =
        "{\"a\":[1,-2.5e3,\"文\\n\\ud83d\\ude00\",true,false,null],\"b\":{\"c\":{}}}"
            .getBytes(StandardCharsets.UTF_8);
    int refused = 0;
    for (int i = 0; i < whole.length; i++) {
      byte[] cut = java.util.Arrays.copyOf(whole, i);
      assertThrows(JsonException.class, () -> Json.parse(cut));
      for (int b = 0; b < 256; b++) {
        byte[] changed = whole.clone();
        changed[i] = (byte) b;
        try {
          Json.parse(changed);
        } catch (JsonException _) {
          refused++;
        }
      }
    }
    assertEquals(true, refused > whole.length * 100, "refused " + refused);
  }

  private static Json tree(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 7)) {
      case 0 -> new Json.Int(random.nextLong() >> random.nextInt(64));
      case 1 -> new Json.Real(random.nextGaussian() * Math.pow(10, random.nextInt(-300, 300)));
      case 2 -> new Json.Str(string(random));
      case 3 -> new Json.Bool(random.nextBoolean());
      case 4 -> new Json.Null();
      case 5 -> {
        List<Json> elements = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          elements.add(tree(random, depth - 1));
        }
        yield new Json.Arr(elements);
      }
      default -> {
        Map<String, Json> members = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          members.put(string(random), tree(random, depth - 1));
        }
        yield new Json.Obj(members);
      }
    };
  }

  private static String string(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      int codePoint = random.nextInt(1 << random.nextInt(1, 21));
      text.appendCodePoint(
          codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE
              ? '"'
              : codePoint);
    }
    return text.toString();
  }
}

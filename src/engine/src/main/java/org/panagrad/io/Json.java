package org.panagrad.io;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON value (RFC 8259), as an immutable tree.
 *
 * <p>Stricter than the RFC where it leaves room: names are unique within an object, nesting is at
 * most {@value JsonParser#MAX_DEPTH} deep, and every string is well-formed Unicode. Integers that
 * fit a {@code long} stay exact.
 */
public sealed interface Json {
  /** An object; its members keep their order. */
  record Obj(Map<String, Json> members) implements Json {
    /** Copies the members in their order. */
    public Obj {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }
  }

  /** An array. */
  record Arr(List<Json> elements) implements Json {
    /** Copies the elements. */
    public Arr {
      elements = List.copyOf(elements);
    }
  }

  /** A string. */
  record Str(String value) implements Json {}

  /** A number written without fraction or exponent that fits a {@code long}. */
  record Int(long value) implements Json {}

  /** Any other number, rounded to the nearest double. */
  record Real(double value) implements Json {
    /** Refuses what JSON cannot write: NaN and the infinities. */
    public Real {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("JSON has no number for " + value);
      }
    }
  }

  /** {@code true} or {@code false}. */
  record Bool(boolean value) implements Json {}

  /** {@code null}. */
  record Null() implements Json {}

  /**
   * Parses one JSON text.
   *
   * @throws JsonException saying the byte offset, what was expected there and what was found
   */
  static Json parse(byte[] utf8) {
    return parse(ByteBuffer.wrap(utf8));
  }

  private static Json parse(ByteBuffer utf8) {
    JsonParser parser = new JsonParser(MemorySegment.ofBuffer(utf8));
    Json value = parser.value();
    parser.end();
    return value;
  }

  /**
   * Parses one JSON text.
   *
   * @throws JsonException saying the byte offset in UTF-8, what was expected there and what was
   *     found
   */
  static Json parse(String text) {
    try {
      return parse(StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text)));
    } catch (CharacterCodingException _) {
      throw new JsonException("text", "well-formed Unicode", "an unpaired surrogate");
    }
  }

  /**
   * Writes this value without white space, members in their order. Equal trees give equal text.
   *
   * @throws IllegalArgumentException when a string holds an unpaired surrogate, which has no UTF-8
   */
  default String write() {
    StringBuilder text = new StringBuilder();
    JsonText.append(this, text);
    return text.toString();
  }
}

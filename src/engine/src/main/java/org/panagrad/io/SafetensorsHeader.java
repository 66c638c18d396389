package org.panagrad.io;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.FormatException;
import org.panagrad.file.OneLine;

/**
 * The JSON header of a safetensors file, checked as the reference implementation checks it.
 *
 * @param metadata the {@code __metadata__} map, in the header's order
 * @param entries the tensors in the order of their data: each begins where the one before ended
 * @param dataSize the bytes of data, which the entries fill exactly
 */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> entries, long dataSize) {
  /** The reference reader refuses longer headers. */
  static final long MAX_LENGTH = 100_000_000;

  /** The name that is no tensor but the map of strings. */
  static final String METADATA = "__metadata__";

  /** The tensor that a sealed file ends with. */
  static final String SEAL = "sha256";

  /** Above what PyTorch or NumPy can hold; bounds what a hostile shape can cost. */
  static final int MAX_RANK = 64;

  private static final String REMEDY = "the file is damaged or not safetensors; write it again";

  /** One tensor: its bytes are [begin, end) of the data that follows the header. */
  record Entry(String name, Dtype dtype, List<Long> shape, long begin, long end) {}

  /**
   * Parses and checks a header.
   *
   * @param json the header's bytes
   * @param dataSize the bytes of the file after the header
   * @throws FormatException naming what is wrong
   */
  static SafetensorsHeader parse(Path file, MemorySegment json, long dataSize) {
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    try {
      JsonParser parser = new JsonParser(json);
      parser.object(
          name -> {
            if (name.equals(METADATA)) {
              parser.object(key -> metadata.put(key, parser.string()));
            } else {
              entries.add(entry(file, name, parser));
            }
          });
      parser.end();
    } catch (JsonException damaged) {
      throw new FormatException(
          file, "header, " + damaged.where(), damaged.expected(), damaged.found(), REMEDY);
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    checkCover(file, entries, dataSize);
    return new SafetensorsHeader(
        Collections.unmodifiableMap(metadata), Collections.unmodifiableList(entries), dataSize);
  }

  private static Entry entry(Path file, String name, JsonParser parser) {
    Map<String, List<Long>> numbers = new HashMap<>();
    @Nullable String[] dtype = new String[1];
    parser.object(
        member -> {
          switch (member) {
            case "dtype" -> dtype[0] = parser.string();
            case "shape" -> numbers.put(member, integers(file, name, parser));
            case "data_offsets" -> numbers.put(member, integers(file, name, parser));
            default -> parser.skip(); // as the reference does: newer writers may say more
          }
        });
    String tensor = "tensor " + OneLine.quote(name);
    List<Long> shape = present(file, tensor, "shape", numbers.get("shape"));
    List<Long> offsets = present(file, tensor, "data_offsets", numbers.get("data_offsets"));
    Dtype type = dtype(file, tensor, present(file, tensor, "dtype", dtype[0]));
    if (offsets.size() != 2) {
      throw new FormatException(
          file, tensor + " data_offsets", "2 numbers", offsets.size() + " numbers", REMEDY);
    }
    Entry entry = new Entry(name, type, shape, offsets.get(0), offsets.get(1));
    checkSize(file, tensor, entry);
    return entry;
  }

  private static <T> T present(Path file, String tensor, String member, @Nullable T value) {
    if (value == null) {
      throw new FormatException(file, tensor, "a member \"" + member + '"', "none", REMEDY);
    }
    return value;
  }

  private static List<Long> integers(Path file, String name, JsonParser parser) {
    List<Long> values = new ArrayList<>();
    parser.array(
        () -> {
          if (values.size() == MAX_RANK) {
            throw new FormatException(
                file,
                "tensor " + OneLine.quote(name),
                "at most " + MAX_RANK + " dimensions",
                "more",
                REMEDY);
          }
          values.add(parser.nonNegativeInteger());
        });
    return List.copyOf(values);
  }

  private static Dtype dtype(Path file, String tensor, String name) {
    for (Dtype dtype : Dtype.values()) {
      if (dtype.name().equals(name)) {
        return dtype;
      }
    }
    throw new FormatException(
        file,
        tensor + " dtype",
        "one of " + String.join(" ", Arrays.stream(Dtype.values()).map(Dtype::name).toList()),
        OneLine.quote(name),
        "convert the tensor to a type listed");
  }

  private static void checkSize(Path file, String tensor, Entry entry) {
    long bits;
    try {
      long elements = 1;
      for (long dimension : entry.shape) {
        elements = Math.multiplyExact(elements, dimension);
      }
      bits = Math.multiplyExact(elements, entry.dtype.bits());
    } catch (ArithmeticException _) {
      throw new FormatException(
          file,
          tensor + " shape",
          "a size in bits below 2^63",
          entry.dtype + " " + entry.shape,
          REMEDY);
    }
    if (bits % 8 != 0 || entry.end < entry.begin || entry.end - entry.begin != bits / 8) {
      throw new FormatException(
          file,
          tensor + " data_offsets",
          (bits % 8 == 0 ? bits / 8 + " bytes" : "whole bytes, not " + bits + " bits,")
              + " for "
              + entry.dtype
              + " "
              + entry.shape,
          "[" + entry.begin + ", " + entry.end + ")",
          REMEDY);
    }
  }

  /** The tensors must lie one after the other and fill the data exactly. */
  private static void checkCover(Path file, List<Entry> entries, long dataSize) {
    long end = 0;
    for (Entry entry : entries) {
      if (entry.begin != end) {
        throw new FormatException(
            file,
            "tensor " + OneLine.quote(entry.name) + " data_offsets",
            "its data at " + end + " where the tensor before ends",
            (entry.begin > end ? "a hole up to " : "an overlap from ") + entry.begin,
            REMEDY);
      }
      end = entry.end;
    }
    if (end != dataSize) {
      throw new FormatException(
          file,
          "data",
          end + " bytes, as the header says",
          dataSize + " bytes after the header",
          dataSize < end ? "the file is cut short; copy or write it again" : REMEDY);
    }
  }
}

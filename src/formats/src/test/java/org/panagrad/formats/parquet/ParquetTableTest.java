package org.panagrad.formats.parquet;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.DataException;
import org.panagrad.fuzz.Fuzz;
import org.panagrad.fuzz.LiveThreads;
import org.panagrad.table.RowCursor;

/** Files that DuckDB wrote: bench/formats/WriteParquet.java. */
class ParquetTableTest {
  @TempDir Path directory;

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ParquetTableTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private Path file(String name) throws IOException {
    return Files.write(directory.resolve(name), resource(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"uncompressed", "snappy", "zstd", "gzip"})
  void readsEveryKindOfColumn(String codec) throws IOException {
    ParquetTable table = ParquetTable.open(file(codec + ".parquet"));
    assertEquals(codec + ".parquet", table.name());
    assertEquals(
        List.of("whole", "long", "small", "single", "double", "truth", "text", "day", "money"),
        table.columns());
    for (int again = 0; again < 2; again++) {
      try (RowCursor rows = table.open()) {
        for (int i = 0; i < 50; i++) {
          assertTrue(rows.next());
          assertEquals(i + 1, rows.line());
          assertEquals(i + "", rows.text(0));
          assertEquals(i * 1000000007L + "", rows.text(1));
          assertEquals(i % 200 + "", rows.text(2));
          assertEquals(i / 8.0f + "", rows.text(3));
          assertEquals(i % 7 == 3 ? "" : i / 16.0 + "", rows.text(4));
          assertEquals(i % 2 == 0 ? "true" : "false", rows.text(5));
          String[] words = {"red", "green", "größer, \"quoted\""};
          assertEquals(i % 5 == 4 ? "" : words[i % 3], rows.text(6));
          assertEquals(LocalDate.of(2026, 1, 1).plusDays(i).toString(), rows.text(7));
          assertEquals(i / 4.0, Double.parseDouble(rows.text(8)));
        }
        assertFalse(rows.next());
      }
    }
  }

  @Test
  void readsManyRowGroups() throws IOException {
    try (RowCursor rows = ParquetTable.open(file("groups.parquet")).open()) {
      for (int i = 0; i < 5000; i++) {
        assertTrue(rows.next());
        assertEquals(i % 3 + "", rows.text(0));
        assertEquals(i + "", rows.text(1));
      }
      assertFalse(rows.next());
    }
  }

  @Test
  void readsManyBatches() throws IOException {
    try (RowCursor rows = ParquetTable.open(file("batches.parquet")).open()) {
      for (int i = 0; i < 200_000; i++) {
        assertTrue(rows.next());
        assertEquals(i % 3 + "", rows.text(0));
        assertEquals(i / 1000 + "", rows.text(1));
        assertEquals("t" + i % 7, rows.text(2));
      }
      assertFalse(rows.next());
      assertFalse(rows.next());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "int8, -128, 127",
    "int16, -32768, 32767",
    "uint16, 0, 65535",
    "uint32, 1, 4294967295",
    "uint64, 1, 18446744073709551615",
    "decimal64, -1.500, 12345.125",
    "decimal128, -0.5000000000, 100000000000000000000.5000000000",
    "time, 00:00, 23:59:59.000001",
    "micros, 1969-12-31T23:59:59.500, 2026-01-02T03:04:05",
    "millis, 1969-12-31T23:59:59.500, 2026-01-02T03:04:05",
    "nanos, 1969-12-31T23:59:59.500, 2026-01-02T03:04:05.000000001",
    "instant, 1969-12-31T23:59:59.500Z, 2026-01-02T03:04:05Z",
    "date, 1969-12-31, 2026-01-02",
    "uuid, 00000000-0000-0000-0000-000000000001, ffffffff-ffff-ffff-ffff-fffffffffffe",
    "enum, low, high",
    "json, {\"a\": 1}, []",
    "blob, x, ''",
  })
  void writesEveryTypeAsText(String column, String first, String second) throws IOException {
    ParquetTable table = ParquetTable.open(file("types.parquet"));
    int at = table.columns().indexOf(column);
    try (RowCursor rows = table.open()) {
      for (String expected : List.of(first, second, "")) {
        assertTrue(rows.next());
        assertEquals(expected, rows.text(at));
      }
    }
  }

  @Test
  void anEmptyTableHasColumnsAndNoRows() throws IOException {
    ParquetTable table = ParquetTable.open(file("empty.parquet"));
    assertEquals(List.of("a"), table.columns());
    try (RowCursor rows = table.open()) {
      assertFalse(rows.next());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "list.parquet|expected a single value a row, found a list, map or structure",
        "struct.parquet|expected a single value a row, found a list, map or structure",
        "interval.parquet|truth values, texts or dates, found INTERVAL in FIXED_LEN_BYTE_ARRAY",
        "lz4_raw.parquet|compression: expected SNAPPY, ZSTD, GZIP or none, found LZ4_RAW",
      })
  void saysWhatCannotBeRead(String name, String message) throws IOException {
    Path file = file(name);
    DataException refused = assertThrows(DataException.class, () -> ParquetTable.open(file));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @Test
  void whatIsNoFileIsRefused() throws IOException {
    Path text = Files.writeString(directory.resolve("x.parquet"), "a,b");
    for (Path file : List.of(text, directory, directory.resolve("none"))) {
      assertThrows(DataException.class, () -> ParquetTable.open(file));
    }
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] whole = resource("snappy.parquet");
    for (int length = 0; length < whole.length; length++) {
      assertFalse(reads(Arrays.copyOf(whole, length)), "length " + length);
    }
  }

  @Test
  void everyByteOfTheFooterMatters() throws IOException {
    byte[] whole = resource("snappy.parquet");
    int length = ByteBuffer.wrap(whole).order(LITTLE_ENDIAN).getInt(whole.length - 8);
    int refused = 0;
    for (int at = whole.length - 8 - length; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) 0xFF;
      refused += reads(damaged) ? 0 : 1;
    }
    // What is left are names, statistics and who wrote the file.
    assertTrue(refused > length / 4, refused + " refused of " + length);
  }

  /**
   * Of a column that cannot be read, and of the others, whose next batches nobody takes any more:
   * threads and what they hold are gone when the table is closed.
   */
  @Test
  void aFailureLeavesNothingBehind() throws IOException {
    List<byte[]> wholes =
        List.of(resource("batches.parquet"), resource("zstd.parquet"), resource("gzip.parquet"));
    for (byte[] whole : wholes) {
      assertTrue(reads(whole));
    }
    int threads = LiveThreads.count();
    long heap = usedHeap();
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      byte[] damaged = wholes.get(i % wholes.size()).clone();
      int footer = ByteBuffer.wrap(damaged).order(LITTLE_ENDIAN).getInt(damaged.length - 8);
      damaged[4 + random.nextInt(damaged.length - 12 - footer)] ^= (byte) 0xFF;
      refused += reads(damaged) ? 0 : 1;
    }
    assertTrue(refused > 100, refused + " refused");
    LiveThreads.requireAtMost(threads);
    long more = usedHeap() - heap;
    assertTrue(more < 8 << 20, more + " bytes of heap held");
  }

  @Test
  void aTableThatIsNotReadToItsEndLeavesNothingBehind() throws IOException {
    ParquetTable table = ParquetTable.open(file("batches.parquet"));
    int threads = LiveThreads.count();
    for (int i = 0; i < 20; i++) {
      try (RowCursor rows = table.open()) {
        assertTrue(i % 2 == 0 || rows.next());
      }
    }
    LiveThreads.requireAtMost(threads);
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  @Tag("fuzz")
  void randomMutationsAreRefusedOrHarmless() throws IOException {
    Fuzz.of(
            "Parquet",
            resource("uncompressed.parquet"),
            resource("snappy.parquet"),
            resource("zstd.parquet"),
            resource("gzip.parquet"))
        // Zstandard can make 32,768 bytes of one.
        .mostBytes(128L << 20)
        .feed(this::reads)
        .requireRefused(0.2);
  }

  private boolean reads(byte[] bytes) throws IOException {
    Path file = Files.write(directory.resolve("damaged.parquet"), bytes);
    try {
      ParquetTable table = ParquetTable.open(file);
      try (RowCursor rows = table.open()) {
        while (rows.next()) {
          for (int i = 0; i < table.columns().size(); i++) {
            rows.text(i);
          }
        }
      }
      return true;
    } catch (DataException refused) {
      assertEquals(1, refused.getMessage().lines().count());
      return false;
    }
  }
}

package org.panagrad.formats.csv;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.DataException;
import org.panagrad.fuzz.Fuzz;
import org.panagrad.memory.NativeMemory;
import org.panagrad.table.RowCursor;
import org.panagrad.table.TableOptions;
import org.panagrad.table.TableProfile;
import org.panagrad.table.TableReader;

/** Whatever the bytes are, they are a table or one clear error. */
class CsvDamageTest {
  private static final String[] PIECES = {
    ",",
    ";",
    "\t",
    "\"",
    "\"\"",
    "\n",
    "\r",
    "\r\n",
    "\0",
    "?",
    "NA",
    "1e999",
    "-",
    "é",
    "\uFEFF",
    "9".repeat(40),
    " ",
    "x,\"y\nz\",",
    "\uD83D\uDE00"
  };

  @TempDir Path dir;

  private Path file;

  private static byte[] table() {
    StringBuilder text = new StringBuilder("age,job,\"where, from\",label\r\n");
    String[] jobs = {"clerk", "smith", "?", "\"a \"\"b\"\"\""};
    for (int i = 0; i < 12; i++) {
      text.append(20 + i).append(", ").append(jobs[i % 4]).append(",\"ü,").append(i % 3);
      text.append("\",").append(i % 2 == 0 ? "yes" : "no").append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }

  @BeforeEach
  void nameFile() {
    file = dir.resolve("t.csv");
  }

  /** Reads, learns and encodes; true if that went well, false if it was refused. */
  private boolean isRead(byte[] bytes, String what) throws IOException {
    Files.write(file, bytes);
    try {
      CsvTable table = CsvTable.open(file, CsvOptions.AUTO);
      try (RowCursor cursor = table.open()) {
        while (cursor.next()) {
          assertTrue(cursor.line() >= 1);
        }
      }
      TableProfile profile = TableProfile.of(table, TableOptions.defaults().rareBelow(1));
      TableReader.read("t", table, profile.schema(), false).dataset().close();
      return true;
    } catch (DataException e) {
      String message = e.getMessage();
      assertTrue(message.startsWith("t.csv"), what + ": " + message);
      assertTrue(message.contains("expected") && message.contains("found"), what + ": " + message);
      assertTrue(message.chars().allMatch(c -> c >= ' '), what + ": " + message);
      assertTrue(message.length() < 2_000, what + ": " + message.length());
      return false;
    } catch (RuntimeException e) {
      return fail(what + ": " + e, e);
    }
  }

  @Test
  void thePlainTableIsRead() throws IOException {
    assertTrue(isRead(table(), "plain"));
    assertTrue(isRead(gzip(table()), "gzip"));
  }

  @Test
  void everyByteFlipped() throws IOException {
    for (byte[] good : new byte[][] {table(), gzip(table())}) {
      for (int at = 0; at < good.length; at++) {
        for (int mask : new int[] {0xFF, 0x01, 0x20, 0x80}) {
          byte[] bad = good.clone();
          bad[at] ^= (byte) mask;
          isRead(bad, "byte " + at + " ^ " + mask);
        }
      }
    }
  }

  @Test
  void truncationAtEveryLength() throws IOException {
    byte[] plain = table();
    for (int length = 0; length < plain.length; length++) {
      isRead(Arrays.copyOf(plain, length), "length " + length);
    }
    byte[] packed = gzip(plain);
    for (int length = 0; length < packed.length; length++) {
      assertFalse(isRead(Arrays.copyOf(packed, length), "length " + length), "gzip " + length);
    }
  }

  /** A flip in a gzip file's data is never read as another table: its checksum tells. */
  @Test
  void damagedGzipDataIsNeverTaken() throws IOException {
    byte[] good = gzip(table());
    int header = 10;
    for (int at = header; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 0x10;
      assertFalse(isRead(bad, "byte " + at), "byte " + at);
    }
  }

  @Test
  @Tag("fuzz")
  void randomMutationsAreRefusedOrTables() {
    Fuzz.of("CSV", table())
        .pieces(PIECES)
        .repair((text, random) -> random.nextInt(8) == 0 ? gzip(text) : text)
        .nativeMemory(NativeMemory::processBytes, NativeMemory::processTakenBytes)
        .feed(bytes -> isRead(bytes, "mutation"))
        .requireRefused(0.1);
  }
}

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.DataException;
import org.panagrad.random.SeededRandom;
import org.panagrad.table.RowCursor;
import org.panagrad.table.TableOptions;
import org.panagrad.table.TableProfile;
import org.panagrad.table.TableReader;

/** Whatever the bytes are, they are a table or one clear error. */
class CsvDamageTest {
  /** How many inputs the fuzz tries; 2,000 unless told. */
  private static final int INPUTS = Integer.getInteger("panagrad.fuzz.inputs", 2_000);

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
  void seededMutations() throws IOException {
    long seed = Long.getLong("panagrad.fuzz.seed", 20_26L);
    System.out.println("CSV fuzz: " + INPUTS + " inputs, seed " + seed);
    SeededRandom random = SeededRandom.of(seed, "csv fuzz");
    byte[] good = table();
    int read = 0;
    for (int input = 0; input < INPUTS; input++) {
      byte[] bytes = good;
      for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
        bytes = mutated(bytes, random);
      }
      read += isRead(random.nextInt(8) == 0 ? gzip(bytes) : bytes, "input " + input) ? 1 : 0;
    }
    assertTrue(read > INPUTS / 50 && read < INPUTS, read + " of " + INPUTS + " were tables");
  }

  private static byte[] mutated(byte[] bytes, SeededRandom random) {
    int at = random.nextInt(bytes.length + 1);
    int length = random.nextInt(Math.min(16, bytes.length - at) + 1);
    byte[] piece =
        switch (random.nextInt(5)) {
          case 0 -> new byte[] {(byte) random.nextInt(256)};
          case 1 -> PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
          case 2 -> new byte[0];
          case 3 -> {
            int from = random.nextInt(bytes.length + 1);
            yield Arrays.copyOfRange(
                bytes, from, from + random.nextInt(Math.min(64, bytes.length - from) + 1));
          }
          default -> {
            byte[] noise = new byte[random.nextInt(8)];
            for (int i = 0; i < noise.length; i++) {
              noise[i] = (byte) random.nextInt(256);
            }
            yield noise;
          }
        };
    int cut = random.nextInt(2) == 0 ? 0 : length;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, at);
    out.write(piece, 0, piece.length);
    out.write(bytes, at + cut, bytes.length - at - cut);
    return out.toByteArray();
  }
}

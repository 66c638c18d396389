package org.panagrad.formats.npy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.fuzz.Fuzz;
import org.panagrad.memory.NativeMemory;

/** Truncated, lying and hostile arrays: one clear line, and never another exception. */
class NpyDamageTest {
  private static final String[] PIECES = {
    "0",
    "1",
    "999999999",
    "18446744073709551616",
    "-",
    ",",
    "()",
    "(",
    ")",
    "'",
    "True",
    "False",
    "<f8",
    ">f4",
    "|u1",
    "<i8",
    "|b1",
    "'descr'",
    "'shape'",
    "L"
  };

  @TempDir Path directory;
  private Path labels;

  @BeforeEach
  void writeLabels() throws IOException {
    labels = Files.write(directory.resolve("y.npy"), NpyFileTest.resource("labels.npy"));
  }

  private boolean reads(byte[] bytes) throws IOException {
    Path x = Files.write(directory.resolve("x.npy"), bytes);
    try (Dataset data = NpyFile.rows(x, labels).read();
        Dataset again = data.stream().read()) {
      assertEquals(4, again.size());
      return true;
    } catch (DataException refused) {
      assertEquals(1, refused.getMessage().lines().count());
      return false;
    }
  }

  private boolean readsArchive(byte[] bytes) throws IOException {
    Path file = Files.write(directory.resolve("x.npz"), bytes);
    try (NpzFile npz = NpzFile.open(file);
        Dataset train = npz.rows(null, null).read();
        Dataset again = train.stream().read()) {
      assertEquals(train.size(), again.size());
      return true;
    } catch (DataException refused) {
      assertEquals(1, refused.getMessage().lines().count());
      return false;
    }
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    for (String name : new String[] {"v1.npy", "v3.npy", "fortran.npy"}) {
      byte[] whole = NpyFileTest.resource(name);
      for (int length = 0; length < whole.length; length++) {
        assertFalse(reads(Arrays.copyOf(whole, length)), name + " " + length);
      }
      assertFalse(reads(Arrays.copyOf(whole, whole.length + 1)));
    }
    byte[] archive = NpyFileTest.resource("split.npz");
    for (int length = 0; length < archive.length; length++) {
      assertFalse(readsArchive(Arrays.copyOf(archive, length)), "split.npz " + length);
    }
  }

  @Test
  void everyFlippedByteOfTheHeaderIsRefusedOrHarmless() throws IOException {
    byte[] whole = NpyFileTest.resource("v1.npy");
    int refused = 0;
    for (int i = 0; i < 128; i++) {
      for (int mask : new int[] {1, 4, 16, 128, 255}) {
        byte[] flipped = whole.clone();
        flipped[i] ^= (byte) mask;
        refused += reads(flipped) ? 0 : 1;
      }
    }
    // Harmless: other digits in a shape of the same product, blanks for blanks, the byte order.
    assertTrue(refused > 5 * 128 * 0.9, refused + " refused");
  }

  @Test
  @Tag("fuzz")
  void randomMutationsAreRefusedOrHarmless() throws IOException {
    Fuzz.of(
            "NPY",
            NpyFileTest.resource("v1.npy"),
            NpyFileTest.resource("v2.npy"),
            NpyFileTest.resource("v3.npy"),
            NpyFileTest.resource("fortran.npy"))
        .pieces(PIECES)
        .nativeMemory(NativeMemory::processBytes, NativeMemory::processTakenBytes)
        .feed(this::reads)
        .requireRefused(0.5);
  }

  @Test
  @Tag("fuzz")
  void randomMutationsOfArchivesAreRefusedOrHarmless() throws IOException {
    Fuzz.of("NPZ", NpyFileTest.resource("split.npz"))
        .nativeMemory(NativeMemory::processBytes, NativeMemory::processTakenBytes)
        .feed(this::readsArchive)
        .requireRefused(0.3);
  }

  /** Damaged arrays in a sound archive, which may still lie about their lengths. */
  @Test
  @Tag("fuzz")
  void randomMutationsOfArraysInArchivesAreRefusedOrHarmless() throws IOException {
    byte[] labels = NpyFileTest.resource("labels.npy");
    Fuzz.of("arrays in NPZ", NpyFileTest.resource("v1.npy"), NpyFileTest.resource("fortran.npy"))
        .pieces(PIECES)
        .repair((array, random) -> archive(array, labels))
        .nativeMemory(NativeMemory::processBytes, NativeMemory::processTakenBytes)
        .feed(this::readsArchive)
        .requireRefused(0.4);
  }

  private static byte[] archive(byte[] x, byte[] y) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(packed)) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(x);
      zip.putNextEntry(new ZipEntry("y.npy"));
      zip.write(y);
    }
    return packed.toByteArray();
  }

  /** An array in Fortran order waits in memory: its length must not be the directory's word. */
  @Test
  void anArchiveThatPromisesMoreThanItHasIsRefusedBeforeMemoryIsTaken() throws IOException {
    byte[] x =
        new String(NpyFileTest.resource("fortran.npy"), StandardCharsets.ISO_8859_1)
            .replace("(4, 2, 3), }          ", "(2000, 2, 100000), } ")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] start =
        new String(NpyFileTest.resource("labels.npy"), StandardCharsets.ISO_8859_1)
            .replace("(4,), }   ", "(2000,), }")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] archive = archive(x, Arrays.copyOf(start, 128 + 2000 * Long.BYTES));
    ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
    int directory = bytes.getInt(archive.length - 6);
    assertEquals(0x02014B50, bytes.getInt(directory));
    bytes.putInt(directory + 20, 1 << 30); // compressed
    bytes.putInt(directory + 24, 128 + 2000 * 2 * 100_000 * Float.BYTES);
    long before = NativeMemory.processTakenBytes();
    assertFalse(readsArchive(archive));
    long taken = NativeMemory.processTakenBytes() - before;
    assertTrue(taken < 1 << 20, taken + " bytes");
  }
}

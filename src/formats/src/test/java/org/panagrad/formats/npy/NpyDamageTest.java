package org.panagrad.formats.npy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.fuzz.Mutations;

/** Truncated, lying and hostile arrays: one clear line, and never another exception. */
class NpyDamageTest {
  @TempDir Path directory;
  private Path labels;

  @BeforeEach
  void writeLabels() throws IOException {
    labels = Files.write(directory.resolve("y.npy"), NpyFileTest.resource("labels.npy"));
  }

  private boolean reads(byte[] bytes) throws IOException {
    Path x = Files.write(directory.resolve("x.npy"), bytes);
    try (Dataset data = NpyFile.rows(x, labels).read()) {
      assertEquals(4, data.size());
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
        Dataset part = train.subset(0, 1)) {
      assertEquals(1, part.size());
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
  void randomMutationsAreRefusedOrHarmless() throws IOException {
    byte[][] wholes = {
      NpyFileTest.resource("v1.npy"),
      NpyFileTest.resource("v2.npy"),
      NpyFileTest.resource("v3.npy"),
      NpyFileTest.resource("fortran.npy")
    };
    int refused = Mutations.feed("NPY", wholes, (damaged, random) -> {}, this::reads);
    assertTrue(refused > Mutations.atLeast(0.5), refused + " refused");
  }

  @Test
  void randomMutationsOfArchivesAreRefusedOrHarmless() throws IOException {
    byte[][] wholes = {NpyFileTest.resource("split.npz")};
    int refused = Mutations.feed("NPZ", wholes, (damaged, random) -> {}, this::readsArchive);
    assertTrue(refused > Mutations.atLeast(0.3), refused + " refused");
  }
}

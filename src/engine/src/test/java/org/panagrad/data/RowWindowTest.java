package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.kernel.KernelSets;
import org.panagrad.kernel.Kernels;
import org.panagrad.random.SeededRandom;

/** Single rows of a set that stays in its file: as from memory, checked, and never mapped. */
@Timeout(60)
class RowWindowTest {
  private static final RowForm WIDE = RowForm.byteClasses(700, FeatureMap.PIXELS);

  @TempDir Path directory;

  private Path write(Dataset data) {
    Path file = directory.resolve("rows.pgd");
    RecordWriter.write(file, data.stream());
    return file;
  }

  static List<RowForm> forms() {
    return RecordFileTest.forms();
  }

  /** In order, backwards and here and there: through several blocks, and with views. */
  @ParameterizedTest
  @MethodSource("forms")
  void rowsComeInAnyOrder(RowForm form) {
    try (Dataset data = RecordFileTest.dataset(form, 3000, false, form.bytes());
        Dataset stored = RecordFile.inFile(write(data))) {
      SeededRandom random = SeededRandom.of(7, "order");
      for (int i = 0; i < 3000; i++) {
        assertRow(data, stored, i);
      }
      for (int i = 0; i < 500; i++) {
        assertRow(data, stored, 2999 - i);
        assertRow(data, stored, random.nextInt(3000));
      }
      assertRow(data.subset(40, 60), stored.subset(40, 60), 19);
      try (Dataset chosen = stored.select("chosen", 7, 2999, 7);
          Dataset expected = data.select("chosen", 7, 2999, 7)) {
        assertRow(expected, chosen, 1);
      }
    }
  }

  private static void assertRow(Dataset expected, Dataset found, int row) {
    float[] one = new float[expected.featureCount()];
    float[] two = new float[expected.featureCount()];
    expected.copyStored(row, one);
    found.copyStored(row, two);
    assertArrayEquals(one, two);
    int last = expected.featureCount() - 1;
    assertEquals(expected.feature(row, last), found.feature(row, last));
    assertEquals(expected.weight(row), found.weight(row));
    for (int t = 0; t < expected.targetCount(); t++) {
      assertEquals(expected.target(row, t), found.target(row, t));
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void aPartIsAView(RowForm form) {
    BitSet part = new BitSet();
    part.set(0);
    part.set(100, 130);
    part.set(200, 260, true);
    part.clear(215);
    try (Dataset data = RecordFileTest.dataset(form, 300, false, true);
        Dataset copied = data.part("part", part);
        Dataset stored = RecordFile.inFile(write(data));
        Arena arena = Arena.ofConfined()) {
      long before = stored.nativeBytes();
      Dataset view = stored.part("part", part);
      assertEquals(90, view.size());
      assertTrue(stored.nativeBytes() <= before + 4 * 90 + 64);
      assertFalse(copied.isInFile());
      assertTrue(view.isInFile());
      for (int row = 0; row < 90; row++) {
        assertRow(copied, view, row);
      }
      assertRow(copied.subset(20, 70), view.subset(20, 70), 49);
      BitSet few = new BitSet();
      few.set(3, 9);
      assertRow(copied.part("few", few), view.part("few", few), 5);
      assertThrows(IndexOutOfBoundsException.class, () -> view.feature(90, 0));
      // Neighbours in the view that are neighbours in the file are read at once, others not.
      StagedRows staged =
          new StagedRows(
              view, 90, arena.allocate(StagedRows.bytes(view, 90), 64), KernelSets.select());
      MemorySegment order = arena.allocate(4 * 90, 4);
      for (int i = 0; i < 90; i++) {
        order.setAtIndex(ValueLayout.JAVA_INT, i, (i * 7) % 90);
      }
      staged.read(order, 0, 90);
      for (int i = 0; i < 90; i++) {
        int row = (i * 7) % 90;
        for (int k = 0; k < form.featureCount(); k++) {
          assertEquals(copied.feature(row, k), staged.rows().feature(i, k));
        }
        for (int k = 0; k < data.targetCount(); k++) {
          assertEquals(copied.target(row, k), staged.rows().target(i, k));
        }
        assertEquals(copied.weight(row), staged.rows().weight(i));
      }
      part.set(300);
      assertThrows(IndexOutOfBoundsException.class, () -> stored.part("beyond", part));
      assertThrows(DataException.class, () -> stored.part("none", new BitSet()));
    }
  }

  /** A checkpoint tells its data by this. */
  @Test
  void theChecksumOfAPartIsOfItsRows() {
    try (Dataset data = RecordFileTest.dataset(WIDE, 5000, false);
        Dataset stored = RecordFile.inFile(write(data))) {
      BitSet part = new BitSet();
      part.set(1000, 4000);
      String checksum = stored.part("part", part).checksum();
      assertEquals(stored.subset(1000, 4000).checksum(), checksum);
      assertNotEquals(stored.subset(1001, 4001).checksum(), checksum);
      part.clear(2000);
      assertNotEquals(checksum, stored.part("part", part).checksum());
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void rowsAreGathered(RowForm form) {
    Kernels kernels = KernelSets.select();
    try (Dataset data = RecordFileTest.dataset(form, 50, false);
        Dataset stored = RecordFile.inFile(write(data));
        Arena arena = Arena.ofConfined()) {
      MemorySegment order = arena.allocateFrom(ValueLayout.JAVA_INT, 49, 3, 4, 5, 0, 0);
      int width = form.featureCount() + data.targetCount();
      MemorySegment one = arena.allocate(24L * width, 64);
      MemorySegment two = arena.allocate(24L * width, 64);
      data.gatherFeatures(kernels, order, 0, 6, one, 0);
      stored.gatherFeatures(kernels, order, 0, 6, two, 0);
      data.gatherTargets(order, 0, 6, one, 24L * form.featureCount(), 6);
      stored.gatherTargets(order, 0, 6, two, 24L * form.featureCount(), 6);
      assertEquals(-1, one.mismatch(two));
    }
  }

  @Test
  void nothingIsMapped() throws IOException {
    Path maps = Path.of("/proc/self/maps");
    assumeTrue(Files.isReadable(maps), "tells of its mappings on Linux only");
    try (Dataset data = RecordFileTest.dataset(WIDE, 2000, false);
        Dataset stored = RecordFile.inFile(write(data))) {
      for (int row = 0; row < 2000; row++) {
        assertRow(data, stored, row);
      }
      // Labels and checksums, and a block; the features are 1,400,000 bytes.
      assertTrue(stored.nativeBytes() < 16_000 + 300_000, stored.nativeBytes() + " bytes");
      assertFalse(Files.readString(maps).contains("rows.pgd"));
    }
  }

  @Test
  void aRowThatIsDamagedMeanwhileIsAnError() throws IOException {
    try (Dataset data = RecordFileTest.dataset(WIDE, 20, false)) {
      Path file = write(data);
      try (Dataset stored = RecordFile.inFile(file)) {
        assertRow(data, stored, 4);
        try (RandomAccessFile other = new RandomAccessFile(file.toFile(), "rw")) {
          other.seek(4096 + 5 * 700 + 1);
          int old = other.read();
          other.seek(4096 + 5 * 700 + 1);
          other.write(old ^ 1);
        }
        for (int again = 0; again < 2; again++) {
          DataException refused =
              assertThrows(DataException.class, () -> stored.copyStored(5, new float[700]));
          assertTrue(refused.getMessage().contains(", row 5: checksum"), refused.getMessage());
        }
        assertRow(data, stored, 6);
      }
    }
  }

  /** Java closes a channel whose reader is interrupted; the set has to survive that. */
  @Test
  void anInterruptedThreadReads() {
    try (Dataset data = RecordFileTest.dataset(WIDE, 20, false);
        Dataset stored = RecordFile.inFile(write(data))) {
      Thread.currentThread().interrupt();
      try {
        assertRow(data, stored, 4);
        assertTrue(Thread.currentThread().isInterrupted());
      } finally {
        assertTrue(Thread.interrupted());
      }
      assertRow(data, stored, 9);
    }
  }

  @Test
  void manyThreadsReadWhatOneReads() throws InterruptedException {
    try (Dataset data = RecordFileTest.dataset(RowForm.values(7, 2), 300, false);
        Dataset stored = RecordFile.inFile(write(data))) {
      AtomicReference<Throwable> failure = new AtomicReference<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        SeededRandom random = SeededRandom.of(i, "rows of a thread");
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        for (int run = 0; run < 2000; run++) {
                          assertRow(data, stored, random.nextInt(300));
                        }
                      } catch (Throwable t) {
                        failure.set(t);
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertNull(failure.get());
    }
  }

  @Test
  void aClosedSetIsAnError() {
    Dataset stored;
    try (Dataset data = RecordFileTest.dataset(WIDE, 20, false)) {
      stored = RecordFile.inFile(write(data));
    }
    stored.close();
    assertThrows(IllegalStateException.class, () -> stored.feature(0, 0));
  }
}

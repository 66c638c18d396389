package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxRowsTest {
  private static final byte[] IMAGES =
      IdxFileTest.idx(0x08, new int[] {2, 2, 2}, new byte[] {0, 1, 2, 3, 4, 5, 6, -1});

  @TempDir Path dir;

  private IdxRows open(byte[] bytes) throws IOException {
    return IdxRows.open(Files.write(dir.resolve("x"), bytes));
  }

  @Test
  void givesRowsAsTheyAreStored() throws IOException {
    for (byte[] file : new byte[][] {IMAGES, IdxFileTest.gzip(IMAGES)}) {
      try (IdxRows rows = open(file)) {
        assertEquals(2, rows.size());
        assertEquals(4, rows.featureCount());
        float[] row = new float[4];
        assertTrue(rows.next(row));
        assertArrayEquals(new float[] {0, 1, 2, 3}, row);
        assertTrue(rows.next(row));
        assertArrayEquals(new float[] {4, 5, 6, 255}, row);
        assertFalse(rows.next(row));
        assertFalse(rows.next(row));
      }
    }
  }

  @Test
  void refusesWhatEndsEarlyOrLate() throws IOException {
    float[] row = new float[4];
    try (IdxRows rows = open(IdxFileTest.gzip(Arrays.copyOf(IMAGES, IMAGES.length - 1)))) {
      assertTrue(rows.next(row));
      assertThrows(DataException.class, () -> rows.next(row));
    }
    try (IdxRows rows = open(IdxFileTest.gzip(Arrays.copyOf(IMAGES, IMAGES.length + 1)))) {
      assertTrue(rows.next(row));
      assertTrue(rows.next(row));
      assertThrows(DataException.class, () -> rows.next(row));
    }
  }

  @Test
  void refusesWhatIsNoNumber() throws IOException {
    byte[] floats = new byte[8];
    ByteBuffer.wrap(floats).putFloat(1.5f).putFloat(Float.POSITIVE_INFINITY);
    try (IdxRows rows = open(IdxFileTest.idx(0x0D, new int[] {2, 1}, floats))) {
      float[] row = new float[1];
      assertTrue(rows.next(row));
      assertEquals(1.5f, row[0]);
      DataException e = assertThrows(DataException.class, () -> rows.next(row));
      assertTrue(e.getMessage().contains("row 1: feature 0"), e.getMessage());
    }
  }

  @Test
  void datasetsGiveTheSameRows() {
    try (DatasetBuilder builder = DatasetBuilder.byteClasses("bytes", 2, FeatureMap.PIXELS)) {
      builder.addRow(new byte[] {1, -1}, 0);
      builder.addRow(new byte[] {7, 8}, 1);
      try (Dataset dataset = builder.build(2)) {
        float[] row = new float[2];
        dataset.copyStored(0, row);
        assertArrayEquals(new float[] {1, 255}, row);
        dataset.subset(1, 2).copyStored(0, row);
        assertArrayEquals(new float[] {7, 8}, row);
        assertThrows(IndexOutOfBoundsException.class, () -> dataset.copyStored(2, row));
        assertThrows(IndexOutOfBoundsException.class, () -> dataset.copyStored(0, new float[1]));
      }
    }
  }
}

package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxWriterTest {
  @TempDir Path dir;

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    Path x = dir.resolve("x");
    Path y = dir.resolve("y");
    try (Dataset digits = Digits.generate(5, 30)) {
      IdxWriter.writeFeatures(x, digits, 28, 28);
      IdxWriter.writeLabels(y, digits);
      try (Dataset back = IdxFile.readDataset(x, y, 10)) {
        assertSame(digits, back);
        assertEquals(FeatureMap.PIXELS, back.preprocessing());
      }
    }
    byte[] start = new byte[16];
    System.arraycopy(Files.readAllBytes(x), 0, start, 0, 16);
    assertArrayEquals(new byte[] {0, 0, 8, 3, 0, 0, 0, 30, 0, 0, 0, 28, 0, 0, 0, 28}, start);
    assertEquals(16 + 30 * 784, Files.size(x));
    assertEquals(8 + 30, Files.size(y));
    try (Stream<Path> files = Files.list(dir)) {
      assertEquals(2, files.count());
    }
  }

  @Test
  void floatsAndManyClassesAreReadBack() {
    Path x = dir.resolve("x");
    Path y = dir.resolve("y");
    float[][] features = {{1.5f, -3e20f}, {0, Float.MIN_VALUE}, {7, 8}};
    try (Dataset data = Dataset.ofClasses("many", features, new int[] {0, 299, 300}, 301)) {
      IdxWriter.writeFeatures(x, data.subset(1, 3));
      IdxWriter.writeLabels(y, data.subset(1, 3));
      try (Dataset back = IdxFile.readDataset(x, y)) {
        assertSame(data.subset(1, 3), back);
      }
    }
  }

  private static void assertSame(Dataset expected, Dataset found) {
    assertEquals(expected.size(), found.size());
    assertEquals(expected.featureCount(), found.featureCount());
    assertEquals(expected.classCount(), found.classCount());
    for (int row = 0; row < expected.size(); row++) {
      assertEquals(expected.label(row), found.label(row));
      for (int column = 0; column < expected.featureCount(); column++) {
        assertEquals(expected.feature(row, column), found.feature(row, column));
      }
    }
  }

  @Test
  void refusesAShapeThatIsNotTheRowsAndAPlaceThatIsNotThere() {
    try (Dataset digits = Digits.generate(5, 2);
        Dataset values = Dataset.ofValues("v", new float[2][1], new float[2][1])) {
      assertThrows(
          IllegalArgumentException.class,
          () -> IdxWriter.writeFeatures(dir.resolve("x"), digits, 28, 27));
      assertThrows(
          IllegalArgumentException.class,
          () -> IdxWriter.writeFeatures(dir.resolve("x"), digits, 784, 1, 1, 1, 1, 1, 1, 1));
      DataException e =
          assertThrows(
              DataException.class,
              () -> IdxWriter.writeFeatures(dir.resolve("none").resolve("x"), digits));
      assertTrue(e.getMessage().contains("does not exist"), e.getMessage());
      assertThrows(
          IllegalStateException.class, () -> IdxWriter.writeLabels(dir.resolve("y"), values));
      assertTrue(Files.notExists(dir.resolve("y")));
    }
  }
}

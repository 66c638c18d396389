package org.panagrad.formats.npy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.PictureShape;
import org.panagrad.data.RowForm;
import org.panagrad.data.TargetKind;

/** Files that NumPy wrote: bench/formats/write_npy.py. */
class NpyFileTest {
  @TempDir Path directory;

  static byte[] resource(String name) throws IOException {
    try (InputStream in = NpyFileTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private Path file(String name) throws IOException {
    return Files.write(directory.resolve(name), resource(name));
  }

  /** What write_npy.py has put there. */
  private static double expected(char kind, int k) {
    int value = k * 7 % 100;
    return switch (kind) {
      case 'b' -> value % 3 == 0 ? 1 : 0;
      case 'f' -> value / 8.0 - 1;
      case 'i' -> value - 50;
      default -> value;
    };
  }

  static Stream<String> types() {
    return Stream.of("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")
        .flatMap(
            type ->
                type.endsWith("1") ? Stream.of(type + "le") : Stream.of(type + "le", type + "be"))
        .flatMap(type -> Stream.of(type + "C", type + "F"));
  }

  @ParameterizedTest
  @MethodSource("types")
  void readsEveryTypeInEitherOrder(String type) throws IOException {
    for (String archive : new String[] {"types.npz", "types-compressed.npz"}) {
      try (NpzFile npz = NpzFile.open(file(archive));
          Dataset data = npz.rows(type, null).read()) {
        assertEquals(archive + ": 5 rows, 3 features, 3 classes", data.toString());
        for (int k = 0; k < 15; k++) {
          double expected = expected(type.charAt(0), k);
          float found = data.feature(k / 3, k % 3);
          assertEquals(type.startsWith("u1") ? (float) (expected / 255) : expected, found, 1e-7);
        }
        assertEquals(2, data.label(1));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1.npy", "v2.npy", "v3.npy", "fortran.npy"})
  void readsEveryVersionAndFlattensRows(String name) throws IOException {
    try (Dataset data = NpyFile.rows(file(name), file("labels.npy")).read()) {
      assertEquals(name + ": 4 rows, 6 features, 4 classes", data.toString());
      for (int k = 0; k < 24; k++) {
        assertEquals(expected('f', k), data.feature(k / 6, k % 6));
      }
      assertEquals(3, data.label(3));
    }
  }

  @Test
  void floatsAreValuesToAimAt() throws IOException {
    try (Dataset data = NpyFile.rows(file("vector.npy"), file("targets.npy")).read()) {
      assertEquals(RowForm.values(1, 2), data.form());
      for (int k = 0; k < 8; k++) {
        assertEquals(expected('f', k), data.target(k / 2, k % 2));
      }
    }
  }

  @Test
  void unsignedBytesStayBytes() throws IOException {
    try (NpzFile npz = NpzFile.open(file("split.npz"));
        Dataset train = npz.rows(null, null).read();
        Dataset test = Objects.requireNonNull(npz.testRows()).read()) {
      RowForm pictures =
          RowForm.byteClasses(4, FeatureMap.PIXELS).withPicture(PictureShape.grey(2, 2));
      assertEquals(pictures, train.form());
      assertEquals(pictures, test.form());
      assertEquals(2, test.size());
      assertEquals(TargetKind.CLASSES, test.targetKind());
      assertEquals(21 / 255f, test.feature(0, 3), 1e-7f);
      assertEquals(4 * 4 + 4 * 4, train.nativeBytes());
    }
  }

  /** Bytes of zeros. */
  private Path zeros(int rows, String row) throws IOException {
    int elements =
        Arrays.stream(row.split(", ", -1))
            .mapToInt(Integer::parseInt)
            .reduce(rows, (a, b) -> a * b);
    String header =
        "{'descr': '|u1', 'fortran_order': False, 'shape': (" + rows + ", " + row + ")}\n";
    ByteBuffer array = ByteBuffer.allocate(10 + header.length() + elements);
    array
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    array.putShort((short) header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
    return Files.write(directory.resolve("zeros.npy"), array.array());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2, 3|3x2 in grey",
        "2, 5, 3|5x2 in interleaved colour",
        "3, 2, 5|5x2 in planar colour",
        "2, 5, 1|5x2 in grey",
        "3, 5, 3|",
        "2, 5, 4|",
        "6|",
      })
  void rowsArePicturesByTheirDimensions(String row, String expected) throws IOException {
    Path x = zeros(4, row);
    try (Dataset data = NpyFile.rows(x, file("labels.npy")).read();
        NpyFeatures features = NpyFeatures.open(x)) {
      assertEquals(String.valueOf(expected), String.valueOf(data.picture()));
      assertEquals(data.picture(), features.picture());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bad-complex.npy|type of the elements: expected one of b1,",
        "bad-object.npy|found \"|O\"",
        "bad-records.npy|found records of several fields",
        "bad-text.npy|found \"<U2\"",
        "bad-empty.npy|size of dimension 1 of 2: expected 1 to 2147483647, found 0",
        "bad-nan.npy|row 1: element 1: expected a finite 32-bit float, found NaN",
      })
  void saysWhatCannotBeRead(String name, String message) throws IOException {
    Path x = file(name);
    Path y = file("labels.npy");
    DataException refused =
        assertThrows(DataException.class, () -> NpyFile.rows(x, y).read().close());
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count());
  }

  @Test
  void rowsAndTargetsBelongTogether() throws IOException {
    Path x = file("v1.npy");
    Path y = Files.write(directory.resolve("y.npy"), three(resource("labels.npy")));
    DataException refused = assertThrows(DataException.class, () -> NpyFile.rows(x, y));
    assertTrue(
        refused.getMessage().contains("number of targets: expected 4"), refused.getMessage());
  }

  /** The array of four labels, saying that they are three. */
  private static byte[] three(byte[] four) {
    String header = new String(four, StandardCharsets.ISO_8859_1).replace("(4,)", "(3,)");
    return Arrays.copyOf(header.getBytes(StandardCharsets.ISO_8859_1), four.length - 8);
  }

  @Test
  void namesTheArraysThatThereAre() throws IOException {
    try (NpzFile npz = NpzFile.open(file("split.npz"))) {
      DataException refused = assertThrows(DataException.class, () -> npz.rows("pictures", null));
      assertTrue(
          refused
              .getMessage()
              .endsWith(
                  "split.npz: array of features: expected pictures, found only x_train, y_train,"
                      + " x_test, y_test; name the array, or save it under one of these names"),
          refused.getMessage());
    }
    try (NpzFile npz = NpzFile.open(file("types.npz"))) {
      DataException refused = assertThrows(DataException.class, () -> npz.rows(null, null));
      assertTrue(refused.getMessage().contains("expected one of x, X, features"));
    }
  }

  @Test
  void theLargestUnsignedIntegersAreRoundedOnce() {
    NpyType type = NpyType.of("<u8");
    assertNotNull(type);
    ByteBuffer element = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    for (long bits : new long[] {-1L, Long.MIN_VALUE, Long.MIN_VALUE + 1025, 5, Long.MAX_VALUE}) {
      element.putLong(0, bits);
      double expected = new BigInteger(Long.toUnsignedString(bits)).doubleValue();
      assertEquals(expected, type.get(element, 0));
    }
  }
}

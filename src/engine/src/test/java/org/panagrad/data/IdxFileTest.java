package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.fuzz.Fuzz;
import org.panagrad.memory.NativeMemory;

class IdxFileTest {
  @TempDir Path dir;

  /** An IDX file in memory. */
  static byte[] idx(int type, int[] dimensions, byte... data) {
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * dimensions.length + data.length);
    file.putShort((short) 0).put((byte) type).put((byte) dimensions.length);
    for (int dimension : dimensions) {
      file.putInt(dimension);
    }
    return file.put(data).array();
  }

  static byte[] gzip(byte[] data) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(data);
    }
    return packed.toByteArray();
  }

  private static byte[] images() {
    return idx(0x08, new int[] {3, 2, 2}, new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1});
  }

  private static byte[] labels() {
    return idx(0x08, new int[] {3}, new byte[] {1, 0, 4});
  }

  private Dataset read(byte[] features, byte[] labels) throws IOException {
    Path x = Files.write(dir.resolve("x"), features);
    Path y = Files.write(dir.resolve("y"), labels);
    return IdxFile.readDataset(x, y);
  }

  private void assertRefused(String message, byte[] features, byte[] labels) {
    DataException e = assertThrows(DataException.class, () -> read(features, labels));
    assertEquals(message, e.getMessage().replace(dir.toString() + "/", ""));
  }

  @Test
  void readsPlainAndGzipWhateverTheName() throws IOException {
    for (boolean packed : new boolean[] {false, true}) {
      try (Dataset data =
          packed ? read(gzip(images()), gzip(labels())) : read(images(), labels())) {
        assertEquals("x: 3 rows, 4 features, 5 classes", data.toString());
        assertEquals(3 * 4 + 3 * 4, data.nativeBytes());
        assertEquals(FeatureMap.PIXELS, data.preprocessing());
        assertEquals(6 / 255f, data.feature(1, 2), 1e-7f);
        assertEquals(1f, data.feature(2, 3));
        assertEquals(4, data.label(2));
      }
    }
  }

  /** By its dimensions, whatever the type. */
  @Test
  void rowsOfTwoDimensionsOrWithChannelsArePictures() throws IOException {
    byte[] floats = idx(0x0D, new int[] {3, 2, 3}, new byte[3 * 6 * 4]);
    byte[] colours = idx(0x08, new int[] {3, 2, 5, 3}, new byte[3 * 30]);
    byte[] planes = idx(0x08, new int[] {3, 3, 2, 5}, new byte[3 * 30]);
    byte[] vectors = idx(0x08, new int[] {3, 4}, new byte[3 * 4]);
    assertPicture(PictureShape.grey(2, 2), images());
    assertPicture(PictureShape.grey(2, 3), floats);
    assertPicture(PictureShape.colour(2, 5, PictureShape.Layout.INTERLEAVED), colours);
    assertPicture(PictureShape.colour(2, 5, PictureShape.Layout.PLANAR), planes);
    assertPicture(null, vectors);
  }

  private void assertPicture(@Nullable PictureShape expected, byte[] features) throws IOException {
    try (Dataset data = read(features, labels());
        IdxRows rows = IdxRows.open(dir.resolve("x"))) {
      assertEquals(expected, data.picture());
      assertEquals(expected, rows.picture());
    }
  }

  @Test
  void readsEveryType() throws IOException {
    byte[] labels = idx(0x0B, new int[] {2}, new byte[] {0, 1, 0, 0});
    ByteBuffer floats = ByteBuffer.allocate(8).putFloat(1.5f).putFloat(-2e30f);
    ByteBuffer doubles = ByteBuffer.allocate(16).putDouble(0.1).putDouble(-3);
    ByteBuffer ints = ByteBuffer.allocate(8).putInt(-70_000).putInt(16_777_216);
    assertFeatures(idx(0x0D, new int[] {2}, floats.array()), labels, 1.5f, -2e30f);
    assertFeatures(idx(0x0E, new int[] {2, 1}, doubles.array()), labels, 0.1f, -3);
    assertFeatures(idx(0x0C, new int[] {2}, ints.array()), labels, -70_000, 16_777_216);
    assertFeatures(
        idx(0x0B, new int[] {2}, (byte) -1, (byte) 0, (byte) 1, (byte) 2), labels, -256, 258);
    assertFeatures(idx(0x09, new int[] {2}, (byte) -1, (byte) 7), labels, -1, 7);
  }

  private void assertFeatures(byte[] features, byte[] labels, float... expected)
      throws IOException {
    try (Dataset data = read(features, labels)) {
      assertEquals(expected.length, data.size());
      for (int row = 0; row < expected.length; row++) {
        assertEquals(expected[row], data.feature(row, 0));
      }
      assertEquals(1, data.label(0));
    }
  }

  @Test
  void catchesEveryLieOfAHeader() throws IOException {
    byte[] badMagic = images();
    badMagic[0] = 'P';
    assertRefused(
        "x: not an IDX file: expected a magic number 0x0000TTNN with TT one of 08, 09, 0B, 0C, 0D,"
            + " 0E, found 0x50000803; check that this is the right file",
        badMagic,
        labels());
    byte[] badType = images();
    badType[2] = 0x0A;
    assertRefused(
        "x: not an IDX file: expected a magic number 0x0000TTNN with TT one of 08, 09, 0B, 0C, 0D,"
            + " 0E, found 0x00000A03; check that this is the right file",
        badType,
        labels());
    assertRefused(
        "x: number of dimensions: expected 1 to 8, found 0; get the file again from its source",
        idx(0x08, new int[0], (byte) 1),
        labels());
    assertRefused(
        "x: number of dimensions: expected 1 to 8, found 200; get the file again from its source",
        idx(0x08, new int[200], (byte) 1),
        labels());
    assertRefused(
        "x: size of dimension 2 of 3: expected 1 to 2147483647, found 0; get the file again from"
            + " its source",
        idx(0x08, new int[] {3, 0, 2}),
        labels());
    assertRefused(
        "x: size of dimension 1 of 3: expected 1 to 2147483647, found 4294967295; get the file"
            + " again from its source",
        idx(0x08, new int[] {-1, 2, 2}),
        labels());
    assertRefused(
        "x: the dimensions multiply to more than memory can address: expected a product below 2^60,"
            + " found [2147483647, 2147483647, 2147483647]; get the file again from its source",
        idx(0x08, new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE}),
        labels());
    assertRefused(
        "x: file length: expected 1000000016 bytes for a header of [1000000, 10, 100] unsigned"
            + " bytes, found 16 bytes; get the file again from its source",
        idx(0x08, new int[] {1_000_000, 10, 100}),
        labels());
    assertRefused(
        "x: IDX header: expected 4 more bytes, found the end of the file after 0; get the file"
            + " again from its source",
        new byte[0],
        labels());
    assertRefused(
        "x: IDX header: expected 12 more bytes, found the end of the file after 3; get the file"
            + " again from its source",
        Arrays.copyOf(images(), 7),
        labels());
    assertRefused(
        "x: file length: expected 28 bytes for a header of [3, 2, 2] unsigned bytes, found 27"
            + " bytes; get the file again from its source",
        Arrays.copyOf(images(), 27),
        labels());
    assertRefused(
        "x: file length: expected 28 bytes for a header of [3, 2, 2] unsigned bytes, found 29"
            + " bytes; get the file again from its source",
        Arrays.copyOf(images(), 29),
        labels());
  }

  @Test
  void catchesEveryLieInsideGzip() throws IOException {
    assertRefused(
        "x: file length: expected 12 bytes of [3, 2, 2] unsigned bytes, found an end before that;"
            + " get the file again from its source",
        gzip(Arrays.copyOf(images(), 27)),
        labels());
    assertRefused(
        "x: file length: expected an end after 12 bytes of [3, 2, 2] unsigned bytes, found further"
            + " bytes; get the file again from its source",
        gzip(Arrays.copyOf(images(), 29)),
        labels());
    byte[] whole = gzip(images());
    assertRefused(
        "x: reading: expected an IDX file, plain or gzip, found a gzip stream that is cut short;"
            + " get the file again from its source",
        Arrays.copyOf(whole, whole.length - 4),
        labels());
    byte[] lie = gzip(idx(0x08, new int[] {2_000_000_000, 28, 28}, new byte[1000]));
    assertRefused(
        "x: length after decompression: expected 1568000000016 bytes for a header of [2000000000,"
            + " 28, 28] unsigned bytes, found a gzip file of "
            + lie.length
            + " bytes, which cannot hold them; get the file again from its source",
        lie,
        labels());
    byte[] damaged = gzip(images());
    damaged[damaged.length - 6] ^= 0x55;
    DataException e = assertThrows(DataException.class, () -> read(damaged, labels()));
    assertTrue(e.getMessage().contains("a damaged gzip stream"), e.getMessage());
  }

  @Test
  void catchesFilesThatDoNotBelongTogether() throws IOException {
    assertRefused(
        "y: number of labels: expected 3, one for each row of x, found 2; check that the two files"
            + " belong together",
        images(),
        idx(0x08, new int[] {2}, (byte) 1, (byte) 0));
    assertRefused(
        "y: not a file of labels: expected 1 dimension of integers (magic number 0x00000801), found"
            + " 3 of unsigned bytes; check the order of the two files",
        labels(),
        images());
    assertRefused(
        "y, row 1: the label is not a class: expected 0 to 65535, found -5; check that this is the"
            + " file of labels",
        images(),
        idx(0x09, new int[] {3}, (byte) 0, (byte) -5, (byte) 1));
    ByteBuffer nan = ByteBuffer.allocate(24).putFloat(20, Float.NaN);
    assertRefused(
        "x, row 2: feature 1: expected a finite 32-bit float, found NaN; remove the row or fill the"
            + " value in",
        idx(0x0D, new int[] {3, 2}, nan.array()),
        labels());
    Path x = Files.write(dir.resolve("x"), images());
    Path y = Files.write(dir.resolve("y"), labels());
    DataException e = assertThrows(DataException.class, () -> IdxFile.readDataset(x, y, 4));
    assertTrue(e.getMessage().contains("y, row 2: the label is not a class: expected 0 to 3"));
    DataException none =
        assertThrows(DataException.class, () -> IdxFile.readDataset(dir.resolve("none"), y));
    assertTrue(none.getMessage().endsWith("found nothing of that name; check the path"));
    DataException folder = assertThrows(DataException.class, () -> IdxFile.readDataset(dir, y));
    assertTrue(folder.getMessage().endsWith("found a directory or device; check the path"));
  }

  /** Reads all rows, as a data set and one after the other; false if it was refused. */
  private boolean reads(byte[] features, byte[] labels) throws IOException {
    Path x = Files.write(dir.resolve("x"), features);
    Path y = Files.write(dir.resolve("y"), labels);
    try (Dataset data = IdxFile.readDataset(x, y);
        Dataset again = data.stream().read();
        IdxRows rows = IdxRows.open(x)) {
      assertEquals(3, again.size());
      float[] stored = new float[data.featureCount()];
      float[] row = new float[rows.featureCount()];
      for (int i = 0; i < 3; i++) {
        assertTrue(rows.next(row));
        data.copyStored(i, stored);
        assertArrayEquals(stored, row);
      }
      assertFalse(rows.next(row));
      return true;
    } catch (DataException refused) {
      assertTrue(refused.getMessage().startsWith(dir.toString()), refused.getMessage());
      assertEquals(1, refused.getMessage().lines().count(), refused.getMessage());
      return false;
    }
  }

  private static byte[] sometimesGzip(byte[] file, Random random) throws IOException {
    return random.nextInt(3) == 0 ? gzip(file) : file;
  }

  @Test
  @Tag("fuzz")
  void randomMutationsOfFeaturesAreRefusedOrHarmless() throws IOException {
    byte[] floats =
        idx(0x0D, new int[] {3, 2}, ByteBuffer.allocate(24).putFloat(1.5f).putFloat(-2).array());
    byte[] labels = labels();
    Fuzz.of("IDX features", images(), gzip(images()), floats)
        .repair(IdxFileTest::sometimesGzip)
        .nativeMemory(NativeMemory::processBytes, NativeMemory::processTakenBytes)
        .feed(features -> reads(features, labels))
        .requireRefused(0.5);
  }

  @Test
  @Tag("fuzz")
  void randomMutationsOfLabelsAreRefusedOrHarmless() throws IOException {
    byte[] images = images();
    byte[] wide = idx(0x0C, new int[] {3}, ByteBuffer.allocate(12).putInt(7).array());
    Fuzz.of("IDX labels", labels(), gzip(labels()), wide)
        .repair(IdxFileTest::sometimesGzip)
        .nativeMemory(NativeMemory::processBytes, NativeMemory::processTakenBytes)
        .feed(labels -> reads(images, labels))
        .requireRefused(0.5);
  }

  @Test
  void readsTheRealFiles() {
    String data = System.getenv("PANAGRAD_DATA_DIR");
    assumeTrue(data != null, "PANAGRAD_DATA_DIR is not set");
    Path mnist = Path.of(String.valueOf(data), "mnist");
    try (Dataset test =
        IdxFile.readDataset(
            mnist.resolve("t10k-images-idx3-ubyte.gz"),
            mnist.resolve("t10k-labels-idx1-ubyte.gz"))) {
      assertEquals(10_000, test.size());
      assertEquals(784, test.featureCount());
      assertEquals(10, test.classCount());
      assertEquals(10, test.presentClasses());
      assertEquals(7, test.label(0));
      assertEquals(2, test.label(1));
      assertEquals(10_000L * 784 + 4 * 10_000, test.nativeBytes());
    }
  }
}

package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.fuzz.Fuzz;
import org.panagrad.kernel.KernelSets;
import org.panagrad.memory.NativeMemory;
import org.panagrad.random.SeededRandom;

/** Record files: what was written comes back, and what was damaged does not. */
class RecordFileTest {
  @TempDir Path directory;

  /** Rows of every form: floats or bytes, classes or values. */
  static List<RowForm> forms() {
    return List.of(
        RowForm.classes(3),
        RowForm.byteClasses(5, FeatureMap.PIXELS),
        RowForm.values(7, 2),
        RowForm.byteClasses(12, FeatureMap.PIXELS)
            .withPicture(PictureShape.colour(2, 2, PictureShape.Layout.PLANAR)),
        RowForm.values(6, 1).withPicture(PictureShape.grey(3, 2)),
        RowForm.byteValues(1, new FeatureMap(0.5f, -1), 1));
  }

  static Dataset dataset(RowForm form, int rows, boolean names) {
    return dataset(form, rows, names, false);
  }

  static Dataset dataset(RowForm form, int rows, boolean names, boolean weighted) {
    SeededRandom random = SeededRandom.of(4, "records");
    boolean classes = form.targetKind() == TargetKind.CLASSES;
    try (DatasetBuilder builder = new DatasetBuilder("some rows", form)) {
      byte[] bytes = new byte[form.featureCount()];
      float[] floats = new float[form.featureCount()];
      float[] targets = new float[form.targetCount()];
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) random.nextInt(256);
          floats[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < targets.length; i++) {
          targets[i] = (float) random.nextGaussian();
        }
        if (classes && form.bytes()) {
          builder.addRow(bytes, row % 3);
        } else if (classes) {
          builder.addRow(floats, row % 3);
        } else if (form.bytes()) {
          builder.addRow(bytes, targets);
        } else {
          builder.addRow(floats, targets);
        }
        if (weighted) {
          builder.addWeight(0.5f + row % 4);
        }
      }
      if (!classes) {
        return builder.build();
      }
      return names ? builder.build(List.of("a", "größer", "")) : builder.build(3);
    }
  }

  private Path write(Dataset data) {
    Path file = directory.resolve("rows" + RecordFile.EXTENSION);
    RecordWriter.write(file, data.stream());
    return file;
  }

  private static void assertSame(Dataset expected, Dataset found) {
    assertEquals(expected.toString(), found.toString());
    assertEquals(expected.form(), found.form());
    assertEquals(expected.classNames(), found.classNames());
    assertEquals(expected.classCount(), found.classCount());
    assertEquals(expected.isWeighted(), found.isWeighted());
    for (int row = 0; row < expected.size(); row++) {
      assertEquals(expected.weight(row), found.weight(row));
      for (int i = 0; i < expected.featureCount(); i++) {
        assertEquals(expected.feature(row, i), found.feature(row, i));
      }
      for (int i = 0; i < expected.targetCount(); i++) {
        assertEquals(expected.target(row, i), found.target(row, i));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void whatIsWrittenIsRead(RowForm form) {
    whatIsWrittenIsRead(form, false);
    whatIsWrittenIsRead(form, true);
  }

  private void whatIsWrittenIsRead(RowForm form, boolean weighted) {
    for (int rows : new int[] {1, 2, 13}) {
      try (Dataset data = dataset(form, rows, true, weighted)) {
        Path file = write(data);
        assertTrue(RecordFile.isRecordFile(file));
        assertEquals(rows, RecordFile.verify(file, done -> {}));
        try (Dataset read = RecordFile.read(file);
            Dataset stored = RecordFile.inFile(file);
            Dataset opened = RecordFile.open(file)) {
          assertSame(data, read);
          assertSame(data, stored);
          assertSame(data, opened);
          assertTrue(stored.isInFile() && !stored.isReadInPlace());
          assertFalse(read.isInFile());
          assertEquals(!form.bytes(), read.isReadInPlace());
          try (Dataset again = again(stored)) {
            assertSame(data, again);
          }
        }
      }
    }
  }

  private Dataset again(Dataset stored) {
    Path copy = directory.resolve("copy.pgd");
    RecordWriter.write(copy, stored.stream());
    return RecordFile.read(copy);
  }

  @Test
  void manyRowsGoThroughManyChunks() {
    try (Dataset data = dataset(RowForm.byteClasses(700, FeatureMap.PIXELS), 4001, false)) {
      Path file = write(data);
      List<Integer> done = new ArrayList<>();
      assertEquals(4001, RecordFile.verify(file, done::add));
      assertEquals(4001, done.getLast());
      assertTrue(done.size() > 2);
      try (Dataset read = RecordFile.read(file)) {
        assertSame(data, read);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void rowsAreStagedInAnyOrder(RowForm form) {
    rowsAreStagedInAnyOrder(form, false);
    rowsAreStagedInAnyOrder(form, true);
  }

  private void rowsAreStagedInAnyOrder(RowForm form, boolean weighted) {
    try (Dataset data = dataset(form, 13, false, weighted);
        Arena arena = Arena.ofConfined();
        Dataset whole = RecordFile.inFile(write(data))) {
      Dataset stored = whole.subset(2, 13);
      MemorySegment memory = arena.allocate(StagedRows.bytes(stored, 6), 64);
      StagedRows staged = new StagedRows(stored, 6, memory, KernelSets.select());
      MemorySegment order = arena.allocateFrom(ValueLayout.JAVA_INT, 9, 10, 0, 5, 5, 6, 7, 8, 9, 1);
      for (int[] part : new int[][] {{0, 6}, {3, 6}, {9, 1}, {4, 0}}) {
        staged.read(order, part[0], part[1]);
        for (int i = 0; i < part[1]; i++) {
          int row = 2 + order.getAtIndex(ValueLayout.JAVA_INT, part[0] + i);
          for (int k = 0; k < form.featureCount(); k++) {
            assertEquals(data.feature(row, k), staged.rows().feature(i, k));
          }
          for (int k = 0; k < data.targetCount(); k++) {
            assertEquals(data.target(row, k), staged.rows().target(i, k));
          }
          assertEquals(data.weight(row), staged.rows().weight(i));
        }
      }
      if (form.targetKind() == TargetKind.CLASSES && stored.classNames().isEmpty()) {
        Dataset more = stored.withClassCount(stored.classCount() + 2);
        Dataset rows = new StagedRows(more, 6, memory, KernelSets.select()).rows();
        assertEquals(more.targetCount(), rows.targetCount());
      }
      order.setAtIndex(ValueLayout.JAVA_INT, 0, 11);
      assertThrows(IndexOutOfBoundsException.class, () -> staged.read(order, 0, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> staged.read(order, 0, 7));
    }
  }

  private boolean reads(byte[] bytes) throws IOException {
    Path file = Files.write(directory.resolve("damaged.pgd"), bytes);
    boolean stored = true;
    try (Dataset data = RecordFile.inFile(file)) {
      assertTrue(data.size() > 0);
      for (int row = 0; row < data.size(); row++) {
        for (int i = 0; i < data.featureCount(); i++) {
          data.feature(row, i);
        }
        for (int i = 0; i < data.targetCount(); i++) {
          data.target(row, i);
        }
        if (data.isWeighted()) {
          data.weight(row);
        }
      }
    } catch (DataException refused) {
      assertEquals(1, refused.getMessage().lines().count());
      stored = false;
    }
    try (Dataset data = RecordFile.read(file);
        Dataset again = data.stream().read()) {
      assertTrue(stored, "read but not opened in its file: " + data);
      assertEquals(data.size(), again.size());
      return true;
    } catch (DataException refused) {
      assertEquals(1, refused.getMessage().lines().count());
      return false;
    }
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    everyTruncationIsRefused(false);
    everyTruncationIsRefused(true);
  }

  private void everyTruncationIsRefused(boolean weighted) throws IOException {
    try (Dataset data = dataset(RowForm.classes(3), 5, true, weighted)) {
      byte[] whole = Files.readAllBytes(write(data));
      assertTrue(reads(whole));
      for (int length = 0; length < whole.length; length++) {
        assertFalse(reads(Arrays.copyOf(whole, length)), "length " + length);
      }
      assertFalse(reads(Arrays.copyOf(whole, whole.length + 1)));
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyFlippedByteIsRefused(RowForm form) throws IOException {
    everyFlippedByteIsRefused(form, false);
    everyFlippedByteIsRefused(form, true);
  }

  private void everyFlippedByteIsRefused(RowForm form, boolean weighted) throws IOException {
    try (Dataset data = dataset(form, 3, true, weighted)) {
      byte[] whole = Files.readAllBytes(write(data));
      long rowsEnd = RecordHeader.BYTES + 3L * form.featureCount() * (form.bytes() ? 1 : 4);
      long targets = (rowsEnd + 63) & -64L;
      for (int i = 0; i < whole.length; i++) {
        boolean fills = i >= rowsEnd && i < targets; // up to a multiple of 64, and says nothing
        if (fills || (isZeroOfHeader(i) && !form.equals(RowForm.classes(3)) && i % 61 != 0)) {
          continue;
        }
        byte[] flipped = whole.clone();
        flipped[i] ^= (byte) (i % 2 == 0 ? 1 : 128);
        assertFalse(reads(flipped), "byte " + i);
      }
    }
  }

  private static boolean isZeroOfHeader(int at) {
    return at >= 64 && at < RecordHeader.BYTES - 4;
  }

  @Test
  @Tag("fuzz")
  void randomMutationsAreRefusedOrHarmless() {
    byte[][] wholes =
        Stream.of(false, true)
            .flatMap(weighted -> forms().stream().map(form -> dataset(form, 3, true, weighted)))
            .map(
                made -> {
                  try (Dataset data = made) {
                    return Files.readAllBytes(write(data));
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                })
            .toArray(byte[][]::new);
    Fuzz.of("record file", wholes)
        .repair((file, random) -> random.nextInt(3) > 0 ? sign(file) : file)
        .nativeMemory(NativeMemory::processBytes, NativeMemory::processTakenBytes)
        .feed(this::reads)
        .requireRefused(0.5);
  }

  /** The same for the description, of which the header has the checksum. */
  private static byte[] sign(byte[] file) {
    if (file.length >= RecordHeader.BYTES) {
      ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      int description = Math.clamp(header.getInt(44), 0, file.length - RecordHeader.BYTES);
      CRC32C crc = new CRC32C();
      crc.update(file, file.length - description, description);
      header.putInt(48, (int) crc.getValue());
    }
    return signHeader(file);
  }

  /** Gives a header the checksum that it should have: somebody lies on purpose. */
  private static byte[] signHeader(byte[] file) {
    if (file.length >= RecordHeader.BYTES) {
      CRC32C crc = new CRC32C();
      crc.update(file, 0, RecordHeader.BYTES - 4);
      ByteBuffer.wrap(file)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(RecordHeader.BYTES - 4, (int) crc.getValue());
    }
    return file;
  }

  @Test
  void everyFieldOfASignedHeaderIsChecked() throws IOException {
    everyFieldOfASignedHeaderIsChecked(false);
    everyFieldOfASignedHeaderIsChecked(true);
  }

  private void everyFieldOfASignedHeaderIsChecked(boolean weighted) throws IOException {
    try (Dataset data = dataset(RowForm.classes(3), 5, true, weighted)) {
      byte[] whole = Files.readAllBytes(write(data));
      for (int i = 8; i < RecordHeader.BYTES - 4; i++) {
        // Another finite scale or shift cannot be told from the right one.
        if ((i >= 36 && i < 44) || (isZeroOfHeader(i) && i % 61 != 0)) {
          continue;
        }
        for (int b : new int[] {1, 0x7F, 0xFF}) {
          byte[] changed = whole.clone();
          changed[i] ^= (byte) b;
          signHeader(changed);
          assertFalse(reads(changed), "byte " + i);
        }
      }
    }
  }

  private static final byte[] NAMED = {4, 0, 0, 0, 'n', 'a', 'm', 'e', 3, 0, 0, 0, 't', 'w', 'o'};

  /** Both versions by docs/record-file.md alone: two rows of bytes with three classes. */
  private static byte[] byHand(int version) {
    return byHand(version, NAMED);
  }

  private static byte[] byHand(int version, byte[] description) {
    byte[][] rows = {{1, 2, 3, 4, 5}, {-1, 0, 7, 8, 9}};
    int[] labels = {2, 0};
    float[] weights = {0.5f, 3};
    int length = 4096 + 64 + 8 + (version == 2 ? 8 : 0) + 8 + description.length;
    ByteBuffer file = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(0x0A1A0A0D44475089L).putInt(version).putInt(2).putLong(2).putInt(5).putInt(1);
    file.putInt(3).putFloat(FeatureMap.PIXELS.scale()).putFloat(FeatureMap.PIXELS.shift());
    CRC32C crc = new CRC32C();
    crc.update(description);
    file.putInt(description.length).putInt((int) crc.getValue());
    file.putInt(version == 2 ? 1 : 0).putLong(length);
    file.position(4096)
        .put(rows[0])
        .put(rows[1])
        .position(4160)
        .putInt(labels[0])
        .putInt(labels[1]);
    if (version == 2) {
      file.putFloat(weights[0]).putFloat(weights[1]);
    }
    for (int i = 0; i < 2; i++) {
      ByteBuffer row = ByteBuffer.allocate(13).order(ByteOrder.LITTLE_ENDIAN);
      row.put(rows[i]).putInt(labels[i]).putFloat(weights[i]);
      crc.reset();
      crc.update(row.array(), 0, version == 2 ? 13 : 9);
      file.putInt((int) crc.getValue());
    }
    signHeader(file.put(description).array());
    return file.array();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aFileIsAsItIsDescribed(int version) throws IOException {
    Path file = Files.write(directory.resolve("hand.pgd"), byHand(version));
    assertEquals(2, RecordFile.verify(file, done -> {}));
    for (Dataset data : List.of(RecordFile.read(file), RecordFile.inFile(file))) {
      try (data) {
        assertEquals("two: 2 rows, 5 features, 3 classes", data.toString());
        assertEquals(1f, data.feature(1, 0));
        assertEquals(2, data.label(0));
        assertEquals(version == 2, data.isWeighted());
        assertEquals(version == 2 ? 3 : 1, data.weight(1));
        assertNull(data.picture());
        Path copy = directory.resolve("copy.pgd");
        RecordWriter.write(copy, data.stream());
        assertArrayEquals(byHand(version), Files.readAllBytes(copy));
      }
    }
  }

  /** A file that says of its rows which pictures they are. */
  private Path pictured(String key, String text) throws IOException {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    byte[] value = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer description =
        ByteBuffer.allocate(NAMED.length + 8 + name.length + value.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(NAMED)
            .putInt(name.length)
            .put(name)
            .putInt(value.length)
            .put(value);
    return Files.write(directory.resolve("hand.pgd"), byHand(1, description.array()));
  }

  @Test
  void picturesAreAsTheyAreDescribed() throws IOException {
    Path file = pictured("picture", "height=1 width=5 channels=1 layout=interleaved");
    BitSet second = new BitSet();
    second.set(1);
    try (Dataset read = RecordFile.read(file);
        Dataset stored = RecordFile.inFile(file)) {
      for (Dataset data :
          List.of(read, stored, stored.subset(1, 2), stored.part("second", second))) {
        assertEquals(PictureShape.grey(1, 5), data.picture(), data.name());
      }
      Path copy = directory.resolve("copy.pgd");
      RecordWriter.write(copy, stored.stream());
      assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(copy));
    }
    try (Dataset read = RecordFile.read(pictured("pictures", "of a later version"))) {
      assertNull(read.picture());
    }
  }

  @Test
  void aPictureThatRowsAreNotIsRefused() throws IOException {
    assertRefused(
        "hand.pgd: picture in the description: expected 5 levels, as rows have features, found 15,"
            + " of 5x1 in planar colour; make the file again with panagrad convert",
        pictured("picture", "height=1 width=5 channels=3 layout=planar"));
    assertRefused(
        "hand.pgd: picture in the description: expected height=H width=W channels=1 or 3"
            + " layout=interleaved or planar, found \"5x1\"; make the file again with panagrad"
            + " convert",
        pictured("picture", "5x1"));
  }

  @Test
  void weightsAreChecked() throws IOException {
    for (float wrong : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertRefusedWeights("hand.pgd, row 1: weight: expected a finite number", wrong, 0.5f);
    }
    assertRefusedWeights("hand.pgd: weights: expected one above 0, found all 0", 0, 0);
    RowStream some =
        twoRows(
            "some",
            sink -> {
              sink.addRow(new float[] {1}, 0);
              sink.addWeight(1);
              sink.addRow(new float[] {2}, 0);
            });
    DataException refused =
        assertThrows(
            DataException.class, () -> RecordWriter.write(directory.resolve("some.pgd"), some));
    assertEquals(
        "some: number of weights so far: expected 2, found 1; give every row one weight, or none",
        refused.getMessage());
  }

  /** Weights whose checksums are right. */
  private void assertRefusedWeights(String message, float second, float first) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(byHand(2)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(4168, first).putFloat(4172, second);
    CRC32C crc = new CRC32C();
    for (int i = 0; i < 2; i++) {
      crc.reset();
      crc.update(bytes.array(), 4096 + 5 * i, 5);
      crc.update(bytes.array(), 4160 + 4 * i, 4);
      crc.update(bytes.array(), 4168 + 4 * i, 4);
      bytes.putInt(4176 + 4 * i, (int) crc.getValue());
    }
    Path file = Files.write(directory.resolve("hand.pgd"), bytes.array());
    List<Executable> readers =
        List.of(
            () -> RecordFile.read(file),
            () -> RecordFile.inFile(file),
            () -> RecordFile.verify(file, done -> {}));
    for (Executable reader : readers) {
      String refused = String.valueOf(assertThrows(DataException.class, reader).getMessage());
      assertTrue(refused.contains(message), refused);
      assertEquals(1, refused.lines().count());
    }
  }

  private void assertRefused(String message, Path file) {
    DataException refused = assertThrows(DataException.class, () -> RecordFile.open(file));
    assertEquals(message, refused.getMessage().replace(directory + "/", ""));
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    Path file;
    try (Dataset data = dataset(RowForm.classes(3), 5, true)) {
      file = write(data);
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, 4200));
    assertRefused(
        "rows.pgd: file length: expected "
            + whole.length
            + " bytes, found 4200 bytes, it is cut short; make the file again with panagrad"
            + " convert",
        file);
    byte[] damaged = whole.clone();
    damaged[4096 + 2 * 12] ^= 1;
    Files.write(file, damaged);
    DataException refused = assertThrows(DataException.class, () -> RecordFile.open(file));
    assertTrue(
        refused
            .getMessage()
            .matches(
                ".*rows.pgd, row 2: checksum: expected \\p{XDigit}{8}, found \\p{XDigit}{8},"
                    + " the row is damaged; make the file again with panagrad convert"),
        refused.getMessage());
    assertEquals(
        refused.getMessage(),
        assertThrows(DataException.class, () -> RecordFile.verify(file, done -> {})).getMessage());
    Files.writeString(file, "a,b,c");
    assertRefused(
        "rows.pgd: not a record file: expected a start of 895047440d0a1a0a, found 612c622c63;"
            + " check that this is the right file",
        file);
    assertFalse(RecordFile.isRecordFile(file));
    assertFalse(RecordFile.isRecordFile(directory));
    assertThrows(DataException.class, () -> RecordFile.inFile(directory));
    assertThrows(DataException.class, () -> RecordFile.inFile(directory.resolve("none")));
  }

  @Test
  void aFileThatIsCutWhileItIsOpenIsAnError() throws IOException {
    try (Dataset data = dataset(RowForm.classes(3), 500, false);
        Arena arena = Arena.ofConfined()) {
      Path file = write(data);
      try (Dataset stored = RecordFile.inFile(file)) {
        StagedRows staged =
            new StagedRows(
                stored, 4, arena.allocate(StagedRows.bytes(stored, 4), 64), KernelSets.select());
        MemorySegment order = arena.allocateFrom(ValueLayout.JAVA_INT, 496, 497, 498, 499);
        staged.read(order, 0, 4);
        try (RandomAccessFile shorter = new RandomAccessFile(file.toFile(), "rw")) {
          shorter.setLength(5000);
        }
        DataException refused = assertThrows(DataException.class, () -> staged.read(order, 0, 4));
        assertTrue(
            refused.getMessage().contains("found 5000 bytes, it was cut meanwhile"),
            refused.getMessage());
      }
    }
  }

  @Test
  void whatCannotBeWrittenLeavesWhatWasThere() throws IOException {
    Path file = Files.writeString(directory.resolve("kept.pgd"), "kept");
    RowStream broken =
        twoRows(
            "broken",
            sink -> {
              sink.addRow(new float[] {1}, 0);
              sink.addRow(new float[] {Float.NaN}, 0);
            });
    DataException refused =
        assertThrows(DataException.class, () -> RecordWriter.write(file, broken));
    assertTrue(refused.getMessage().startsWith("broken, row 1: feature 0"), refused.getMessage());
    assertArrayEquals("kept".getBytes(StandardCharsets.UTF_8), Files.readAllBytes(file));
    try (var files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  /** How bytes become features is part of what the rows are. */
  @Test
  void anotherScaleIsAnotherChecksum() throws IOException {
    try (Dataset data = dataset(RowForm.classes(3), 5, true)) {
      Path file = write(data);
      String before;
      try (Dataset inFile = RecordFile.inFile(file)) {
        before = inFile.checksum();
      }
      byte[] changed = Files.readAllBytes(file);
      changed[36] ^= 1;
      signHeader(changed);
      Files.write(file, changed);
      try (Dataset inFile = RecordFile.inFile(file)) {
        assertNotEquals(before, inFile.checksum());
      }
    }
  }

  /** A stream of two rows of one feature and one class. */
  private static RowStream twoRows(String name, Consumer<RowSink> rows) {
    return new RowStream() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public RowForm form() {
        return RowForm.classes(1);
      }

      @Override
      public int rows() {
        return 2;
      }

      @Override
      public Classes copyTo(RowSink sink) {
        rows.accept(sink);
        return Classes.count(1);
      }
    };
  }
}

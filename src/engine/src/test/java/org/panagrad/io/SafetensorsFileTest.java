package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.file.FormatException;

class SafetensorsFileTest {
  @TempDir Path directory;

  /** reference.safetensors was written by the reference implementation, safetensors 0.8.0. */
  static byte[] reference() throws IOException {
    try (InputStream resource =
        SafetensorsFileTest.class.getResourceAsStream("reference.safetensors")) {
      return Objects.requireNonNull(resource, "reference.safetensors").readAllBytes();
    }
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(directory.resolve(name), bytes);
  }

  @Test
  void readsWhatTheReferenceImplementationWrites() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(write("r.safetensors", reference()))) {
      assertEquals(Map.of("format", "pt", "note", "line\nbreak 中😀 \"q\""), file.metadata());
      assertEquals(
          List.of(
              "step I64 []",
              "double F64 [3]",
              "fc1.bias F32 [2]",
              "fc1.weight F32 [2, 3]",
              "none F32 [0, 5]",
              "brain BF16 [4]",
              "half F16 [2, 4]",
              "e4m3 F8_E4M3 [2]",
              "mask BOOL [3]"),
          file.tensors().stream().map(StoredTensor::toString).toList());
      assertArrayEquals(
          new float[] {0.5f, -1.25f, 3e38f, Float.MIN_VALUE, -0.0f, 7f},
          floats(file, "fc1.weight"));
      assertArrayEquals(new float[] {1, 2}, floats(file, "fc1.bias"));
      assertArrayEquals(
          new float[] {0, -0.0f, 1, -2.5f, 65504, 0x1p-24f, Float.POSITIVE_INFINITY, Float.NaN},
          floats(file, "half"));
      // -3.140625 and infinity are exact in 8 bits of precision; 1e38 was cut by the writer.
      assertArrayEquals(
          new float[] {
            1,
            -3.140625f,
            Float.intBitsToFloat(Float.floatToIntBits(1e38f) & 0xffff0000),
            Float.POSITIVE_INFINITY
          },
          floats(file, "brain"));
      assertArrayEquals(new float[] {0.1f, -1e20f, 0x1p-149f}, floats(file, "double"));
      assertArrayEquals(new float[0], floats(file, "none"));
      assertEquals(
          12345678901L, tensor(file, "step").data().get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
      assertEquals(1, tensor(file, "step").elementCount());
      assertEquals(3, tensor(file, "mask").byteSize());
      assertTrue(tensor(file, "mask").data().isReadOnly());
      assertEquals(Optional.empty(), file.tensor("absent"));
      FormatException refused = assertThrows(FormatException.class, () -> floats(file, "step"));
      assertTrue(refused.toString().contains("found I64"), refused.getMessage());
    }
  }

  @Test
  void theDigestIsOfTheDataPart() throws Exception {
    byte[] bytes = reference();
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    var sha256 = java.security.MessageDigest.getInstance("SHA-256");
    sha256.update(bytes, (int) header + 8, bytes.length - (int) header - 8);
    try (SafetensorsFile file = SafetensorsFile.open(write("r.safetensors", bytes))) {
      assertEquals(java.util.HexFormat.of().formatHex(sha256.digest()), file.parametersSha256());
    }
  }

  @Test
  void aFileCutShortAfterOpeningIsReported() throws IOException {
    Path path = write("cut.safetensors", fileOf("F32", "[100000]", 400_000));
    Path half = write("half.safetensors", fileOf("F16", "[100000]", 200_000));
    try (SafetensorsFile file = SafetensorsFile.open(path);
        SafetensorsFile halfFile = SafetensorsFile.open(half);
        Arena arena = Arena.ofConfined()) {
      MemorySegment destination = arena.allocate(400_000);
      for (Path each : List.of(path, half)) {
        try (RandomAccessFile raw = new RandomAccessFile(each.toFile(), "rw")) {
          raw.setLength(5000);
        }
      }
      FormatException cut =
          assertThrows(FormatException.class, () -> tensor(file, "t").copyTo(destination));
      assertTrue(cut.toString().contains("found the end of the file at 5000"), cut.getMessage());
      assertThrows(FormatException.class, () -> tensor(halfFile, "t").copyTo(destination));
      assertThrows(FormatException.class, file::parametersSha256);
    }
  }

  @Test
  void aFiniteDoubleBeyondFloatIsRefused() throws IOException {
    byte[] bytes = fileOf("F64", "[3]", 24);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putDouble(bytes.length - 24, Double.POSITIVE_INFINITY)
        .putDouble(bytes.length - 8, 1e39);
    try (SafetensorsFile file = SafetensorsFile.open(write("d.safetensors", bytes))) {
      FormatException refused = assertThrows(FormatException.class, () -> floats(file, "t"));
      assertTrue(refused.toString().contains("\"t\" element 2"), refused.getMessage());
    }
  }

  @Test
  void convertsAcrossBuffers() throws IOException {
    int count = 100_003;
    byte[] bytes = fileOf("F64", "[" + count + "]", count * 8);
    ByteBuffer data =
        ByteBuffer.wrap(bytes, bytes.length - count * 8, count * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      data.putDouble(i);
    }
    try (SafetensorsFile file = SafetensorsFile.open(write("d.safetensors", bytes))) {
      float[] values = floats(file, "t");
      for (int i = 0; i < count; i++) {
        assertEquals((float) i, values[i]);
      }
    }
  }

  @Test
  void checksTheDestination() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(write("r.safetensors", reference()));
        Arena arena = Arena.ofConfined()) {
      StoredTensor bias = tensor(file, "fc1.bias");
      MemorySegment room = arena.allocate(12);
      bias.copyTo(room, 4);
      assertArrayEquals(new float[] {0, 1, 2}, room.toArray(ValueLayout.JAVA_FLOAT));
      assertThrows(IndexOutOfBoundsException.class, () -> bias.copyTo(room, 8));
      assertThrows(IndexOutOfBoundsException.class, () -> bias.copyTo(room, -4));
      assertThrows(IndexOutOfBoundsException.class, () -> bias.copyTo(room, Long.MAX_VALUE));
      assertThrows(IllegalArgumentException.class, () -> bias.copyTo(room.asReadOnly()));
      assertThrows(
          IllegalArgumentException.class, () -> bias.copyTo(MemorySegment.ofArray(new float[2])));
    }
  }

  @Test
  void closedIsClosed() throws IOException {
    SafetensorsFile file = SafetensorsFile.open(write("r.safetensors", reference()));
    StoredTensor bias = tensor(file, "fc1.bias");
    StoredTensor half = tensor(file, "half");
    MemorySegment data = bias.data();
    file.close();
    assertDoesNotThrow(file::close);
    assertThrows(IllegalStateException.class, () -> data.get(ValueLayout.JAVA_BYTE, 0));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(64);
      assertThrows(IllegalStateException.class, () -> bias.copyTo(room));
      assertThrows(IllegalStateException.class, () -> half.copyTo(room));
    }
    assertThrows(IllegalStateException.class, file::parametersSha256);
  }

  @Test
  void readsBeyondTwoGibibytes() throws IOException {
    Path path = directory.resolve("large.safetensors");
    long size = 3L << 30;
    byte[] start = fileOf("F32", "[3,268435456]", size, 0);
    try (RandomAccessFile raw = new RandomAccessFile(path.toFile(), "rw")) {
      raw.write(start);
      raw.setLength(start.length + size); // sparse: takes no room on disk
      raw.seek(start.length + size - 4);
      raw.write(new byte[] {0, 0, (byte) 0x80, 0x3f});
    }
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      StoredTensor tensor = tensor(file, "t");
      assertEquals(size / 4, tensor.elementCount());
      assertEquals(1f, tensor.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, size - 4));
      assertEquals(0f, tensor.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, size - 8));
    }
  }

  @Test
  void saysWhatCannotBeRead() {
    Path missing = directory.resolve("missing");
    assertEquals(
        "cannot read " + missing + ": no such file or directory; check the path",
        assertThrows(IOException.class, () -> SafetensorsFile.open(missing)).getMessage());
    assertEquals(
        "cannot read " + directory + ": it is not a regular file; check the path",
        assertThrows(IOException.class, () -> SafetensorsFile.open(directory)).getMessage());
  }

  /** A file of one tensor {@code t}, its data zero. */
  private static byte[] fileOf(String dtype, String shape, int bytes) {
    return fileOf(dtype, shape, bytes, bytes);
  }

  private static byte[] fileOf(String dtype, String shape, long claimed, int bytes) {
    byte[] header =
        ("{\"t\":{\"dtype\":\""
                + dtype
                + "\",\"shape\":"
                + shape
                + ",\"data_offsets\":[0,"
                + claimed
                + "]}}")
            .getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + header.length + bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  private static StoredTensor tensor(SafetensorsFile file, String name) {
    return file.tensor(name).orElseThrow();
  }

  private static float[] floats(SafetensorsFile file, String name) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      StoredTensor tensor = tensor(file, name);
      MemorySegment floats = arena.allocate(tensor.elementCount() * Float.BYTES, Float.BYTES);
      tensor.copyTo(floats);
      return floats.toArray(ValueLayout.JAVA_FLOAT);
    }
  }
}

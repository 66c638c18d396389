package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {
  @TempDir Path directory;

  @Test
  void writesTheBytesOfTheFormat() throws IOException {
    Path path = directory.resolve("w.safetensors");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment slab = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 9f, 1f, 2f, 3f, -0.5f);
      new SafetensorsWriter()
          .metadata("z", "1\n中")
          .metadata("a", "\"")
          .add("fc.weight", new long[] {1, 3}, slab, 4)
          .add("fc.bias", new long[] {}, slab, 16)
          .write(path);
    }
    String json =
        "{\"__metadata__\":{\"a\":\"\\\"\",\"z\":\"1\\n中\"},"
            + "\"fc.weight\":{\"dtype\":\"F32\",\"shape\":[1,3],\"data_offsets\":[0,12]},"
            + "\"fc.bias\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[12,16]}}";
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    int dataStart = Math.ceilDiv(8 + header.length, 64) * 64;
    ByteBuffer expected = ByteBuffer.allocate(dataStart + 16).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(dataStart - 8).put(header);
    while (expected.position() < dataStart) {
      expected.put((byte) ' ');
    }
    expected.putFloat(1).putFloat(2).putFloat(3).putFloat(-0.5f);
    assertArrayEquals(expected.array(), Files.readAllBytes(path));
  }

  @Test
  void anEmptyFileIsOneToo() throws IOException {
    Path path = directory.resolve("e.safetensors");
    new SafetensorsWriter().write(path);
    assertEquals(64, Files.size(path));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertEquals(0, file.tensors().size());
      assertEquals(Map.of(), file.metadata());
      assertEquals(new SafetensorsWriter().parametersSha256(), file.parametersSha256());
    }
  }

  @Test
  void randomFilesReadBackEqual() throws IOException {
    long seed = new Random().nextLong();
    System.out.println("SafetensorsWriterTest.randomFilesReadBackEqual seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      Path path = directory.resolve("r" + round);
      try (Arena arena = Arena.ofShared()) {
        MemorySegment slab = arena.allocate(1 << 16, 64);
        for (long i = 0; i < slab.byteSize(); i++) {
          slab.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
        int count = random.nextInt(6);
        SafetensorsWriter writer = new SafetensorsWriter();
        long[] offsets = new long[count];
        for (int i = 0; i < count; i++) {
          offsets[i] = 4L * random.nextInt(8192);
          long[] shape = random.ints(random.nextInt(4), 0, 12).asLongStream().toArray();
          writer.add("layer" + i + ".weight", shape, slab, offsets[i]);
        }
        writer.metadata("seed", "😀" + seed).write(path);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
          assertEquals(count, file.tensors().size());
          assertEquals(Map.of("seed", "😀" + seed), file.metadata());
          assertEquals(writer.parametersSha256(), file.parametersSha256(), "seed " + seed);
          for (int i = 0; i < count; i++) {
            StoredTensor tensor = file.tensor("layer" + i + ".weight").orElseThrow();
            MemorySegment copy = arena.allocate(tensor.byteSize() + 8);
            tensor.copyTo(copy, 4);
            assertEquals(
                -1,
                MemorySegment.mismatch(
                    slab,
                    offsets[i],
                    offsets[i] + tensor.byteSize(),
                    copy,
                    4,
                    4 + tensor.byteSize()),
                "seed " + seed);
          }
        }
        byte[] first = Files.readAllBytes(path);
        writer.write(path);
        assertTrue(Arrays.equals(first, Files.readAllBytes(path)), "seed " + seed);
      }
    }
  }

  @Test
  void refusesWhatCannotBeWritten() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment slab = arena.allocate(16);
      SafetensorsWriter writer = new SafetensorsWriter().add("a", new long[] {4}, slab, 0);
      long[] one = {1};
      assertThrows(IllegalArgumentException.class, () -> writer.add("a", one, slab, 0));
      assertThrows(IllegalArgumentException.class, () -> writer.add("__metadata__", one, slab, 0));
      assertThrows(IllegalArgumentException.class, () -> writer.add("\ud800", one, slab, 0));
      assertThrows(IllegalArgumentException.class, () -> writer.metadata("k", "\udc00"));
      assertThrows(IllegalArgumentException.class, () -> writer.add("b", new long[] {-1}, slab, 0));
      assertThrows(
          IllegalArgumentException.class,
          () -> writer.add("b", new long[] {1L << 40, 1L << 40}, slab, 0));
      assertThrows(IllegalArgumentException.class, () -> writer.add("b", new long[65], slab, 0));
      assertThrows(
          IllegalArgumentException.class,
          () -> writer.add("b", one, MemorySegment.ofArray(new float[1]), 0));
      assertThrows(IndexOutOfBoundsException.class, () -> writer.add("b", new long[] {4}, slab, 4));
      assertThrows(IndexOutOfBoundsException.class, () -> writer.add("b", one, slab, -4));
    }
  }

  @Test
  void aClosedArenaLeavesTheOldFile() throws IOException {
    Path path = Files.writeString(directory.resolve("old"), "old");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Arena arena = Arena.ofConfined()) {
      writer.add("a", new long[] {4}, arena.allocate(16), 0);
    }
    assertThrows(IllegalStateException.class, () -> writer.write(path));
    assertEquals("old", Files.readString(path));
    try (var files = Files.list(directory)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void anUnwritablePlaceGivesOneLine() {
    Path path = directory.resolve("missing").resolve("m.safetensors");
    IOException refused =
        assertThrows(IOException.class, () -> new SafetensorsWriter().write(path));
    assertEquals(1, refused.toString().lines().count());
    assertFalse(Files.exists(path));
  }
}

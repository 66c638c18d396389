package org.panagrad.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.panagrad.file.AtomicFile;
import org.panagrad.file.OneLine;

/**
 * Writes float32 tensors as a safetensors file.
 *
 * <p>The same names, shapes, data and metadata give the same bytes: tensors stand in the order they
 * were added, metadata is sorted by key, and the header is padded with spaces so that the data
 * starts at a multiple of {@value #ALIGNMENT} bytes. The segments are read by {@link #write} and
 * {@link #parametersSha256}, not before; they must be alive and at rest then.
 */
public final class SafetensorsWriter {
  /** The data of a file starts at a multiple of this many bytes. */
  static final int ALIGNMENT = 64;

  private static final long CHUNK = 1L << 30;

  private final TreeMap<String, String> metadata = new TreeMap<>();
  private final Map<String, Source> tensors = new LinkedHashMap<>();

  private boolean sealed;

  private record Source(List<Long> shape, MemorySegment data) {}

  /** Starts an empty file. */
  public SafetensorsWriter() {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new UnsupportedOperationException(
          "safetensors data is little-endian; writing it from a big-endian machine is unsupported");
    }
  }

  /** Adds a string beside the tensors; a key given again takes the new value. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(checkUnicode(key), checkUnicode(value));
    return this;
  }

  /**
   * Adds a tensor.
   *
   * @param shape dimensions, outermost first; empty for a scalar
   * @param segment native memory with the floats in row-major order from {@code offset} on
   * @param offset in bytes
   * @throws IllegalArgumentException when the name is taken or reserved, a dimension is negative,
   *     or the segment is not native
   * @throws IndexOutOfBoundsException when the floats do not lie within the segment
   */
  public SafetensorsWriter add(String name, long[] shape, MemorySegment segment, long offset) {
    String tensor = "tensor " + OneLine.quote(checkUnicode(name));
    if (name.equals(SafetensorsHeader.METADATA)
        || (sealed && name.equals(SafetensorsHeader.SEAL))
        || tensors.containsKey(name)) {
      throw new IllegalArgumentException(
          tensor + ": expected a name not in use, found one in use; rename it");
    }
    if (!segment.isNative()) {
      throw new IllegalArgumentException(
          tensor + ": expected native memory, found a heap segment; allocate it from an Arena");
    }
    long bytes = Float.BYTES;
    for (long dimension : shape) {
      if (dimension < 0 || shape.length > SafetensorsHeader.MAX_RANK) {
        throw new IllegalArgumentException(
            tensor
                + ": expected at most "
                + SafetensorsHeader.MAX_RANK
                + " dimensions of 0 or more, found "
                + Arrays.toString(shape)
                + "; correct the shape");
      }
      try {
        bytes = Math.multiplyExact(bytes, dimension);
      } catch (ArithmeticException _) {
        throw new IllegalArgumentException(
            tensor
                + ": expected a shape of fewer than 2^63 bytes, found "
                + Arrays.toString(shape)
                + "; correct the shape");
      }
    }
    Objects.checkFromIndexSize(offset, bytes, segment.byteSize());
    tensors.put(
        name, new Source(Arrays.stream(shape).boxed().toList(), segment.asSlice(offset, bytes)));
    return this;
  }

  /**
   * Ends the file with a tensor {@value SafetensorsHeader#SEAL} of 32 bytes: SHA-256 of all bytes
   * before it, which {@link SafetensorsFile#requireSeal} checks. To be called before tensors are
   * added.
   */
  SafetensorsWriter sealed() {
    sealed = true;
    return this;
  }

  /**
   * Writes the file whole or not at all, replacing one of that name.
   *
   * @throws IOException with one line when it cannot be written; see {@link AtomicFile#write}
   * @throws IllegalStateException when an arena of the tensors is closed; nothing is left then
   */
  public void write(Path file) throws IOException {
    byte[] header = header();
    AtomicFile.write(
        file,
        channel -> {
          DataDigest seal = new DataDigest();
          ByteBuffer start =
              ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
          start.putLong(header.length).put(header).flip();
          if (sealed) {
            seal.update(MemorySegment.ofBuffer(start));
          }
          writeAll(channel, start);
          for (Source tensor : tensors.values()) {
            long size = tensor.data.byteSize();
            for (long done = 0; done < size; done += CHUNK) {
              MemorySegment chunk = tensor.data.asSlice(done, Math.min(CHUNK, size - done));
              if (sealed) {
                seal.update(chunk);
              }
              writeAll(channel, chunk.asByteBuffer());
            }
          }
          if (sealed) {
            writeAll(channel, ByteBuffer.wrap(seal.bytes()));
          }
        });
  }

  /**
   * SHA-256 of the data as {@link #write} would write it, all tensors in order, in lower-case
   * hexadecimal; {@link SafetensorsFile#parametersSha256} gives the same for the file.
   */
  public String parametersSha256() {
    DataDigest digest = new DataDigest();
    tensors.values().forEach(tensor -> digest.update(tensor.data));
    return digest.hex();
  }

  private byte[] header() {
    Map<String, Json> members = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      Map<String, Json> strings = new LinkedHashMap<>();
      metadata.forEach((key, value) -> strings.put(key, new Json.Str(value)));
      members.put(SafetensorsHeader.METADATA, new Json.Obj(strings));
    }
    long begin = 0;
    for (var tensor : tensors.entrySet()) {
      long end = Math.addExact(begin, tensor.getValue().data.byteSize());
      Map<String, Json> entry = new LinkedHashMap<>();
      entry.put("dtype", new Json.Str(Dtype.F32.name()));
      entry.put("shape", integers(tensor.getValue().shape));
      entry.put("data_offsets", integers(List.of(begin, end)));
      members.put(tensor.getKey(), new Json.Obj(entry));
      begin = end;
    }
    if (sealed) {
      Map<String, Json> entry = new LinkedHashMap<>();
      entry.put("dtype", new Json.Str(Dtype.U8.name()));
      entry.put("shape", integers(List.of((long) DataDigest.BYTES)));
      entry.put("data_offsets", integers(List.of(begin, begin + DataDigest.BYTES)));
      members.put(SafetensorsHeader.SEAL, new Json.Obj(entry));
    }
    byte[] json = new Json.Obj(members).write().getBytes(StandardCharsets.UTF_8);
    int padded = Math.ceilDiv(Long.BYTES + json.length, ALIGNMENT) * ALIGNMENT - Long.BYTES;
    if (padded > SafetensorsHeader.MAX_LENGTH) {
      throw new IllegalArgumentException(
          "safetensors header: expected at most "
              + SafetensorsHeader.MAX_LENGTH
              + " bytes, found "
              + padded
              + "; shorten the metadata");
    }
    byte[] header = Arrays.copyOf(json, padded);
    Arrays.fill(header, json.length, padded, (byte) ' ');
    return header;
  }

  private static Json integers(List<Long> values) {
    return new Json.Arr(List.copyOf(values.stream().map(Json.Int::new).toList()));
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static String checkUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      JsonText.checkPaired(text, i);
    }
    return text;
  }
}

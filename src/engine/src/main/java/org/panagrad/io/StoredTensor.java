package org.panagrad.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.panagrad.file.FormatException;
import org.panagrad.file.OneLine;

/** One tensor of an open {@link SafetensorsFile}. */
public final class StoredTensor {
  private static final long CHUNK = 1 << 16;

  private final Path file;
  private final FileChannel channel;
  private final SafetensorsHeader.Entry entry;
  private final MemorySegment mapped; // the whole data part of the file
  private final long position; // of the first byte in the file
  private final long elementCount;

  StoredTensor(
      Path file,
      FileChannel channel,
      SafetensorsHeader.Entry entry,
      MemorySegment mapped,
      long dataStart) {
    this.file = file;
    this.channel = channel;
    this.entry = entry;
    this.mapped = mapped;
    this.position = dataStart + entry.begin();
    this.elementCount = entry.shape().stream().reduce(1L, (a, b) -> a * b);
  }

  /** The name in the header, as in {@code fc1.weight}. */
  public String name() {
    return entry.name();
  }

  /** The type of its elements. */
  public Dtype dtype() {
    return entry.dtype();
  }

  /** Its dimensions, outermost first; empty for a scalar. A copy. */
  public long[] shape() {
    return entry.shape().stream().mapToLong(Long::longValue).toArray();
  }

  /** The product of its dimensions; 1 for a scalar. */
  public long elementCount() {
    return elementCount;
  }

  /** The bytes it takes in the file. */
  public long byteSize() {
    return entry.end() - entry.begin();
  }

  /**
   * Its bytes as they lie in the file, little-endian, not necessarily aligned: a read-only view of
   * the mapping, valid until the file is closed.
   *
   * <p>Should another process cut the file short, reading the lost part here throws {@link
   * InternalError}, and native code given its address would end the process. To load weights use
   * {@link #copyTo}, which reports that cleanly.
   */
  public MemorySegment data() {
    return mapped.asSlice(entry.begin(), byteSize());
  }

  /**
   * Copies the tensor as float32 in native byte order. F32 is copied as it is, F16 and BF16 are
   * widened exactly, F64 is rounded to nearest.
   *
   * @param destination native, writable, with room for {@link #elementCount()} floats at {@code
   *     offset}
   * @param offset in bytes
   * @throws FormatException when the file was cut short since it was opened, when the type is no
   *     floating-point type of 16 bits or more, or when a finite F64 is beyond the range of float32
   * @throws IllegalArgumentException when the destination is not native or is read-only
   * @throws IndexOutOfBoundsException when the destination is too small
   * @throws IllegalStateException when the file or the destination's arena is closed
   * @throws IOException with one line when the read fails; the destination may be partly written
   */
  public void copyTo(MemorySegment destination, long offset) throws IOException {
    if (!destination.isNative() || destination.isReadOnly()) {
      throw new IllegalArgumentException(
          "destination of tensor "
              + OneLine.quote(name())
              + ": expected writable native memory, found "
              + (destination.isNative() ? "read-only memory" : "a heap segment")
              + "; allocate it from an Arena");
    }
    FloatConversion conversion = FloatConversion.of(dtype());
    if (conversion == null) {
      throw new FormatException(
          file,
          "tensor " + OneLine.quote(name()) + " dtype",
          "F32, F16, BF16 or F64, to be read as float32",
          dtype().name(),
          "convert the tensor");
    }
    // A count of floats times 4 cannot overflow: in the file they have 2 bytes or more each, and
    // they lie within it.
    Objects.checkFromIndexSize(offset, elementCount * Float.BYTES, destination.byteSize());
    MemorySegment floats = destination.asSlice(offset, elementCount * Float.BYTES);
    if (conversion.isPlainCopy()) {
      checkOpen();
      FileBytes.read(file, channel, position, floats);
      return;
    }
    try (Arena scratch = Arena.ofConfined()) {
      long[] done = {0};
      readChunks(
          scratch.allocate(CHUNK, Long.BYTES),
          chunk -> {
            long count = chunk.byteSize() / conversion.bytes();
            long wrong = conversion.convert(chunk, floats, done[0], count);
            if (wrong >= 0) {
              throw new FormatException(
                  file,
                  "tensor " + OneLine.quote(name()) + " element " + (done[0] + wrong),
                  "a number within the range of float32",
                  "a larger F64",
                  "scale or convert the tensor");
            }
            done[0] += count;
          });
    }
  }

  /** Copies the tensor to the start of a segment; see {@link #copyTo(MemorySegment, long)}. */
  public void copyTo(MemorySegment destination) throws IOException {
    copyTo(destination, 0);
  }

  /** Hands the bytes of the tensor to the action, a buffer at a time. */
  void readChunks(MemorySegment buffer, Consumer<MemorySegment> action) throws IOException {
    checkOpen();
    for (long done = 0; done < byteSize(); ) {
      MemorySegment chunk = buffer.asSlice(0, Math.min(buffer.byteSize(), byteSize() - done));
      FileBytes.read(file, channel, position + done, chunk);
      action.accept(chunk);
      done += chunk.byteSize();
    }
  }

  private void checkOpen() {
    if (!channel.isOpen()) {
      throw new IllegalStateException(file + " is closed; read its tensors before closing it");
    }
  }

  /** Name, type and shape, as in {@code fc1.weight F32 [256, 784]}. */
  @Override
  public String toString() {
    return OneLine.of(name()) + ' ' + dtype() + ' ' + entry.shape();
  }
}

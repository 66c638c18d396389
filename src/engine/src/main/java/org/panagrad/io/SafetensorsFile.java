package org.panagrad.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.panagrad.file.FormatException;
import org.panagrad.file.OneLine;

/**
 * A safetensors file, open for reading: 8 bytes of header length, a JSON header, raw little-endian
 * data (the format of github.com/huggingface/safetensors, checked as its reference reader does).
 *
 * <p>The header is read and checked whole before anything is handed out; the data is mapped and
 * stays on disk until touched. Safe for use by several threads. Closing ends the mapping and every
 * segment handed out; using them later throws {@link IllegalStateException}.
 */
public final class SafetensorsFile implements AutoCloseable {
  private static final int LENGTH_BYTES = 8;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  // Objects made of a header take at most about this many times its bytes: the shortest entry of
  // some 45 bytes becomes a name, a shape, an entry and a tensor.
  private static final int HEAP_PER_HEADER_BYTE = 12;

  private final Path file;
  private final FileChannel channel;
  private final Arena arena;
  private final Map<String, String> metadata;
  private final List<StoredTensor> tensors;
  private final Map<String, StoredTensor> byName = new HashMap<>();

  private SafetensorsFile(
      Path file, FileChannel channel, Arena arena, SafetensorsHeader header, long dataStart)
      throws IOException {
    this.file = file;
    this.channel = channel;
    this.arena = arena;
    this.metadata = header.metadata();
    MemorySegment mapped = map(file, channel, arena, dataStart, header.dataSize());
    List<StoredTensor> list = new ArrayList<>(header.entries().size());
    for (SafetensorsHeader.Entry entry : header.entries()) {
      StoredTensor tensor = new StoredTensor(file, channel, entry, mapped, dataStart);
      list.add(tensor);
      byName.put(entry.name(), tensor);
    }
    this.tensors = Collections.unmodifiableList(list);
  }

  /**
   * Opens a file and checks its header against its size.
   *
   * @throws FormatException when it is not a whole, honest safetensors file
   * @throws IOException with one line when it cannot be read
   */
  public static SafetensorsFile open(Path file) throws IOException {
    return open(file, Runtime.getRuntime().maxMemory());
  }

  /** As above, refusing a header that could not be held in {@code heapBytes}. */
  @SuppressWarnings("MustBeClosed") // the arena is closed here on failure, else by close()
  static SafetensorsFile open(Path file, long heapBytes) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException(
          "cannot read "
              + OneLine.of(file.toString())
              + ": it is not a regular file; check the path");
    }
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (IOException failure) {
      throw FileBytes.cannotRead(file, failure);
    }
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try {
      long fileSize = channel.size();
      long length = headerLength(file, channel, fileSize, heapBytes);
      SafetensorsHeader header;
      try (Arena scratch = Arena.ofConfined()) {
        MemorySegment json = scratch.allocate(length);
        FileBytes.read(file, channel, LENGTH_BYTES, json);
        if (json.get(ValueLayout.JAVA_BYTE, 0) != '{') {
          throw damaged(file, "header", "'{' first", "another byte");
        }
        header = SafetensorsHeader.parse(file, json, fileSize - LENGTH_BYTES - length);
      }
      SafetensorsFile result =
          new SafetensorsFile(file, channel, arena, header, LENGTH_BYTES + length);
      opened = true;
      return result;
    } finally {
      if (!opened) {
        arena.close();
        channel.close();
      }
    }
  }

  private static long headerLength(Path file, FileChannel channel, long fileSize, long heapBytes)
      throws IOException {
    if (fileSize < LENGTH_BYTES) {
      throw damaged(file, "file", "at least 8 bytes of header length", fileSize + " bytes");
    }
    long length;
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment prefix = scratch.allocate(LENGTH_BYTES);
      FileBytes.read(file, channel, 0, prefix);
      length = prefix.get(LENGTH, 0);
    }
    long most = Math.min(SafetensorsHeader.MAX_LENGTH, fileSize - LENGTH_BYTES);
    if (length < 2 || length > most) {
      throw damaged(
          file, "header length", "2 to " + most + " bytes", Long.toUnsignedString(length));
    }
    if (length > heapBytes / HEAP_PER_HEADER_BYTE) {
      throw new FormatException(
          file,
          "header length",
          "at most " + heapBytes / HEAP_PER_HEADER_BYTE + " bytes in a heap of " + heapBytes,
          Long.toString(length),
          "give Java a larger heap with -Xmx, if the file is to be trusted");
    }
    return length;
  }

  private static MemorySegment map(
      Path file, FileChannel channel, Arena arena, long start, long size) throws IOException {
    if (size == 0) {
      return MemorySegment.NULL;
    }
    try {
      return channel.map(FileChannel.MapMode.READ_ONLY, start, size, arena);
    } catch (IOException failure) {
      throw FileBytes.cannotRead(file, failure);
    }
  }

  private static FormatException damaged(Path file, String what, String expected, String found) {
    return new FormatException(
        file, what, expected, found, "the file is damaged or not safetensors; write it again");
  }

  /** The strings a writer put beside the tensors, in the header's order. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The tensors in the order of their data in the file. */
  public List<StoredTensor> tensors() {
    return tensors;
  }

  /** The tensor of a name. */
  public Optional<StoredTensor> tensor(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * SHA-256 of the data, all tensors in file order, in lower-case hexadecimal.
   *
   * @throws FormatException when the file was cut short since it was opened
   * @throws IOException with one line when the read fails
   */
  public String parametersSha256() throws IOException {
    DataDigest digest = new DataDigest();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment buffer = scratch.allocate(1 << 16);
      for (StoredTensor tensor : tensors) {
        tensor.readChunks(buffer, digest::update);
      }
    }
    return digest.hex();
  }

  /**
   * Reads the whole file and compares it with the seal it ends with.
   *
   * @throws FormatException when it has none, or a byte is not what was written
   * @throws IOException with one line when the read fails
   */
  void requireSeal() throws IOException {
    StoredTensor seal = tensors.isEmpty() ? null : tensors.getLast();
    if (seal == null
        || !seal.name().equals(SafetensorsHeader.SEAL)
        || seal.dtype() != Dtype.U8
        || seal.byteSize() != DataDigest.BYTES) {
      throw damaged(file, "last tensor", SafetensorsHeader.SEAL + " U8 [32]", String.valueOf(seal));
    }
    long size = channel.size() - DataDigest.BYTES;
    DataDigest digest = new DataDigest();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment buffer = scratch.allocate(1 << 20);
      for (long done = 0; done < size; ) {
        MemorySegment chunk = buffer.asSlice(0, Math.min(buffer.byteSize(), size - done));
        FileBytes.read(file, channel, done, chunk);
        digest.update(chunk);
        done += chunk.byteSize();
      }
      MemorySegment stored = buffer.asSlice(0, DataDigest.BYTES);
      FileBytes.read(file, channel, size, stored);
      if (stored.mismatch(MemorySegment.ofArray(digest.bytes())) >= 0) {
        throw damaged(file, "content", "bytes that give the SHA-256 it ends with", "other bytes");
      }
    }
  }

  /** The path as given. */
  public Path path() {
    return file;
  }

  /** Ends the mapping; twice does no harm. */
  @Override
  public void close() throws IOException {
    if (arena.scope().isAlive()) {
      arena.close();
      channel.close();
    }
  }
}

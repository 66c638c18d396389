package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.panagrad.memory.NativeMemory;

/**
 * Native memory that grows while it is filled, so that a file's promise of a size is never trusted
 * before the bytes have come.
 *
 * <p>It is memory of the engine's own account: explicit, freed when the owner says so, and outside
 * of MaxDirectMemorySize.
 */
final class NativeBuffer implements AutoCloseable {
  private static final long FIRST_BYTES = 64 * 1024;

  private final String owner;
  private final long mostBytes;
  private NativeMemory memory;
  private MemorySegment segment;
  private long size;
  private boolean detached;

  /**
   * @param owner named in messages
   * @param mostBytes the size that is promised, never passed; {@link Long#MAX_VALUE} if unknown
   */
  NativeBuffer(String owner, long mostBytes) {
    this.owner = owner;
    this.mostBytes = mostBytes;
    this.memory = new NativeMemory(owner, Long.MAX_VALUE);
    this.segment = MemorySegment.NULL; // nothing before it is known how much
  }

  void append(byte[] source, int from, int count) {
    grow(count);
    MemorySegment.copy(source, from, segment, ValueLayout.JAVA_BYTE, size, count);
    size += count;
  }

  void append(float[] source) {
    grow(4L * source.length);
    MemorySegment.copy(source, 0, segment, ValueLayout.JAVA_FLOAT, size, source.length);
    size += 4L * source.length;
  }

  void append(int[] source) {
    grow(4L * source.length);
    MemorySegment.copy(source, 0, segment, ValueLayout.JAVA_INT, size, source.length);
    size += 4L * source.length;
  }

  void append(float value) {
    grow(4);
    segment.set(ValueLayout.JAVA_FLOAT, size, value);
    size += 4;
  }

  void append(int value) {
    grow(4);
    segment.set(ValueLayout.JAVA_INT, size, value);
    size += 4;
  }

  /** Bytes filled. */
  long size() {
    return size;
  }

  /** The filled part; its memory now belongs to the caller, who closes {@link #memory()}. */
  MemorySegment detach() {
    requireOwned();
    if (segment.byteSize() - size > size / 4) {
      try {
        resize(size);
      } catch (DataException _) {
        // The slack stays: no reason to lose the data.
      }
    }
    detached = true;
    return segment.asSlice(0, size);
  }

  /** The filled part, as long as nothing more is appended. */
  MemorySegment segment() {
    return segment.asSlice(0, size);
  }

  NativeMemory memory() {
    return memory;
  }

  private void requireOwned() {
    if (detached) {
      throw new IllegalStateException(owner + ": the rows are built or closed already");
    }
  }

  /** Takes memory for so many more bytes, which whoever fills it knows of beforehand. */
  void reserve(long more) {
    long needed = needed(more);
    if (needed > segment.byteSize()) {
      resize(needed);
    }
  }

  /** Makes room for so many more bytes, and for others behind them. */
  void grow(long more) {
    long needed = needed(more);
    if (needed > segment.byteSize()) {
      long wanted = Math.max(FIRST_BYTES, Math.multiplyExact(2, segment.byteSize()));
      resize(Math.min(mostBytes, Math.max(needed, wanted)));
    }
  }

  private long needed(long more) {
    requireOwned();
    long needed = Math.addExact(size, more);
    if (needed > mostBytes) {
      throw new IllegalStateException(owner + ": more than the promised " + mostBytes + " bytes");
    }
    return needed;
  }

  private void resize(long bytes) {
    if (segment.byteSize() == 0) {
      segment = allocate(memory, bytes);
      return;
    }
    NativeMemory next = new NativeMemory(owner, Long.MAX_VALUE);
    MemorySegment larger;
    try {
      larger = allocate(next, bytes);
    } catch (RuntimeException e) {
      next.close();
      throw e;
    }
    MemorySegment.copy(segment, 0, larger, 0, size);
    memory.close();
    memory = next;
    segment = larger;
  }

  private static MemorySegment allocate(NativeMemory memory, long bytes) {
    try {
      return memory.allocate("rows", bytes);
    } catch (OutOfMemoryError e) {
      throw new DataException(e.getMessage() + "; use a smaller dataset or free some memory", e);
    }
  }

  /** Frees the memory unless it was detached. */
  @Override
  public void close() {
    if (!detached) {
      detached = true;
      memory.close();
    }
  }
}

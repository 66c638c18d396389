package org.panagrad.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The native memory of one owner (a session, a predictor): slabs allocated once, freed together.
 *
 * <p>Explicit arenas are not counted by {@code -XX:MaxDirectMemorySize}, so the account is kept
 * here, per owner and for the process. The limit is checked before anything is allocated.
 *
 * <p>Closing frees every slab; a segment used afterwards throws {@link IllegalStateException}. The
 * owner sees to it that no product and no kernel is under way, which go by address.
 */
public final class NativeMemory implements AutoCloseable {
  /** Slabs and the parts in them start at multiples of this many bytes: a cache line. */
  public static final int ALIGNMENT = 64;

  private static final AtomicLong PROCESS_BYTES = new AtomicLong();
  private static final AtomicLong PROCESS_TAKEN = new AtomicLong();

  private final String owner;
  private final long limitBytes;
  private final Arena arena = Arena.ofShared();
  private final List<MemoryReport.Entry> entries = new ArrayList<>();
  private long bytes;
  private boolean closed;

  /**
   * @param owner named in messages and reports
   * @param limitBytes the most this owner may hold; {@link Long#MAX_VALUE} for no limit
   */
  public NativeMemory(String owner, long limitBytes) {
    if (limitBytes < 0) {
      throw new IllegalArgumentException(
          owner + ": a memory limit of " + limitBytes + " bytes; expected 0 or more");
    }
    this.owner = owner;
    this.limitBytes = limitBytes;
  }

  /** Rounds a size or offset up to the {@link #ALIGNMENT}. */
  public static long align(long bytes) {
    return Math.addExact(bytes, ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** Native bytes held by all owners in this process that are not closed. */
  public static long processBytes() {
    return PROCESS_BYTES.get();
  }

  /** Native bytes that all owners in this process have ever taken, those freed since included. */
  public static long processTakenBytes() {
    return PROCESS_TAKEN.get();
  }

  /**
   * Fails if this many further bytes would pass the limit.
   *
   * @throws NativeMemoryLimitException if they would
   */
  public synchronized void require(long more, String purpose) {
    long total = Math.addExact(bytes, more);
    if (total > limitBytes) {
      throw new NativeMemoryLimitException(
          owner
              + " needs "
              + total
              + " bytes of native memory ("
              + purpose
              + "), the limit is "
              + limitBytes
              + "; raise maxNativeBytes, or take a smaller batch or network",
          total,
          limitBytes);
    }
  }

  /**
   * A zeroed slab of at least this size, aligned to {@link #ALIGNMENT}.
   *
   * @throws NativeMemoryLimitException if it would pass the limit
   * @throws IllegalStateException after close
   */
  public synchronized MemorySegment allocate(String purpose, long size) {
    if (closed) {
      throw new IllegalStateException(owner + ": native memory is closed");
    }
    long rounded = align(Math.max(size, 1));
    require(rounded, purpose);
    MemorySegment slab;
    try {
      slab = arena.allocate(rounded, ALIGNMENT);
    } catch (OutOfMemoryError e) {
      OutOfMemoryError clear =
          new OutOfMemoryError(
              owner
                  + ": the operating system refused "
                  + rounded
                  + " bytes of native memory for "
                  + purpose);
      clear.initCause(e);
      throw clear;
    }
    bytes += rounded;
    PROCESS_BYTES.addAndGet(rounded);
    PROCESS_TAKEN.addAndGet(rounded);
    entries.add(new MemoryReport.Entry(purpose, rounded));
    return slab;
  }

  /** Bytes held now. */
  public synchronized long bytes() {
    return bytes;
  }

  /** What is held, by purpose. */
  public synchronized MemoryReport report() {
    return new MemoryReport(owner, List.copyOf(entries));
  }

  /**
   * Frees every slab.
   *
   * @throws IllegalStateException if another thread is using one at this moment; nothing is freed
   */
  @Override
  public synchronized void close() {
    if (!closed) {
      // Throws while another thread is copying from or to a slab, and can then be tried again.
      arena.close();
      closed = true;
      PROCESS_BYTES.addAndGet(-bytes);
      bytes = 0;
    }
  }
}

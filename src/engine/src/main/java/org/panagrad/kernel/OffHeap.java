package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.panagrad.openblas.memory.WholeMemory;

/**
 * Memory off the heap by address, which is how the loops of the kernels see it.
 *
 * <p>A loop over a segment that a caller hands in is as fast as what else the process does with
 * segments lets it be: whether one is on the heap, its length and its arena are looked up by
 * methods of the JDK that everybody shares. Once somebody has used the same methods on arrays, be
 * it the Vector API itself before it is compiled, the compiler reckons with both at every element,
 * and looks all of it up again: kernels then take two to ten times as long. Of one segment in a
 * constant it knows everything.
 */
final class OffHeap {
  /** All memory: a kernel checks what it is given when it begins, then reads and writes here. */
  static final MemorySegment ALL = WholeMemory.SEGMENT;

  private OffHeap() {}

  /**
   * Where this byte of a segment is.
   *
   * @throws IllegalArgumentException if the segment is on the heap
   * @throws IllegalStateException if its arena is closed
   * @throws WrongThreadException if it is another thread's
   */
  static long address(String name, MemorySegment segment, long offset) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: a segment on the heap, expected memory off the heap; copy it there",
              name));
    }
    if (!segment.scope().isAlive()) {
      throw new IllegalStateException(name + ": the arena of its memory is closed");
    }
    if (!segment.isAccessibleBy(Thread.currentThread())) {
      throw new WrongThreadException(name + ": memory confined to another thread");
    }
    return segment.address() + offset;
  }

  /**
   * The same, to be written to.
   *
   * @throws IllegalArgumentException if the segment is read-only, too
   */
  static long addressToWrite(String name, MemorySegment segment, long offset) {
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException(name + ": a read-only segment, expected one to write to");
    }
    return address(name, segment, offset);
  }
}

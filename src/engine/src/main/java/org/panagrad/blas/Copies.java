package org.panagrad.blas;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Memory for what a product is computed from copies of: so much for each product that is under way
 * at a time, whatever threads come and go, virtual ones too. Kept for the next.
 */
final class Copies {
  private static final int PLACES = 128;

  /** References from one place to the next: two threads that take turns share no line of cache. */
  private static final int SPACING = 32;

  private final AtomicReferenceArray<MemorySegment> free =
      new AtomicReferenceArray<>(PLACES * SPACING);
  private final long bytes;

  /** Of so many bytes for each product. */
  Copies(long bytes) {
    this.bytes = bytes;
  }

  /** A copy's memory, to be given back; that of the same thread's last product where it is free. */
  MemorySegment take() {
    int own = own();
    for (int i = 0; i < PLACES; i++) {
      int at = (own + i) % PLACES * SPACING;
      if (free.get(at) != null) {
        MemorySegment memory = free.getAndSet(at, null);
        if (memory != null) {
          return memory;
        }
      }
    }
    // Freed once nobody refers to it: where more products end than there are places.
    return Arena.ofAuto().allocate(bytes, 4096);
  }

  void give(MemorySegment memory) {
    int own = own();
    for (int i = 0; i < PLACES; i++) {
      if (free.compareAndSet((own + i) % PLACES * SPACING, null, memory)) {
        return;
      }
    }
  }

  private static int own() {
    return (int) (Thread.currentThread().threadId() % PLACES);
  }
}

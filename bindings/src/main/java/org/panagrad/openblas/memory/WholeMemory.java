package org.panagrad.openblas.memory;

import java.lang.foreign.MemorySegment;

/** Memory by address, for the engine's kernels: to make such a segment takes native access. */
public final class WholeMemory {
  /**
   * All memory, from address 0 on: an offset is an address. Nothing is checked but that it is not
   * negative; what is not there ends the process.
   */
  @SuppressWarnings("restricted")
  public static final MemorySegment SEGMENT = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private WholeMemory() {}
}

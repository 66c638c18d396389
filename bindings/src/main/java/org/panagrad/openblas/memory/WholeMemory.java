package org.panagrad.openblas.memory;

import java.lang.foreign.MemorySegment;

/** Memory by address, for the engine's kernels: to make such a segment takes native access. */
public final class WholeMemory {
  /**
   * All memory, from address 0 on: an offset is an address. Nothing is checked but that it is not
   * negative; what is not there ends the process.
   */
  public static final MemorySegment SEGMENT = all();

  private WholeMemory() {}

  @SuppressWarnings("restricted")
  private static MemorySegment all() {
    try {
      return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    } catch (IllegalCallerException denied) {
      Module module = WholeMemory.class.getModule();
      throw new IllegalStateException(
          "native access is not enabled for the bindings; start java with --enable-native-access="
              + (module.isNamed() ? module.getName() : "ALL-UNNAMED"),
          denied);
    }
  }
}

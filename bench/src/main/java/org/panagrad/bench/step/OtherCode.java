package org.panagrad.bench.step;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What a search engine, say, does in the same process: vectors loaded from arrays of several types
 * and from native memory, and stored there. The compiler remembers it of the JDK's methods.
 */
final class OtherCode {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int FLOATS = 1024;
  private static final int TIMES = 20_000;

  private OtherCode() {}

  static void run() {
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> kinds =
          List.of(
              MemorySegment.ofArray(new float[FLOATS]),
              MemorySegment.ofArray(new byte[4 * FLOATS]),
              MemorySegment.ofArray(new int[FLOATS]),
              arena.allocate(4L * FLOATS, 64));
      for (int i = 0; i < TIMES; i++) {
        for (MemorySegment kind : kinds) {
          addOne(kind);
        }
      }
    }
  }

  private static void addOne(MemorySegment x) {
    for (int i = 0; i < FLOATS; i += SPECIES.length()) {
      FloatVector.fromMemorySegment(SPECIES, x, 4L * i, ORDER)
          .add(1f)
          .intoMemorySegment(x, 4L * i, ORDER);
    }
  }
}

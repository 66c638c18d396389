package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.panagrad.kernel.KernelSets;

/** Prediction maps features one by one, training with a kernel: both must give the same bits. */
class FeatureMapTest {
  @Test
  void appliedAloneAndByTheKernelGiveTheSameBits() {
    FeatureMap map = new FeatureMap(0.37f, -0.21f);
    byte[] row = new byte[256];
    for (int i = 0; i < row.length; i++) {
      row[i] = (byte) i;
    }
    try (DatasetBuilder builder = DatasetBuilder.byteClasses("levels", row.length, map);
        Arena arena = Arena.ofConfined()) {
      builder.addRow(row, 0);
      try (Dataset data = builder.build(1)) {
        MemorySegment out = arena.allocate(4L * row.length, 4);
        data.gatherFeatures(KernelSets.select(), arena.allocate(4, 4), 0, 1, out, 0);
        for (int i = 0; i < row.length; i++) {
          float gathered = out.getAtIndex(ValueLayout.JAVA_FLOAT, i);
          assertEquals(gathered, map.apply(i), 0f, "level " + i);
          assertEquals(gathered, data.feature(0, i), 0f, "level " + i);
        }
      }
    }
  }
}

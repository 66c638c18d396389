package org.panagrad.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistogramTest {
  private static Histogram of(float... values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
      return Histogram.of(segment, values.length, 4);
    }
  }

  @Test
  void everyNumberIsInOneBin() {
    Histogram histogram = of(-1, -0.5f, 0, 0.25f, 0.5f, 1, 1);
    assertEquals(List.of(1L, 1L, 2L, 3L), histogram.bins());
    assertEquals(-1, histogram.min());
    assertEquals(1, histogram.max());
    assertEquals(1.25, histogram.sum());
    assertEquals(3.5625, histogram.sumOfSquares());
    assertEquals(-0.5, histogram.upperEdge(0));
    assertEquals(1, histogram.upperEdge(3));
    assertEquals(Math.sqrt(3.5625 / 7 - (1.25 / 7) * (1.25 / 7)), histogram.deviation(), 1e-15);
  }

  @Test
  void equalNumbersAreInTheFirst() {
    assertEquals(List.of(3L, 0L, 0L, 0L), of(2, 2, 2).bins());
    assertEquals(0, of(2, 2, 2).deviation(), 1e-7);
  }

  @Test
  void whatIsNotFiniteIsCountedApart() {
    Histogram histogram = of(Float.NaN, 1, Float.POSITIVE_INFINITY);
    assertEquals(1, histogram.count());
    assertEquals(2, histogram.notFinite());
    assertEquals(List.of(0L, 0L, 0L, 0L), of(Float.NaN).bins());
  }

  @Test
  void theLargestFloatsHaveBins() {
    assertEquals(List.of(1L, 0L, 1L, 1L), of(-Float.MAX_VALUE, 0, Float.MAX_VALUE).bins());
  }
}

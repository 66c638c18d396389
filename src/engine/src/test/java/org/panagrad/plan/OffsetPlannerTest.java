package org.panagrad.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.OffsetPlanner.Request;
import org.panagrad.random.SeededRandom;

/** No two buffers that live at once overlap. */
class OffsetPlannerTest {
  @Test
  void randomLifetimesNeverOverlap() {
    long seed = System.nanoTime();
    System.out.println("OffsetPlannerTest seed " + seed);
    SeededRandom random = SeededRandom.of(seed);
    for (int round = 0; round < 2_000; round++) {
      int phases = 1 + random.nextInt(30);
      List<Request> requests = new ArrayList<>();
      int count = random.nextInt(40);
      for (int i = 0; i < count; i++) {
        int first = random.nextInt(phases);
        long bytes = random.nextInt(3) == 0 ? 64 : 1 + random.nextInt(5_000);
        requests.add(new Request(bytes, first, first + random.nextInt(phases - first)));
      }
      check("seed " + seed + ", round " + round, requests, phases);
    }
  }

  private static void check(String where, List<Request> requests, int phases) {
    long[] offsets = OffsetPlanner.place(requests);
    long size = offsets[requests.size()];
    assertEquals(requests.size() + 1, offsets.length, where);
    for (int i = 0; i < requests.size(); i++) {
      Request a = requests.get(i);
      assertEquals(0, offsets[i] % NativeMemory.ALIGNMENT, where);
      assertTrue(offsets[i] >= 0 && offsets[i] + a.bytes() <= size, where);
      for (int j = 0; j < i; j++) {
        Request b = requests.get(j);
        boolean together = a.first() <= b.last() && b.first() <= a.last();
        boolean apart =
            offsets[i] + a.bytes() <= offsets[j] || offsets[j] + b.bytes() <= offsets[i];
        assertTrue(!together || apart, where + ": " + a + " and " + b);
      }
    }
    long most = 0;
    for (int phase = 0; phase < phases; phase++) {
      long live = 0;
      for (Request r : requests) {
        live += r.first() <= phase && phase <= r.last() ? r.bytes() : 0;
      }
      most = Math.max(most, live);
    }
    long all = requests.stream().mapToLong(r -> NativeMemory.align(r.bytes())).sum();
    assertTrue(most <= size && size <= all, where + ": " + most + " <= " + size + " <= " + all);
    assertArrayEquals(offsets, OffsetPlanner.place(requests), where);
  }

  @Test
  void aChainOfTwoLivingBuffersTakesTwo() {
    List<Request> chain = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      chain.add(new Request(640, i, i + 1));
    }
    assertEquals(1280, OffsetPlanner.place(chain)[10]);
  }

  @Test
  void nothingTakesNothing() {
    assertArrayEquals(new long[] {0}, OffsetPlanner.place(List.of()));
  }
}

package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchOrderTest {
  private static int[] order(BatchOrder order, long epoch) {
    order.startEpoch(epoch);
    return order.indices().asSlice(0, 4L * order.size()).toArray(ValueLayout.JAVA_INT);
  }

  @Test
  void anEpochsOrderIsAPermutationAndDependsOnNoEarlierOne() {
    try (Arena arena = Arena.ofConfined()) {
      BatchOrder straight = BatchOrder.shuffled(arena.allocate(4 * 1000L, 4), 1000, 7);
      int[] first = order(straight, 0);
      int[] second = order(straight, 1);
      int[] third = order(straight, 2);
      BatchOrder resumed = BatchOrder.shuffled(arena.allocate(4 * 1000L, 4), 1000, 7);
      assertArrayEquals(third, order(resumed, 2));
      assertArrayEquals(first, order(resumed, 0));
      assertFalse(Arrays.equals(first, second));
      assertFalse(Arrays.equals(second, third));
      BatchOrder other = BatchOrder.shuffled(arena.allocate(4 * 1000L, 4), 1000, 8);
      assertFalse(Arrays.equals(first, order(other, 0)));
      int[] sorted = third.clone();
      Arrays.sort(sorted);
      assertArrayEquals(IntStream.range(0, 1000).toArray(), sorted);
    }
  }

  @Test
  void theFirstEpochIsSetAtOnceAndItsOrderNeverChanges() {
    try (Arena arena = Arena.ofConfined()) {
      BatchOrder order = BatchOrder.shuffled(arena.allocate(40, 4), 10, 1);
      int[] atOnce = order.indices().toArray(ValueLayout.JAVA_INT);
      assertArrayEquals(atOnce, order(order, 0));
      assertEquals("[3, 7, 8, 2, 0, 9, 5, 6, 1, 4]", Arrays.toString(atOnce));
    }
  }

  @Test
  void ordersLongerThanAStretchAreWhole() {
    for (int size : new int[] {1023, 1024, 1025, 3000}) {
      try (Arena arena = Arena.ofConfined()) {
        int[] rows = IntStream.range(0, size).toArray();
        BatchOrder straight =
            BatchOrder.sequential(arena.allocate(BatchOrder.bytes(size), 4), size);
        assertArrayEquals(rows, order(straight, 1));
        BatchOrder shuffled =
            BatchOrder.shuffled(arena.allocate(BatchOrder.bytes(size), 4), size, 7);
        int[] sorted = order(shuffled, 1);
        assertFalse(Arrays.equals(rows, sorted));
        Arrays.sort(sorted);
        assertArrayEquals(rows, sorted);
      }
    }
  }

  @Test
  void sequentialIsTheOrderOfTheRows() {
    try (Arena arena = Arena.ofConfined()) {
      BatchOrder order = BatchOrder.sequential(arena.allocate(BatchOrder.bytes(5), 4), 5);
      assertArrayEquals(new int[] {0, 1, 2, 3, 4}, order(order, 3));
      assertThrows(
          IndexOutOfBoundsException.class, () -> BatchOrder.sequential(order.indices(), 6));
      assertThrows(IllegalArgumentException.class, () -> BatchOrder.sequential(order.indices(), 0));
    }
  }
}

package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong blocks are exceptions before anything is written. */
class KernelBoundsTest {
  static Stream<Kernels> kernels() {
    return Stream.of(new ScalarKernels(), new VectorKernels());
  }

  private static void relu(Kernels k, MemorySegment x, long offset, int ld, int rows, int cols) {
    k.activate(Activation.RELU, 0f, x, offset, ld, x, offset, ld, rows, cols);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void blocksOutsideTheirSegment(Kernels k) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(4 * 160);
      x.fill((byte) 0xc0);
      relu(k, x, 0, 16, 10, 16);
      for (long[] wrong :
          new long[][] {
            {4, 16, 10, 16},
            {-4, 16, 1, 1},
            {0, 16, 11, 16},
            {0, 17, 10, 16},
            {0, 15, 2, 16},
            {0, 16, -1, 16},
            {0, 16, 1, -1},
            {641, 1, 1, 1},
            {Long.MAX_VALUE, 1, 1, 1},
            {0, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE},
          }) {
        IndexOutOfBoundsException e =
            assertThrows(
                IndexOutOfBoundsException.class,
                () -> relu(k, x, wrong[0], (int) wrong[1], (int) wrong[2], (int) wrong[3]));
        assertTrue(String.valueOf(e.getMessage()).startsWith("x: "), e.toString());
      }
      assertThrows(IndexOutOfBoundsException.class, () -> k.sgd(x, 0, x, 0, 161, 1f, 0f));
      assertThrows(IndexOutOfBoundsException.class, () -> k.sgd(x, 0, x, 0, -1, 1f, 0f));
      assertThrows(IndexOutOfBoundsException.class, () -> k.clamp(x, 0, 161, 1f));
      assertThrows(IndexOutOfBoundsException.class, () -> k.addSigns(x, 0, x, 4, 160, 1f));
      assertThrows(IndexOutOfBoundsException.class, () -> k.sumOfSquares(x, 0, Long.MAX_VALUE / 2));
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void classesThatAreNone(Kernels k) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(4 * 30);
      for (int wrong : new int[] {3, -1, Integer.MIN_VALUE}) {
        MemorySegment targets = arena.allocateFrom(ValueLayout.JAVA_INT, 0, 1, wrong, 2);
        IndexOutOfBoundsException e =
            assertThrows(
                IndexOutOfBoundsException.class,
                () -> k.softmaxCrossEntropy(x, 0, 4, targets, 0, x, 0, 4, 3, 4, 1f));
        assertEquals(
            "targets: class " + wrong + " at column 2: expected 0 <= class < 3", e.getMessage());
        assertEquals(0f, x.get(ValueLayout.JAVA_FLOAT, 0));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void closedMemory(Kernels k) {
    MemorySegment x;
    try (Arena arena = Arena.ofShared()) {
      x = arena.allocate(4 * 100);
    }
    assertThrows(IllegalStateException.class, () -> relu(k, x, 0, 10, 10, 10));
    assertThrows(IllegalStateException.class, () -> k.sumOfSquares(x, 0, 100));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void memoryThatIsNotToBeUsed(Kernels k) throws InterruptedException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(4 * 100);
      MemorySegment readOnly = x.asReadOnly();
      MemorySegment heap = MemorySegment.ofArray(new float[100]);
      assertEquals(0.0, k.sumOfSquares(readOnly, 0, 100));
      assertThrows(IllegalArgumentException.class, () -> relu(k, readOnly, 0, 10, 10, 10));
      assertThrows(IllegalArgumentException.class, () -> relu(k, heap, 0, 10, 10, 10));
      assertThrows(IllegalArgumentException.class, () -> k.sumOfSquares(heap, 0, 100));
      assertThrows(IllegalArgumentException.class, () -> k.clamp(readOnly, 0, 100, 1f));
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread other =
          new Thread(
              () -> thrown.set(assertThrows(Throwable.class, () -> relu(k, x, 0, 10, 10, 10))));
      other.start();
      other.join();
      assertInstanceOf(WrongThreadException.class, thrown.get());
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void parametersThatMakeNoSense(Kernels k) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(4);
      assertThrows(
          IllegalArgumentException.class,
          () -> k.activate(Activation.LEAKY_RELU, -0.1f, x, 0, 1, x, 0, 1, 1, 1));
      assertThrows(
          IllegalArgumentException.class,
          () -> k.elementLoss(ElementLoss.HUBER, 0f, x, 0, 1, x, 0, 1, x, 0, 1, 1, 1, 1f));
      assertThrows(
          IllegalArgumentException.class,
          () -> k.dropout(x, 0, 1, x, 0, 1, 1, 1, 1L, 0, 1, 1f, false));
      assertThrows(IllegalArgumentException.class, () -> k.clamp(x, 0, 1, -1f));
      assertThrows(IllegalArgumentException.class, () -> k.clamp(x, 0, 1, Float.NaN));
    }
  }
}

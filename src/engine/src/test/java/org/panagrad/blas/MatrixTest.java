package org.panagrad.blas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** What is refused before a product gets an address, as it would end the JVM. */
class MatrixTest {
  @Test
  void extentsWhoseBytesAreBeyondALongAreOutside() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(4096, 64);
      int most = Integer.MAX_VALUE;
      assertThrows(IndexOutOfBoundsException.class, () -> Matrix.of(segment, 0, most, most, most));
      assertThrows(IndexOutOfBoundsException.class, () -> Matrix.of(segment, 4, 32, 32, 32));
      assertThrows(IndexOutOfBoundsException.class, () -> Matrix.of(segment, 4100, 0, 0, 1));
      assertEquals(32, Matrix.of(segment, 0, 32, 32, 32).rows());
      assertEquals(31, Matrix.of(segment, 128, 31, 32, 32).rows());
    }
  }

  @Test
  void productsOnFreedMemoryAreRefused() {
    NativeBlas blas = NativeBlas.load();
    try (Arena open = Arena.ofConfined()) {
      Matrix alive = Matrix.of(open.allocate(256, 64), 0, 8, 8, 8);
      Matrix freed;
      try (Arena closed = Arena.ofConfined()) {
        freed = Matrix.of(closed.allocate(256, 64), 0, 8, 8, 8);
      }
      Matrix[][] operands = {{freed, alive, alive}, {alive, freed, alive}, {alive, alive, freed}};
      for (Matrix[] m : operands) {
        IllegalStateException e =
            assertThrows(
                IllegalStateException.class,
                () -> blas.sgemm(false, false, 8, 8, 8, 1, m[0], m[1], 0, m[2]));
        assertEquals(
            "matrix (8, 8): its memory is closed; keep its arena open while it is in use",
            e.getMessage());
      }
    }
  }

  @Test
  void aProductIntoReadOnlyMemoryIsRefused() {
    NativeBlas blas = NativeBlas.load();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(256, 64);
      Matrix writable = Matrix.of(segment, 0, 8, 8, 8);
      Matrix readOnly = Matrix.of(segment.asReadOnly(), 0, 8, 8, 8);
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> blas.sgemm(false, false, 8, 8, 8, 1, writable, writable, 0, readOnly));
      assertEquals(
          "matrix (8, 8): its memory is read-only; expected memory for the result", e.getMessage());
      blas.sgemm(false, false, 8, 8, 8, 1, readOnly, readOnly, 0, writable);
    }
  }
}

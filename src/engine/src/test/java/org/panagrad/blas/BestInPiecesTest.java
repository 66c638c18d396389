package org.panagrad.blas;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.OwnJvm;

/** What plans are told of the products, which each process finds out once. */
class BestInPiecesTest {
  public static void main(String[] args) {
    System.out.println("best in pieces: " + NativeBlas.beforeLoading().isBestInPieces());
  }

  private static String told(String products) throws Exception {
    return OwnJvm.run(BestInPiecesTest.class, List.of(), "-Dpanagrad.products=" + products);
  }

  @Test
  void itIsWhatTheProductsDo() throws Exception {
    assertTrue(told("cut").contains("best in pieces: true"));
    assertTrue(told("whole").contains("best in pieces: false"));
  }
}

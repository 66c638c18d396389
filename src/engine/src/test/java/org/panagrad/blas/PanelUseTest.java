package org.panagrad.blas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.OwnJvm;
import org.panagrad.openblas.PanelProduct;

/** Panels serve after some products of a process, and from the first where vectors are forced. */
class PanelUseTest {
  /** Asks as products do, and prints after how many panels served; 0 for never. */
  static final class Asking {
    private Asking() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws InterruptedException {
      NativeBlas.load();
      int products = 0;
      long end = System.nanoTime() + 60_000_000_000L;
      do {
        products++;
        if (PanelUse.serves()) {
          System.out.println("served " + (products > PanelUse.FIRST ? "later" : products));
          return;
        }
        if (products >= PanelUse.FIRST) {
          Thread.sleep(1);
        }
      } while (System.nanoTime() < end);
      System.out.println("served never");
    }
  }

  private static String asked(String... options) throws IOException, InterruptedException {
    assumeTrue(PanelProduct.isThere(), "the kernel in use is not one for AVX2: not tested");
    return OwnJvm.run(Asking.class, List.of(), options)
        .lines()
        .filter(line -> line.startsWith("served"))
        .toList()
        .toString();
  }

  @Test
  void serveOnceAProcessHasMadeSomeProducts() throws IOException, InterruptedException {
    assertEquals("[served later]", asked());
  }

  @Test
  void serveFromTheFirstProductWhereVectorsAreForced() throws IOException, InterruptedException {
    assertEquals("[served 1]", asked("-Dpanagrad.kernels=vector"));
  }
}

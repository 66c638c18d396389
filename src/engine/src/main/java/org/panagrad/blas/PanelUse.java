package org.panagrad.blas;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;
import org.panagrad.kernel.KernelSets;
import org.panagrad.openblas.CblasLoadException;
import org.panagrad.openblas.PanelProduct;

/**
 * Whether products are computed from panels yet. They are once a process has made some, as to bind
 * the kernel and to compare its products takes 30 ms, and our copies are not compiled before; the
 * bits are the same.
 */
final class PanelUse {
  /** Products that a process makes without panels. */
  static final int FIRST = 256;

  private static final System.Logger LOGGER = System.getLogger("org.panagrad.blas");
  private static final AtomicInteger PRODUCTS = new AtomicInteger();

  private static boolean decided;
  private static volatile boolean serves;

  private PanelUse() {}

  /** Whether the next product can be computed from panels; to be asked once for each. */
  static boolean serves() {
    return serves || isDecidedNow();
  }

  private static boolean isDecidedNow() {
    if (PRODUCTS.get() > FIRST) {
      return false;
    }
    if (KernelSets.isVectorForced()) {
      decide();
      return serves;
    }
    if (PRODUCTS.incrementAndGet() == FIRST) {
      Thread thread = new Thread(PanelUse::decide, "panagrad-panels");
      thread.setDaemon(true);
      try {
        thread.start();
      } catch (OutOfMemoryError noThread) {
        LOGGER.log(Level.DEBUG, "no thread to look at panels: sgemm serves", noThread);
      }
    }
    return false;
  }

  /** Decides it, on this thread, unless it has been; what computes wrong is left to sgemm. */
  static synchronized void decide() {
    if (decided) {
      return;
    }
    try {
      if (PanelProduct.isThere()) {
        PanelCheck.run();
        serves = true;
      }
    } catch (CblasLoadException e) {
      LOGGER.log(Level.WARNING, e.getMessage());
    } finally {
      decided = true;
      PRODUCTS.set(FIRST + 1);
    }
  }
}

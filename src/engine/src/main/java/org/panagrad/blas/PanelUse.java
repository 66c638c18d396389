package org.panagrad.blas;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;
import org.panagrad.kernel.KernelSets;
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
      Thread thread =
          new Thread(
              null, PanelUse::decideAside, "panagrad-panels", ProductThreads.STACK_BYTES, false);
      thread.setDaemon(true);
      try {
        thread.start();
      } catch (OutOfMemoryError noThread) {
        // Not tried again: sgemm serves this process.
        LOGGER.log(Level.WARNING, "no thread to look at panels: products are left to sgemm");
      }
    }
    return false;
  }

  /** On a thread of its own, which counts among those in products. */
  private static void decideAside() {
    try (ProductThreads _ = ProductThreads.open(1)) {
      int entered = ProductThreads.enter(1);
      try {
        decide();
      } finally {
        ProductThreads.leave(entered);
      }
    }
  }

  /** Decides it, on this thread, unless it has been; what goes wrong is left to sgemm. */
  static synchronized void decide() {
    if (decided) {
      return;
    }
    try {
      if (PanelProduct.isThere()) {
        // Before the class that remembers them: settings that are wrong are to be named as such.
        KernelSets.panelCopies();
        PanelCheck.run();
        serves = true;
      }
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.WARNING, "products are left to sgemm: " + e.getMessage(), e);
    } finally {
      decided = true;
      PRODUCTS.set(FIRST + 1);
    }
  }
}

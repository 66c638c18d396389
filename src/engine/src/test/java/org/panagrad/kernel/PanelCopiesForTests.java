package org.panagrad.kernel;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Copies into panels of which a test knows who makes them. */
public final class PanelCopiesForTests {
  private PanelCopiesForTests() {}

  /** Vectors make all that they can, if they are long enough here. */
  public static PanelCopies byVectors() {
    return new PanelCopies(VectorWidth.bits() >= 256, null);
  }

  /** Vectors that are tried in every call, and never are fast enough. */
  public static PanelCopies forEverTried() {
    AtomicLong calls = new AtomicLong();
    // As in KernelAgreement: a trial takes 2 ms more than asking.
    LongSupplier clock = () -> calls.incrementAndGet() * calls.get() * 1_000_000;
    Trials trials = new Trials(clock, 1024);
    return new PanelCopies(VectorWidth.bits() >= 256, trials);
  }
}

package org.panagrad.blas;

/**
 * A check of what a function of the library computes, which a process makes before it first uses
 * it: to bind a function takes some ten milliseconds, and most starts do without this one.
 */
final class FirstUse {
  /** What to do about a function that computes wrong. */
  static final String REMEDY =
      "; do without it by -Dpanagrad.products=whole, or name another library by"
          + " -Dpanagrad.cblas.library";

  private final Runnable check;
  private volatile boolean passed;
  private boolean running;

  /**
   * A check to be made.
   *
   * @param check throws if the function computes wrong, and may use it
   */
  FirstUse(Runnable check) {
    this.check = check;
  }

  /** Makes the check unless it has been passed; what fails fails again. */
  void require() {
    if (!passed) {
      run();
    }
  }

  private synchronized void run() {
    if (passed || running) {
      return;
    }
    running = true;
    try {
      check.run();
      passed = true;
    } finally {
      running = false;
    }
  }
}

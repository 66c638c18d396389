package org.panagrad.fuzz;

import java.util.concurrent.TimeUnit;

/**
 * Says which input a reader does not come back from, and where it is. It interrupts the thread that
 * waits; one that goes round and round for ever is at least known.
 */
final class Watchdog implements AutoCloseable {
  /** Far beyond what any of these small files takes on the slowest machine. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final Thread watched;
  private final Thread thread;
  private volatile String where = "";
  private volatile long since = System.nanoTime();

  Watchdog(Thread watched) {
    this.watched = watched;
    this.thread = Thread.ofPlatform().daemon().name("fuzz-watchdog").start(this::watch);
  }

  /** An input begins, and the one before has ended. */
  void begins(String input) {
    where = input;
    since = System.nanoTime();
  }

  private void watch() {
    try {
      while (System.nanoTime() - since < PATIENCE_NANOS) {
        Thread.sleep(1_000);
      }
    } catch (InterruptedException _) {
      return; // closed
    }
    System.err.println("fuzz: " + where + ": no end after two minutes, in");
    for (StackTraceElement frame : watched.getStackTrace()) {
      System.err.println("  at " + frame);
    }
    watched.interrupt();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}

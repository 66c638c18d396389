package org.panagrad.cli.terminal;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What happens on Ctrl-C and SIGTERM: training ends after its present step, a file being written is
 * finished or taken back, the line on the terminal is ended, and one line says that it was so. The
 * JVM then exits with 130 or 143, as a shell expects.
 */
public final class Interruption {
  private static final long PATIENCE_MILLIS = 1_000;
  private static final long PATIENCE_MILLIS_WRITING = 10_000;
  // For a step, and a checkpoint of gigabytes; who does not want to wait can kill the process.
  private static final long PATIENCE_MILLIS_SAVING = 600_000;

  private static final CountDownLatch OVER = new CountDownLatch(1);
  private static volatile boolean requested;
  private static volatile boolean writing;
  private static volatile boolean saving;
  private static volatile boolean cancelled;
  private static volatile Runnable stopper = () -> {};
  private static volatile String advice = "";

  private Interruption() {}

  /** An action that writes a file. */
  @FunctionalInterface
  public interface Write<E extends Exception> {
    void run() throws E;
  }

  /** From now on, an end that comes before {@link #over} is announced. */
  public static void announce() {
    Runtime.getRuntime().addShutdownHook(new Thread(Interruption::shutdown, "panagrad-shutdown"));
  }

  /** The command has come to an end. */
  public static void over() {
    OVER.countDown();
  }

  /** Writes a file that an interruption is to leave whole, or not at all: it waits longer. */
  public static <E extends Exception> void whole(Write<E> write) throws E {
    check();
    writing = true;
    try {
      write.run();
    } finally {
      writing = false;
    }
  }

  /**
   * To be called now and then in what takes long.
   *
   * @throws CancellationException if it is to be given up
   */
  public static void check() {
    if (requested) {
      cancelled = true;
      throw new CancellationException("interrupted");
    }
  }

  /**
   * What takes long is to be stopped in this way, from another thread, until the next call.
   *
   * @param saves whether it then saves what it has, so that its end is waited for
   */
  public static void stopBy(Runnable stop, boolean saves) {
    saving = saves;
    stopper = stop;
    if (requested) {
      stop.run();
    }
  }

  /** To be said after "interrupted": what to do. */
  public static void advise(String text) {
    advice = "; " + text;
  }

  private static void shutdown() {
    if (OVER.getCount() == 0) {
      return;
    }
    requested = true;
    stopper.run();
    try {
      boolean over =
          OVER.await(saving ? PATIENCE_MILLIS_SAVING : PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      if (!over && writing) {
        over = OVER.await(PATIENCE_MILLIS_WRITING, TimeUnit.MILLISECONDS);
      }
      // What came to its own end in the meantime was not interrupted.
      if (!over || cancelled) {
        System.err.println(
            (Terminal.isInteractive() ? "\n" : "") + "panagrad: interrupted" + advice);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

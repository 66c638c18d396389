package org.panagrad.cli.terminal;

import java.time.Duration;
import java.util.Locale;

/** Speed and time left, and the line that tells them. */
public final class TrainingClock {
  // Of a first look after nothing is done.
  private static final double LONGEST_SECONDS = 1e9;

  private final int epochs;
  private long start = System.nanoTime();
  private long epochStart = start;
  private double epochsBefore;
  private int epoch;

  TrainingClock(int epochs) {
    this.epochs = epochs;
  }

  /**
   * Starts now, from where an earlier run had come to.
   *
   * @param epochsDone by that run, with the share of one that it was in
   */
  void goOnFrom(double epochsDone) {
    start = System.nanoTime();
    epochsBefore = epochsDone;
  }

  void begin(int next) {
    epoch = next;
    epochStart = System.nanoTime();
  }

  double epochSeconds() {
    return (System.nanoTime() - epochStart) / 1e9;
  }

  /** {@code "epoch 3/20"}. */
  String title() {
    int width = Integer.toString(epochs).length();
    return String.format(Locale.ROOT, "epoch %" + width + "d/%d", epoch, epochs);
  }

  /** Time since the first epoch's beginning. */
  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Time until the last epoch's end, if it goes on like this. */
  Duration timeLeft(double shareOfEpoch) {
    return Duration.ofMillis(Math.round(1e3 * secondsLeft(shareOfEpoch)));
  }

  /** {@code "0:07 left"}. */
  String left(double shareOfEpoch) {
    return duration(secondsLeft(shareOfEpoch)) + " left";
  }

  private double secondsLeft(double shareOfEpoch) {
    return secondsLeft(
        (System.nanoTime() - start) / 1e9, epochsBefore, epoch - 1 + shareOfEpoch, epochs);
  }

  /** Time for the epochs left, if they go as fast as those since the start. */
  static double secondsLeft(double elapsed, double before, double done, int epochs) {
    double since = done - before;
    return since > 0
        ? Math.min(elapsed * (epochs - done) / since, LONGEST_SECONDS)
        : LONGEST_SECONDS;
  }

  /** {@code 0:07}, {@code 12:34} or {@code 1:02:03}. */
  public static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }

  /** Four decimals, or as many digits where there are leading zeros or large numbers. */
  public static String loss(double loss) {
    double size = Math.abs(loss); // R2 is written in this way too, and may be below 0
    return String.format(
        Locale.ROOT, size != 0 && (size < 1e-3 || size >= 1e4) ? "%.2e" : "%.4f", loss);
  }

  /** {@code 97.25 %}. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  /** {@code 45,123/s}. */
  static String speed(double perSecond) {
    return String.format(Locale.ROOT, "%,.0f/s", perSecond);
  }
}

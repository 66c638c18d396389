package org.panagrad.cli.terminal;

import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;

/** Plain lines: one per epoch, and up to three more in a long one. */
final class LineDisplay implements EpochDisplay {
  private static final double QUIET_SECONDS = 15;
  private static final int PARTS = 4;

  private final PrintWriter out;
  private final TrainingClock clock;
  private final TrainingScore score;
  private double shown;
  private int part;

  LineDisplay(PrintWriter out, int epochs, TrainingScore score) {
    this.out = out;
    this.score = score;
    this.clock = new TrainingClock(epochs);
  }

  @Override
  public void goOnFrom(double epochsDone) {
    clock.goOnFrom(epochsDone);
  }

  @Override
  public void begin(int epoch) {
    clock.begin(epoch);
    shown = 0;
    part = 0;
  }

  @Override
  public void step(int done, int examples, double loss, double accuracy) {
    int now = (int) ((long) PARTS * done / examples);
    if (now > part && now < PARTS) {
      part = now;
      double seconds = clock.epochSeconds();
      if (seconds - shown >= QUIET_SECONDS) {
        shown = seconds;
        print(
            100L * done / examples + " %",
            loss,
            accuracy,
            "",
            done / seconds,
            (double) done / examples);
      }
    }
  }

  @Override
  public void end(EpochResult result, @Nullable Evaluation watched) {
    print(
        "",
        result.loss(),
        result.accuracy(),
        (watched == null ? "" : "  " + score.text(watched)) + waited(result),
        result.samplesPerSecond(),
        1);
  }

  /** How much of the time went by waiting for rows of a file; those in memory are never awaited. */
  private static String waited(EpochResult result) {
    return result.dataWaitSeconds() == 0
        ? ""
        : String.format(Locale.ROOT, "  wait %.1f %%", 100 * result.dataWaitShare());
  }

  private void print(
      String share, double loss, double accuracy, String seen, double speed, double done) {
    out.println(
        clock.title()
            + (share.isEmpty() ? "" : "  " + share)
            + "  "
            + score.training(loss, accuracy)
            + seen
            + "  "
            + TrainingClock.speed(speed)
            + "  "
            + clock.left(done));
    out.flush();
  }

  @Override
  public void close() {}
}

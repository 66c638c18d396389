package org.panagrad.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;

/** A bar that grows while an epoch runs, and gives way to the epoch's line. */
final class BarDisplay implements EpochDisplay {
  private static final double SECONDS_BETWEEN = 0.1;

  private final BarLine bar;
  private final TrainingClock clock;
  private final LineDisplay lines;
  private double next;

  BarDisplay(PrintWriter out, int epochs, int columns) {
    this.bar = new BarLine(out, columns);
    this.clock = new TrainingClock(epochs);
    this.lines = new LineDisplay(out, epochs);
  }

  @Override
  public void begin(int epoch) {
    clock.begin(epoch);
    lines.begin(epoch);
    next = 0;
  }

  @Override
  public void step(int done, int examples, double loss, double accuracy) {
    double seconds = clock.epochSeconds();
    if (seconds < next && done < examples) {
      return;
    }
    next = seconds + SECONDS_BETWEEN;
    double share = (double) done / examples;
    bar.draw(
        String.format(Locale.ROOT, "%s %3d%% ", clock.title(), (int) (100 * share)),
        share,
        " loss "
            + TrainingClock.loss(loss)
            + ", acc "
            + TrainingClock.percent(accuracy)
            + ", "
            + TrainingClock.speed(done / seconds)
            + ", "
            + clock.left(share));
  }

  @Override
  public void end(EpochResult result, Evaluation test) {
    bar.erase();
    lines.end(result, test);
  }

  @Override
  public void close() {
    bar.erase();
  }
}

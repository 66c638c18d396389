package org.panagrad.cli.terminal;

import java.io.PrintWriter;
import java.util.List;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;

/** A bar that grows while an epoch runs, and gives way to the epoch's line. */
final class BarDisplay implements EpochDisplay {
  private final PrintWriter out;
  private final int columns;
  private final TrainingClock clock;
  private final TrainingScore score;
  private final EpochLine line;
  private @Nullable TerminalBar bar;
  // Written by every step, read when the bar is drawn: a step makes no text and no garbage.
  private volatile double loss;
  private volatile double accuracy;

  BarDisplay(PrintWriter out, int epochs, int columns, TrainingScore score, CurveStyle style) {
    this.out = out;
    this.columns = columns;
    this.clock = new TrainingClock(epochs);
    this.score = score;
    this.line = new EpochLine(columns, score, style);
  }

  @Override
  public void goOnFrom(double epochsDone) {
    clock.goOnFrom(epochsDone);
  }

  @Override
  public void begin(int epoch) {
    clock.begin(epoch);
  }

  @Override
  public void step(int done, int examples, double lossSoFar, double accuracySoFar) {
    loss = lossSoFar;
    accuracy = accuracySoFar;
    if (bar == null) {
      bar = open(done, examples);
    }
    bar.stepTo(done);
  }

  private TerminalBar open(int done, int examples) {
    EpochRenderer renderer =
        new EpochRenderer(
            List.of(
                state -> score.brief(loss, accuracy),
                state -> "loss " + TrainingClock.loss(loss),
                state -> ""),
            state -> state.getCurrent() / clock.epochSeconds(),
            state -> clock.timeLeft(state.getNormalizedProgress()));
    return new TerminalBar(
        out,
        columns,
        new ProgressBarBuilder()
            .setTaskName(clock.title())
            .setInitialMax(examples)
            // Time past and time left are the whole training's.
            .startsFrom(done, clock.elapsed())
            .setRenderer(renderer));
  }

  @Override
  public void end(EpochResult result, @Nullable Evaluation watched) {
    close();
    out.println(line.of(clock.title(), result, watched, clock.left(1)));
    out.flush();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}

package org.panagrad.cli.terminal;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;
import org.panagrad.train.StepListener;

/** Shows how training goes. */
public interface EpochDisplay extends StepListener {
  /**
   * An earlier run is gone on with; comes before the first epoch.
   *
   * @param epochsDone by that run, with the share of one that it was in
   */
  void goOnFrom(double epochsDone);

  /** An epoch begins. */
  void begin(int epoch);

  /**
   * It has ended.
   *
   * @param watched how the network does on the set that is looked at, null without one
   */
  void end(EpochResult result, @Nullable Evaluation watched);

  /** Training has ended, well or not: the cursor is to stand at the start of a line. */
  void close();

  /** What fits the place that is written to. */
  static EpochDisplay on(PrintWriter out, int epochs, TrainingScore score) {
    return Terminal.isInteractive()
        ? new BarDisplay(out, epochs, Terminal.columns(), score, CurveStyle.ofTerminal())
        : new LineDisplay(out, epochs, score);
  }
}

package org.panagrad.cli;

import java.io.PrintWriter;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;
import org.panagrad.train.StepListener;

/** Shows how training goes. */
interface EpochDisplay extends StepListener {
  /** An epoch begins. */
  void begin(int epoch);

  /** It has ended and the test set was looked at. */
  void end(EpochResult result, Evaluation test);

  /** Training has ended, well or not: the cursor is to stand at the start of a line. */
  void close();

  /** What fits the place that is written to. */
  static EpochDisplay on(PrintWriter out, int epochs) {
    return Terminal.isInteractive()
        ? new BarDisplay(out, epochs, Terminal.columns())
        : new LineDisplay(out, epochs);
  }
}

package org.panagrad.doctor;

import static org.panagrad.doctor.Findings.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.panagrad.graph.Activate;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Linear;
import org.panagrad.graph.Operation;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Activation;
import org.panagrad.nn.Parameter;
import org.panagrad.nn.StateDict;

/** Looks at what the units of every layer put out for some rows. */
final class UnitChecks {
  private static final double NOTED_DEAD = 0.3;
  private static final double WRONG_DEAD = 0.5;
  private static final double NOTED_SATURATED = 0.2;
  private static final double WRONG_SATURATED = 0.5;

  /** Of the way from the middle of a sigmoid or tanh to its end. */
  private static final double SATURATED = 0.98;

  private static final double LARGE = 100;
  private static final double SMALL = 1e-4;

  private final Graph graph;
  private final DoubleForward at;
  private final String when;
  private final Findings findings;

  /**
   * @param when in words: {@code at the start}
   */
  UnitChecks(Graph graph, DoubleForward at, String when, Findings findings) {
    this.graph = graph;
    this.at = at;
    this.when = when;
    this.findings = findings;
  }

  void run() {
    scales();
    dead();
    saturated();
  }

  private void scales() {
    List<String> scales = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    double most = 0;
    for (Operation op : graph.operations()) {
      Value y = op.output();
      if (y == graph.output()) {
        continue;
      }
      double scale = rootMeanSquare(at.value(y));
      most = Math.max(most, scale);
      String text = text("%s %.2g", op.path(), scale);
      scales.add(text);
      if (!(scale >= SMALL && scale <= LARGE)) {
        wrong.add(text);
      }
    }
    if (scales.isEmpty()) {
      return;
    }
    if (wrong.isEmpty()) {
      findings.ok("activations", most, when + " they are about " + String.join(", ", scales));
    } else {
      findings.problem(
          "activations",
          most,
          text(
              "%s they are about %s, expected %.0e to %.0f: look at the scale of the features, then"
                  + " take another --init (he-normal for relu, glorot-uniform for tanh and"
                  + " sigmoid)",
              when, String.join(", ", wrong), SMALL, LARGE));
    }
  }

  static double rootMeanSquare(double[] values) {
    double sum = 0;
    for (double v : values) {
      sum += v * v;
    }
    return Math.sqrt(sum / values.length);
  }

  private void dead() {
    int all = 0;
    int units = 0;
    double worst = 0;
    String where = "";
    for (Operation op : graph.operations()) {
      if (op instanceof Activate a && a.function() == Activation.RELU) {
        int width = a.output().shape().elements();
        int dead = deadUnits(at.value(a.output()), width);
        units += width;
        all += dead;
        double share = (double) dead / width;
        if (share > worst) {
          worst = share;
          where = text(" (%s %d of %d)", a.path(), dead, width);
        }
      }
    }
    if (units == 0) {
      return;
    }
    String found =
        text(
            "%s %d of %d relu units put out 0 for all of %d rows%s",
            when, all, units, at.rows(), where);
    if (worst >= WRONG_DEAD) {
      findings.problem(
          "dead units",
          worst,
          found
              + ": they learn nothing any more; take a smaller learning rate, look for large"
              + " negative biases, or take --activation leaky-relu");
    } else if (worst >= NOTED_DEAD) {
      findings.note(
          "dead units", worst, found + "; a smaller learning rate or leaky-relu keeps more");
    } else {
      findings.ok("dead units", worst, found);
    }
  }

  private int deadUnits(double[] y, int width) {
    int dead = 0;
    for (int unit = 0; unit < width; unit++) {
      boolean silent = true;
      for (int j = 0; j < at.rows() && silent; j++) {
        silent = y[unit * at.rows() + j] == 0;
      }
      dead += silent ? 1 : 0;
    }
    return dead;
  }

  private void saturated() {
    double worst = -1;
    String where = "";
    for (Operation op : graph.operations()) {
      if (op instanceof Activate a
          && op.output() != graph.output()
          && (a.function() == Activation.SIGMOID || a.function() == Activation.TANH)) {
        double[] y = at.value(a.output());
        int count = 0;
        for (double v : y) {
          double way = a.function() == Activation.TANH ? Math.abs(v) : Math.abs(2 * v - 1);
          count += way > SATURATED ? 1 : 0;
        }
        double share = (double) count / y.length;
        if (share > worst) {
          worst = share;
          where = a.path();
        }
      }
    }
    if (worst < 0) {
      return;
    }
    String found = text("%s %.1f %% of what %s puts out is at its ends", when, 100 * worst, where);
    if (worst >= WRONG_SATURATED) {
      findings.problem(
          "saturation",
          worst,
          found
              + ", where its slope is almost 0: standardise the features, start from smaller"
              + " weights (--init glorot-uniform), or take relu");
    } else if (worst >= NOTED_SATURATED) {
      findings.note("saturation", worst, found + ", where it learns slowly");
    } else {
      findings.ok("saturation", worst, found);
    }
  }

  /** Weights that are all the same leave the units of a layer the same for ever. */
  static void weights(Graph graph, Map<String, Parameter> parameters, Findings findings) {
    List<String> scales = new ArrayList<>();
    List<String> same = new ArrayList<>();
    double most = 0;
    for (Operation op : graph.operations()) {
      if (op instanceof Linear linear) {
        Parameter weight = StateDict.require(parameters, linear.weight().path());
        double spread = spread(weight);
        most = Math.max(most, spread);
        scales.add(text("%s %.2g", weight.path(), spread));
        // In the last layer, the targets make the difference.
        if (spread == 0 && linear.output() != graph.output() && weight.elements() > 1) {
          same.add(weight.path());
        }
      }
    }
    if (!same.isEmpty()) {
      findings.problem(
          "weights",
          0,
          text(
              "at the start all elements of %s are the same, so the units of that layer can never"
                  + " come to differ: take --init he-normal or glorot-uniform",
              String.join(", ", same)));
    } else if (!scales.isEmpty()) {
      findings.ok("weights", most, "at the start they spread by " + String.join(", ", scales));
    }
  }

  private static double spread(Parameter weight) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < weight.elements(); i++) {
      double w = (double) weight.get(i) - weight.get(0);
      sum += w;
      squares += w * w;
    }
    double mean = sum / weight.elements();
    return Math.sqrt(Math.max(0, squares / weight.elements() - mean * mean));
  }
}

package org.panagrad.doctor;

import static org.panagrad.doctor.Findings.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Linear;
import org.panagrad.graph.LossFunction;
import org.panagrad.graph.Operation;
import org.panagrad.nn.Network;
import org.panagrad.nn.Parameter;
import org.panagrad.train.NonFiniteLossException;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** Trains as the user would, for some steps, and looks on. */
final class TrialTraining {
  private static final double NOTED_FADING = 1e-2;
  private static final double WRONG_FADING = 1e-3;
  private static final double NOTED_UPDATE = 0.1;
  private static final double WRONG_UPDATE = 1;
  private static final double NOTED_STANDSTILL = 1e-5;
  private static final double WRONG_STANDSTILL = 1e-7;
  private static final int MOST_WEIGHTS = 10_000;

  private final Network network;
  private final Dataset train;
  private final TrainingOptions options;
  private final SampleRows sample;
  private final int steps;
  private final Findings findings;
  private final Runnable proceed;

  /**
   * @param sample rows that are looked at before and after
   */
  TrialTraining(
      Network network,
      Dataset train,
      TrainingOptions options,
      SampleRows sample,
      int steps,
      Findings findings,
      Runnable proceed) {
    this.network = network;
    this.train = train;
    this.options = options;
    this.sample = sample;
    this.steps = steps;
    this.findings = findings;
    this.proceed = proceed;
  }

  void run() {
    Graph graph = network.graph();
    try (Dataset set = sample.dataset();
        TrainingSession session =
            TrainingSession.open(network, train, options.keepGradients(true))) {
      UnitChecks.weights(graph, session.stateDict(), findings);
      double before = session.evaluateWeighted(set).loss();
      firstLoss(before);
      look(session, "at the start");
      if (Double.isFinite(before)) {
        train(session, set, before);
      }
    }
  }

  private void look(TrainingSession session, String when) {
    DoubleForward at =
        DoubleForward.predicting(network.graph(), session.stateDict(), options.loss(), sample);
    new UnitChecks(network.graph(), at, when, findings).run();
  }

  private void firstLoss(double loss) {
    LossFunction function = options.loss().function();
    if (!Double.isFinite(loss)) {
      findings.problem(
          "first loss",
          loss,
          text(
              "the loss is %s before anything is learned: the numbers are too large for float32;"
                  + " standardise features and targets",
              loss));
      return;
    }
    boolean classes = train.targetKind() == TargetKind.CLASSES;
    boolean logits =
        classes
            && (function == LossFunction.CROSS_ENTROPY
                || function == LossFunction.BINARY_CROSS_ENTROPY);
    if (!logits) {
      findings.ok("first loss", loss, text("%.4g before anything is learned", loss));
      return;
    }
    double choices = function == LossFunction.CROSS_ENTROPY ? network.outputs() : 2;
    double expected = Math.log(choices);
    String found =
        text(
            "%.4g before anything is learned; one who knows nothing of %.0f choices has ln %.0f ="
                + " %.4g",
            loss, choices, choices, expected);
    if (loss > 3 * expected) {
      findings.problem(
          "first loss",
          loss,
          found
              + ": the network is sure of wrong answers; standardise the features, or start from"
              + " smaller weights (--init)");
    } else if (loss > 1.5 * expected || loss < 0.5 * expected) {
      findings.note("first loss", loss, found + "; look at the scale of features and weights");
    } else {
      findings.ok("first loss", loss, found);
    }
  }

  private void train(TrainingSession session, Dataset set, double before) {
    String learningRate = Float.toString(options.optimizer().learningRate());
    Map<String, float[]> weights = Map.of();
    try {
      for (int step = 1; step <= steps; step++) {
        proceed.run();
        if (step == steps) {
          weights = weights(session);
        }
        session.step();
        if (step == 1) {
          gradients(session);
        }
      }
    } catch (NonFiniteLossException e) {
      findings.problem(
          "training",
          (double) e.step(),
          text(
              "the loss is not a number any more at step %d with learning rate %s: try a tenth of"
                  + " it, and look at the scale of the features",
              e.step(), learningRate));
      return;
    }
    updates(weights, weights(session), learningRate);
    double after = session.evaluateWeighted(set).loss();
    String found = text("the loss goes from %.4g to %.4g in %d steps", before, after, steps);
    if (!(after < 1.5 * before)) {
      findings.problem(
          "training",
          after,
          found + text(": learning rate %s is too large; try a tenth of it", learningRate));
    } else if (after > 0.99 * before) {
      findings.note(
          "training",
          after,
          found
              + text(
                  ", which is hardly learning; try other values than learning rate %s",
                  learningRate));
    } else {
      findings.ok("training", after, found);
    }
    look(session, text("after %d steps", steps));
  }

  private List<Linear> layers() {
    List<Linear> layers = new ArrayList<>();
    for (Operation op : network.graph().operations()) {
      if (op instanceof Linear linear) {
        layers.add(linear);
      }
    }
    return layers;
  }

  /** Of the first step. */
  private void gradients(TrainingSession session) {
    Map<String, Double> norms = new LinkedHashMap<>();
    for (Linear layer : layers()) {
      norms.put(layer.path(), norm(session.gradient(layer.weight().path())));
    }
    fading(norms, findings);
  }

  static double norm(Parameter gradient) {
    double sum = 0;
    for (int i = 0; i < gradient.elements(); i++) {
      sum += (double) gradient.get(i) * gradient.get(i);
    }
    return Math.sqrt(sum);
  }

  /**
   * Compares the first layer's gradient with the last one's.
   *
   * @param norms by layer, in the order of the network
   */
  static void fading(Map<String, Double> norms, Findings findings) {
    if (norms.size() < 2) {
      return;
    }
    List<String> paths = List.copyOf(norms.keySet());
    List<Double> all = List.copyOf(norms.values());
    double ratio = all.getFirst() / all.getLast();
    List<String> each = new ArrayList<>();
    norms.forEach((path, norm) -> each.add(text("%s %.2g", path, norm)));
    String found =
        text(
            "the norm of %s's is %.2g times that of %s's (%s)",
            paths.getFirst(), ratio, paths.getLast(), String.join(", ", each));
    if (!(ratio >= WRONG_FADING)) {
      findings.problem(
          "gradients",
          ratio,
          found
              + ": they vanish on the way back, the first layers do not learn; take relu, fewer"
              + " layers, --init he-normal or residual layers");
    } else if (ratio > 1 / WRONG_FADING) {
      findings.problem(
          "gradients",
          ratio,
          found + ": they explode on the way back; standardise the features, take smaller weights");
    } else if (ratio < NOTED_FADING || ratio > 1 / NOTED_FADING) {
      findings.note("gradients", ratio, found + "; expected 0.01 to 100 times");
    } else {
      findings.ok("gradients", ratio, found);
    }
  }

  /** Some elements of every layer's weight, evenly spread. */
  private Map<String, float[]> weights(TrainingSession session) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    for (Linear layer : layers()) {
      Parameter weight = session.parameter(layer.weight().path());
      int stride = (weight.elements() + MOST_WEIGHTS - 1) / MOST_WEIGHTS;
      float[] some = new float[(weight.elements() + stride - 1) / stride];
      for (int i = 0; i < some.length; i++) {
        some[i] = weight.get(i * stride);
      }
      weights.put(weight.path(), some);
    }
    return weights;
  }

  private void updates(
      Map<String, float[]> before, Map<String, float[]> after, String learningRate) {
    double most = 0;
    double least = Double.POSITIVE_INFINITY;
    List<String> each = new ArrayList<>();
    for (Map.Entry<String, float[]> entry : before.entrySet()) {
      float[] weight = entry.getValue();
      float[] then = after.getOrDefault(entry.getKey(), weight);
      double change = 0;
      double size = 0;
      for (int i = 0; i < weight.length; i++) {
        double by = (double) then[i] - weight[i];
        change += by * by;
        size += (double) weight[i] * weight[i];
      }
      if (size > 0) {
        double ratio = Math.sqrt(change / size);
        most = Math.max(most, ratio);
        least = Math.min(least, ratio);
        each.add(text("%s %.1e", entry.getKey(), ratio));
      }
    }
    if (each.isEmpty()) {
      return;
    }
    String found = text("a step changes weights by %s of their size", String.join(", ", each));
    String usual = ", about 1e-3 is usual";
    if (!(most <= WRONG_UPDATE)) {
      findings.problem(
          "updates", most, found + usual + text(": learning rate %s is too large", learningRate));
    } else if (least < WRONG_STANDSTILL) {
      findings.problem(
          "updates",
          least,
          found
              + usual
              + text(
                  ": they stand still; learning rate %s is too small, or gradients vanish",
                  learningRate));
    } else if (most > NOTED_UPDATE) {
      findings.note("updates", most, found + usual + "; a smaller learning rate may do better");
    } else if (least < NOTED_STANDSTILL) {
      findings.note("updates", least, found + usual + "; a larger learning rate may do better");
    } else {
      findings.ok("updates", most, found);
    }
  }
}

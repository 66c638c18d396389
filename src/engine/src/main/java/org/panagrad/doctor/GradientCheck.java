package org.panagrad.doctor;

import static org.panagrad.doctor.Findings.text;

import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import org.panagrad.data.Dataset;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Linear;
import org.panagrad.graph.Loss;
import org.panagrad.graph.Operation;
import org.panagrad.graph.Value;
import org.panagrad.nn.Network;
import org.panagrad.nn.Parameter;
import org.panagrad.optim.Sgd;
import org.panagrad.random.SeededRandom;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/**
 * The engine's gradients against central differences of the loss, which is computed in double: two
 * computations that have nothing in common but the definitions.
 *
 * <p>A float32 gradient is granted lambda sqrt(d) u (1 + z) of the largest element of its tensor. u
 * = 2^-24 is the unit roundoff. d counts the roundings one after the other on the way forward and
 * back; errors that do not conspire grow with its root (Higham and Mary 2019, "A new approach to
 * probabilistic rounding error analysis"). z is the largest number that a curved function (softmax,
 * sigmoid, tanh...) is taken of, as the relative error of exp z is that of z times |z|. lambda = 8
 * leaves room for chance, and for sums whose terms cancel.
 */
final class GradientCheck {
  static final String NAME = "gradient check";

  private static final double U = 0x1p-24;
  private static final double LAMBDA = 8;

  /** Where more than this is granted, nothing is learned. */
  private static final double MOST_GRANTED = 0.02;

  private static final int CANDIDATES = 64;
  private static final int ROWS = 8;
  private static final int LEAST_ELEMENTS = 2;
  private static final int MOST_ELEMENTS = 12;

  /** Multiply-adds that all differences together may cost. */
  private static final double WORK = 4e9;

  private final Graph graph;
  private final Loss loss;
  private final long seed;
  private final Findings findings;
  private final Runnable proceed;

  GradientCheck(Graph graph, Loss loss, long seed, Findings findings, Runnable proceed) {
    this.graph = graph;
    this.loss = loss;
    this.seed = seed;
    this.findings = findings;
    this.proceed = proceed;
  }

  /** Checks the network at its starting parameters. */
  static void run(
      Network network, Dataset data, TrainingOptions options, Findings findings, Runnable proceed) {
    GradientCheck check =
        new GradientCheck(network.graph(), options.loss(), options.seed(), findings, proceed);
    SampleRows candidates = SampleRows.draw(data, CANDIDATES, options.seed()).withTwoClasses();
    TrainingOptions still =
        TrainingOptions.defaults()
            .loss(options.loss())
            .optimizer(new Sgd(0))
            .seed(options.seed())
            .shuffle(false)
            .threads(options.threads())
            .partitions(options.partitions())
            .maxNativeBytes(options.maxNativeBytes())
            .keepGradients(true);
    SampleRows rows;
    try (Dataset set = candidates.dataset();
        TrainingSession session =
            TrainingSession.open(network, set, still.batchSize(candidates.size()))) {
      rows = check.clearOfKinks(candidates, session.stateDict());
    }
    if (rows.size() < 2 || !rows.isLearnable()) {
      findings.note(
          NAME,
          rows.size(),
          text(
              "not made: in too few of %d rows all units are far enough from the kink of their"
                  + " activation to tell differences from rounding",
              candidates.size()));
      return;
    }
    try (Dataset set = rows.dataset();
        TrainingSession session =
            TrainingSession.open(network, set, still.batchSize(rows.size()))) {
      session.step();
      check.compare(session.stateDict(), rows, elements(session.gradients()));
    }
  }

  static Map<String, float[]> elements(Map<String, Parameter> gradients) {
    Map<String, float[]> elements = new HashMap<>();
    gradients.forEach((path, gradient) -> elements.put(path, gradient.toArray()));
    return elements;
  }

  /** Few rows in which no element is too near to a kink; maybe none. */
  private SampleRows clearOfKinks(SampleRows candidates, Map<String, Parameter> parameters) {
    double share = LAMBDA * Math.sqrt(roundings(candidates.size())) * U;
    SampleRows rows =
        candidates
            .keep(
                DoubleForward.predicting(graph, parameters, loss, candidates)
                    .rowsClearOfKinks(share))
            .spread(ROWS);
    // In training a row's values depend on its place, by dropout, and on the rows beside it.
    for (int attempt = 0; attempt < ROWS && rows.size() > 0; attempt++) {
      BitSet clear =
          DoubleForward.training(graph, parameters, loss, rows, seed).rowsClearOfKinks(share);
      if (clear.cardinality() == rows.size()) {
        return rows;
      }
      rows = rows.keep(clear);
    }
    return rows.keep(new BitSet());
  }

  /** Roundings on the way through every layer and back, a pass over an element counted as 8. */
  private double roundings(int rows) {
    double count = rows;
    for (Operation op : graph.operations()) {
      count += op instanceof Linear linear ? linear.in() + linear.out() : 16;
    }
    return count;
  }

  /**
   * Compares some elements of every gradient, the largest among them.
   *
   * @param gradients by path, of a mini-batch of exactly these rows
   */
  void compare(Map<String, Parameter> parameters, SampleRows rows, Map<String, float[]> gradients) {
    DoubleForward at = DoubleForward.training(graph, parameters, loss, rows, seed);
    double granted = LAMBDA * Math.sqrt(roundings(rows.size())) * U * (1 + at.largestCurvedInput());
    if (!(granted <= MOST_GRANTED)) {
      findings.note(
          NAME,
          at.largestCurvedInput(),
          text(
              "not made: outputs or inputs of an activation reach %.3g, where float32 alone may be"
                  + " off by %.2g of a gradient; bring features and targets to about 1 first",
              at.largestCurvedInput(), granted));
      return;
    }
    double cost = 2.0 * rows.size() * graph.parameterCount() * gradients.size();
    int perTensor = (int) Math.clamp(WORK / cost, LEAST_ELEMENTS, MOST_ELEMENTS);
    int checked = 0;
    int atKinks = 0;
    int tooSmall = 0;
    double worst = 0;
    for (Value parameter : graph.trainedParameters()) {
      float[] gradient = gradients.get(parameter.path());
      if (gradient == null) {
        continue;
      }
      proceed.run();
      double largest = largest(gradient);
      double step = 0x1p-17 / Math.max(1, DoubleForward.largest(inputOf(parameter, at)));
      // A loss is a sum in double: some tens of its roundings, and the difference of two.
      double noise = 64 * 0x1p-52 * (1 + Math.abs(at.loss())) / step;
      if (largest * MOST_GRANTED < noise) {
        tooSmall++;
        continue;
      }
      for (int index : chosen(parameter.path(), gradient, perTensor)) {
        OptionalDouble up = at.lossWith(parameter, index, step);
        OptionalDouble down = at.lossWith(parameter, index, -step);
        if (up.isEmpty() || down.isEmpty()) {
          atKinks++;
          continue;
        }
        checked++;
        double difference = (up.getAsDouble() - down.getAsDouble()) / (2 * step);
        double off = Math.abs(gradient[index] - difference) / (granted * largest + noise);
        worst = Math.max(worst, off);
        if (!(off <= 1)) {
          findings.problem(
              NAME,
              off,
              text(
                  "the gradient of %s[%d] is %.6g, but the loss changes by %.6g there, which is"
                      + " %.3g times what rounding explains; a fault of the engine for this"
                      + " network: please report it with this command",
                  parameter.path(), index, gradient[index], difference, off));
          return;
        }
      }
    }
    report(checked, atKinks, tooSmall, worst);
  }

  private void report(int checked, int atKinks, int tooSmall, double worst) {
    String skipped =
        (atKinks == 0 ? "" : text("; %d skipped, where a unit switches on or off", atKinks))
            + (tooSmall == 0 ? "" : text("; %d parameters' gradients are too small", tooSmall));
    if (checked == 0) {
      findings.note(
          NAME,
          0,
          "nothing could be compared" + skipped + "; see the other findings for the cause");
    } else {
      findings.ok(
          NAME,
          worst,
          text(
              "%d gradients are what the loss changes by, to %.2g of what rounding explains%s",
              checked, worst, skipped));
    }
  }

  /** What a parameter is multiplied with: nothing larger than 1 for a bias. */
  private double[] inputOf(Value parameter, DoubleForward at) {
    for (Operation op : graph.operations()) {
      if (op instanceof Linear linear && linear.weight() == parameter) {
        return at.value(linear.x());
      }
    }
    return new double[0];
  }

  private static double largest(float[] gradient) {
    return Math.abs(gradient[indexOfLargest(gradient)]);
  }

  private static int indexOfLargest(float[] gradient) {
    int at = 0;
    for (int i = 0; i < gradient.length; i++) {
      // What is not a number is the one to look at.
      if (Float.isNaN(gradient[i])) {
        return i;
      }
      at = Math.abs(gradient[i]) > Math.abs(gradient[at]) ? i : at;
    }
    return at;
  }

  /** Drawn, but for the largest. */
  private Set<Integer> chosen(String path, float[] gradient, int count) {
    Set<Integer> chosen = new LinkedHashSet<>();
    chosen.add(indexOfLargest(gradient));
    SeededRandom random =
        SeededRandom.of(seed, "doctor's elements of " + Objects.requireNonNull(path));
    for (int i = 1; i < count; i++) {
      chosen.add(random.nextInt(gradient.length));
    }
    return chosen;
  }
}

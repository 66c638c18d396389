package org.panagrad.examples;

import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Losses.halfMeanSquaredError;

import org.panagrad.data.Dataset;
import org.panagrad.nn.Initializer;
import org.panagrad.nn.Network;
import org.panagrad.optim.Sgd;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** The tutorial's first part: a line through three points, by gradient descent. */
final class OneLayer {
  private OneLayer() {}

  /** Returns what the tutorial prints. */
  static String run() {
    StringBuilder out = new StringBuilder();
    // tutorial: one layer
    var points =
        Dataset.ofValues("points", new float[][] {{0}, {1}, {2}}, new float[][] {{1}, {3}, {5}});
    var line = Network.of(1, dense(1)).initializedBy(Initializer.ZEROS);
    var options =
        TrainingOptions.defaults()
            .loss(halfMeanSquaredError())
            .optimizer(new Sgd(0.1f))
            .batchSize(points.size())
            .keepGradients(true);
    try (var session = TrainingSession.open(line, points, options)) {
      for (int step = 1; step <= 1000; step++) {
        double loss = session.epoch().loss();
        if (step <= 3) {
          out.append(
              String.format(
                  "step %d  J %.4f  dJ/dw %7.4f  dJ/db %7.4f  then w %.4f  b %.4f%n",
                  step,
                  loss,
                  session.gradient("fc1.weight").get(0),
                  session.gradient("fc1.bias").get(0),
                  session.parameter("fc1.weight").get(0),
                  session.parameter("fc1.bias").get(0)));
        }
      }
      out.append(
          String.format(
              "after 1000 steps  w %.4f  b %.4f%n",
              session.parameter("fc1.weight").get(0), session.parameter("fc1.bias").get(0)));
    }
    // end
    return out.toString();
  }
}

package org.panagrad.examples;

import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.sigmoid;
import static org.panagrad.nn.Losses.halfMeanSquaredError;

import org.panagrad.data.Dataset;
import org.panagrad.nn.Network;
import org.panagrad.optim.Sgd;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** The tutorial's second part: one example backwards through two layers. */
final class Backpropagation {
  private Backpropagation() {}

  /** Returns what the tutorial prints. */
  static String run() {
    StringBuilder out = new StringBuilder();
    // tutorial: backpropagation
    var example = Dataset.ofValues("example", new float[][] {{1, 2}}, new float[][] {{1}});
    var network = Network.of(2, dense(2), sigmoid(), dense(1), sigmoid());
    var options =
        TrainingOptions.defaults()
            .loss(halfMeanSquaredError())
            .optimizer(new Sgd(1))
            .batchSize(1)
            .keepGradients(true);
    try (var session = TrainingSession.open(network, example, options)) {
      session.parameter("fc1.weight").set(0.5f, -0.5f, 0.3f, 0.8f);
      session.parameter("fc1.bias").set(0, 0);
      session.parameter("fc2.weight").set(1, -1);
      session.parameter("fc2.bias").set(0);
      out.append(String.format("J %.6f%n", session.epoch().loss()));
      session
          .gradients()
          .forEach(
              (path, gradient) -> {
                out.append(String.format("%-11s", path));
                for (float g : gradient.toArray()) {
                  out.append(String.format(" %9.6f", g));
                }
                out.append(System.lineSeparator());
              });
    }
    // end
    return out.toString();
  }
}

package org.panagrad.bench.problem;

import static org.panagrad.nn.Layers.relu;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.panagrad.bench.contender.Workload;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.graph.Loss;
import org.panagrad.nn.Layer;
import org.panagrad.nn.Layers;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Sgd;
import org.panagrad.random.SeededRandom;

/**
 * A perceptron with ReLU, trained on noise.
 *
 * <p>The learning rate is small so that no number of steps learns the noise by heart: gradients
 * that vanish would be subnormal numbers, which are slow.
 *
 * @param widths inputs, hidden layers, outputs
 * @param adam Adam where true, plain SGD where not
 */
public record Problem(List<Integer> widths, int batch, boolean adam) {
  private static final float LEARNING_RATE = 1e-4f;

  public Problem {
    widths = List.copyOf(widths);
  }

  /** With plain SGD. */
  public static Problem of(int batch, Integer... widths) {
    return new Problem(List.of(widths), batch, false);
  }

  /** As in the comparison. */
  public static Problem of(Workload w) {
    List<Integer> widths = new ArrayList<>(List.of(w.inputs()));
    for (int l = 0; l < w.layers(); l++) {
      widths.add(w.out(l));
    }
    return new Problem(widths, w.batch(), w.adam());
  }

  /** "784-512-256-10". */
  public String name() {
    return widths.stream().map(String::valueOf).collect(Collectors.joining("-"));
  }

  /** The network. */
  public Network network() {
    List<Layer> layers = new ArrayList<>();
    for (int l = 1; l < widths.size(); l++) {
      if (l > 1) {
        layers.add(relu());
      }
      layers.add(Layers.dense(widths.get(l)));
    }
    return Network.of(widths.getFirst(), layers.toArray(Layer[]::new));
  }

  /** Cross-entropy of classes, or mean squared error where there is one output. */
  public Loss loss() {
    return classes() ? Losses.crossEntropy() : Losses.meanSquaredError();
  }

  /** Whether the targets are classes. */
  public boolean classes() {
    return widths.getLast() > 1;
  }

  /** The optimizer. */
  public Optimizer optimizer() {
    return adam ? new Adam(LEARNING_RATE) : new Sgd(LEARNING_RATE);
  }

  /** Floats learned. */
  public long parameters() {
    long sum = 0;
    for (int l = 1; l < widths.size(); l++) {
      sum += (widths.get(l - 1) + 1L) * widths.get(l);
    }
    return sum;
  }

  /** Operations of a step's products; all else is a small part of a percent, and is not counted. */
  public double flops() {
    double sum = 0;
    for (int l = 1; l < widths.size(); l++) {
      int products = l == 1 ? 2 : 3; // Nobody asks for the gradient of the network's input.
      sum += 2.0 * products * batch * widths.get(l - 1) * widths.get(l);
    }
    return sum;
  }

  /** Rows of noise with targets of noise. */
  public Dataset noise(int rows) {
    SeededRandom random = SeededRandom.of(1);
    int inputs = widths.getFirst();
    try (DatasetBuilder builder =
        classes()
            ? DatasetBuilder.classes("noise", inputs)
            : DatasetBuilder.values("noise", inputs, 1)) {
      builder.expect(rows);
      float[] row = new float[inputs];
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < inputs; i++) {
          row[i] = random.nextFloat();
        }
        if (classes()) {
          builder.addRow(row, random.nextInt(widths.getLast()));
        } else {
          builder.addRow(row, new float[] {random.nextFloat()});
        }
      }
      return classes() ? builder.build(widths.getLast()) : builder.build();
    }
  }
}

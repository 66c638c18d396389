package org.panagrad.cli.option;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.ClassWeights;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.graph.Loss;
import picocli.CommandLine.Option;

/** What the loss makes of classes that are rare, or labels that are not quite sure. */
public final class LossOptions {
  private static final String BALANCED = "balanced";

  @Option(
      names = "--label-smoothing",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "Share of each target spread evenly over the classes, for --loss cross-entropy. Default:"
              + " ${DEFAULT-VALUE}.")
  double labelSmoothing;

  @Option(
      names = "--class-weights",
      paramLabel = "X,X|" + BALANCED,
      description =
          "How much each class counts in the loss, in the order of the classes; 'balanced' for all"
              + " classes the same, however many rows they have. Default: each row the same.")
  @Nullable String classWeights;

  /**
   * The loss as far as it is known without data.
   *
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  Loss loss(Loss plain) {
    Loss loss = plain.withLabelSmoothing(labelSmoothing);
    return classWeights == null || classWeights.equals(BALANCED)
        ? loss
        : loss.withClassWeights(weights(classWeights));
  }

  private static List<Float> weights(String text) {
    List<Float> weights = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      try {
        weights.add(Float.parseFloat(part.strip()));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "--class-weights "
                + text
                + ": expected 'balanced' or a number for each class, found '"
                + part
                + "'",
            e);
      }
    }
    return weights;
  }

  /** The loss for this training set. */
  Loss loss(Loss known, Dataset train) {
    if (!BALANCED.equals(classWeights)) {
      return known;
    }
    if (train.targetKind() != TargetKind.CLASSES) {
      throw new DataException(
          train.name()
              + ": --class-weights balanced, expected classes to balance, found target values;"
              + " leave the option out");
    }
    return known.withClassWeights(ClassWeights.balanced(train));
  }
}

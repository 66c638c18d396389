package org.panagrad.cli.option;

import org.jspecify.annotations.Nullable;
import org.panagrad.optim.Penalties;
import org.panagrad.train.TrainingOptions;
import picocli.CommandLine.Option;

/**
 * What is done with the gradients before the optimizer takes them, and what holds weights small.
 */
public final class UpdateOptions {
  @Option(
      names = "--clip-norm",
      paramLabel = "X",
      description =
          "Scale the gradients of an update so that the norm of all of them together is at most"
              + " this. Default: no bound.")
  @Nullable Float clipNorm;

  @Option(
      names = "--clip-value",
      paramLabel = "X",
      description =
          "Bring every element of the gradients into the range from -X to X, before --clip-norm."
              + " Default: no bound.")
  @Nullable Float clipValue;

  @Option(
      names = "--accumulate",
      paramLabel = "K",
      defaultValue = "1",
      description =
          "Mini-batches per update: as a batch K times as large, in the memory of one. Default:"
              + " ${DEFAULT-VALUE}.")
  int accumulate;

  @Option(
      names = "--l1",
      paramLabel = "X",
      description = "Add X times the sum of |w| to what is made small. Default: 0.")
  @Nullable Float l1;

  @Option(
      names = "--decoupled",
      description =
          "Weight decay shrinks the weights apart from the gradient, as adamw's always does.")
  boolean decoupled;

  @Option(
      names = "--no-bias-decay",
      description =
          "No weight decay and no L1 on biases, nor on scale and shift of normalizations.")
  boolean noBiasDecay;

  /**
   * The options with these.
   *
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  public TrainingOptions on(TrainingOptions options) {
    positive("--clip-norm", clipNorm);
    positive("--clip-value", clipValue);
    if (accumulate < 1) {
      throw new IllegalArgumentException("--accumulate " + accumulate + ": expected 1 or more");
    }
    return options
        .penalties(new Penalties(l1 == null ? 0 : l1, decoupled, !noBiasDecay))
        .clipNorm(clipNorm == null ? 0 : clipNorm)
        .clipValue(clipValue == null ? 0 : clipValue)
        .accumulate(accumulate);
  }

  /**
   * Checks that there is a decay where options are about it.
   *
   * @param weightDecay given, or usual for the data
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  void checkDecay(double weightDecay) {
    if (decoupled && !(weightDecay > 0)) {
      throw new IllegalArgumentException(
          "--decoupled without weight decay: expected --weight-decay X, above 0");
    }
    if (noBiasDecay && !(weightDecay > 0) && l1 == null) {
      throw new IllegalArgumentException(
          "--no-bias-decay without any decay: expected --weight-decay X or --l1 X, above 0");
    }
  }

  private static void positive(String name, @Nullable Float value) {
    if (value != null && !(value > 0)) {
      throw new IllegalArgumentException(name + " " + value + ": expected a number above 0");
    }
  }
}

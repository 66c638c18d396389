package org.panagrad.graph;

/**
 * What training makes small: a function of the graph's output and the targets, and its scale.
 *
 * <p>n is the number of examples in the batch, k the number of outputs.
 */
public enum LossFunction {
  /** J = 1/(2n) sum (f(x) - t)^2: the book's cost, so dJ/df = (f - t)/n. */
  HALF_MEAN_SQUARED_ERROR("half-mse"),
  /** 1/(n k) sum (f - t)^2: PyTorch's MSELoss. */
  MEAN_SQUARED_ERROR("mse"),
  /** 1/(n k) sum |f - t|: PyTorch's L1Loss. */
  MEAN_ABSOLUTE_ERROR("mae"),
  /** 1/(n k) sum of Huber's function of f - t: PyTorch's HuberLoss. */
  HUBER("huber"),
  /** -1/n sum log softmax(f)[t]: PyTorch's CrossEntropyLoss; the output is logits. */
  CROSS_ENTROPY("cross-entropy"),
  /** 1/(n k) sum of the cross-entropy of sigmoid(f): PyTorch's BCEWithLogitsLoss. */
  BINARY_CROSS_ENTROPY("binary-cross-entropy");

  private final String label;

  LossFunction(String label) {
    this.label = label;
  }

  /**
   * The root of the mean squared error over all outputs that a loss of this kind stands for; NaN
   * where it does not tell one.
   *
   * @param loss the mean over the examples
   * @param outputs of the network
   */
  public double rootMeanSquare(double loss, int outputs) {
    return switch (this) {
      case MEAN_SQUARED_ERROR -> Math.sqrt(loss);
      // Over the rows, not the outputs, and halved.
      case HALF_MEAN_SQUARED_ERROR -> Math.sqrt(2 * loss / outputs);
      case MEAN_ABSOLUTE_ERROR, HUBER, CROSS_ENTROPY, BINARY_CROSS_ENTROPY -> Double.NaN;
    };
  }

  /** The name on the command line and in model files. */
  public String label() {
    return label;
  }
}

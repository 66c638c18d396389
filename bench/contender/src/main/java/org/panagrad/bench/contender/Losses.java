package org.panagrad.bench.contender;

/** Cross-entropy in double, for contenders whose library has no call for them. */
public final class Losses {
  private Losses() {}

  /**
   * Mean cross-entropy of the softmax of logits.
   *
   * @param logits (rows, classes)
   */
  public static double crossEntropy(float[] logits, int[] labels) {
    int classes = logits.length / labels.length;
    double sum = 0;
    for (int row = 0; row < labels.length; row++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        largest = Math.max(largest, logits[row * classes + c]);
      }
      double exps = 0;
      for (int c = 0; c < classes; c++) {
        exps += Math.exp(logits[row * classes + c] - largest);
      }
      sum += Math.log(exps) + largest - logits[row * classes + labels[row]];
    }
    return sum / labels.length;
  }
}

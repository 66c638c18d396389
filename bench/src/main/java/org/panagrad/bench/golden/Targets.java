package org.panagrad.bench.golden;

/** Draws what the outputs of a network should have been. */
final class Targets {
  private Targets() {}

  /** Draws {@code labels} (batch), int32, or {@code targets} (batch, outputs). */
  static NamedTensor draw(Loss.Targets kind, int batch, int outputs, Draws draws) {
    return switch (kind) {
      case CLASSES -> NamedTensor.of("labels", classes(batch, outputs, draws), batch);
      case VALUES -> dense(values(batch, outputs, draws), batch, outputs);
      case DISTRIBUTIONS -> dense(distributions(batch, outputs, draws), batch, outputs);
      case PROBABILITIES -> dense(probabilities(batch, outputs, draws), batch, outputs);
    };
  }

  private static NamedTensor dense(float[] targets, int batch, int outputs) {
    return NamedTensor.of("targets", targets, batch, outputs);
  }

  private static int[] classes(int batch, int outputs, Draws draws) {
    int[] labels = new int[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = draws.below(outputs);
    }
    return labels;
  }

  /** The last output's first targets are those at which the losses have their kinks. */
  private static float[] values(int batch, int outputs, Draws draws) {
    float[] targets = draws.symmetric(batch * outputs, 2.5f);
    float[] kinks = {0, 1, -1, 0.5f, -0.5f};
    for (int i = 0; i < kinks.length; i++) {
      targets[(i + 1) * outputs - 1] = kinks[i];
    }
    return targets;
  }

  /**
   * Sixty-fourths dealt out at random, so that each row's sum is exactly 1; the first is one-hot.
   */
  private static float[] distributions(int batch, int outputs, Draws draws) {
    float[] targets = new float[batch * outputs];
    targets[1] = 1;
    for (int row = 1; row < batch; row++) {
      for (int part = 0; part < 64; part++) {
        targets[row * outputs + draws.below(outputs)] += 0x1p-6f;
      }
    }
    return targets;
  }

  /** Zeros, ones and probabilities in between, a third each. */
  private static float[] probabilities(int batch, int outputs, Draws draws) {
    float[] targets = new float[batch * outputs];
    for (int i = 0; i < targets.length; i++) {
      int kind = draws.below(3);
      targets[i] = kind < 2 ? kind : draws.below(65) * 0x1p-6f;
    }
    return targets;
  }
}

package org.panagrad.train;

import org.panagrad.data.Dataset;
import org.panagrad.random.SeededRandom;

/** Small data sets, drawn from seeds. */
public final class Problems {
  private Problems() {}

  /** Two arms that wind around each other, one and a half turns each. */
  public static Dataset spirals(int perArm, long seed) {
    SeededRandom random = SeededRandom.of(seed, "spirals");
    float[][] x = new float[2 * perArm][];
    int[] labels = new int[2 * perArm];
    for (int i = 0; i < 2 * perArm; i++) {
      int arm = i % 2;
      int along = i / 2;
      double t = (along + 0.5) / perArm;
      double angle = 3 * Math.PI * t + Math.PI * arm;
      double radius = 0.1 + 0.9 * t;
      x[i] =
          new float[] {
            (float) (radius * Math.cos(angle) + 0.01 * random.nextGaussian()),
            (float) (radius * Math.sin(angle) + 0.01 * random.nextGaussian())
          };
      labels[i] = arm;
    }
    return Dataset.ofClasses("spirals", x, labels, 2);
  }

  /** Gaussian clouds, one per class. */
  public static Dataset clouds(int rows, int features, int classes, long seed) {
    SeededRandom random = SeededRandom.of(seed, "clouds");
    double[][] centres = new double[classes][features];
    for (double[] centre : centres) {
      for (int i = 0; i < features; i++) {
        centre[i] = random.nextGaussian();
      }
    }
    float[][] x = new float[rows][features];
    int[] labels = new int[rows];
    for (int r = 0; r < rows; r++) {
      labels[r] = r % classes;
      for (int i = 0; i < features; i++) {
        x[r][i] = (float) (centres[labels[r]][i] + random.nextGaussian());
      }
    }
    return Dataset.ofClasses("clouds", x, labels, classes);
  }
}

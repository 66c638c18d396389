package org.panagrad.data;

import java.util.ArrayList;
import java.util.List;

/** Weights of classes, for a loss. */
public final class ClassWeights {
  private ClassWeights() {}

  /**
   * Weights by which every class counts the same: rows / (classes present * rows of the class), 0
   * for a class without rows. The weights of all rows together come to the number of rows. As
   * scikit-learn's "balanced".
   *
   * @throws IllegalStateException for a dataset of values
   */
  public static List<Float> balanced(Dataset data) {
    int[] counts = new int[data.classCount()];
    int present = data.presentClasses();
    for (int row = 0; row < data.size(); row++) {
      counts[data.label(row)]++;
    }
    List<Float> weights = new ArrayList<>();
    for (int count : counts) {
      weights.add(count == 0 ? 0 : (float) ((double) data.size() / ((double) present * count)));
    }
    return weights;
  }
}

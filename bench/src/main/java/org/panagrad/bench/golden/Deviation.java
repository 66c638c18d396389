package org.panagrad.bench.golden;

import java.util.List;

/**
 * The largest difference between two computations of the same tensors.
 *
 * @param relative to the largest absolute value of the tensor
 * @param tensor the name of the one it was found in
 */
record Deviation(double relative, String tensor) {

  static Deviation of(List<NamedTensor> found, List<NamedTensor> expected) {
    Deviation worst = new Deviation(0, "");
    for (int i = 0; i < expected.size(); i++) {
      Deviation deviation = of(found.get(i), expected.get(i));
      if (!(deviation.relative <= worst.relative)) {
        worst = deviation;
      }
    }
    return worst;
  }

  private static Deviation of(NamedTensor found, NamedTensor expected) {
    double scale = 0;
    double difference = 0;
    for (int i = 0; i < expected.floats().length; i++) {
      float value = expected.floats()[i];
      scale = Math.max(scale, Math.abs(value));
      difference = Math.max(difference, Math.abs((double) found.floats()[i] - value));
    }
    return new Deviation(difference == 0 ? 0 : difference / scale, expected.name());
  }

  @Override
  public String toString() {
    return "%.1e in %s".formatted(relative, tensor);
  }
}

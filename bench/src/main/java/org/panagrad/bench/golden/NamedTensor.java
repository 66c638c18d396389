package org.panagrad.bench.golden;

import java.util.Arrays;

/**
 * What a golden file holds one of: a name, a shape and float32 or int32 values in row-major order.
 */
final class NamedTensor {
  private final String name;
  private final long[] shape;
  private final Object values;

  private NamedTensor(String name, long[] shape, Object values, int length) {
    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (count != length) {
      throw new IllegalArgumentException(
          "%s: shape %s needs %d values, found %d"
              .formatted(name, Arrays.toString(shape), count, length));
    }
    this.name = name;
    this.shape = shape;
    this.values = values;
  }

  static NamedTensor of(String name, float[] values, long... shape) {
    return new NamedTensor(name, shape, values, values.length);
  }

  static NamedTensor of(String name, int[] values, long... shape) {
    return new NamedTensor(name, shape, values, values.length);
  }

  String name() {
    return name;
  }

  long[] shape() {
    return shape;
  }

  /** A {@code float[]} or an {@code int[]}. */
  Object values() {
    return values;
  }

  float[] floats() {
    return (float[]) values;
  }

  int[] ints() {
    return (int[]) values;
  }
}

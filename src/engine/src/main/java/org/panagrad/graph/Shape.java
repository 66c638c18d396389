package org.panagrad.graph;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;

/** The extents of one example (the batch is not part of it), or of a parameter. */
public final class Shape {
  private final int[] extents;

  private Shape(int[] extents) {
    this.extents = extents;
  }

  /**
   * A shape of these extents.
   *
   * @throws ShapeException if an extent is below 1 or there are more than 2^31 - 1 elements
   */
  public static Shape of(int... extents) {
    long elements = 1;
    for (int extent : extents) {
      if (extent < 1) {
        throw new ShapeException(
            "shape " + Arrays.toString(extents) + ": extents are expected to be 1 or more");
      }
      elements *= extent;
      if (elements > Integer.MAX_VALUE) {
        throw new ShapeException(
            "shape " + Arrays.toString(extents) + ": more than " + Integer.MAX_VALUE + " elements");
      }
    }
    return new Shape(extents.clone());
  }

  /** Number of extents. */
  public int rank() {
    return extents.length;
  }

  /** Extent at this axis. */
  public int extent(int axis) {
    return extents[Objects.checkIndex(axis, extents.length)];
  }

  /** The extents, copied. */
  public int[] extents() {
    return extents.clone();
  }

  /** The product of the extents. */
  public int elements() {
    int elements = 1;
    for (int extent : extents) {
      elements *= extent;
    }
    return elements;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(extents);
  }

  /** As a parameter's shape: {@code (256, 784)}. */
  @Override
  public String toString() {
    return Arrays.stream(extents)
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(", ", "(", ")"));
  }

  /** As a batch of such examples: {@code (*, 784)}. */
  public String batched() {
    return Arrays.stream(extents)
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(", ", "(*, ", ")"));
  }
}

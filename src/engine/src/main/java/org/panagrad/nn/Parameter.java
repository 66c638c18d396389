package org.panagrad.nn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.panagrad.graph.Shape;

/**
 * A named array of a network's state: a view of native memory that lives as long as its owner.
 *
 * <p>Every access after the owner is closed throws {@link IllegalStateException}.
 *
 * @param path dotted name: {@code fc1.weight}
 * @param shape as in PyTorch: a dense layer's weight is (out, in), its bias (out)
 * @param segment exactly the elements, row-major float32
 */
public record Parameter(String path, Shape shape, MemorySegment segment) {
  public Parameter {
    Objects.checkFromIndexSize(0, (long) shape.elements() * Float.BYTES, segment.byteSize());
  }

  /** Number of floats. */
  public int elements() {
    return shape.elements();
  }

  /** The element at a flat, row-major index. */
  public float get(int index) {
    return segment.getAtIndex(ValueLayout.JAVA_FLOAT, Objects.checkIndex(index, elements()));
  }

  /** A copy of all elements. */
  public float[] toArray() {
    return segment.asSlice(0, (long) elements() * Float.BYTES).toArray(ValueLayout.JAVA_FLOAT);
  }

  /**
   * Overwrites all elements.
   *
   * @throws IllegalArgumentException if there are not exactly as many
   */
  public void set(float... values) {
    if (values.length != elements()) {
      throw new IllegalArgumentException(
          path
              + ": expected "
              + elements()
              + " values for shape "
              + shape
              + ", found "
              + values.length);
    }
    MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
  }
}

package org.panagrad.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;

/** A block of native floats between sentinels, with gaps between its rows if ld exceeds cols. */
final class Block {
  private static final int MARGIN = 37;
  private static final int SENTINEL = 0x4b5a17ed;

  final MemorySegment segment;
  final int rows;
  final int cols;
  final int ld;

  Block(Arena arena, int rows, int cols, int ld) {
    this.rows = rows;
    this.cols = cols;
    this.ld = ld;
    long floats = 2L * MARGIN + (long) rows * ld;
    segment = arena.allocate(floats * Float.BYTES, 64);
    for (long i = 0; i < floats; i++) {
      segment.setAtIndex(ValueLayout.JAVA_INT, i, SENTINEL);
    }
  }

  long offset() {
    return 4L * MARGIN;
  }

  private long index(int r, int c) {
    return MARGIN + (long) r * ld + c;
  }

  float get(int r, int c) {
    return segment.getAtIndex(ValueLayout.JAVA_FLOAT, index(r, c));
  }

  void set(int r, int c, float value) {
    segment.setAtIndex(ValueLayout.JAVA_FLOAT, index(r, c), value);
  }

  int getInt(int r, int c) {
    return segment.getAtIndex(ValueLayout.JAVA_INT, index(r, c));
  }

  void setInt(int r, int c, int value) {
    segment.setAtIndex(ValueLayout.JAVA_INT, index(r, c), value);
  }

  Block fill(Values values, RandomGenerator random) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        set(r, c, values.next(random));
      }
    }
    return this;
  }

  Block copyOf(Arena arena) {
    Block copy = new Block(arena, rows, cols, ld);
    copy.segment.copyFrom(segment);
    return copy;
  }

  double[][] toDoubles() {
    double[][] values = new double[rows][cols];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        values[r][c] = get(r, c);
      }
    }
    return values;
  }

  /** The margins and the gaps are as they were made. */
  boolean sentinelsIntact() {
    long floats = segment.byteSize() / Float.BYTES;
    for (long i = 0; i < floats; i++) {
      long inside = i - MARGIN;
      boolean own = inside >= 0 && inside < (long) rows * ld && inside % ld < cols;
      if (!own && segment.getAtIndex(ValueLayout.JAVA_INT, i) != SENTINEL) {
        return false;
      }
    }
    return true;
  }

  /** First element in which the two differ in bits, all NaNs being one; -1 if none. */
  long mismatch(Block other) {
    long floats = segment.byteSize() / Float.BYTES;
    for (long i = 0; i < floats; i++) {
      float a = segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      float b = other.segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      if (Float.floatToIntBits(a) != Float.floatToIntBits(b)) {
        return i;
      }
    }
    return -1;
  }

  /** Where test values come from. */
  enum Values {
    NORMAL {
      @Override
      float next(RandomGenerator random) {
        return (float) (3 * random.nextGaussian());
      }
    },
    POSITIVE {
      @Override
      float next(RandomGenerator random) {
        return random.nextFloat() + 1e-3f;
      }
    },
    /** Any bit pattern: denormals, NaNs, infinities, all magnitudes. */
    BITS {
      @Override
      float next(RandomGenerator random) {
        return Float.intBitsToFloat(random.nextInt());
      }
    },
    SPECIAL {
      private static final float[] LIST = {
        0f,
        -0f,
        1f,
        -1f,
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        -Float.MIN_NORMAL,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        88.72284f,
        89f,
        -87.33655f,
        -103.97f,
        -104f,
        -105f,
        15f,
        -15f,
        0.625f,
        0.62499994f,
        -13.2f,
        1e-20f,
        -1e-20f,
        0.5f,
        2f
      };

      @Override
      float next(RandomGenerator random) {
        return LIST[random.nextInt(LIST.length)];
      }
    };

    abstract float next(RandomGenerator random);
  }
}

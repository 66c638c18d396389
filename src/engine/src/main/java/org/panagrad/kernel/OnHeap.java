package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.OffHeap.ALL;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Arrays through which the scalar loops of a first step see memory, {@link #MOST} elements at a
 * time.
 *
 * <p>For an element that is read from a segment a dozen methods of the JDK are interpreted, until
 * they are compiled: the activations of a first step took 60 ms by segments, and take 10 by arrays.
 */
final class OnHeap {
  static final int MOST = 512;

  // Per thread: new ones per row would be garbage.
  private static final ThreadLocal<OnHeap> ARRAYS = ThreadLocal.withInitial(OnHeap::new);

  final float[] w = new float[MOST];
  final float[] x = new float[MOST];
  final float[] y = new float[MOST];
  final float[] z = new float[MOST];
  final byte[] bytes = new byte[MOST];
  final float[] lanes = new float[Kernels.LANES]; // of ScalarLanes

  private OnHeap() {}

  /** This thread's arrays, with whatever was left in them. */
  static OnHeap arrays() {
    return ARRAYS.get();
  }

  static void read(long at, float[] to, int n) {
    MemorySegment.copy(ALL, FLOAT, at, to, 0, n);
  }

  static void read(long at, byte[] to, int n) {
    MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, at, to, 0, n);
  }

  static void write(float[] from, long at, int n) {
    MemorySegment.copy(from, 0, ALL, FLOAT, at, n);
  }
}

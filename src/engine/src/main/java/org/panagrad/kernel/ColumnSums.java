package org.panagrad.kernel;

/** What one pass down each column leaves for the passes after it. */
final class ColumnSums {
  private static final ThreadLocal<ColumnSums> OF_THREAD = ThreadLocal.withInitial(ColumnSums::new);

  /** The largest x. */
  final float[] maxima = new float[RowKernels.FOLD];

  /** Of exp(x - max). */
  final float[] sums = new float[RowKernels.FOLD];

  /** Of the targets. */
  final float[] masses = new float[RowKernels.FOLD];

  /** Of target * (x - max). */
  final float[] dots = new float[RowKernels.FOLD];

  /** Mass / sum. */
  final float[] factors = new float[RowKernels.FOLD];

  private ColumnSums() {}

  static ColumnSums ofThread() {
    return OF_THREAD.get();
  }
}

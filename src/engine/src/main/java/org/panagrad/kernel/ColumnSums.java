package org.panagrad.kernel;

/** What one pass down each column leaves for the pass that takes logarithms. */
final class ColumnSums {
  private static final ThreadLocal<ColumnSums> OF_THREAD = ThreadLocal.withInitial(ColumnSums::new);

  /** Of exp(x - max). */
  final float[] sums = new float[RowKernels.FOLD];

  /** Of the targets. */
  final float[] masses = new float[RowKernels.FOLD];

  /** Of target * (x - max). */
  final float[] dots = new float[RowKernels.FOLD];

  private ColumnSums() {}

  static ColumnSums ofThread() {
    return OF_THREAD.get();
  }
}

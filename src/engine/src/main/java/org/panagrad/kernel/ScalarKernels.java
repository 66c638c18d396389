package org.panagrad.kernel;

/** The kernels in plain Java: the oracle of the vector ones, and what serves without them. */
public sealed class ScalarKernels extends RowKernels permits VectorKernels {
  /** The kernels; they have no state. */
  public ScalarKernels() {}

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public int vectorBits() {
    return Float.SIZE;
  }

  @Override
  void forward(Activation f, float slope, long z, float bias, boolean keep, long y, int n) {
    ScalarActivations.forward(f, slope, z, bias, keep, y, n);
  }

  @Override
  void backward(
      Activation f, float slope, long saved, long dy, long dx, int n, boolean accumulate) {
    ScalarActivations.backward(f, slope, saved, dy, dx, n, accumulate);
  }

  @Override
  void transposeRows(long x, long ldx, long y, long ldy, int rows, int cols) {
    ScalarRows.transpose(x, ldx, y, ldy, rows, cols);
  }

  @Override
  float sum(long x, int n) {
    return ScalarRows.sum(x, n);
  }

  @Override
  void copyRow(long x, long y, int n, boolean accumulate) {
    ScalarRows.copyRow(x, y, n, accumulate);
  }

  @Override
  void addRow(long x, long y, long z, int n) {
    ScalarRows.addRow(x, y, z, n);
  }

  @Override
  void addColumn(long z, long bias, int rows, int shift) {
    ScalarRows.addColumn(z, bias, rows, shift);
  }

  @Override
  void dropoutRow(
      long x,
      long y,
      int n,
      int firstKey,
      int secondKey,
      int index,
      int threshold,
      float scale,
      boolean accumulate) {
    ScalarRows.dropoutRow(x, y, n, firstKey, secondKey, index, threshold, scale, accumulate);
  }

  @Override
  float deviations(long x, float mean, int n) {
    return ScalarNorm.deviations(x, mean, n);
  }

  @Override
  float deviationProducts(long dy, long x, float mean, int n) {
    return ScalarNorm.deviationProducts(dy, x, mean, n);
  }

  @Override
  void normalizeRow(long x, float mean, float scale, float shift, long y, int n) {
    ScalarNorm.normalizeRow(x, mean, scale, shift, y, n);
  }

  @Override
  void normalizeRowBackward(
      long x,
      float mean,
      float slope,
      long dy,
      float meanDy,
      float scale,
      long dx,
      int n,
      boolean accumulate) {
    ScalarNorm.normalizeRowBackward(x, mean, slope, dy, meanDy, scale, dx, n, accumulate);
  }

  @Override
  float normalizedProducts(long dy, long x, long saved, long savedStride, int n) {
    return ScalarNorm.normalizedProducts(dy, x, saved, savedStride, n);
  }

  @Override
  void layerNormColumns(
      long x,
      long xStride,
      long weight,
      long bias,
      long saved,
      long savedStride,
      long y,
      long yStride,
      int rows,
      int cols,
      float epsilon) {
    ScalarNorm.layerNormColumns(
        x, xStride, weight, bias, saved, savedStride, y, yStride, rows, cols, epsilon);
  }

  @Override
  void layerNormColumnsBackward(
      long x,
      long xStride,
      long weight,
      long saved,
      long savedStride,
      long dy,
      long dyStride,
      long dx,
      long dxStride,
      int rows,
      int cols,
      boolean accumulate) {
    ScalarNorm.layerNormColumnsBackward(
        x, xStride, weight, saved, savedStride, dy, dyStride, dx, dxStride, rows, cols, accumulate);
  }

  @Override
  void softmaxColumns(long x, long xStride, long y, long yStride, int rows, int cols) {
    ScalarSoftmax.softmaxColumns(x, xStride, y, yStride, rows, cols);
  }

  @Override
  float crossEntropyColumns(
      long x,
      long xStride,
      long targets,
      long dx,
      long dxStride,
      int classes,
      int cols,
      float gradientScale) {
    return ScalarSoftmax.crossEntropyColumns(
        x, xStride, targets, dx, dxStride, classes, cols, gradientScale);
  }

  @Override
  float crossEntropyDenseColumns(
      long x,
      long xStride,
      long targets,
      long targetsStride,
      long dx,
      long dxStride,
      int classes,
      int cols,
      float gradientScale) {
    return ScalarSoftmax.crossEntropyDenseColumns(
        x, xStride, targets, targetsStride, dx, dxStride, classes, cols, gradientScale);
  }

  @Override
  float lossRow(
      ElementLoss loss,
      float delta,
      long p,
      long t,
      long w,
      boolean weighted,
      long dp,
      int n,
      float gradientScale) {
    return ScalarLosses.lossRow(loss, delta, p, t, w, weighted, dp, n, gradientScale);
  }

  @Override
  int correctColumns(long x, long xStride, long targets, int classes, int cols) {
    return ScalarSoftmax.correctColumns(x, xStride, targets, classes, cols);
  }

  @Override
  void sgdRange(long w, long g, int n, float learningRate, float weightDecay) {
    ScalarOptimizers.sgdRange(w, g, n, learningRate, weightDecay);
  }

  @Override
  void momentumRange(
      long w,
      long g,
      long v,
      int n,
      float learningRate,
      float momentum,
      boolean nesterov,
      float weightDecay) {
    ScalarOptimizers.momentumRange(w, g, v, n, learningRate, momentum, nesterov, weightDecay);
  }

  @Override
  void rmsPropRange(
      long w,
      long g,
      long s,
      int n,
      float learningRate,
      float alpha,
      float complement,
      float epsilon,
      float weightDecay) {
    ScalarOptimizers.rmsPropRange(
        w, g, s, n, learningRate, alpha, complement, epsilon, weightDecay);
  }

  @Override
  void adamRange(
      long w,
      long g,
      long m,
      long v,
      int n,
      float beta1,
      float complement1,
      float beta2,
      float complement2,
      float epsilon,
      float shrink,
      float penalty,
      float stepSize,
      float inverseSqrtCorrection2) {
    ScalarOptimizers.adamRange(
        w,
        g,
        m,
        v,
        n,
        beta1,
        complement1,
        beta2,
        complement2,
        epsilon,
        shrink,
        penalty,
        stepSize,
        inverseSqrtCorrection2);
  }

  @Override
  void bytesRange(long x, long y, int n, float scale, float shift) {
    ScalarRows.bytesRange(x, y, n, scale, shift);
  }

  @Override
  void scaleRange(long y, int n, float scale, float shift) {
    ScalarRows.scaleRange(y, n, scale, shift);
  }

  @Override
  void clampRange(long g, int n, float limit) {
    ScalarOptimizers.clampRange(g, n, limit);
  }

  @Override
  void signRange(long w, long g, int n, float factor) {
    ScalarOptimizers.signRange(w, g, n, factor);
  }

  @Override
  boolean finiteRange(long x, int n) {
    return ScalarRows.finiteRange(x, n);
  }

  @Override
  float squares(long x, int n) {
    return ScalarRows.squares(x, n);
  }
}

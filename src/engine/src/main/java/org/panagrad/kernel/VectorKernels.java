package org.panagrad.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The kernels on the Vector API. Short rows are left to the scalar ones, and so is everything until
 * the vector form of a kernel is compiled ({@link WarmUp}).
 */
public final class VectorKernels extends ScalarKernels {
  private final int bits;
  private final WarmUp[] forward;
  private final WarmUp[] backward;
  private final WarmUp transposeRows;
  private final WarmUp sum;
  private final WarmUp copyRow;
  private final WarmUp addRow;
  private final WarmUp addColumn;
  private final WarmUp dropoutRow;
  private final WarmUp deviations;
  private final WarmUp deviationProducts;
  private final WarmUp normalizeRow;
  private final WarmUp normalizeRowBackward;
  private final WarmUp normalizedProducts;
  private final WarmUp layerNormColumns;
  private final WarmUp layerNormColumnsBackward;
  private final WarmUp softmaxColumns;
  private final WarmUp crossEntropyColumns;
  private final WarmUp crossEntropyDenseColumns;
  private final WarmUp[] lossRow;
  private final WarmUp correctColumns;
  private final WarmUp sgdRange;
  private final WarmUp momentumRange;
  private final WarmUp rmsPropRange;
  private final WarmUp adamRange;
  private final WarmUp bytesRange;
  private final WarmUp scaleRange;
  private final WarmUp clampRange;
  private final WarmUp signRange;
  private final WarmUp finiteRange;
  private final WarmUp squares;

  /** The kernels, all of which serve from the start. */
  public VectorKernels() {
    this(null);
  }

  /**
   * The kernels, each of which serves when it is compiled.
   *
   * @param trials when they are tried; null if all serve from the start
   */
  VectorKernels(@Nullable Trials trials) {
    // Not from Lanes: what is in it takes longer to make than a first step has, and a wrong width
    // is to be refused here, not in a class initialiser.
    bits = VectorWidth.bits();
    int least = bits / Float.SIZE;
    forward = each(Activation.values().length, least, trials);
    backward = each(Activation.values().length, least, trials);
    transposeRows = new WarmUp(least, trials);
    sum = new WarmUp(least, trials);
    copyRow = new WarmUp(least, trials);
    addRow = new WarmUp(least, trials);
    addColumn = new WarmUp(least, trials);
    dropoutRow = new WarmUp(least, trials);
    deviations = new WarmUp(least, trials);
    deviationProducts = new WarmUp(least, trials);
    normalizeRow = new WarmUp(least, trials);
    normalizeRowBackward = new WarmUp(least, trials);
    normalizedProducts = new WarmUp(least, trials);
    layerNormColumns = new WarmUp(least, trials);
    layerNormColumnsBackward = new WarmUp(least, trials);
    softmaxColumns = new WarmUp(least, trials);
    crossEntropyColumns = new WarmUp(least, trials);
    crossEntropyDenseColumns = new WarmUp(least, trials);
    lossRow = each(ElementLoss.values().length, least, trials);
    correctColumns = new WarmUp(least, trials);
    sgdRange = new WarmUp(least, trials);
    momentumRange = new WarmUp(least, trials);
    rmsPropRange = new WarmUp(least, trials);
    adamRange = new WarmUp(least, trials);
    bytesRange = new WarmUp(least, trials);
    scaleRange = new WarmUp(least, trials);
    clampRange = new WarmUp(least, trials);
    signRange = new WarmUp(least, trials);
    finiteRange = new WarmUp(least, trials);
    squares = new WarmUp(least, trials);
  }

  private static WarmUp[] each(int forms, int least, @Nullable Trials trials) {
    WarmUp[] each = new WarmUp[forms];
    Arrays.setAll(each, i -> new WarmUp(least, trials));
    return each;
  }

  // By the index that each() has them in; a map would look for the class of its key in every row.
  @SuppressWarnings("EnumOrdinal")
  private static WarmUp of(WarmUp[] each, Enum<?> form) {
    return each[form.ordinal()];
  }

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public int vectorBits() {
    return bits;
  }

  /** Whether the kernel that scales serves; for tests. */
  boolean scales() {
    return scaleRange.serves();
  }

  @Override
  void forward(Activation f, float slope, long z, float bias, boolean keep, long y, int n) {
    WarmUp form = of(forward, f);
    int part = form.part(n);
    if (part > 0) {
      VectorActivations.forward(f, slope, z, bias, keep, y, part);
      form.ran(part);
    }
    if (part < n) {
      super.forward(f, slope, z + 4L * part, bias, keep, y + 4L * part, n - part);
    }
  }

  @Override
  void backward(
      Activation f, float slope, long saved, long dy, long dx, int n, boolean accumulate) {
    WarmUp form = of(backward, f);
    int part = form.part(n);
    if (part > 0) {
      VectorActivations.backward(f, slope, saved, dy, dx, part, accumulate);
      form.ran(part);
    }
    if (part < n) {
      super.backward(
          f, slope, saved + 4L * part, dy + 4L * part, dx + 4L * part, n - part, accumulate);
    }
  }

  @Override
  void transposeRows(long x, long ldx, long y, long ldy, int rows, int cols) {
    if (!transposeRows.takes(Math.min(rows, cols))) {
      super.transposeRows(x, ldx, y, ldy, rows, cols);
      return;
    }
    VectorTranspose.transpose(x, ldx, y, ldy, rows, cols);
    transposeRows.ran((long) rows * cols);
  }

  @Override
  float sum(long x, int n) {
    if (!sum.takes(n)) {
      return super.sum(x, n);
    }
    float result = VectorRows.sum(x, n);
    sum.ran(n);
    return result;
  }

  @Override
  void copyRow(long x, long y, int n, boolean accumulate) {
    int part = copyRow.part(n);
    if (part > 0) {
      VectorRows.copyRow(x, y, part, accumulate);
      copyRow.ran(part);
    }
    if (part < n) {
      super.copyRow(x + 4L * part, y + 4L * part, n - part, accumulate);
    }
  }

  @Override
  void addRow(long x, long y, long z, int n) {
    int part = addRow.part(n);
    if (part > 0) {
      VectorRows.addRow(x, y, z, part);
      addRow.ran(part);
    }
    if (part < n) {
      super.addRow(x + 4L * part, y + 4L * part, z + 4L * part, n - part);
    }
  }

  @Override
  void addColumn(long z, long bias, int rows, int shift) {
    if (!addColumn.takes(1 << shift)) {
      super.addColumn(z, bias, rows, shift);
      return;
    }
    VectorRows.addColumn(z, bias, rows, shift);
    addColumn.ran((long) rows << shift);
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
    int part = dropoutRow.part(n);
    if (part > 0) {
      VectorRows.dropoutRow(x, y, part, firstKey, secondKey, index, threshold, scale, accumulate);
      dropoutRow.ran(part);
    }
    if (part < n) {
      super.dropoutRow(
          x + 4L * part,
          y + 4L * part,
          n - part,
          firstKey,
          secondKey,
          index + part,
          threshold,
          scale,
          accumulate);
    }
  }

  @Override
  float deviations(long x, float mean, int n) {
    if (!deviations.takes(n)) {
      return super.deviations(x, mean, n);
    }
    float result = VectorNorm.deviations(x, mean, n);
    deviations.ran(n);
    return result;
  }

  @Override
  float deviationProducts(long dy, long x, float mean, int n) {
    if (!deviationProducts.takes(n)) {
      return super.deviationProducts(dy, x, mean, n);
    }
    float result = VectorNorm.deviationProducts(dy, x, mean, n);
    deviationProducts.ran(n);
    return result;
  }

  @Override
  void normalizeRow(long x, float mean, float scale, float shift, long y, int n) {
    int part = normalizeRow.part(n);
    if (part > 0) {
      VectorNorm.normalizeRow(x, mean, scale, shift, y, part);
      normalizeRow.ran(part);
    }
    if (part < n) {
      super.normalizeRow(x + 4L * part, mean, scale, shift, y + 4L * part, n - part);
    }
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
    int part = normalizeRowBackward.part(n);
    if (part > 0) {
      VectorNorm.normalizeRowBackward(x, mean, slope, dy, meanDy, scale, dx, part, accumulate);
      normalizeRowBackward.ran(part);
    }
    if (part < n) {
      super.normalizeRowBackward(
          x + 4L * part,
          mean,
          slope,
          dy + 4L * part,
          meanDy,
          scale,
          dx + 4L * part,
          n - part,
          accumulate);
    }
  }

  @Override
  float normalizedProducts(long dy, long x, long saved, long savedStride, int n) {
    if (!normalizedProducts.takes(n)) {
      return super.normalizedProducts(dy, x, saved, savedStride, n);
    }
    float result = VectorNorm.normalizedProducts(dy, x, saved, savedStride, n);
    normalizedProducts.ran(n);
    return result;
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
    if (!layerNormColumns.takes(cols)) {
      super.layerNormColumns(
          x, xStride, weight, bias, saved, savedStride, y, yStride, rows, cols, epsilon);
      return;
    }
    VectorNorm.layerNormColumns(
        x, xStride, weight, bias, saved, savedStride, y, yStride, rows, cols, epsilon);
    layerNormColumns.ran((long) rows * cols);
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
    if (!layerNormColumnsBackward.takes(cols)) {
      super.layerNormColumnsBackward(
          x,
          xStride,
          weight,
          saved,
          savedStride,
          dy,
          dyStride,
          dx,
          dxStride,
          rows,
          cols,
          accumulate);
      return;
    }
    VectorNorm.layerNormColumnsBackward(
        x, xStride, weight, saved, savedStride, dy, dyStride, dx, dxStride, rows, cols, accumulate);
    layerNormColumnsBackward.ran((long) rows * cols);
  }

  @Override
  void softmaxColumns(long x, long xStride, long y, long yStride, int rows, int cols) {
    if (!softmaxColumns.takes(cols)) {
      super.softmaxColumns(x, xStride, y, yStride, rows, cols);
      return;
    }
    VectorSoftmax.softmaxColumns(x, xStride, y, yStride, rows, cols);
    softmaxColumns.ran((long) rows * cols);
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
    if (!crossEntropyColumns.takes(cols)) {
      return super.crossEntropyColumns(
          x, xStride, targets, dx, dxStride, classes, cols, gradientScale);
    }
    float result =
        VectorSoftmax.crossEntropyColumns(
            x, xStride, targets, dx, dxStride, classes, cols, gradientScale);
    crossEntropyColumns.ran((long) classes * cols);
    return result;
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
    if (!crossEntropyDenseColumns.takes(cols)) {
      return super.crossEntropyDenseColumns(
          x, xStride, targets, targetsStride, dx, dxStride, classes, cols, gradientScale);
    }
    float result =
        VectorSoftmax.crossEntropyDenseColumns(
            x, xStride, targets, targetsStride, dx, dxStride, classes, cols, gradientScale);
    crossEntropyDenseColumns.ran((long) classes * cols);
    return result;
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
    WarmUp form = of(lossRow, loss);
    if (!form.takes(n)) {
      return super.lossRow(loss, delta, p, t, w, weighted, dp, n, gradientScale);
    }
    float result = VectorLosses.lossRow(loss, delta, p, t, w, weighted, dp, n, gradientScale);
    form.ran(n);
    return result;
  }

  @Override
  int correctColumns(long x, long xStride, long targets, int classes, int cols) {
    if (!correctColumns.takes(cols)) {
      return super.correctColumns(x, xStride, targets, classes, cols);
    }
    int result = VectorSoftmax.correctColumns(x, xStride, targets, classes, cols);
    correctColumns.ran((long) classes * cols);
    return result;
  }

  @Override
  void sgdRange(long w, long g, int n, float learningRate, float weightDecay) {
    int part = sgdRange.part(n);
    if (part > 0) {
      VectorOptimizers.sgdRange(w, g, part, learningRate, weightDecay);
      sgdRange.ran(part);
    }
    if (part < n) {
      super.sgdRange(w + 4L * part, g + 4L * part, n - part, learningRate, weightDecay);
    }
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
    int part = momentumRange.part(n);
    if (part > 0) {
      VectorOptimizers.momentumRange(w, g, v, part, learningRate, momentum, nesterov, weightDecay);
      momentumRange.ran(part);
    }
    if (part < n) {
      super.momentumRange(
          w + 4L * part,
          g + 4L * part,
          v + 4L * part,
          n - part,
          learningRate,
          momentum,
          nesterov,
          weightDecay);
    }
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
    int part = rmsPropRange.part(n);
    if (part > 0) {
      VectorOptimizers.rmsPropRange(
          w, g, s, part, learningRate, alpha, complement, epsilon, weightDecay);
      rmsPropRange.ran(part);
    }
    if (part < n) {
      super.rmsPropRange(
          w + 4L * part,
          g + 4L * part,
          s + 4L * part,
          n - part,
          learningRate,
          alpha,
          complement,
          epsilon,
          weightDecay);
    }
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
    int part = adamRange.part(n);
    if (part > 0) {
      VectorOptimizers.adamRange(
          w,
          g,
          m,
          v,
          part,
          beta1,
          complement1,
          beta2,
          complement2,
          epsilon,
          shrink,
          penalty,
          stepSize,
          inverseSqrtCorrection2);
      adamRange.ran(part);
    }
    if (part < n) {
      super.adamRange(
          w + 4L * part,
          g + 4L * part,
          m + 4L * part,
          v + 4L * part,
          n - part,
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
  }

  @Override
  void bytesRange(long x, long y, int n, float scale, float shift) {
    int part = bytesRange.part(n);
    if (part > 0) {
      VectorRows.bytesRange(x, y, part, scale, shift);
      bytesRange.ran(part);
    }
    if (part < n) {
      super.bytesRange(x + part, y + 4L * part, n - part, scale, shift);
    }
  }

  @Override
  void scaleRange(long y, int n, float scale, float shift) {
    int part = scaleRange.part(n);
    if (part > 0) {
      VectorRows.scaleRange(y, part, scale, shift);
      scaleRange.ran(part);
    }
    if (part < n) {
      super.scaleRange(y + 4L * part, n - part, scale, shift);
    }
  }

  @Override
  void clampRange(long g, int n, float limit) {
    int part = clampRange.part(n);
    if (part > 0) {
      VectorOptimizers.clampRange(g, part, limit);
      clampRange.ran(part);
    }
    if (part < n) {
      super.clampRange(g + 4L * part, n - part, limit);
    }
  }

  @Override
  void signRange(long w, long g, int n, float factor) {
    int part = signRange.part(n);
    if (part > 0) {
      VectorOptimizers.signRange(w, g, part, factor);
      signRange.ran(part);
    }
    if (part < n) {
      super.signRange(w + 4L * part, g + 4L * part, n - part, factor);
    }
  }

  @Override
  boolean finiteRange(long x, int n) {
    int part = finiteRange.part(n);
    if (part > 0) {
      boolean finite = VectorRows.finiteRange(x, part);
      finiteRange.ran(part);
      if (!finite) {
        return false;
      }
    }
    return part == n || super.finiteRange(x + 4L * part, n - part);
  }

  @Override
  float squares(long x, int n) {
    if (!squares.takes(n)) {
      return super.squares(x, n);
    }
    float result = VectorRows.squares(x, n);
    squares.ran(n);
    return result;
  }
}

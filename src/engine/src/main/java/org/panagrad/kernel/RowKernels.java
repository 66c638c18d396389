package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/**
 * What the two implementations share: checks, the walk over rows, and the cutting of long ranges.
 *
 * <p>Only the innermost loops differ; each takes one stretch of consecutive elements, so that its
 * induction variable is an int. Blocks without gaps are one long row where rows do not matter.
 */
abstract sealed class RowKernels implements Kernels permits ScalarKernels, VectorKernels {
  /** x + -0.0f is x for every x, -0 included: the bias of a layer that has none. */
  private static final float NO_BIAS = -0.0f;

  /**
   * Columns of rows so short that a loop for each costs more than going over all of them twice: 128
   * vectors in rows of four took 0.5 us, and twice in one go 0.2.
   */
  private static final int SHORT_ROW = 256;

  /** Elements that are still near when they are gone over again. */
  private static final int NEAR = 1 << 15;

  /** Elements in one loop over a long range. */
  private static final int STRETCH = 1 << 20;

  /** Elements whose float lanes are folded before they are added up in double. */
  static final int FOLD = 1024;

  @Override
  public final void biasActivate(
      Activation f,
      float slope,
      MemorySegment z,
      long zOffset,
      int ldz,
      MemorySegment bias,
      long biasOffset,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols) {
    checkSlope(f, slope);
    Bounds.block("z", z, zOffset, ldz, rows, cols);
    Bounds.floats("bias", bias, biasOffset, rows);
    Bounds.block("y", y, yOffset, ldy, rows, cols);
    if (cols == 0) {
      return;
    }
    if (cols == 1 && ldz == 1 && ldy == 1) {
      // A single example: its features lie side by side as the biases do.
      addRow(z, zOffset, bias, biasOffset, z, zOffset, rows);
      forward(f, slope, z, zOffset, NO_BIAS, false, y, yOffset, rows);
      return;
    }
    boolean keep = !(z.equals(y) && zOffset == yOffset);
    if (ldz == cols && ldy == cols && isShort(cols) && (long) rows * cols <= NEAR) {
      addColumn(z, zOffset, bias, biasOffset, rows, Integer.numberOfTrailingZeros(cols));
      if (keep || f != Activation.IDENTITY) {
        forward(f, slope, z, zOffset, NO_BIAS, false, y, yOffset, rows * cols);
      }
      return;
    }
    for (int r = 0; r < rows; r++) {
      float b = bias.get(Bounds.FLOAT, biasOffset + 4L * r);
      long zRow = zOffset + 4L * r * ldz;
      long yRow = yOffset + 4L * r * ldy;
      forward(f, slope, z, zRow, b, keep, y, yRow, cols);
    }
  }

  /** Whether rows are short, and of whole vectors whose row a shift tells. */
  private static boolean isShort(int cols) {
    return cols >= LANES && cols <= SHORT_ROW && Integer.bitCount(cols) == 1;
  }

  @Override
  public final void activate(
      Activation f,
      float slope,
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols) {
    checkSlope(f, slope);
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.block("y", y, yOffset, ldy, rows, cols);
    if (cols == 0) {
      return;
    }
    boolean flat = ldx == cols && ldy == cols && isInt((long) rows * cols);
    int rowCount = flat ? Math.min(rows, 1) : rows;
    int length = flat ? rows * cols : cols;
    for (int r = 0; r < rowCount; r++) {
      long xRow = xOffset + 4L * r * ldx;
      long yRow = yOffset + 4L * r * ldy;
      forward(f, slope, x, xRow, NO_BIAS, false, y, yRow, length);
    }
  }

  @Override
  public final void activateBackward(
      Activation f,
      float slope,
      MemorySegment saved,
      long savedOffset,
      int ldSaved,
      MemorySegment dy,
      long dyOffset,
      int lddy,
      MemorySegment dx,
      long dxOffset,
      int lddx,
      int rows,
      int cols,
      boolean accumulate) {
    checkSlope(f, slope);
    Bounds.block("dy", dy, dyOffset, lddy, rows, cols);
    Bounds.block("dx", dx, dxOffset, lddx, rows, cols);
    if (f == Activation.IDENTITY) {
      copyRows(dy, dyOffset, lddy, dx, dxOffset, lddx, rows, cols, accumulate);
      return;
    }
    Bounds.block("saved", saved, savedOffset, ldSaved, rows, cols);
    if (cols == 0) {
      return;
    }
    boolean flat = ldSaved == cols && lddy == cols && lddx == cols && isInt((long) rows * cols);
    int rowCount = flat ? Math.min(rows, 1) : rows;
    int length = flat ? rows * cols : cols;
    for (int r = 0; r < rowCount; r++) {
      long savedRow = savedOffset + 4L * r * ldSaved;
      long dyRow = dyOffset + 4L * r * lddy;
      long dxRow = dxOffset + 4L * r * lddx;
      backward(f, slope, saved, savedRow, dy, dyRow, dx, dxRow, length, accumulate);
    }
  }

  @Override
  public final void transpose(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols) {
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.block("y", y, yOffset, ldy, cols, rows);
    transposeRows(x, xOffset, 4L * ldx, y, yOffset, 4L * ldy, rows, cols);
  }

  @Override
  public final void rowSums(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment out,
      long outOffset,
      int rows,
      int cols,
      boolean accumulate) {
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.floats("out", out, outOffset, rows);
    if (cols == 0) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      float sum = sum(x, xOffset + 4L * r * ldx, cols);
      long at = outOffset + 4L * r;
      out.set(Bounds.FLOAT, at, accumulate ? out.get(Bounds.FLOAT, at) + sum : sum);
    }
  }

  @Override
  public final void copy(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols,
      boolean accumulate) {
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.block("y", y, yOffset, ldy, rows, cols);
    copyRows(x, xOffset, ldx, y, yOffset, ldy, rows, cols, accumulate);
  }

  private void copyRows(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols,
      boolean accumulate) {
    if (cols == 0) {
      return;
    }
    boolean flat = ldx == cols && ldy == cols && isInt((long) rows * cols);
    int rowCount = flat ? Math.min(rows, 1) : rows;
    int length = flat ? rows * cols : cols;
    for (int r = 0; r < rowCount; r++) {
      copyRow(x, xOffset + 4L * r * ldx, y, yOffset + 4L * r * ldy, length, accumulate);
    }
  }

  @Override
  public final void add(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment y,
      long yOffset,
      int ldy,
      MemorySegment z,
      long zOffset,
      int ldz,
      int rows,
      int cols) {
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.block("y", y, yOffset, ldy, rows, cols);
    Bounds.block("z", z, zOffset, ldz, rows, cols);
    if (cols == 0) {
      return;
    }
    boolean flat = ldx == cols && ldy == cols && ldz == cols && isInt((long) rows * cols);
    int rowCount = flat ? Math.min(rows, 1) : rows;
    int length = flat ? rows * cols : cols;
    for (int r = 0; r < rowCount; r++) {
      long xRow = xOffset + 4L * r * ldx;
      long yRow = yOffset + 4L * r * ldy;
      addRow(x, xRow, y, yRow, z, zOffset + 4L * r * ldz, length);
    }
  }

  @Override
  public final void dropout(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols,
      long key,
      int firstIndex,
      int indexStride,
      float dropProbability,
      boolean accumulate) {
    int threshold = DropoutMask.threshold(dropProbability);
    float scale = 1f / (1f - dropProbability);
    int firstKey = DropoutMask.firstKey(key);
    int secondKey = DropoutMask.secondKey(key);
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.block("y", y, yOffset, ldy, rows, cols);
    if (cols == 0) {
      return;
    }
    boolean flat = ldx == cols && ldy == cols && indexStride == cols && isInt((long) rows * cols);
    int rowCount = flat ? Math.min(rows, 1) : rows;
    int length = flat ? rows * cols : cols;
    for (int r = 0; r < rowCount; r++) {
      int index = firstIndex + r * indexStride;
      long xRow = xOffset + 4L * r * ldx;
      long yRow = yOffset + 4L * r * ldy;
      dropoutRow(
          x, xRow, y, yRow, length, firstKey, secondKey, index, threshold, scale, accumulate);
    }
  }

  @Override
  public final void batchNorm(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment weight,
      long weightOffset,
      MemorySegment bias,
      long biasOffset,
      MemorySegment runningMean,
      long runningMeanOffset,
      MemorySegment runningVar,
      long runningVarOffset,
      MemorySegment saved,
      long savedOffset,
      int ldSaved,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols,
      double epsilon,
      double momentum) {
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.floats("weight", weight, weightOffset, rows);
    Bounds.floats("bias", bias, biasOffset, rows);
    Bounds.floats("running mean", runningMean, runningMeanOffset, rows);
    Bounds.floats("running variance", runningVar, runningVarOffset, rows);
    Bounds.block("saved", saved, savedOffset, ldSaved, 4, rows);
    Bounds.block("y", y, yOffset, ldy, rows, cols);
    if (cols == 0) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      long xRow = xOffset + 4L * r * ldx;
      long at = 4L * r;
      double sum = 0;
      for (long c = 0; c < cols; c += FOLD) {
        sum += sum(x, xRow + 4L * c, (int) Math.min(FOLD, cols - c));
      }
      float mean = (float) (sum / cols);
      double squares = 0;
      for (long c = 0; c < cols; c += FOLD) {
        squares += deviations(x, xRow + 4L * c, mean, (int) Math.min(FOLD, cols - c));
      }
      double variance = squares / cols;
      float inverse = (float) (1 / Math.sqrt(variance + epsilon));
      saved.set(Bounds.FLOAT, savedOffset + at, mean);
      saved.set(Bounds.FLOAT, savedOffset + 4L * ldSaved + at, inverse);
      double unbiased = cols == 1 ? variance : squares / (cols - 1);
      if (Double.isFinite(unbiased)) {
        move(runningMean, runningMeanOffset + at, momentum, mean);
        move(runningVar, runningVarOffset + at, momentum, unbiased);
      }
      float scale = inverse * weight.get(Bounds.FLOAT, weightOffset + at);
      float shift = bias.get(Bounds.FLOAT, biasOffset + at);
      normalizeRow(x, xRow, mean, scale, shift, y, yOffset + 4L * r * ldy, cols);
    }
  }

  private static void move(MemorySegment running, long at, double momentum, double towards) {
    double value = (1 - momentum) * running.get(Bounds.FLOAT, at) + momentum * towards;
    running.set(Bounds.FLOAT, at, (float) value);
  }

  @Override
  public final void batchNormRunning(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment weight,
      long weightOffset,
      MemorySegment bias,
      long biasOffset,
      MemorySegment runningMean,
      long runningMeanOffset,
      MemorySegment runningVar,
      long runningVarOffset,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols,
      double epsilon) {
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.floats("weight", weight, weightOffset, rows);
    Bounds.floats("bias", bias, biasOffset, rows);
    Bounds.floats("running mean", runningMean, runningMeanOffset, rows);
    Bounds.floats("running variance", runningVar, runningVarOffset, rows);
    Bounds.block("y", y, yOffset, ldy, rows, cols);
    if (cols == 0) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      long at = 4L * r;
      double variance = runningVar.get(Bounds.FLOAT, runningVarOffset + at);
      float inverse = (float) (1 / Math.sqrt(variance + epsilon));
      float mean = runningMean.get(Bounds.FLOAT, runningMeanOffset + at);
      float scale = inverse * weight.get(Bounds.FLOAT, weightOffset + at);
      float shift = bias.get(Bounds.FLOAT, biasOffset + at);
      long xRow = xOffset + 4L * r * ldx;
      normalizeRow(x, xRow, mean, scale, shift, y, yOffset + 4L * r * ldy, cols);
    }
  }

  @Override
  public final void batchNormSums(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment dy,
      long dyOffset,
      int lddy,
      MemorySegment saved,
      long savedOffset,
      int ldSaved,
      int rows,
      int cols) {
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.block("dy", dy, dyOffset, lddy, rows, cols);
    Bounds.block("saved", saved, savedOffset, ldSaved, 4, rows);
    if (cols == 0) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      long xRow = xOffset + 4L * r * ldx;
      long dyRow = dyOffset + 4L * r * lddy;
      long at = savedOffset + 4L * r;
      float mean = saved.get(Bounds.FLOAT, at);
      float inverse = saved.get(Bounds.FLOAT, at + 4L * ldSaved);
      double sum = 0;
      double products = 0;
      for (long c = 0; c < cols; c += FOLD) {
        int n = (int) Math.min(FOLD, cols - c);
        sum += sum(dy, dyRow + 4L * c, n);
        products += deviationProducts(dy, dyRow + 4L * c, x, xRow + 4L * c, mean, n);
      }
      saved.set(Bounds.FLOAT, at + 8L * ldSaved, (float) sum);
      saved.set(Bounds.FLOAT, at + 12L * ldSaved, (float) (products * inverse));
    }
  }

  @Override
  public final void batchNormBackward(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment weight,
      long weightOffset,
      MemorySegment saved,
      long savedOffset,
      int ldSaved,
      MemorySegment dy,
      long dyOffset,
      int lddy,
      MemorySegment dx,
      long dxOffset,
      int lddx,
      int rows,
      int cols,
      boolean accumulate) {
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.floats("weight", weight, weightOffset, rows);
    Bounds.block("saved", saved, savedOffset, ldSaved, 4, rows);
    Bounds.block("dy", dy, dyOffset, lddy, rows, cols);
    Bounds.block("dx", dx, dxOffset, lddx, rows, cols);
    if (cols == 0) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      long at = savedOffset + 4L * r;
      float mean = saved.get(Bounds.FLOAT, at);
      float inverse = saved.get(Bounds.FLOAT, at + 4L * ldSaved);
      float meanDy = saved.get(Bounds.FLOAT, at + 8L * ldSaved) / cols;
      float slope = saved.get(Bounds.FLOAT, at + 12L * ldSaved) / cols * inverse;
      float scale = inverse * weight.get(Bounds.FLOAT, weightOffset + 4L * r);
      long xRow = xOffset + 4L * r * ldx;
      long dyRow = dyOffset + 4L * r * lddy;
      long dxRow = dxOffset + 4L * r * lddx;
      normalizeRowBackward(
          x, xRow, mean, slope, dy, dyRow, meanDy, scale, dx, dxRow, cols, accumulate);
    }
  }

  @Override
  public final void layerNorm(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment weight,
      long weightOffset,
      MemorySegment bias,
      long biasOffset,
      MemorySegment saved,
      long savedOffset,
      int ldSaved,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols,
      float epsilon) {
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.floats("weight", weight, weightOffset, rows);
    Bounds.floats("bias", bias, biasOffset, rows);
    Bounds.block("saved", saved, savedOffset, ldSaved, 2, cols);
    Bounds.block("y", y, yOffset, ldy, rows, cols);
    if (rows > 0) {
      layerNormColumns(
          x,
          xOffset,
          4L * ldx,
          weight,
          weightOffset,
          bias,
          biasOffset,
          saved,
          savedOffset,
          4L * ldSaved,
          y,
          yOffset,
          4L * ldy,
          rows,
          cols,
          epsilon);
    }
  }

  @Override
  public final void layerNormBackward(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment weight,
      long weightOffset,
      MemorySegment saved,
      long savedOffset,
      int ldSaved,
      MemorySegment dy,
      long dyOffset,
      int lddy,
      MemorySegment dx,
      long dxOffset,
      int lddx,
      int rows,
      int cols,
      boolean accumulate) {
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.floats("weight", weight, weightOffset, rows);
    Bounds.block("saved", saved, savedOffset, ldSaved, 2, cols);
    Bounds.block("dy", dy, dyOffset, lddy, rows, cols);
    Bounds.block("dx", dx, dxOffset, lddx, rows, cols);
    if (rows > 0) {
      layerNormColumnsBackward(
          x,
          xOffset,
          4L * ldx,
          weight,
          weightOffset,
          saved,
          savedOffset,
          4L * ldSaved,
          dy,
          dyOffset,
          4L * lddy,
          dx,
          dxOffset,
          4L * lddx,
          rows,
          cols,
          accumulate);
    }
  }

  @Override
  public final void layerNormWeightGradient(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment saved,
      long savedOffset,
      int ldSaved,
      MemorySegment dy,
      long dyOffset,
      int lddy,
      MemorySegment out,
      long outOffset,
      int rows,
      int cols,
      boolean accumulate) {
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.block("saved", saved, savedOffset, ldSaved, 2, cols);
    Bounds.block("dy", dy, dyOffset, lddy, rows, cols);
    Bounds.floats("out", out, outOffset, rows);
    if (cols == 0) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (long c = 0; c < cols; c += FOLD) {
        sum +=
            normalizedProducts(
                dy,
                dyOffset + 4L * r * lddy + 4L * c,
                x,
                xOffset + 4L * r * ldx + 4L * c,
                saved,
                savedOffset + 4L * c,
                4L * ldSaved,
                (int) Math.min(FOLD, cols - c));
      }
      long at = outOffset + 4L * r;
      float total = (float) sum;
      out.set(Bounds.FLOAT, at, accumulate ? out.get(Bounds.FLOAT, at) + total : total);
    }
  }

  @Override
  public final void softmax(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols) {
    Bounds.block("x", x, xOffset, ldx, rows, cols);
    Bounds.block("y", y, yOffset, ldy, rows, cols);
    if (rows > 0) {
      softmaxColumns(x, xOffset, 4L * ldx, y, yOffset, 4L * ldy, rows, cols);
    }
  }

  @Override
  public final double softmaxCrossEntropy(
      MemorySegment logits,
      long logitsOffset,
      int ldLogits,
      MemorySegment targets,
      long targetsOffset,
      MemorySegment dLogits,
      long dLogitsOffset,
      int ldDLogits,
      int classes,
      int cols,
      float gradientScale) {
    Bounds.block("logits", logits, logitsOffset, ldLogits, classes, cols);
    Bounds.block("dLogits", dLogits, dLogitsOffset, ldDLogits, classes, cols);
    Bounds.targets(targets, targetsOffset, classes, cols);
    double loss = 0;
    for (long c = 0; c < cols; c += FOLD) {
      loss +=
          crossEntropyColumns(
              logits,
              logitsOffset + 4L * c,
              4L * ldLogits,
              targets,
              targetsOffset + 4L * c,
              dLogits,
              dLogitsOffset + 4L * c,
              4L * ldDLogits,
              classes,
              (int) Math.min(FOLD, cols - c),
              gradientScale);
    }
    return loss;
  }

  @Override
  public final double softmaxCrossEntropyDense(
      MemorySegment logits,
      long logitsOffset,
      int ldLogits,
      MemorySegment targets,
      long targetsOffset,
      int ldTargets,
      MemorySegment dLogits,
      long dLogitsOffset,
      int ldDLogits,
      int classes,
      int cols,
      float gradientScale) {
    Bounds.block("logits", logits, logitsOffset, ldLogits, classes, cols);
    Bounds.block("targets", targets, targetsOffset, ldTargets, classes, cols);
    Bounds.block("dLogits", dLogits, dLogitsOffset, ldDLogits, classes, cols);
    double loss = 0;
    if (classes == 0) {
      return loss;
    }
    for (long c = 0; c < cols; c += FOLD) {
      loss +=
          crossEntropyDenseColumns(
              logits,
              logitsOffset + 4L * c,
              4L * ldLogits,
              targets,
              targetsOffset + 4L * c,
              4L * ldTargets,
              dLogits,
              dLogitsOffset + 4L * c,
              4L * ldDLogits,
              classes,
              (int) Math.min(FOLD, cols - c),
              gradientScale);
    }
    return loss;
  }

  @Override
  public final double elementLoss(
      ElementLoss loss,
      float delta,
      MemorySegment prediction,
      long predictionOffset,
      int ldPrediction,
      MemorySegment target,
      long targetOffset,
      int ldTarget,
      MemorySegment dPrediction,
      long dPredictionOffset,
      int ldDPrediction,
      int rows,
      int cols,
      float gradientScale) {
    return elementLosses(
        loss,
        delta,
        prediction,
        predictionOffset,
        ldPrediction,
        target,
        targetOffset,
        ldTarget,
        prediction,
        predictionOffset,
        dPrediction,
        dPredictionOffset,
        ldDPrediction,
        rows,
        cols,
        gradientScale,
        false);
  }

  @Override
  public final double weightedElementLoss(
      ElementLoss loss,
      float delta,
      MemorySegment prediction,
      long predictionOffset,
      int ldPrediction,
      MemorySegment target,
      long targetOffset,
      int ldTarget,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment dPrediction,
      long dPredictionOffset,
      int ldDPrediction,
      int rows,
      int cols,
      float gradientScale) {
    Bounds.floats("weights", weights, weightsOffset, cols);
    return elementLosses(
        loss,
        delta,
        prediction,
        predictionOffset,
        ldPrediction,
        target,
        targetOffset,
        ldTarget,
        weights,
        weightsOffset,
        dPrediction,
        dPredictionOffset,
        ldDPrediction,
        rows,
        cols,
        gradientScale,
        true);
  }

  private double elementLosses(
      ElementLoss loss,
      float delta,
      MemorySegment prediction,
      long predictionOffset,
      int ldPrediction,
      MemorySegment target,
      long targetOffset,
      int ldTarget,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment dPrediction,
      long dPredictionOffset,
      int ldDPrediction,
      int rows,
      int cols,
      float gradientScale,
      boolean weighted) {
    if (loss == ElementLoss.HUBER && !(delta > 0f)) {
      throw new IllegalArgumentException("Huber delta " + delta + ": expected delta > 0");
    }
    Bounds.block("prediction", prediction, predictionOffset, ldPrediction, rows, cols);
    Bounds.block("target", target, targetOffset, ldTarget, rows, cols);
    Bounds.block("dPrediction", dPrediction, dPredictionOffset, ldDPrediction, rows, cols);
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      for (long c = 0; c < cols; c += FOLD) {
        sum +=
            lossRow(
                loss,
                delta,
                prediction,
                predictionOffset + 4L * r * ldPrediction + 4L * c,
                target,
                targetOffset + 4L * r * ldTarget + 4L * c,
                weights,
                weightsOffset + 4L * c,
                weighted,
                dPrediction,
                dPredictionOffset + 4L * r * ldDPrediction + 4L * c,
                (int) Math.min(FOLD, cols - c),
                gradientScale);
      }
    }
    return sum;
  }

  @Override
  public final int countCorrect(
      MemorySegment logits,
      long logitsOffset,
      int ldLogits,
      MemorySegment targets,
      long targetsOffset,
      int classes,
      int cols) {
    Bounds.block("logits", logits, logitsOffset, ldLogits, classes, cols);
    Bounds.targets(targets, targetsOffset, classes, cols);
    return correctColumns(
        logits, logitsOffset, 4L * ldLogits, targets, targetsOffset, classes, cols);
  }

  @Override
  public final void sgd(
      MemorySegment w,
      long wOffset,
      MemorySegment g,
      long gOffset,
      long count,
      float learningRate,
      float weightDecay) {
    Bounds.floats("w", w, wOffset, count);
    Bounds.floats("g", g, gOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      long at = 4L * i;
      int n = (int) Math.min(STRETCH, count - i);
      sgdRange(w, wOffset + at, g, gOffset + at, n, learningRate, weightDecay);
    }
  }

  @Override
  public final void momentum(
      MemorySegment w,
      long wOffset,
      MemorySegment g,
      long gOffset,
      MemorySegment v,
      long vOffset,
      long count,
      float learningRate,
      float momentum,
      boolean nesterov,
      float weightDecay) {
    Bounds.floats("w", w, wOffset, count);
    Bounds.floats("g", g, gOffset, count);
    Bounds.floats("v", v, vOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      long at = 4L * i;
      int n = (int) Math.min(STRETCH, count - i);
      momentumRange(
          w,
          wOffset + at,
          g,
          gOffset + at,
          v,
          vOffset + at,
          n,
          learningRate,
          momentum,
          nesterov,
          weightDecay);
    }
  }

  @Override
  public final void rmsProp(
      MemorySegment w,
      long wOffset,
      MemorySegment g,
      long gOffset,
      MemorySegment s,
      long sOffset,
      long count,
      float learningRate,
      double alpha,
      float epsilon,
      float weightDecay) {
    Bounds.floats("w", w, wOffset, count);
    Bounds.floats("g", g, gOffset, count);
    Bounds.floats("s", s, sOffset, count);
    float complement = (float) (1 - alpha);
    for (long i = 0; i < count; i += STRETCH) {
      long at = 4L * i;
      int n = (int) Math.min(STRETCH, count - i);
      rmsPropRange(
          w,
          wOffset + at,
          g,
          gOffset + at,
          s,
          sOffset + at,
          n,
          learningRate,
          (float) alpha,
          complement,
          epsilon,
          weightDecay);
    }
  }

  @Override
  public final void adam(
      MemorySegment w,
      long wOffset,
      MemorySegment g,
      long gOffset,
      MemorySegment m,
      long mOffset,
      MemorySegment v,
      long vOffset,
      long count,
      float learningRate,
      double beta1,
      double beta2,
      float epsilon,
      float weightDecay,
      boolean decoupled,
      float stepSize,
      float inverseSqrtCorrection2) {
    Bounds.floats("w", w, wOffset, count);
    Bounds.floats("g", g, gOffset, count);
    Bounds.floats("m", m, mOffset, count);
    Bounds.floats("v", v, vOffset, count);
    float complement1 = (float) (1 - beta1);
    float complement2 = (float) (1 - beta2);
    // One loop serves both decays: each takes its own factor and leaves the other's at zero.
    float shrink = decoupled ? -(learningRate * weightDecay) : 0f;
    float penalty = decoupled ? 0f : weightDecay;
    for (long i = 0; i < count; i += STRETCH) {
      long at = 4L * i;
      int n = (int) Math.min(STRETCH, count - i);
      adamRange(
          w,
          wOffset + at,
          g,
          gOffset + at,
          m,
          mOffset + at,
          v,
          vOffset + at,
          n,
          (float) beta1,
          complement1,
          (float) beta2,
          complement2,
          epsilon,
          shrink,
          penalty,
          stepSize,
          inverseSqrtCorrection2);
    }
  }

  @Override
  public final void bytesToFloats(
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      long count,
      float scale,
      float shift) {
    Bounds.range("x", x, xOffset, count, 1);
    Bounds.floats("y", y, yOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      int n = (int) Math.min(STRETCH, count - i);
      bytesRange(x, xOffset + i, y, yOffset + 4L * i, n, scale, shift);
    }
  }

  @Override
  public final void scaleShift(
      MemorySegment y, long yOffset, long count, float scale, float shift) {
    Bounds.floats("y", y, yOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      scaleRange(y, yOffset + 4L * i, (int) Math.min(STRETCH, count - i), scale, shift);
    }
  }

  @Override
  public final void clamp(MemorySegment g, long gOffset, long count, float limit) {
    if (!(limit >= 0f)) {
      throw new IllegalArgumentException("clamp limit " + limit + ": expected limit >= 0");
    }
    Bounds.floats("g", g, gOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      clampRange(g, gOffset + 4L * i, (int) Math.min(STRETCH, count - i), limit);
    }
  }

  @Override
  public final void addSigns(
      MemorySegment w, long wOffset, MemorySegment g, long gOffset, long count, float factor) {
    Bounds.floats("w", w, wOffset, count);
    Bounds.floats("g", g, gOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      int n = (int) Math.min(STRETCH, count - i);
      signRange(w, wOffset + 4L * i, g, gOffset + 4L * i, n, factor);
    }
  }

  @Override
  public final boolean allFinite(MemorySegment x, long xOffset, long count) {
    Bounds.floats("x", x, xOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      int n = (int) Math.min(STRETCH, count - i);
      if (!finiteRange(x, xOffset + 4L * i, n)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public final double sumOfSquares(MemorySegment x, long xOffset, long count) {
    Bounds.floats("x", x, xOffset, count);
    double sum = 0;
    for (long i = 0; i < count; i += FOLD) {
      sum += squares(x, xOffset + 4L * i, (int) Math.min(FOLD, count - i));
    }
    return sum;
  }

  /** The sign of z is read from f(z), which only a slope that is not negative keeps. */
  private static void checkSlope(Activation f, float slope) {
    if (f == Activation.LEAKY_RELU && !(slope >= 0f)) {
      throw new IllegalArgumentException("leaky ReLU slope " + slope + ": expected slope >= 0");
    }
  }

  private static boolean isInt(long count) {
    return count <= Integer.MAX_VALUE;
  }

  abstract void forward(
      Activation f,
      float slope,
      MemorySegment z,
      long zAt,
      float bias,
      boolean keep,
      MemorySegment y,
      long yAt,
      int n);

  abstract void backward(
      Activation f,
      float slope,
      MemorySegment saved,
      long savedAt,
      MemorySegment dy,
      long dyAt,
      MemorySegment dx,
      long dxAt,
      int n,
      boolean accumulate);

  abstract void transposeRows(
      MemorySegment x, long xAt, long ldx, MemorySegment y, long yAt, long ldy, int rows, int cols);

  abstract float sum(MemorySegment x, long xAt, int n);

  abstract void copyRow(
      MemorySegment x, long xAt, MemorySegment y, long yAt, int n, boolean accumulate);

  abstract void addRow(
      MemorySegment x, long xAt, MemorySegment y, long yAt, MemorySegment z, long zAt, int n);

  /** z (rows, 2^shift) += bias (rows), with rows of whole vectors. */
  abstract void addColumn(
      MemorySegment z, long zAt, MemorySegment bias, long biasAt, int rows, int shift);

  abstract void dropoutRow(
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      int n,
      int firstKey,
      int secondKey,
      int index,
      int threshold,
      float scale,
      boolean accumulate);

  /** Sum of the squares of x - mean. */
  abstract float deviations(MemorySegment x, long xAt, float mean, int n);

  /** Sum of dy * (x - mean). */
  abstract float deviationProducts(
      MemorySegment dy, long dyAt, MemorySegment x, long xAt, float mean, int n);

  /** y = fma(x - mean, scale, shift). */
  abstract void normalizeRow(
      MemorySegment x,
      long xAt,
      float mean,
      float scale,
      float shift,
      MemorySegment y,
      long yAt,
      int n);

  /** dx (+)= fma(x - mean, -slope, dy - meanDy) * scale. */
  abstract void normalizeRowBackward(
      MemorySegment x,
      long xAt,
      float mean,
      float slope,
      MemorySegment dy,
      long dyAt,
      float meanDy,
      float scale,
      MemorySegment dx,
      long dxAt,
      int n,
      boolean accumulate);

  /** Sum of dy * ((x - mean) * inverse), each column with its own two. */
  abstract float normalizedProducts(
      MemorySegment dy,
      long dyAt,
      MemorySegment x,
      long xAt,
      MemorySegment saved,
      long savedAt,
      long savedStride,
      int n);

  abstract void layerNormColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment weight,
      long weightAt,
      MemorySegment bias,
      long biasAt,
      MemorySegment saved,
      long savedAt,
      long savedStride,
      MemorySegment y,
      long yAt,
      long yStride,
      int rows,
      int cols,
      float epsilon);

  abstract void layerNormColumnsBackward(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment weight,
      long weightAt,
      MemorySegment saved,
      long savedAt,
      long savedStride,
      MemorySegment dy,
      long dyAt,
      long dyStride,
      MemorySegment dx,
      long dxAt,
      long dxStride,
      int rows,
      int cols,
      boolean accumulate);

  abstract void softmaxColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment y,
      long yAt,
      long yStride,
      int rows,
      int cols);

  abstract float crossEntropyColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment targets,
      long targetsAt,
      MemorySegment dx,
      long dxAt,
      long dxStride,
      int classes,
      int cols,
      float gradientScale);

  abstract float crossEntropyDenseColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment targets,
      long targetsAt,
      long targetsStride,
      MemorySegment dx,
      long dxAt,
      long dxStride,
      int classes,
      int cols,
      float gradientScale);

  abstract float lossRow(
      ElementLoss loss,
      float delta,
      MemorySegment p,
      long pAt,
      MemorySegment t,
      long tAt,
      MemorySegment w,
      long wAt,
      boolean weighted,
      MemorySegment dp,
      long dpAt,
      int n,
      float gradientScale);

  abstract int correctColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment targets,
      long targetsAt,
      int classes,
      int cols);

  abstract void sgdRange(
      MemorySegment w,
      long wAt,
      MemorySegment g,
      long gAt,
      int n,
      float learningRate,
      float weightDecay);

  abstract void momentumRange(
      MemorySegment w,
      long wAt,
      MemorySegment g,
      long gAt,
      MemorySegment v,
      long vAt,
      int n,
      float learningRate,
      float momentum,
      boolean nesterov,
      float weightDecay);

  abstract void rmsPropRange(
      MemorySegment w,
      long wAt,
      MemorySegment g,
      long gAt,
      MemorySegment s,
      long sAt,
      int n,
      float learningRate,
      float alpha,
      float complement,
      float epsilon,
      float weightDecay);

  abstract void adamRange(
      MemorySegment w,
      long wAt,
      MemorySegment g,
      long gAt,
      MemorySegment m,
      long mAt,
      MemorySegment v,
      long vAt,
      int n,
      float beta1,
      float complement1,
      float beta2,
      float complement2,
      float epsilon,
      float shrink,
      float penalty,
      float stepSize,
      float inverseSqrtCorrection2);

  abstract void bytesRange(
      MemorySegment x, long xAt, MemorySegment y, long yAt, int n, float scale, float shift);

  abstract void scaleRange(MemorySegment y, long yAt, int n, float scale, float shift);

  abstract void clampRange(MemorySegment g, long gAt, int n, float limit);

  abstract void signRange(
      MemorySegment w, long wAt, MemorySegment g, long gAt, int n, float factor);

  abstract boolean finiteRange(MemorySegment x, long xAt, int n);

  abstract float squares(MemorySegment x, long xAt, int n);
}

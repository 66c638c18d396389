package org.panagrad.kernel;

import static org.panagrad.kernel.OffHeap.ALL;

import java.lang.foreign.MemorySegment;

/**
 * What the two implementations share: checks, the walk over rows, and the cutting of long ranges.
 *
 * <p>Only the innermost loops differ; each takes one stretch of consecutive elements, so that its
 * induction variable is an int. Blocks without gaps are one long row where rows do not matter. They
 * are given addresses of what has been checked here: see {@link OffHeap}.
 */
abstract sealed class RowKernels implements Kernels permits ScalarKernels {
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
    long zAt = Bounds.blockToWrite("z", z, zOffset, ldz, rows, cols);
    long biasAt = Bounds.floats("bias", bias, biasOffset, rows);
    long yAt = Bounds.blockToWrite("y", y, yOffset, ldy, rows, cols);
    if (cols == 0) {
      return;
    }
    if (cols == 1 && ldz == 1 && ldy == 1) {
      // A single example: its features lie side by side as the biases do.
      addRow(zAt, biasAt, zAt, rows);
      forward(f, slope, zAt, NO_BIAS, false, yAt, rows);
      return;
    }
    boolean keep = zAt != yAt;
    if (ldz == cols && ldy == cols && isShort(cols) && (long) rows * cols <= NEAR) {
      addColumn(zAt, biasAt, rows, Integer.numberOfTrailingZeros(cols));
      if (keep || f != Activation.IDENTITY) {
        forward(f, slope, zAt, NO_BIAS, false, yAt, rows * cols);
      }
      return;
    }
    for (int r = 0; r < rows; r++) {
      float b = ALL.get(Bounds.FLOAT, biasAt + 4L * r);
      long zRow = zAt + 4L * r * ldz;
      long yRow = yAt + 4L * r * ldy;
      forward(f, slope, zRow, b, keep, yRow, cols);
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long yAt = Bounds.blockToWrite("y", y, yOffset, ldy, rows, cols);
    if (cols == 0) {
      return;
    }
    boolean flat = ldx == cols && ldy == cols && isInt((long) rows * cols);
    int rowCount = flat ? Math.min(rows, 1) : rows;
    int length = flat ? rows * cols : cols;
    for (int r = 0; r < rowCount; r++) {
      long xRow = xAt + 4L * r * ldx;
      long yRow = yAt + 4L * r * ldy;
      forward(f, slope, xRow, NO_BIAS, false, yRow, length);
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
    long dyAt = Bounds.block("dy", dy, dyOffset, lddy, rows, cols);
    long dxAt = Bounds.blockToWrite("dx", dx, dxOffset, lddx, rows, cols);
    if (f == Activation.IDENTITY) {
      copyRows(dyAt, lddy, dxAt, lddx, rows, cols, accumulate);
      return;
    }
    long savedAt = Bounds.block("saved", saved, savedOffset, ldSaved, rows, cols);
    if (cols == 0) {
      return;
    }
    boolean flat = ldSaved == cols && lddy == cols && lddx == cols && isInt((long) rows * cols);
    int rowCount = flat ? Math.min(rows, 1) : rows;
    int length = flat ? rows * cols : cols;
    for (int r = 0; r < rowCount; r++) {
      long savedRow = savedAt + 4L * r * ldSaved;
      long dyRow = dyAt + 4L * r * lddy;
      long dxRow = dxAt + 4L * r * lddx;
      backward(f, slope, savedRow, dyRow, dxRow, length, accumulate);
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long yAt = Bounds.blockToWrite("y", y, yOffset, ldy, cols, rows);
    transposeRows(xAt, 4L * ldx, yAt, 4L * ldy, rows, cols);
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long outAt = Bounds.floatsToWrite("out", out, outOffset, rows);
    if (cols == 0) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      float sum = sum(xAt + 4L * r * ldx, cols);
      long at = outAt + 4L * r;
      ALL.set(Bounds.FLOAT, at, accumulate ? ALL.get(Bounds.FLOAT, at) + sum : sum);
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long yAt = Bounds.blockToWrite("y", y, yOffset, ldy, rows, cols);
    copyRows(xAt, ldx, yAt, ldy, rows, cols, accumulate);
  }

  private void copyRows(long x, int ldx, long y, int ldy, int rows, int cols, boolean accumulate) {
    if (cols == 0) {
      return;
    }
    boolean flat = ldx == cols && ldy == cols && isInt((long) rows * cols);
    int rowCount = flat ? Math.min(rows, 1) : rows;
    int length = flat ? rows * cols : cols;
    for (int r = 0; r < rowCount; r++) {
      copyRow(x + 4L * r * ldx, y + 4L * r * ldy, length, accumulate);
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long yAt = Bounds.block("y", y, yOffset, ldy, rows, cols);
    long zAt = Bounds.blockToWrite("z", z, zOffset, ldz, rows, cols);
    if (cols == 0) {
      return;
    }
    boolean flat = ldx == cols && ldy == cols && ldz == cols && isInt((long) rows * cols);
    int rowCount = flat ? Math.min(rows, 1) : rows;
    int length = flat ? rows * cols : cols;
    for (int r = 0; r < rowCount; r++) {
      long xRow = xAt + 4L * r * ldx;
      long yRow = yAt + 4L * r * ldy;
      addRow(xRow, yRow, zAt + 4L * r * ldz, length);
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long yAt = Bounds.blockToWrite("y", y, yOffset, ldy, rows, cols);
    if (cols == 0) {
      return;
    }
    boolean flat = ldx == cols && ldy == cols && indexStride == cols && isInt((long) rows * cols);
    int rowCount = flat ? Math.min(rows, 1) : rows;
    int length = flat ? rows * cols : cols;
    for (int r = 0; r < rowCount; r++) {
      int index = firstIndex + r * indexStride;
      long xRow = xAt + 4L * r * ldx;
      long yRow = yAt + 4L * r * ldy;
      dropoutRow(xRow, yRow, length, firstKey, secondKey, index, threshold, scale, accumulate);
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long weightAt = Bounds.floats("weight", weight, weightOffset, rows);
    long biasAt = Bounds.floats("bias", bias, biasOffset, rows);
    long runningMeanAt = Bounds.floatsToWrite("running mean", runningMean, runningMeanOffset, rows);
    long runningVarAt =
        Bounds.floatsToWrite("running variance", runningVar, runningVarOffset, rows);
    long savedAt = Bounds.blockToWrite("saved", saved, savedOffset, ldSaved, 4, rows);
    long yAt = Bounds.blockToWrite("y", y, yOffset, ldy, rows, cols);
    if (cols == 0) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      long xRow = xAt + 4L * r * ldx;
      long at = 4L * r;
      double sum = 0;
      for (long c = 0; c < cols; c += FOLD) {
        sum += sum(xRow + 4L * c, (int) Math.min(FOLD, cols - c));
      }
      float mean = (float) (sum / cols);
      double squares = 0;
      for (long c = 0; c < cols; c += FOLD) {
        squares += deviations(xRow + 4L * c, mean, (int) Math.min(FOLD, cols - c));
      }
      double variance = squares / cols;
      float inverse = (float) (1 / Math.sqrt(variance + epsilon));
      ALL.set(Bounds.FLOAT, savedAt + at, mean);
      ALL.set(Bounds.FLOAT, savedAt + 4L * ldSaved + at, inverse);
      double unbiased = cols == 1 ? variance : squares / (cols - 1);
      if (Double.isFinite(unbiased)) {
        move(runningMeanAt + at, momentum, mean);
        move(runningVarAt + at, momentum, unbiased);
      }
      float scale = inverse * ALL.get(Bounds.FLOAT, weightAt + at);
      float shift = ALL.get(Bounds.FLOAT, biasAt + at);
      normalizeRow(xRow, mean, scale, shift, yAt + 4L * r * ldy, cols);
    }
  }

  private static void move(long at, double momentum, double towards) {
    double value = (1 - momentum) * ALL.get(Bounds.FLOAT, at) + momentum * towards;
    ALL.set(Bounds.FLOAT, at, (float) value);
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long weightAt = Bounds.floats("weight", weight, weightOffset, rows);
    long biasAt = Bounds.floats("bias", bias, biasOffset, rows);
    long runningMeanAt = Bounds.floats("running mean", runningMean, runningMeanOffset, rows);
    long runningVarAt = Bounds.floats("running variance", runningVar, runningVarOffset, rows);
    long yAt = Bounds.blockToWrite("y", y, yOffset, ldy, rows, cols);
    if (cols == 0) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      long at = 4L * r;
      double variance = ALL.get(Bounds.FLOAT, runningVarAt + at);
      float inverse = (float) (1 / Math.sqrt(variance + epsilon));
      float mean = ALL.get(Bounds.FLOAT, runningMeanAt + at);
      float scale = inverse * ALL.get(Bounds.FLOAT, weightAt + at);
      float shift = ALL.get(Bounds.FLOAT, biasAt + at);
      long xRow = xAt + 4L * r * ldx;
      normalizeRow(xRow, mean, scale, shift, yAt + 4L * r * ldy, cols);
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long dyAt = Bounds.block("dy", dy, dyOffset, lddy, rows, cols);
    long savedAt = Bounds.blockToWrite("saved", saved, savedOffset, ldSaved, 4, rows);
    if (cols == 0) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      long xRow = xAt + 4L * r * ldx;
      long dyRow = dyAt + 4L * r * lddy;
      long at = savedAt + 4L * r;
      float mean = ALL.get(Bounds.FLOAT, at);
      float inverse = ALL.get(Bounds.FLOAT, at + 4L * ldSaved);
      double sum = 0;
      double products = 0;
      for (long c = 0; c < cols; c += FOLD) {
        int n = (int) Math.min(FOLD, cols - c);
        sum += sum(dyRow + 4L * c, n);
        products += deviationProducts(dyRow + 4L * c, xRow + 4L * c, mean, n);
      }
      ALL.set(Bounds.FLOAT, at + 8L * ldSaved, (float) sum);
      ALL.set(Bounds.FLOAT, at + 12L * ldSaved, (float) (products * inverse));
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long weightAt = Bounds.floats("weight", weight, weightOffset, rows);
    long savedAt = Bounds.block("saved", saved, savedOffset, ldSaved, 4, rows);
    long dyAt = Bounds.block("dy", dy, dyOffset, lddy, rows, cols);
    long dxAt = Bounds.blockToWrite("dx", dx, dxOffset, lddx, rows, cols);
    if (cols == 0) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      long at = savedAt + 4L * r;
      float mean = ALL.get(Bounds.FLOAT, at);
      float inverse = ALL.get(Bounds.FLOAT, at + 4L * ldSaved);
      float meanDy = ALL.get(Bounds.FLOAT, at + 8L * ldSaved) / cols;
      float slope = ALL.get(Bounds.FLOAT, at + 12L * ldSaved) / cols * inverse;
      float scale = inverse * ALL.get(Bounds.FLOAT, weightAt + 4L * r);
      long xRow = xAt + 4L * r * ldx;
      long dyRow = dyAt + 4L * r * lddy;
      long dxRow = dxAt + 4L * r * lddx;
      normalizeRowBackward(xRow, mean, slope, dyRow, meanDy, scale, dxRow, cols, accumulate);
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long weightAt = Bounds.floats("weight", weight, weightOffset, rows);
    long biasAt = Bounds.floats("bias", bias, biasOffset, rows);
    long savedAt = Bounds.blockToWrite("saved", saved, savedOffset, ldSaved, 2, cols);
    long yAt = Bounds.blockToWrite("y", y, yOffset, ldy, rows, cols);
    if (rows > 0) {
      layerNormColumns(
          xAt,
          4L * ldx,
          weightAt,
          biasAt,
          savedAt,
          4L * ldSaved,
          yAt,
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long weightAt = Bounds.floats("weight", weight, weightOffset, rows);
    long savedAt = Bounds.block("saved", saved, savedOffset, ldSaved, 2, cols);
    long dyAt = Bounds.block("dy", dy, dyOffset, lddy, rows, cols);
    long dxAt = Bounds.blockToWrite("dx", dx, dxOffset, lddx, rows, cols);
    if (rows > 0) {
      layerNormColumnsBackward(
          xAt,
          4L * ldx,
          weightAt,
          savedAt,
          4L * ldSaved,
          dyAt,
          4L * lddy,
          dxAt,
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long savedAt = Bounds.block("saved", saved, savedOffset, ldSaved, 2, cols);
    long dyAt = Bounds.block("dy", dy, dyOffset, lddy, rows, cols);
    long outAt = Bounds.floatsToWrite("out", out, outOffset, rows);
    if (cols == 0) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (long c = 0; c < cols; c += FOLD) {
        sum +=
            normalizedProducts(
                dyAt + 4L * r * lddy + 4L * c,
                xAt + 4L * r * ldx + 4L * c,
                savedAt + 4L * c,
                4L * ldSaved,
                (int) Math.min(FOLD, cols - c));
      }
      long at = outAt + 4L * r;
      float total = (float) sum;
      ALL.set(Bounds.FLOAT, at, accumulate ? ALL.get(Bounds.FLOAT, at) + total : total);
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
    long xAt = Bounds.block("x", x, xOffset, ldx, rows, cols);
    long yAt = Bounds.blockToWrite("y", y, yOffset, ldy, rows, cols);
    if (rows > 0) {
      softmaxColumns(xAt, 4L * ldx, yAt, 4L * ldy, rows, cols);
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
    long logitsAt = Bounds.block("logits", logits, logitsOffset, ldLogits, classes, cols);
    long dLogitsAt =
        Bounds.blockToWrite("dLogits", dLogits, dLogitsOffset, ldDLogits, classes, cols);
    long targetsAt = Bounds.targets(targets, targetsOffset, classes, cols);
    double loss = 0;
    for (long c = 0; c < cols; c += FOLD) {
      loss +=
          crossEntropyColumns(
              logitsAt + 4L * c,
              4L * ldLogits,
              targetsAt + 4L * c,
              dLogitsAt + 4L * c,
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
    long logitsAt = Bounds.block("logits", logits, logitsOffset, ldLogits, classes, cols);
    long targetsAt = Bounds.block("targets", targets, targetsOffset, ldTargets, classes, cols);
    long dLogitsAt =
        Bounds.blockToWrite("dLogits", dLogits, dLogitsOffset, ldDLogits, classes, cols);
    double loss = 0;
    if (classes == 0) {
      return loss;
    }
    for (long c = 0; c < cols; c += FOLD) {
      loss +=
          crossEntropyDenseColumns(
              logitsAt + 4L * c,
              4L * ldLogits,
              targetsAt + 4L * c,
              4L * ldTargets,
              dLogitsAt + 4L * c,
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
        0,
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
    long weightsAt = Bounds.floats("weights", weights, weightsOffset, cols);
    return elementLosses(
        loss,
        delta,
        prediction,
        predictionOffset,
        ldPrediction,
        target,
        targetOffset,
        ldTarget,
        weightsAt,
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
      long weightsAt,
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
    long predictionAt =
        Bounds.block("prediction", prediction, predictionOffset, ldPrediction, rows, cols);
    long targetAt = Bounds.block("target", target, targetOffset, ldTarget, rows, cols);
    long dPredictionAt =
        Bounds.blockToWrite(
            "dPrediction", dPrediction, dPredictionOffset, ldDPrediction, rows, cols);
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      for (long c = 0; c < cols; c += FOLD) {
        sum +=
            lossRow(
                loss,
                delta,
                predictionAt + 4L * r * ldPrediction + 4L * c,
                targetAt + 4L * r * ldTarget + 4L * c,
                weightsAt + 4L * c,
                weighted,
                dPredictionAt + 4L * r * ldDPrediction + 4L * c,
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
    long logitsAt = Bounds.block("logits", logits, logitsOffset, ldLogits, classes, cols);
    long targetsAt = Bounds.targets(targets, targetsOffset, classes, cols);
    return correctColumns(logitsAt, 4L * ldLogits, targetsAt, classes, cols);
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
    long wAt = Bounds.floatsToWrite("w", w, wOffset, count);
    long gAt = Bounds.floats("g", g, gOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      long at = 4L * i;
      int n = (int) Math.min(STRETCH, count - i);
      sgdRange(wAt + at, gAt + at, n, learningRate, weightDecay);
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
    long wAt = Bounds.floatsToWrite("w", w, wOffset, count);
    long gAt = Bounds.floats("g", g, gOffset, count);
    long vAt = Bounds.floatsToWrite("v", v, vOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      long at = 4L * i;
      int n = (int) Math.min(STRETCH, count - i);
      momentumRange(wAt + at, gAt + at, vAt + at, n, learningRate, momentum, nesterov, weightDecay);
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
    long wAt = Bounds.floatsToWrite("w", w, wOffset, count);
    long gAt = Bounds.floats("g", g, gOffset, count);
    long sAt = Bounds.floatsToWrite("s", s, sOffset, count);
    float complement = (float) (1 - alpha);
    for (long i = 0; i < count; i += STRETCH) {
      long at = 4L * i;
      int n = (int) Math.min(STRETCH, count - i);
      rmsPropRange(
          wAt + at,
          gAt + at,
          sAt + at,
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
    long wAt = Bounds.floatsToWrite("w", w, wOffset, count);
    long gAt = Bounds.floats("g", g, gOffset, count);
    long mAt = Bounds.floatsToWrite("m", m, mOffset, count);
    long vAt = Bounds.floatsToWrite("v", v, vOffset, count);
    float complement1 = (float) (1 - beta1);
    float complement2 = (float) (1 - beta2);
    // One loop serves both decays: each takes its own factor and leaves the other's at zero.
    float shrink = decoupled ? -(learningRate * weightDecay) : 0f;
    float penalty = decoupled ? 0f : weightDecay;
    for (long i = 0; i < count; i += STRETCH) {
      long at = 4L * i;
      int n = (int) Math.min(STRETCH, count - i);
      adamRange(
          wAt + at,
          gAt + at,
          mAt + at,
          vAt + at,
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
    long xAt = Bounds.bytes("x", x, xOffset, count);
    long yAt = Bounds.floatsToWrite("y", y, yOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      int n = (int) Math.min(STRETCH, count - i);
      bytesRange(xAt + i, yAt + 4L * i, n, scale, shift);
    }
  }

  @Override
  public final void scaleShift(
      MemorySegment y, long yOffset, long count, float scale, float shift) {
    long yAt = Bounds.floatsToWrite("y", y, yOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      scaleRange(yAt + 4L * i, (int) Math.min(STRETCH, count - i), scale, shift);
    }
  }

  @Override
  public final void clamp(MemorySegment g, long gOffset, long count, float limit) {
    if (!(limit >= 0f)) {
      throw new IllegalArgumentException("clamp limit " + limit + ": expected limit >= 0");
    }
    long gAt = Bounds.floatsToWrite("g", g, gOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      clampRange(gAt + 4L * i, (int) Math.min(STRETCH, count - i), limit);
    }
  }

  @Override
  public final void addSigns(
      MemorySegment w, long wOffset, MemorySegment g, long gOffset, long count, float factor) {
    long wAt = Bounds.floats("w", w, wOffset, count);
    long gAt = Bounds.floatsToWrite("g", g, gOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      int n = (int) Math.min(STRETCH, count - i);
      signRange(wAt + 4L * i, gAt + 4L * i, n, factor);
    }
  }

  @Override
  public final boolean allFinite(MemorySegment x, long xOffset, long count) {
    long xAt = Bounds.floats("x", x, xOffset, count);
    for (long i = 0; i < count; i += STRETCH) {
      int n = (int) Math.min(STRETCH, count - i);
      if (!finiteRange(xAt + 4L * i, n)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public final double sumOfSquares(MemorySegment x, long xOffset, long count) {
    long xAt = Bounds.floats("x", x, xOffset, count);
    double sum = 0;
    for (long i = 0; i < count; i += FOLD) {
      sum += squares(xAt + 4L * i, (int) Math.min(FOLD, count - i));
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

  abstract void forward(Activation f, float slope, long z, float bias, boolean keep, long y, int n);

  abstract void backward(
      Activation f, float slope, long saved, long dy, long dx, int n, boolean accumulate);

  abstract void transposeRows(long x, long ldx, long y, long ldy, int rows, int cols);

  abstract float sum(long x, int n);

  abstract void copyRow(long x, long y, int n, boolean accumulate);

  abstract void addRow(long x, long y, long z, int n);

  /** z (rows, 2^shift) += bias (rows), with rows of whole vectors. */
  abstract void addColumn(long z, long bias, int rows, int shift);

  abstract void dropoutRow(
      long x,
      long y,
      int n,
      int firstKey,
      int secondKey,
      int index,
      int threshold,
      float scale,
      boolean accumulate);

  /** Sum of the squares of x - mean. */
  abstract float deviations(long x, float mean, int n);

  /** Sum of dy * (x - mean). */
  abstract float deviationProducts(long dy, long x, float mean, int n);

  /** y = fma(x - mean, scale, shift). */
  abstract void normalizeRow(long x, float mean, float scale, float shift, long y, int n);

  /** dx (+)= fma(x - mean, -slope, dy - meanDy) * scale. */
  abstract void normalizeRowBackward(
      long x,
      float mean,
      float slope,
      long dy,
      float meanDy,
      float scale,
      long dx,
      int n,
      boolean accumulate);

  /** Sum of dy * ((x - mean) * inverse), each column with its own two. */
  abstract float normalizedProducts(long dy, long x, long saved, long savedStride, int n);

  abstract void layerNormColumns(
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
      float epsilon);

  abstract void layerNormColumnsBackward(
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
      boolean accumulate);

  abstract void softmaxColumns(long x, long xStride, long y, long yStride, int rows, int cols);

  abstract float crossEntropyColumns(
      long x,
      long xStride,
      long targets,
      long dx,
      long dxStride,
      int classes,
      int cols,
      float gradientScale);

  abstract float crossEntropyDenseColumns(
      long x,
      long xStride,
      long targets,
      long targetsStride,
      long dx,
      long dxStride,
      int classes,
      int cols,
      float gradientScale);

  abstract float lossRow(
      ElementLoss loss,
      float delta,
      long p,
      long t,
      long w,
      boolean weighted,
      long dp,
      int n,
      float gradientScale);

  abstract int correctColumns(long x, long xStride, long targets, int classes, int cols);

  abstract void sgdRange(long w, long g, int n, float learningRate, float weightDecay);

  abstract void momentumRange(
      long w,
      long g,
      long v,
      int n,
      float learningRate,
      float momentum,
      boolean nesterov,
      float weightDecay);

  abstract void rmsPropRange(
      long w,
      long g,
      long s,
      int n,
      float learningRate,
      float alpha,
      float complement,
      float epsilon,
      float weightDecay);

  abstract void adamRange(
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
      float inverseSqrtCorrection2);

  abstract void bytesRange(long x, long y, int n, float scale, float shift);

  abstract void scaleRange(long y, int n, float scale, float shift);

  abstract void clampRange(long g, int n, float limit);

  abstract void signRange(long w, long g, int n, float factor);

  abstract boolean finiteRange(long x, int n);

  abstract float squares(long x, int n);
}

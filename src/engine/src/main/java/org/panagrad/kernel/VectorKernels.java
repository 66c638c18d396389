package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/** The kernels on the Vector API. */
public final class VectorKernels extends RowKernels {
  /** The kernels; they have no state. */
  public VectorKernels() {}

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public int vectorBits() {
    return Lanes.BITS;
  }

  @Override
  void forward(
      Activation f,
      float slope,
      MemorySegment z,
      long zAt,
      float bias,
      boolean keep,
      MemorySegment y,
      long yAt,
      int n) {
    VectorActivations.forward(f, slope, z, zAt, bias, keep, y, yAt, n);
  }

  @Override
  void backward(
      Activation f,
      float slope,
      MemorySegment saved,
      long savedAt,
      MemorySegment dy,
      long dyAt,
      MemorySegment dx,
      long dxAt,
      int n,
      boolean accumulate) {
    VectorActivations.backward(f, slope, saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
  }

  @Override
  void transposeRows(
      MemorySegment x,
      long xAt,
      long ldx,
      MemorySegment y,
      long yAt,
      long ldy,
      int rows,
      int cols) {
    VectorTranspose.transpose(x, xAt, ldx, y, yAt, ldy, rows, cols);
  }

  @Override
  float sum(MemorySegment x, long xAt, int n) {
    return VectorRows.sum(x, xAt, n);
  }

  @Override
  void copyRow(MemorySegment x, long xAt, MemorySegment y, long yAt, int n, boolean accumulate) {
    VectorRows.copyRow(x, xAt, y, yAt, n, accumulate);
  }

  @Override
  void addRow(
      MemorySegment x, long xAt, MemorySegment y, long yAt, MemorySegment z, long zAt, int n) {
    VectorRows.addRow(x, xAt, y, yAt, z, zAt, n);
  }

  @Override
  void addColumn(MemorySegment z, long zAt, MemorySegment bias, long biasAt, int rows, int shift) {
    VectorRows.addColumn(z, zAt, bias, biasAt, rows, shift);
  }

  @Override
  void dropoutRow(
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
      boolean accumulate) {
    if (n < Lanes.LENGTH) {
      ScalarRows.dropoutRow(
          x, xAt, y, yAt, n, firstKey, secondKey, index, threshold, scale, accumulate);
    } else {
      VectorRows.dropoutRow(
          x, xAt, y, yAt, n, firstKey, secondKey, index, threshold, scale, accumulate);
    }
  }

  @Override
  float deviations(MemorySegment x, long xAt, float mean, int n) {
    if (n < Lanes.LENGTH) {
      return ScalarNorm.deviations(x, xAt, mean, n);
    }
    return VectorNorm.deviations(x, xAt, mean, n);
  }

  @Override
  float deviationProducts(
      MemorySegment dy, long dyAt, MemorySegment x, long xAt, float mean, int n) {
    if (n < Lanes.LENGTH) {
      return ScalarNorm.deviationProducts(dy, dyAt, x, xAt, mean, n);
    }
    return VectorNorm.deviationProducts(dy, dyAt, x, xAt, mean, n);
  }

  @Override
  void normalizeRow(
      MemorySegment x,
      long xAt,
      float mean,
      float scale,
      float shift,
      MemorySegment y,
      long yAt,
      int n) {
    if (n < Lanes.LENGTH) {
      ScalarNorm.normalizeRow(x, xAt, mean, scale, shift, y, yAt, n);
    } else {
      VectorNorm.normalizeRow(x, xAt, mean, scale, shift, y, yAt, n);
    }
  }

  @Override
  void normalizeRowBackward(
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
      boolean accumulate) {
    if (n < Lanes.LENGTH) {
      ScalarNorm.normalizeRowBackward(
          x, xAt, mean, slope, dy, dyAt, meanDy, scale, dx, dxAt, n, accumulate);
    } else {
      VectorNorm.normalizeRowBackward(
          x, xAt, mean, slope, dy, dyAt, meanDy, scale, dx, dxAt, n, accumulate);
    }
  }

  @Override
  float normalizedProducts(
      MemorySegment dy,
      long dyAt,
      MemorySegment x,
      long xAt,
      MemorySegment saved,
      long savedAt,
      long savedStride,
      int n) {
    if (n < Lanes.LENGTH) {
      return ScalarNorm.normalizedProducts(dy, dyAt, x, xAt, saved, savedAt, savedStride, n);
    }
    return VectorNorm.normalizedProducts(dy, dyAt, x, xAt, saved, savedAt, savedStride, n);
  }

  @Override
  void layerNormColumns(
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
      float epsilon) {
    if (cols < Lanes.LENGTH) {
      ScalarNorm.layerNormColumns(
          x,
          xAt,
          xStride,
          weight,
          weightAt,
          bias,
          biasAt,
          saved,
          savedAt,
          savedStride,
          y,
          yAt,
          yStride,
          rows,
          cols,
          epsilon);
    } else {
      VectorNorm.layerNormColumns(
          x,
          xAt,
          xStride,
          weight,
          weightAt,
          bias,
          biasAt,
          saved,
          savedAt,
          savedStride,
          y,
          yAt,
          yStride,
          rows,
          cols,
          epsilon);
    }
  }

  @Override
  void layerNormColumnsBackward(
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
      boolean accumulate) {
    if (cols < Lanes.LENGTH) {
      ScalarNorm.layerNormColumnsBackward(
          x,
          xAt,
          xStride,
          weight,
          weightAt,
          saved,
          savedAt,
          savedStride,
          dy,
          dyAt,
          dyStride,
          dx,
          dxAt,
          dxStride,
          rows,
          cols,
          accumulate);
    } else {
      VectorNorm.layerNormColumnsBackward(
          x,
          xAt,
          xStride,
          weight,
          weightAt,
          saved,
          savedAt,
          savedStride,
          dy,
          dyAt,
          dyStride,
          dx,
          dxAt,
          dxStride,
          rows,
          cols,
          accumulate);
    }
  }

  @Override
  void softmaxColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment y,
      long yAt,
      long yStride,
      int rows,
      int cols) {
    if (cols < Lanes.LENGTH) {
      ScalarSoftmax.softmaxColumns(x, xAt, xStride, y, yAt, yStride, rows, cols);
    } else {
      VectorSoftmax.softmaxColumns(x, xAt, xStride, y, yAt, yStride, rows, cols);
    }
  }

  @Override
  float crossEntropyColumns(
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
      float gradientScale) {
    if (cols < Lanes.LENGTH) {
      return ScalarSoftmax.crossEntropyColumns(
          x, xAt, xStride, targets, targetsAt, dx, dxAt, dxStride, classes, cols, gradientScale);
    }
    return VectorSoftmax.crossEntropyColumns(
        x, xAt, xStride, targets, targetsAt, dx, dxAt, dxStride, classes, cols, gradientScale);
  }

  @Override
  float crossEntropyDenseColumns(
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
      float gradientScale) {
    if (cols < Lanes.LENGTH) {
      return ScalarSoftmax.crossEntropyDenseColumns(
          x,
          xAt,
          xStride,
          targets,
          targetsAt,
          targetsStride,
          dx,
          dxAt,
          dxStride,
          classes,
          cols,
          gradientScale);
    }
    return VectorSoftmax.crossEntropyDenseColumns(
        x,
        xAt,
        xStride,
        targets,
        targetsAt,
        targetsStride,
        dx,
        dxAt,
        dxStride,
        classes,
        cols,
        gradientScale);
  }

  @Override
  float lossRow(
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
      float gradientScale) {
    return VectorLosses.lossRow(
        loss, delta, p, pAt, t, tAt, w, wAt, weighted, dp, dpAt, n, gradientScale);
  }

  @Override
  int correctColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment targets,
      long targetsAt,
      int classes,
      int cols) {
    if (cols < Lanes.LENGTH) {
      return ScalarSoftmax.correctColumns(x, xAt, xStride, targets, targetsAt, classes, cols);
    }
    return VectorSoftmax.correctColumns(x, xAt, xStride, targets, targetsAt, classes, cols);
  }

  @Override
  void sgdRange(
      MemorySegment w,
      long wAt,
      MemorySegment g,
      long gAt,
      int n,
      float learningRate,
      float weightDecay) {
    VectorOptimizers.sgdRange(w, wAt, g, gAt, n, learningRate, weightDecay);
  }

  @Override
  void momentumRange(
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
      float weightDecay) {
    VectorOptimizers.momentumRange(
        w, wAt, g, gAt, v, vAt, n, learningRate, momentum, nesterov, weightDecay);
  }

  @Override
  void rmsPropRange(
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
      float weightDecay) {
    VectorOptimizers.rmsPropRange(
        w, wAt, g, gAt, s, sAt, n, learningRate, alpha, complement, epsilon, weightDecay);
  }

  @Override
  void adamRange(
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
      float inverseSqrtCorrection2) {
    VectorOptimizers.adamRange(
        w,
        wAt,
        g,
        gAt,
        m,
        mAt,
        v,
        vAt,
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
  void bytesRange(
      MemorySegment x, long xAt, MemorySegment y, long yAt, int n, float scale, float shift) {
    VectorRows.bytesRange(x, xAt, y, yAt, n, scale, shift);
  }

  @Override
  void scaleRange(MemorySegment y, long yAt, int n, float scale, float shift) {
    VectorRows.scaleRange(y, yAt, n, scale, shift);
  }

  @Override
  void clampRange(MemorySegment g, long gAt, int n, float limit) {
    VectorOptimizers.clampRange(g, gAt, n, limit);
  }

  @Override
  void signRange(MemorySegment w, long wAt, MemorySegment g, long gAt, int n, float factor) {
    VectorOptimizers.signRange(w, wAt, g, gAt, n, factor);
  }

  @Override
  boolean finiteRange(MemorySegment x, long xAt, int n) {
    return VectorRows.finiteRange(x, xAt, n);
  }

  @Override
  float squares(MemorySegment x, long xAt, int n) {
    return VectorRows.squares(x, xAt, n);
  }
}

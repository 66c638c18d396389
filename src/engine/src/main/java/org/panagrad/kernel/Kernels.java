package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Element-wise and reduction kernels over native float32 memory.
 *
 * <p>Two implementations serve this interface, one on the Vector API and one scalar, and they give
 * the same bits: every element is computed by the same sequence of IEEE operations (a fused
 * multiply-add where the scalar form says {@code Math.fma}), and every sum is taken in the one
 * order of {@link #LANES} partial sums, element c of a row into partial sum c mod LANES, the
 * partial sums then folded in halves (i with i + 8, i + 4, i + 2, i + 1). A result therefore
 * depends on neither the vector width nor the implementation.
 *
 * <p>A block is {@code rows} rows of {@code cols} consecutive floats whose row starts are {@code
 * ld} floats apart ({@code ld >= cols}). A position is a segment and an offset in <em>bytes</em>.
 * Activations are feature-major: a row is a feature, a column an example of the batch. Blocks given
 * to one call either are the same block (same segment, offset and ld: in place) or do not overlap.
 * Zero rows or columns are legal and do nothing. NaN in gives NaN out.
 *
 * <p>Segments are of memory off the heap. Before anything is written it is checked of every one
 * that is not empty that there is what the call reads and writes ({@link
 * IndexOutOfBoundsException}), that its arena is open ({@link IllegalStateException}) and not
 * another thread's ({@link WrongThreadException}), that it is no array, and not read-only where it
 * is written to ({@link IllegalArgumentException}). What follows reads and writes by address, as a
 * native function would: <b>nobody may free the memory before the call returns</b>, nor let go of
 * an automatic arena's, nor write other targets into it.
 */
public interface Kernels {
  /** Number of partial sums in every reduction. */
  int LANES = 16;

  /** A name for logs and reports: {@code "vector"} or {@code "scalar"}. */
  String name();

  /** Bits of one vector register used, 32 for scalar code. */
  int vectorBits();

  /**
   * Adds a bias per row to z in place, then applies f: z[r,c] += bias[r]; y[r,c] = f(z[r,c]).
   *
   * <p>When y is z itself only f(z) is kept. When they differ both are stored, z with the bias in
   * it.
   *
   * @param slope the slope of {@link Activation#LEAKY_RELU}, zero or more, ignored by the others
   */
  void biasActivate(
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
      int cols);

  /** y[r,c] = f(x[r,c]); y may be x. */
  void activate(
      Activation f,
      float slope,
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols);

  /**
   * Backward of an activation: dx[r,c] (+)= dy[r,c] * f'(.), with f' from {@code saved}, which is
   * the input z or the output f(z) as {@link Activation#saved()} says; dx may be dy.
   *
   * <p>ReLU selects instead of multiplying, as PyTorch does: where f' is 0, dx gets 0 though dy be
   * infinite or NaN.
   *
   * @param saved not read by {@link Activation#IDENTITY}
   * @param accumulate add to dx instead of overwriting it
   */
  void activateBackward(
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
      boolean accumulate);

  /** y[c,r] = x[r,c]; y does not overlap x. */
  void transpose(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols);

  /** out[r] (+)= sum over c of x[r,c]: the gradient of a bias. */
  void rowSums(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment out,
      long outOffset,
      int rows,
      int cols,
      boolean accumulate);

  /** y[r,c] (+)= x[r,c]. */
  void copy(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols,
      boolean accumulate);

  /** z[r,c] = x[r,c] + y[r,c]. */
  void add(
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
      int cols);

  /**
   * Inverted dropout, forward and backward alike: y[r,c] (+)= keep(r,c) ? x[r,c] * scale : 0.
   *
   * <p>keep is a pure function of the key and the element's index {@code firstIndex + r *
   * indexStride + c} (as unsigned 32 bits), so that any cut of the work into tiles, and the
   * backward pass, draw the same mask: see {@link DropoutMask}.
   *
   * <p>What is dropped is 0 even where x is infinite or NaN.
   *
   * @param key what distinguishes seed, step and layer
   * @param dropProbability in [0, 1); scale is 1 / (1 - dropProbability)
   */
  void dropout(
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
      boolean accumulate);

  /**
   * Batch normalisation of each row by its own statistics: y[r,c] = (x[r,c] - mean_r) * inverse_r *
   * weight[r] + bias[r], inverse_r = 1 / sqrt(var_r + epsilon), var_r the mean square of x -
   * mean_r.
   *
   * <p>Moves the running statistics by the share {@code momentum} towards mean_r and the unbiased
   * variance (for a single column, which has none, the biased one), unless these are not finite.
   * Sums of more than 1,024 columns are added up in double from the folded lanes of each 1,024.
   *
   * @param saved (4, rows): mean_r and inverse_r are written to the first two rows
   * @param y not x
   */
  void batchNorm(
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
      double momentum);

  /** Batch normalisation of each row by running statistics; y may be x. */
  void batchNormRunning(
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
      double epsilon);

  /**
   * The sums of batch normalisation's backward pass: sum over c of dy[r,c], and of dy[r,c] *
   * (x[r,c] - mean_r) * inverse_r, the gradients of bias and weight.
   *
   * @param saved (4, rows): the first two rows are read, the sums are written to the others
   */
  void batchNormSums(
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
      int cols);

  /**
   * Batch normalisation's input gradient, from its sums: dx[r,c] (+)= weight[r] * inverse_r *
   * (dy[r,c] - sumDy_r / cols - (x[r,c] - mean_r) * inverse_r * sumDyX_r / cols).
   *
   * @param saved (4, rows), as {@link #batchNorm} and {@link #batchNormSums} left it
   * @param dx may be dy
   */
  void batchNormBackward(
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
      boolean accumulate);

  /**
   * Layer normalisation of each column: y[r,c] = (x[r,c] - mean_c) * inverse_c * weight[r] +
   * bias[r], inverse_c = 1 / sqrt(var_c + epsilon). Sums down a column are taken in the order of
   * the rows; y may be x.
   *
   * @param saved (2, cols): mean_c and inverse_c are written to it
   */
  void layerNorm(
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
      float epsilon);

  /**
   * Layer normalisation's input gradient: with n[r,c] = (x[r,c] - mean_c) * inverse_c and g[r,c] =
   * dy[r,c] * weight[r], dx[r,c] (+)= (g[r,c] - mean_r g - n[r,c] * mean_r (g n)) * inverse_c.
   *
   * @param saved (2, cols), as {@link #layerNorm} left it
   * @param dx may be dy
   */
  void layerNormBackward(
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
      boolean accumulate);

  /**
   * Layer normalisation's weight gradient: out[r] (+)= sum over c of dy[r,c] * ((x[r,c] - mean_c) *
   * inverse_c).
   *
   * @param saved (2, cols), as {@link #layerNorm} left it
   */
  void layerNormWeightGradient(
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
      boolean accumulate);

  /**
   * Softmax down each column: y[r,c] = exp(x[r,c] - max_c) / sum_r exp(x[r,c] - max_c); y may be x.
   *
   * <p>Sums down a column, here and in the cross-entropies, are taken in the order of the rows.
   */
  void softmax(
      MemorySegment x,
      long xOffset,
      int ldx,
      MemorySegment y,
      long yOffset,
      int ldy,
      int rows,
      int cols);

  /**
   * Cross-entropy of softmax(logits) with class targets, and its gradient.
   *
   * <p>dLogits[r,c] = (softmax(logits)[r,c] - [r = target_c]) * gradientScale.
   *
   * @param logits (classes, cols)
   * @param targets int32 class per column, each in [0, classes)
   * @param dLogits (classes, cols), may be the logits themselves
   * @return sum over columns of -log softmax(logits)[target_c, c], in double from the folded lanes
   *     of each 1,024 columns
   */
  double softmaxCrossEntropy(
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
      float gradientScale);

  /**
   * Cross-entropy of softmax(logits) with dense targets, and its gradient.
   *
   * <p>dLogits[r,c] = (softmax(logits)[r,c] * sum_k targets[k,c] - targets[r,c]) * gradientScale,
   * as in PyTorch's CrossEntropyLoss with class probabilities.
   *
   * @param dLogits (classes, cols), may be the logits themselves, not the targets
   * @return sum over columns of -sum_r targets[r,c] log softmax(logits)[r,c]
   */
  double softmaxCrossEntropyDense(
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
      float gradientScale);

  /**
   * An element-wise loss l(prediction - target) or l(logit, target), and its gradient.
   *
   * @param loss which
   * @param delta the threshold of {@link ElementLoss#HUBER}, ignored by the others
   * @param dPrediction may be the prediction itself
   * @return the sum over all elements of l, in double from the folded lanes of each 1,024 of a row
   */
  double elementLoss(
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
      float gradientScale);

  /**
   * The same with a weight per column: loss and gradient of column c are multiplied by weights[c].
   *
   * @param weights (cols) float32
   */
  double weightedElementLoss(
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
      float gradientScale);

  /**
   * Number of columns whose largest logit (the first of equals) is at the target's row; a column
   * with a NaN is never correct.
   *
   * @param targets int32 class per column, each in [0, classes)
   */
  int countCorrect(
      MemorySegment logits,
      long logitsOffset,
      int ldLogits,
      MemorySegment targets,
      long targetsOffset,
      int classes,
      int cols);

  /** SGD: g' = g + decay * w; w -= learningRate * g'. Count is in floats. */
  void sgd(
      MemorySegment w,
      long wOffset,
      MemorySegment g,
      long gOffset,
      long count,
      float learningRate,
      float weightDecay);

  /**
   * SGD with momentum: g' = g + decay * w; v = momentum * v + g'; w -= learningRate * (nesterov ?
   * g' + momentum * v : v). With v starting at zero the first v is the gradient.
   */
  void momentum(
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
      float weightDecay);

  /**
   * RMSProp: g' = g + decay * w; s = alpha * s + (1 - alpha) * g'^2; w -= learningRate * g' /
   * (sqrt(s) + epsilon).
   *
   * @param alpha in double so that 1 - alpha is taken before rounding: 1 - 0.999f is off by 1.3e-5
   */
  void rmsProp(
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
      float weightDecay);

  /**
   * Adam: g' = g + decay * w (or, decoupled as in AdamW, w -= learningRate * decay * w first); m =
   * beta1 * m + (1 - beta1) * g'; v = beta2 * v + (1 - beta2) * g'^2; w -= stepSize * m / (sqrt(v)
   * * inverseSqrtCorrection2 + epsilon).
   *
   * @param beta1 in double so that 1 - beta1 is taken before rounding
   * @param beta2 as beta1
   * @param stepSize learningRate / (1 - beta1^t)
   * @param inverseSqrtCorrection2 1 / sqrt(1 - beta2^t)
   */
  void adam(
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
      float inverseSqrtCorrection2);

  /** y[i] = x[i] * scale + shift for unsigned bytes x: pixels to floats. */
  void bytesToFloats(
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      long count,
      float scale,
      float shift);

  /** y[i] = y[i] * scale + shift, rounded once: what {@link #bytesToFloats} does, for floats. */
  void scaleShift(MemorySegment y, long yOffset, long count, float scale, float shift);

  /** g[i] = min(max(g[i], -limit), limit). */
  void clamp(MemorySegment g, long gOffset, long count, float limit);

  /** g[i] += factor * sign(w[i]), where the sign of 0 is 0: the gradient of factor * |w|. */
  void addSigns(
      MemorySegment w, long wOffset, MemorySegment g, long gOffset, long count, float factor);

  /** Whether every one of count consecutive floats is finite. */
  boolean allFinite(MemorySegment x, long xOffset, long count);

  /** Sum of squares of count consecutive floats, in double from the folded lanes of each 1,024. */
  double sumOfSquares(MemorySegment x, long xOffset, long count);
}

package org.panagrad.plan.op;

import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Loss;
import org.panagrad.plan.UpdateRule;

/**
 * What a graph is compiled for.
 *
 * @param batchSize the largest mini-batch
 * @param partitions the partition width: how many tiles a step is cut into at most
 * @param loss what to compute on the output, or null for prediction
 * @param labels whether targets are int32 classes (with a dense loss they are one-hot), or floats
 * @param dropout whether dropout drops
 * @param backward whether gradients are computed
 * @param keepGradients whether the parameters' gradients are stored where they can be read
 * @param inputGradient whether the input's gradient is computed
 * @param updateRule what to do with the gradients, or null for nothing
 * @param inPlace whether the source's rows follow each other, so that they are not copied
 * @param alone whether one thread runs all tiles, which then share their scratch memory
 */
public record CompileOptions(
    int batchSize,
    int partitions,
    @Nullable Loss loss,
    boolean labels,
    boolean dropout,
    boolean backward,
    boolean keepGradients,
    boolean inputGradient,
    @Nullable UpdateRule updateRule,
    boolean inPlace,
    boolean alone) {
  public CompileOptions {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size " + batchSize + ": expected 1 or more");
    }
    if (partitions < 1) {
      throw new IllegalArgumentException(partitions + " partitions: expected 1 or more");
    }
    if (backward && loss == null) {
      throw new IllegalArgumentException("gradients without a loss");
    }
  }

  /** Prediction. */
  public static CompileOptions inference(int batchSize, int partitions) {
    return new CompileOptions(
        batchSize, partitions, null, false, false, false, false, false, null, false, false);
  }

  /** Loss and accuracy, nothing learned, nothing dropped. */
  public static CompileOptions evaluation(
      int batchSize, int partitions, Loss loss, boolean labels) {
    return new CompileOptions(
        batchSize, partitions, loss, labels, false, false, false, false, null, false, false);
  }

  /** Forward, loss, backward, update. */
  public static CompileOptions training(
      int batchSize, int partitions, Loss loss, boolean labels, UpdateRule rule) {
    return new CompileOptions(
        batchSize,
        partitions,
        loss,
        labels,
        true,
        true,
        !rule.fusesIntoProduct(),
        false,
        rule,
        false,
        false);
  }

  /** Gradients of everything, the input included, and no update: for checks. */
  public static CompileOptions gradients(int batchSize, int partitions, Loss loss, boolean labels) {
    return new CompileOptions(
        batchSize, partitions, loss, labels, true, true, true, true, null, false, false);
  }

  /** The same, with the parameters' gradients stored where they can be read. */
  public CompileOptions keepingGradients() {
    return new CompileOptions(
        batchSize,
        partitions,
        loss,
        labels,
        dropout,
        backward,
        true,
        inputGradient,
        updateRule,
        inPlace,
        alone);
  }

  /** The same, with the rows of the mini-batch read where they are. */
  public CompileOptions readingInPlace() {
    return new CompileOptions(
        batchSize,
        partitions,
        loss,
        labels,
        dropout,
        backward,
        keepGradients,
        inputGradient,
        updateRule,
        true,
        alone);
  }

  /**
   * The same tiles, and so the same bits, for a program that only one thread ever runs: what is
   * scratch memory per tile otherwise is taken once.
   */
  public CompileOptions runAlone() {
    return new CompileOptions(
        batchSize,
        partitions,
        loss,
        labels,
        dropout,
        backward,
        keepGradients,
        inputGradient,
        updateRule,
        inPlace,
        true);
  }

  /** Whether results are all that is wanted: no loss, no gradient. */
  boolean forwardOnly() {
    return loss == null && !backward;
  }
}

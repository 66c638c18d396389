package org.panagrad.train;

import org.panagrad.graph.Loss;
import org.panagrad.nn.Losses;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Sgd;

/**
 * How to train. Immutable; every method returns changed options.
 *
 * @param loss what is made small; cross-entropy unless told
 * @param optimizer how; SGD with learning rate 0.1 unless told
 * @param batchSize examples per step; 128 unless told
 * @param seed of the initial parameters, the shuffling and the dropout; 1 unless told
 * @param shuffle whether each epoch goes through the rows in another order
 * @param threads threads that compute, the caller's included; as many as processors unless told
 * @param partitions the partition width: into how many tiles a step is cut. It decides the bits of
 *     the result, threads do not; as many as processors unless told
 * @param maxNativeBytes the most native memory the session may take, checked before any is taken
 * @param keepGradients whether gradients are stored so that they can be read after a step
 */
public record TrainingOptions(
    Loss loss,
    Optimizer optimizer,
    int batchSize,
    long seed,
    boolean shuffle,
    int threads,
    int partitions,
    long maxNativeBytes,
    boolean keepGradients) {

  public TrainingOptions {
    atLeastOne("batch size", batchSize);
    atLeastOne("threads", threads);
    atLeastOne("partitions", partitions);
  }

  /** The options that hold unless told. */
  public static TrainingOptions defaults() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new TrainingOptions(
        Losses.crossEntropy(),
        new Sgd(0.1f),
        128,
        1,
        true,
        processors,
        processors,
        Long.MAX_VALUE,
        false);
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": expected 1 or more");
    }
  }

  /** These options with another loss. */
  public TrainingOptions loss(Loss newLoss) {
    return new TrainingOptions(
        newLoss,
        optimizer,
        batchSize,
        seed,
        shuffle,
        threads,
        partitions,
        maxNativeBytes,
        keepGradients);
  }

  /** These options with another optimizer. */
  public TrainingOptions optimizer(Optimizer newOptimizer) {
    return new TrainingOptions(
        loss,
        newOptimizer,
        batchSize,
        seed,
        shuffle,
        threads,
        partitions,
        maxNativeBytes,
        keepGradients);
  }

  /** These options with another batch size. */
  public TrainingOptions batchSize(int newBatchSize) {
    return new TrainingOptions(
        loss,
        optimizer,
        newBatchSize,
        seed,
        shuffle,
        threads,
        partitions,
        maxNativeBytes,
        keepGradients);
  }

  /** These options with another seed. */
  public TrainingOptions seed(long newSeed) {
    return new TrainingOptions(
        loss,
        optimizer,
        batchSize,
        newSeed,
        shuffle,
        threads,
        partitions,
        maxNativeBytes,
        keepGradients);
  }

  /** These options with or without shuffling. */
  public TrainingOptions shuffle(boolean newShuffle) {
    return new TrainingOptions(
        loss,
        optimizer,
        batchSize,
        seed,
        newShuffle,
        threads,
        partitions,
        maxNativeBytes,
        keepGradients);
  }

  /** These options with another number of threads. */
  public TrainingOptions threads(int newThreads) {
    return new TrainingOptions(
        loss,
        optimizer,
        batchSize,
        seed,
        shuffle,
        newThreads,
        partitions,
        maxNativeBytes,
        keepGradients);
  }

  /** These options with another partition width. */
  public TrainingOptions partitions(int newPartitions) {
    return new TrainingOptions(
        loss,
        optimizer,
        batchSize,
        seed,
        shuffle,
        threads,
        newPartitions,
        maxNativeBytes,
        keepGradients);
  }

  /** These options with another bound on native memory. */
  public TrainingOptions maxNativeBytes(long bytes) {
    return new TrainingOptions(
        loss, optimizer, batchSize, seed, shuffle, threads, partitions, bytes, keepGradients);
  }

  /** These options with gradients stored or not. */
  public TrainingOptions keepGradients(boolean keep) {
    return new TrainingOptions(
        loss, optimizer, batchSize, seed, shuffle, threads, partitions, maxNativeBytes, keep);
  }
}

package org.panagrad.cli.option;

import org.jspecify.annotations.Nullable;
import org.panagrad.train.TrainingOptions;
import picocli.CommandLine.Option;

/** How long and in which pieces a network is trained. */
public final class RunOptions {
  @Option(
      names = "--batch-size",
      paramLabel = "N|full",
      converter = BatchSize.Converter.class,
      description =
          "Rows per step; 'full' for all of them. Default: 128; for tables a hundredth of the rows,"
              + " 8 to 128.")
  @Nullable BatchSize batchSize;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "Times every row is trained on. Default: 10; for small tables up to 200, so that there"
              + " are some 2,500 steps.")
  @Nullable Integer epochs;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Of the first weights, the shuffling, the dropout and the splits. Default:"
              + " ${DEFAULT-VALUE}.")
  public long seed;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Parts a step is cut into, and so the most threads of use. The same number gives the same"
              + " bits on any number of threads. Default: the processors.")
  @Nullable Integer partitions;

  /**
   * Options with what is known before any data is there.
   *
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  TrainingOptions apply(TrainingOptions options) {
    if (epochs != null && epochs < 1) {
      throw new IllegalArgumentException("--epochs " + epochs + ": expected 1 or more");
    }
    TrainingOptions seeded = options.seed(seed);
    return partitions == null ? seeded : seeded.partitions(partitions);
  }

  BatchSize batchSize(Defaults defaults) {
    return batchSize == null ? defaults.batch() : batchSize;
  }

  int epochs(Defaults defaults) {
    return epochs == null ? defaults.epochs() : epochs;
  }
}

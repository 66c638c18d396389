package org.panagrad.bench.contender;

/** One library, set one way, in a process of its own. */
public interface Contender extends AutoCloseable {
  /** Versions and settings in one line, known after {@link #prepare}. */
  String about();

  /** Builds the network at its starting weights and takes the data over, in its own best form. */
  void prepare(BenchData data) throws Exception;

  /** Goes on for so many steps, with the mini-batches in turn; returns when all is computed. */
  void train(int steps) throws Exception;

  /** Mean loss of the first mini-batch at the present weights; NaN where nothing is learned. */
  double loss() throws Exception;

  /** Predicts the first rows of the data, so many times, one call each time. */
  void predict(int rows, int times) throws Exception;

  @Override
  default void close() {}
}

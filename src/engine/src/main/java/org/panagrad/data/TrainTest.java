package org.panagrad.data;

/**
 * Rows to train on and rows to test on, of one kind.
 *
 * @param train what the network sees
 * @param test what it is judged by
 */
public record TrainTest(Dataset train, Dataset test) implements AutoCloseable {
  /** Closes both. */
  @Override
  public void close() {
    train.close();
    test.close();
  }
}

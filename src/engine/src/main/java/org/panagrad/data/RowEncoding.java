package org.panagrad.data;

/**
 * How raw rows became a dataset's features and targets, learned from the training rows. It goes
 * with the dataset, so that a model trained on it is written with what prediction on raw rows
 * needs.
 */
public interface RowEncoding {
  /** From a network's output to the target's own unit; identity for classes. */
  FeatureMap outputMap();
}

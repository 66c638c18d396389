package org.panagrad.bench.contender;

import java.util.List;

/**
 * What is trained: a perceptron with ReLU between its dense layers, on mini-batches that repeat.
 *
 * <p>The learning rates make the loss move enough in 50 steps that a step left out is seen, and not
 * so much that rounding grows into a difference.
 */
public enum Workload {
  A(32, 25, false, 0.05f, 784, 128, 10),
  B(128, 10, false, 0.05f, 784, 512, 256, 10),
  C(1024, 10, false, 0.05f, 784, 512, 256, 10),
  D(256, 10, false, 0.05f, 784, 2048, 2048, 10),
  E(64, 25, false, 0.02f, 64, 64, 64, 1),
  F(128, 10, true, 1e-4f, 784, 512, 256, 10);

  private final int batch;
  private final int batches;
  private final boolean adam;
  private final float learningRate;

  @SuppressWarnings("ImmutableEnumChecker") // List.of makes one that cannot change.
  private final List<Integer> widths;

  Workload(int batch, int batches, boolean adam, float learningRate, Integer... widths) {
    this.batch = batch;
    this.batches = batches;
    this.adam = adam;
    this.learningRate = learningRate;
    this.widths = List.of(widths);
  }

  /** Rows of a mini-batch. */
  public int batch() {
    return batch;
  }

  /** Mini-batches in the data; after the last comes the first again. */
  public int batches() {
    return batches;
  }

  /** Rows of the data. */
  public int rows() {
    return batch * batches;
  }

  /** Adam with PyTorch's defaults where true, plain SGD where not. */
  public boolean adam() {
    return adam;
  }

  /** The step size. */
  public float learningRate() {
    return learningRate;
  }

  /** Dense layers. */
  public int layers() {
    return widths.size() - 1;
  }

  /** Inputs of a layer. */
  public int in(int layer) {
    return widths.get(layer);
  }

  /** Outputs of a layer. */
  public int out(int layer) {
    return widths.get(layer + 1);
  }

  /** Features of a row. */
  public int inputs() {
    return widths.getFirst();
  }

  /** Outputs of the last layer. */
  public int outputs() {
    return widths.getLast();
  }

  /** Cross-entropy of classes where true; mean squared error of one value where not. */
  public boolean classes() {
    return outputs() > 1;
  }

  /** "784-128-10, batch 32, cross-entropy, SGD". */
  public String describe() {
    StringBuilder text = new StringBuilder();
    for (int width : widths) {
      text.append(text.isEmpty() ? "" : "-").append(width);
    }
    return text.append(", batch ")
        .append(batch)
        .append(classes() ? ", cross-entropy" : ", MSE")
        .append(adam ? ", Adam" : ", SGD")
        .toString();
  }
}

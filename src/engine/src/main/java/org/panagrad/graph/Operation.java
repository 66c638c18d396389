package org.panagrad.graph;

import java.util.List;

/**
 * One thing to compute: values in, one value out.
 *
 * <p>An operation only describes. How it runs, forward and backward, is written in the class of the
 * same name in the plan package; {@code docs/adding-an-operation.md} walks through one.
 */
public sealed interface Operation
    permits Linear, Activate, Dropout, Softmax, Add, BatchNorm, LayerNorm {
  /** What it reads: activations and parameters. */
  List<Value> inputs();

  /** What it produces; its path is the operation's. */
  Value output();

  /** The path of the operation, which is its output's. */
  default String path() {
    return output().path();
  }

  /** How messages and summaries call it: {@code Dense 784 -> 256}. */
  String describe();
}

package org.panagrad.plan.op;

import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Loss;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Memory;
import org.panagrad.plan.Plan;

/**
 * A plan, and where its results will lie.
 *
 * @param plan the steps
 * @param input (batch, features)
 * @param output (outputs, batch)
 * @param loss what is computed on it, or null
 * @param slots the loss of each tile, or null
 * @param inputGradient (features, batch), or null
 * @param gradientNorm a row per lane, all the same; or null where it is not measured
 */
public record CompiledGraph(
    Plan plan,
    Buffer input,
    Buffer output,
    @Nullable Loss loss,
    @Nullable Buffer slots,
    @Nullable Buffer inputGradient,
    @Nullable Buffer gradientNorm) {
  /**
   * The factor from a sum of losses to their mean as the loss defines it; 0 for no weight.
   *
   * @param examples how many the sum is over, or the sum of their weights: {@link #weightSum}
   */
  public double lossScale(double examples) {
    if (loss == null) {
      throw new IllegalStateException("compiled without a loss");
    }
    return LossSteps.lossScale(loss.function(), output.rows(), examples);
  }

  /** The slots as a matrix, for {@link #lossSum} and {@link #correct}. */
  public Matrix bindSlots(Memory memory) {
    if (slots == null) {
      throw new IllegalStateException("compiled without a loss");
    }
    return memory.matrix(slots);
  }

  /** The sum over the last mini-batch, to be multiplied by {@link #lossScale}. */
  public static double lossSum(Matrix slots) {
    return sum(slots, 0);
  }

  /** The sum of the weights of the last mini-batch's examples: their number where all weigh 1. */
  public static double weightSum(Matrix slots) {
    return sum(slots, 16);
  }

  /** How many of the last mini-batch's labels the output hit. */
  public static long correct(Matrix slots) {
    return (long) sum(slots, 8);
  }

  /** The norm as a matrix, for {@link #gradientNorm(Matrix)}. */
  public Matrix bindGradientNorm(Memory memory) {
    if (gradientNorm == null) {
      throw new IllegalStateException("compiled without the norm of the gradients");
    }
    return memory.matrix(gradientNorm);
  }

  /** The norm of all gradients of the last update, before they were clipped. */
  public static double gradientNorm(Matrix norm) {
    return norm.segment().get(ValueLayout.JAVA_DOUBLE, norm.offset());
  }

  /** The sum of the doubles that lie so many bytes into each slot. */
  static double sum(Matrix slots, int at) {
    double sum = 0;
    for (int i = 0; i < slots.rows(); i++) {
      sum +=
          slots
              .segment()
              .get(
                  ValueLayout.JAVA_DOUBLE,
                  slots.offset() + (long) i * slots.ld() * Float.BYTES + at);
    }
    return sum;
  }
}

package org.panagrad.optim;

import org.panagrad.plan.RunState;
import org.panagrad.plan.UpdateRule;

/** An optimizer: an update rule with a learning rate. Immutable; its state is the session's. */
public sealed interface Optimizer extends UpdateRule permits Sgd, Momentum, RmsProp, Adam {
  /** The name on the command line and in reports. */
  String label();

  /** The learning rate before any schedule. */
  float learningRate();

  /** Factor on the weights that is added to their gradient, or taken off them apart (AdamW). */
  float weightDecay();

  /** Whether it has a momentum, or a beta1, that a schedule can set for each update. */
  default boolean hasMomentum() {
    return false;
  }

  /** The same optimizer with another weight decay. */
  Optimizer withWeightDecay(float weightDecay);

  /** The momentum of this update. */
  static double momentum(double own, RunState state) {
    return Double.isNaN(state.momentum) ? own : state.momentum;
  }

  /** Checks what all optimizers share. */
  static void check(float learningRate, float weightDecay) {
    inRange("learning rate", learningRate, 0, Float.MAX_VALUE);
    inRange("weight decay", weightDecay, 0, Float.MAX_VALUE);
  }

  /** Checks that a hyperparameter lies in [low, high]. */
  static void inRange(String name, float value, float low, float high) {
    if (!(value >= low && value <= high)) {
      throw new IllegalArgumentException(
          name
              + " "
              + value
              + ": expected "
              + (high == Float.MAX_VALUE ? low + " or more" : "from " + low + " to " + high));
    }
  }

  /** Checks that a hyperparameter lies in [0, 1). */
  static void belowOne(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " " + value + ": expected 0 or more, below 1");
    }
  }
}

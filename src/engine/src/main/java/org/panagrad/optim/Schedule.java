package org.panagrad.optim;

/**
 * How the learning rate goes over a training: a pure function of the rate given, the number of
 * updates before this one, and, for what follows the validation loss, what has been seen of it.
 */
public sealed interface Schedule
    permits ConstantRate,
        StepDecay,
        ExponentialDecay,
        CosineDecay,
        OneCycle,
        CycledMomentum,
        ReduceOnPlateau {
  /**
   * The learning rate of one update.
   *
   * @param base the optimizer's learning rate, which is the largest for all schedules but one that
   *     grows
   * @param step updates before this one, from 0
   * @param state what has been seen of the validation loss
   */
  double rate(double base, long step, ScheduleState state);

  /**
   * The momentum of one update, which is Adam's beta1; NaN where the optimizer's own holds.
   *
   * @param step updates before this one, from 0
   */
  default double momentum(long step) {
    return Double.NaN;
  }

  /**
   * What is known once another epoch has been validated; the same state where the loss is of no
   * matter.
   *
   * @param loss on the validation set
   */
  default ScheduleState observed(double base, ScheduleState state, double loss) {
    return state;
  }

  /** The name on the command line and in reports. */
  String label();

  /** Checks a number of updates. */
  static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " " + value + ": expected " + least + " or more");
    }
  }

  /** Checks a factor that is to be above 0 and finite. */
  static void positive(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " " + value + ": expected a finite number above 0");
    }
  }

  /** Checks a rate that is to be 0 or more and finite. */
  static void notNegative(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name + " " + value + ": expected a finite number of 0 or more");
    }
  }
}

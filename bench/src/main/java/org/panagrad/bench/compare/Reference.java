package org.panagrad.bench.compare;

import org.panagrad.bench.contender.Workload;

/**
 * What every contender's loss must be after {@link #STEPS} steps, and how far off it may be.
 *
 * <p>Contenders add in different orders, so each product is off by about 2^-24 sqrt(fan_in),
 * relatively. The engine is run from starting weights with noise of that size too; the tolerance is
 * ten times the largest change of the loss that this makes, and no less than 2^-20 of the loss.
 *
 * @param startLoss of the engine before any step
 * @param loss of the engine after them
 * @param tolerance absolute
 */
record Reference(double startLoss, double loss, double tolerance) {
  static final int STEPS = 50;
  private static final int PERTURBATIONS = 3;

  /** How many starting weights with noise are tried. */
  static int perturbations(Options options) {
    return options.quick() ? 1 : PERTURBATIONS;
  }

  /**
   * Runs the engine.
   *
   * @param perturbations how many of the noisy weights are tried
   * @throws ContenderException if the check could not tell one step from none
   */
  static Reference of(Workload w, Child engine, DataFiles files, int perturbations) {
    double start = after(w, engine, files, DataFiles.weights(w), 0);
    double before = trainOn(engine, STEPS - 1);
    double loss = trainOn(engine, 1);
    double change = Math.abs(loss) * 0x1p-20 / 10;
    for (int i = 0; i < perturbations; i++) {
      double other = after(w, engine, files, DataFiles.perturbed(w, i), STEPS);
      change = Math.max(change, Math.abs(other - loss));
    }
    double tolerance = 10 * change;
    double aStep = Math.abs(loss - before);
    if (!(aStep > tolerance)) {
      throw new ContenderException(
          "workload %s: a step changes the loss by %.2g, which is within the tolerance of %.2g"
              .formatted(w, aStep, tolerance));
    }
    return new Reference(start, loss, tolerance);
  }

  private static double after(Workload w, Child engine, DataFiles files, String weights, int n) {
    engine.ask("prepare " + files.directory() + " " + w + " " + weights, 60);
    return trainOn(engine, n);
  }

  private static double trainOn(Child engine, int steps) {
    engine.ask("train " + steps, 600);
    return Double.parseDouble(engine.ask("loss", 60));
  }
}

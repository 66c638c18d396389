package org.panagrad.bench.profile;

import org.panagrad.bench.compare.Probe;
import org.panagrad.bench.contender.Workload;
import org.panagrad.bench.measure.Rounds;
import org.panagrad.bench.problem.Problem;

/**
 * All that is said of a workload.
 *
 * @param bytes that a step moves at the least
 * @param bytesInUse that it has for its own, and whose copying the bandwidth was measured with
 * @param copyRate bytes a nanosecond of all threads
 */
record StepFigures(
    Workload workload,
    Account account,
    int lanes,
    int phases,
    double flops,
    long bytes,
    long bytesInUse,
    double copyRate,
    SpeedUp speedUp) {
  static StepFigures of(Workload workload, Limits limits, Rounds rounds, Probe probe) {
    Problem problem = Problem.of(workload);
    try (OpenStep step = new OpenStep(problem, limits.threads(), limits.threads())) {
      long rowBytes = (long) problem.batch() * problem.widths().getFirst() * Float.BYTES;
      long bytes = Traffic.bytes(step.plan(), rowBytes, step.stateSlabs());
      long inUse = step.bytesInUse();
      double[] rates = {Limits.copyRate(inUse, 1), Limits.copyRate(inUse, limits.threads())};
      Account account = new Account(step, limits, rounds, probe);
      return new StepFigures(
          workload,
          account,
          step.lanes(),
          step.plan().phases(),
          problem.flops(),
          bytes,
          inUse,
          rates[1],
          SpeedUp.predict(problem, limits, bytes, rates));
    }
  }

  /** A network too small to cut never hands over. */
  int handOvers() {
    return lanes == 1 ? 0 : phases;
  }

  /** Floating-point operations a byte. */
  double intensity() {
    return flops / bytes;
  }

  /** Floating-point operations a nanosecond. */
  double rate() {
    return flops / account.nanos();
  }

  /** What the roof over this intensity allows. */
  double roof(Limits limits) {
    return Math.min(limits.peak(), intensity() * copyRate);
  }
}

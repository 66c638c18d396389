package org.panagrad.bench.scaling;

import org.panagrad.bench.measure.Sample;
import org.panagrad.bench.problem.Problem;

/**
 * One network at one batch size.
 *
 * @param stepNanos of a whole training step
 */
record Point(Problem problem, Sample stepNanos) {
  double samplesPerSecond() {
    return problem.batch() * 1e9 / stepNanos.median();
  }

  /** Nanoseconds of a sample, in the middle. */
  double sampleNanos() {
    return stepNanos.median() / problem.batch();
  }

  /** What a sample costs for each parameter: does not grow where cost is proportional. */
  double sampleNanosPerParameter() {
    return perParameter(stepNanos.median());
  }

  double perParameter(double nanos) {
    return nanos / problem.batch() / problem.parameters();
  }

  double gigaflops() {
    return problem.flops() / stepNanos.median();
  }
}

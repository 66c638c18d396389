package org.panagrad.bench.profile;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Plan;
import org.panagrad.plan.Step;

/**
 * Bytes that a step moves at the least, if every phase reads and writes each of its buffers once
 * and nothing is left in a cache from one phase to the next: weights, activations, gradients and
 * optimizer state. What a lane has written in a phase it reads from its cache.
 */
final class Traffic {
  private Traffic() {}

  /**
   * @param rowBytes of a mini-batch in the data set
   * @param stateSlabs of the optimizer
   */
  static long bytes(Plan plan, long rowBytes, int stateSlabs) {
    List<Step> steps = plan.steps();
    long bytes = rowBytes;
    for (int phase = 0; phase < plan.phases(); phase++) {
      Set<Buffer> near = new HashSet<>();
      Set<Buffer> written = new HashSet<>();
      for (int s = 0; s < steps.size(); s++) {
        if (plan.phaseOf(s) != phase) {
          continue;
        }
        for (Access access : steps.get(s).accesses()) {
          Buffer buffer = access.buffer();
          boolean parameter = buffer.slab() == Buffer.Slab.PARAMETERS;
          // An update reads what it writes, and the optimizer's state with it.
          if ((!access.write() || parameter) && near.add(buffer)) {
            bytes += touched(buffer);
          }
          if (access.write() && written.add(buffer)) {
            bytes += touched(buffer) * (parameter ? 1 + 2L * stateSlabs : 1);
            near.add(buffer);
          }
        }
      }
    }
    return bytes;
  }

  /** Without what is left free between rows. */
  private static long touched(Buffer buffer) {
    return (long) Float.BYTES * buffer.rows() * buffer.cols();
  }
}

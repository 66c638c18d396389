package org.panagrad.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts steps into phases, as early as their accesses allow.
 *
 * <p>Between phases all lanes meet; inside one, lane i runs tile i of every step in the order the
 * steps were given. Two steps whose conflict stays inside a lane (tile i of both touches the same
 * part) may therefore share a phase: this is how an activation runs on the tile its product has
 * just written, and an update on the gradient just summed, without either knowing of the other.
 * Steps of a single tile are all lane 0's, so a network too small to cut is one phase.
 */
final class Scheduler {
  private Scheduler() {}

  /** The phase of each step. */
  static int[] phases(List<Step> steps) {
    int[] phase = new int[steps.size()];
    List<List<Access>> seen = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      for (int j = 0; j < i; j++) {
        for (Access earlier : seen.get(j)) {
          for (Access later : steps.get(i).accesses()) {
            if (later.conflictsWith(earlier)) {
              boolean sameLane =
                  later.alignedWith(earlier)
                      || (steps.get(i).tiles() == 1 && steps.get(j).tiles() == 1);
              phase[i] = Math.max(phase[i], phase[j] + (sameLane ? 0 : 1));
            }
          }
        }
      }
      seen.add(steps.get(i).accesses());
    }
    return phase;
  }
}

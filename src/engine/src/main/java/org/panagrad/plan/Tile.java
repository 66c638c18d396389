package org.panagrad.plan;

/** The part of a step that one lane runs: everything it needs is in its final fields. */
@FunctionalInterface
public interface Tile {
  /** Computes; allocates nothing. */
  void run(RunState state);
}

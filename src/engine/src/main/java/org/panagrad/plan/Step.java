package org.panagrad.plan;

import java.util.List;

/**
 * One kind of work, cut into tiles, before it has memory.
 *
 * @param name for reports
 * @param category what its time is booked on
 * @param accesses what it reads and writes
 * @param tiles at most the partition width
 * @param binder makes the tiles once every buffer has a place
 */
public record Step(
    String name, Category category, List<Access> accesses, int tiles, Binder binder) {
  /** Where a step's time goes in a profile. */
  public enum Category {
    /** Copying the mini-batch in. */
    DATA,
    /** sgemm. */
    PRODUCT,
    /** Activations, biases, losses. */
    ELEMENT_WISE,
    /** The optimizer. */
    UPDATE
  }

  /** Makes tile {@code index}. */
  @FunctionalInterface
  public interface Binder {
    /** The tile, with its memory. */
    Tile bind(Memory memory, int index);
  }

  public Step {
    accesses = List.copyOf(accesses);
  }
}

package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a session goes back to: the beginning of the epoch, and the weights of the epoch with the
 * least training loss. They are those it had there, unless it was diverging already.
 */
final class Rollback {
  /** Names of the copies begin so. */
  static final String PREFIX = "rollback.";

  private static final int MOST = 10;

  private final TrainingSession session;
  private final Map<String, MemorySegment> live;
  private final Map<String, MemorySegment> copies = new LinkedHashMap<>();
  private @Nullable TrainingPosition position;
  private int count;

  /** Takes memory for the copies of these slabs. */
  Rollback(TrainingSession session, Map<String, MemorySegment> live) {
    this.session = session;
    this.live = Map.copyOf(live);
    live.forEach((name, slab) -> copies.put(PREFIX + name, session.slab(PREFIX + name)));
  }

  /** The copies by name; worth something once there is a position. */
  Map<String, MemorySegment> copies() {
    return copies;
  }

  /** Where the session was; null before the first epoch. */
  @Nullable TrainingPosition position() {
    return position;
  }

  /** How often it was gone back. */
  int count() {
    return count;
  }

  /**
   * Remembers the beginning of an epoch.
   *
   * @param best whether the weights of now are the best
   */
  void take(boolean best) {
    position = session.position();
    if (best) {
      live.forEach((name, slab) -> copy(slab, copies.get(PREFIX + name)));
    }
  }

  /** The copies have been restored from a checkpoint. */
  void restored(@Nullable TrainingPosition from, int times) {
    position = from;
    count = times;
  }

  /** Goes back, to half the present learning rate; false if there is nowhere to, or no more use. */
  boolean goBack() {
    if (position == null || count >= MOST) {
      return false;
    }
    count++;
    float rate = session.baseLearningRate() / 2;
    live.forEach((name, slab) -> copy(copies.get(PREFIX + name), slab));
    session.restore(position);
    session.learningRate(rate);
    return true;
  }

  private static void copy(@Nullable MemorySegment from, @Nullable MemorySegment to) {
    if (from != null && to != null) {
      MemorySegment.copy(from, 0, to, 0, to.byteSize());
    }
  }
}

package org.panagrad.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of a run: taken up at its beginning, due from time to time, written while it goes
 * on or waited for, told of when they are there.
 */
final class RunCheckpoints {
  private static final String COPY = "copy for checkpoints: ";

  private final TrainingSession session;
  private final CheckpointStore store;
  private final CheckpointPolicy policy;
  private final Consumer<TrainingEvent> listener;
  private @Nullable BackgroundCheckpoints background;
  private @Nullable Path last;
  private long lastNanos;
  private long lastStep; // of the last one, begun or written
  private boolean isSaved; // nothing has changed since it was written, or begun to be

  /**
   * @param listener is told when one is there
   */
  RunCheckpoints(
      TrainingSession session,
      CheckpointStore store,
      CheckpointPolicy policy,
      Consumer<TrainingEvent> listener) {
    this.session = session;
    this.store = store;
    this.policy = policy;
    this.listener = listener;
  }

  /**
   * Takes the newest whole one up, if there is one.
   *
   * @throws ResumeException if it is of another training
   * @throws UncheckedIOException in one line if they cannot be read
   */
  Optional<CheckpointStore.Restored> restore(CheckpointForm form, boolean otherMachine) {
    try {
      Optional<CheckpointStore.Restored> restored = store.restore(form, otherMachine);
      restored.ifPresent(taken -> last = taken.file());
      return restored;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Checks that there is none, for a run that begins anew.
   *
   * @throws ResumeException if there is
   * @throws UncheckedIOException in one line if that cannot be seen
   */
  void requireNone() {
    try {
      if (!store.isEmpty()) {
        throw new ResumeException(
            store.name()
                + ": holds checkpoints of a training; resume that one, or begin anew in another"
                + " folder");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Takes the memory that they are written from.
   *
   * @param form with every slab that one may have
   * @throws org.panagrad.memory.NativeMemoryLimitException if it would pass the session's limit
   */
  void prepare(CheckpointForm form) {
    Map<String, MemorySegment> copies = new LinkedHashMap<>();
    form.slabs().keySet().forEach(name -> copies.put(name, session.slab(COPY + name)));
    BackgroundCheckpoints writer = new BackgroundCheckpoints(store, copies);
    session.beforeClosing(writer::settle);
    background = writer;
  }

  /** The run begins behind this step: the first one is due so long after it. */
  void start(long step) {
    lastStep = step;
    lastNanos = System.nanoTime();
  }

  /** The last one there is, of this run or the one it goes on from; null if there is none. */
  @Nullable Path last() {
    return last;
  }

  /** The training has gone on, or back: the last one is no longer of what is. */
  void changed() {
    isSaved = false;
  }

  /** Whether the last one, written or begun, is of what is. */
  boolean isSaved() {
    return isSaved;
  }

  /** Whether one is due behind this step. */
  boolean isDue(long step) {
    return background != null
        && !isSaved
        && policy.isDue(step, lastStep, System.nanoTime() - lastNanos);
  }

  /** Begins to write one from a copy; the one under way must have been ended. */
  void begin(CheckpointForm form, TrainingProgress progress) {
    BackgroundCheckpoints writer = background;
    if (writer == null) {
      throw new IllegalStateException("no memory has been taken for copies");
    }
    writer.begin(form, progress);
    begun(progress);
    lastNanos = System.nanoTime();
  }

  /**
   * Writes one and waits for it; the one under way must have been ended.
   *
   * @throws UncheckedIOException in one line if it cannot be written
   */
  Path write(CheckpointForm form, TrainingProgress progress) {
    Path file = BackgroundCheckpoints.write(store, form, progress);
    begun(progress);
    written(file, lastStep);
    return file;
  }

  private void begun(TrainingProgress progress) {
    isSaved = true;
    lastStep = progress.position().step();
  }

  /** Tells of the one under way, if it is there by now. */
  void look() {
    if (background != null && background.isDone()) {
      end();
    }
  }

  /**
   * Waits for the one under way, if there is one.
   *
   * @throws UncheckedIOException in one line if it could not be written
   */
  void end() {
    if (background == null) {
      return;
    }
    BackgroundCheckpoints.Written written;
    try {
      written = background.end();
    } catch (RuntimeException | Error e) {
      isSaved = false;
      throw e;
    }
    if (written != null) {
      written(written.file(), written.step());
    }
  }

  private void written(Path file, long step) {
    last = file;
    lastNanos = System.nanoTime();
    listener.accept(new TrainingEvent.CheckpointWritten(file, step));
  }

  /** However the run ends, nobody writes to the store afterwards. */
  void settle() {
    if (background != null) {
      background.settle();
      session.beforeClosing(() -> {});
    }
  }
}

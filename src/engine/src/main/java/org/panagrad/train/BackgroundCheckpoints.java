package org.panagrad.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes checkpoints while the training goes on: each from a copy, by a thread of its own. One is
 * under way at a time, so there is one copy, however slow the disk; who comes too early with the
 * next waits.
 */
final class BackgroundCheckpoints {
  /** A checkpoint that lies on the disk. */
  record Written(Path file, long step) {}

  private static final ThreadFactory THREADS =
      Thread.ofPlatform().daemon().name("panagrad-checkpoint").factory();

  private final CheckpointStore store;
  private final ThreadFactory threads;
  private final Map<String, MemorySegment> copies;
  private @Nullable FutureTask<Written> underWay;

  /**
   * @param copies of every slab that a checkpoint may have, by its name: memory to copy to
   */
  BackgroundCheckpoints(CheckpointStore store, Map<String, MemorySegment> copies) {
    this(store, copies, THREADS);
  }

  BackgroundCheckpoints(
      CheckpointStore store, Map<String, MemorySegment> copies, ThreadFactory threads) {
    this.store = store;
    this.threads = threads;
    this.copies = Map.copyOf(copies);
  }

  /**
   * Writes a checkpoint and waits for it. By a thread that nobody can interrupt: a file's channel
   * is closed when the thread that writes to it is, and an interrupt is to end a training, not to
   * lose what it came to. The interrupt stays with the caller.
   *
   * @throws UncheckedIOException in one line if it cannot be written
   */
  static Path write(CheckpointStore store, CheckpointForm form, TrainingProgress progress) {
    FutureTask<Path> task = new FutureTask<>(() -> store.write(form, progress));
    THREADS.newThread(task).start();
    return result(task);
  }

  /** Whether {@link #end} would not wait. */
  boolean isDone() {
    return underWay != null && underWay.isDone();
  }

  /** Copies the slabs of a form and begins to write; the one before must have been ended. */
  void begin(CheckpointForm form, TrainingProgress progress) {
    if (underWay != null) {
      throw new IllegalStateException("a checkpoint is under way");
    }
    Map<String, MemorySegment> slabs = new LinkedHashMap<>();
    form.slabs()
        .forEach(
            (name, slab) -> {
              MemorySegment copy = copies.get(name);
              if (copy == null) {
                throw new IllegalArgumentException(name + ": no copy of this slab");
              }
              slabs.put(name, copy.copyFrom(slab));
            });
    CheckpointForm copied =
        new CheckpointForm(form.layout(), slabs, form.settings(), form.machine());
    FutureTask<Written> task =
        new FutureTask<>(
            () -> new Written(store.write(copied, progress), progress.position().step()));
    threads.newThread(task).start();
    // Not before it runs: one that no thread could be had for would be waited for for ever.
    underWay = task;
  }

  /** Waits until the copies are nobody's; what came of it is told by {@link #end}. */
  void settle() {
    FutureTask<Written> task = underWay;
    if (task != null) {
      try {
        await(task);
      } catch (ExecutionException _) {
        // It fails again at the end.
      }
    }
  }

  /**
   * Waits for the one under way.
   *
   * @return null if there is none
   * @throws UncheckedIOException in one line if it could not be written
   */
  @Nullable Written end() {
    FutureTask<Written> task = underWay;
    if (task == null) {
      return null;
    }
    // Whatever comes of it is told once.
    underWay = null;
    return result(task);
  }

  private static <T> T result(FutureTask<T> task) {
    try {
      return await(task);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof Error failure) {
        throw failure;
      }
      if (cause instanceof IOException failure) {
        throw new UncheckedIOException(failure);
      }
      throw cause instanceof RuntimeException failure ? failure : new IllegalStateException(cause);
    }
  }

  /** Goes on waiting when it is interrupted: the copies are the writer's until it has ended. */
  private static <T> T await(FutureTask<T> task) throws ExecutionException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

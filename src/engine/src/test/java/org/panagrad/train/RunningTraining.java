package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.jspecify.annotations.Nullable;

/** A training on a thread of its own, which somebody is to end from outside. */
final class RunningTraining {
  private final Thread thread;
  private @Nullable IllegalStateException failure;

  private RunningTraining(Trainer trainer) {
    thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    trainer.run();
                  } catch (IllegalStateException e) {
                    failure = e;
                  }
                });
  }

  static RunningTraining of(Trainer trainer) {
    return new RunningTraining(trainer);
  }

  /** Waits for its end, and says what ended it. */
  String failure() throws InterruptedException {
    thread.join();
    IllegalStateException why = failure;
    assertNotNull(why, "the training came to its end");
    return String.valueOf(why.getMessage());
  }
}

package org.panagrad.train;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Whether what a checkpoint tells of a training is one story, and what it means for this run. */
final class ResumeChecks {
  private ResumeChecks() {}

  /**
   * The history tells of every epoch, but for one whose steps are done and whose end is not; and it
   * is the present epoch, or the one before, whose beginning is gone back to.
   *
   * @throws ResumeException if it is not so
   */
  static void requireOneStory(Path file, TrainingProgress progress) {
    TrainingPosition position = progress.position();
    long epochs = (long) position.epochs() - progress.epochsBefore();
    long untold = epochs - progress.history().size();
    if (untold != 0 && !(untold == 1 && position.rowsDone() == 0)) {
      throw damaged(file, "history", epochs + " epochs", progress.history().size() + "");
    }
    TrainingPosition back = progress.rollbackTo();
    if (back != null) {
      long since = (long) position.epochs() - back.epochs();
      if (back.rowsDone() != 0 || (since != 0 && since != 1)) {
        throw damaged(
            file,
            "position to go back to",
            "the beginning of epoch " + position.epochs() + " or the next",
            back.rowsDone() + " rows of epoch " + (back.epochs() + 1L));
      }
    }
  }

  private static ResumeException damaged(Path file, String what, String expected, String found) {
    return new ResumeException(
        file
            + ": "
            + what
            + ": expected "
            + expected
            + ", found "
            + found
            + "; the file is damaged, take another checkpoint or begin anew");
  }

  /**
   * What is to be said where more has been trained than is asked for.
   *
   * @param epochs that are asked for
   */
  static @Nullable String beyond(Path file, TrainingPosition position, int epochs) {
    if (position.epochs() < epochs || (position.epochs() == epochs && position.rowsDone() == 0)) {
      return null;
    }
    return file
        + ": has been trained for "
        + position.epochs()
        + (position.rowsDone() > 0 ? " epochs and part of the next" : " epochs")
        + ", more than the "
        + epochs
        + " asked for; that is what is taken, and nothing is added: for fewer, begin anew in"
        + " another folder";
  }
}

package org.panagrad.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where the checkpoints of one training are kept; {@code io.CheckpointFolder} is on a disk. */
public interface CheckpointStore {
  /**
   * Stores a checkpoint; when this returns it survives a power cut, and the oldest too many are
   * gone.
   *
   * @throws IOException in one line when it cannot be stored; those stored before are still there
   */
  Path write(CheckpointForm form, TrainingProgress progress) throws IOException;

  /**
   * Takes the newest whole checkpoint: fills the slabs of the form that it has.
   *
   * @param otherMachine whether another partition width, library or core will do
   * @return empty if there is no checkpoint at all
   * @throws ResumeException if it is of another training
   * @throws org.panagrad.file.FormatException if there are checkpoints, and none is whole
   * @throws IOException in one line when they cannot be read
   */
  Optional<Restored> restore(CheckpointForm form, boolean otherMachine) throws IOException;

  /** Whether there is no checkpoint, whole or not. */
  boolean isEmpty() throws IOException;

  /** What messages call it. */
  String name();

  /**
   * A checkpoint that was taken.
   *
   * @param file it was in
   * @param slabs those that it had
   * @param warnings a line each: of damaged ones passed over, of what differs of the machine
   */
  record Restored(Path file, TrainingProgress progress, Set<String> slabs, List<String> warnings) {
    public Restored {
      slabs = Set.copyOf(slabs);
      warnings = List.copyOf(warnings);
    }
  }
}

package org.panagrad.sweep;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.panagrad.file.AtomicFile;
import org.panagrad.file.FailureReason;
import org.panagrad.file.FolderLock;
import org.panagrad.file.FormatException;
import org.panagrad.file.OneLine;
import org.panagrad.infer.Model;
import org.panagrad.io.CheckpointFolder;
import org.panagrad.io.ModelFile;
import org.panagrad.train.ResumeException;

/**
 * The folder of a sweep.
 *
 * <pre>
 * results.jsonl                        the table
 * best.safetensors                     the model of its best row
 * best.json                            that row
 * models/trial-0003.safetensors        of the others, if they are kept
 * trials/trial-0003/step-*.safetensors checkpoints of trials under way
 * </pre>
 *
 * <p>A trial's model is written first, then its row, then the model becomes the best one if the row
 * is. So whatever moment a process is killed at, the model of the best row is in one of two places.
 * One that is not the best goes before its row is written, unless it is to be kept: what lies among
 * the models at the end is somebody's, and nothing there is ever cleared away.
 */
final class SweepFolder implements AutoCloseable {
  private final Path folder;
  private final boolean keepModels;
  private final FolderLock lock;

  private SweepFolder(Path folder, boolean keepModels, FolderLock lock) {
    this.folder = folder;
    this.keepModels = keepModels;
    this.lock = lock;
  }

  /**
   * Opens the folder, making it if it is not there, and keeps others out.
   *
   * @param trials how many there are
   * @throws ResumeException if there is a sweep and it is not to be resumed, or another process
   *     works on it; or if there is none, and somebody has files of the names that its own would
   *     have
   * @throws IOException in one line when it cannot be made or written to
   */
  static SweepFolder open(Path folder, int trials, boolean resume, boolean keepModels)
      throws IOException {
    try {
      Files.createDirectories(folder.resolve("models"));
      Files.createDirectories(folder.resolve("trials"));
      FolderLock lock = FolderLock.take(folder).orElseThrow(() -> taken(folder));
      SweepFolder opened = new SweepFolder(folder, keepModels, lock);
      try {
        if (!resume && Files.exists(opened.table())) {
          throw new ResumeException(
              folder + ": holds a sweep; resume that one, or begin anew in another folder");
        }
        if (Files.notExists(opened.table())) {
          opened.requireNamesFree(trials);
        }
        AtomicFile.deleteTemporaries(folder);
        AtomicFile.deleteTemporaries(folder.resolve("models"));
      } catch (Throwable t) {
        lock.close();
        throw t;
      }
      return opened;
    } catch (IOException failure) {
      throw refused(folder, failure);
    }
  }

  /** Without a table nothing is a sweep's own, so it may neither be written over nor deleted. */
  private void requireNamesFree(int trials) {
    requireFree(best());
    requireFree(bestRow(folder));
    for (int trial = 1; trial <= trials; trial++) {
      requireFree(model(trial));
      requireFree(checkpoints(trial));
    }
  }

  private static void requireFree(Path file) {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new ResumeException(
          OneLine.of(
              file
                  + ": a sweep would write its own there, expected nothing of that name, as there"
                  + " is no results.jsonl of a sweep; choose another folder, or move it away"));
    }
  }

  private static ResumeException taken(Path folder) {
    return new ResumeException(
        folder + ": another sweep works there; wait for its end, or choose another folder");
  }

  private static IOException refused(Path folder, IOException failure) {
    return new IOException(
        OneLine.of(
            "cannot keep a sweep in "
                + folder
                + ": "
                + FailureReason.of(failure)
                + "; check its permissions, or choose another folder"),
        failure);
  }

  static Path table(Path folder) {
    return folder.resolve("results.jsonl");
  }

  static Path best(Path folder) {
    return folder.resolve("best.safetensors");
  }

  static Path bestRow(Path folder) {
    return folder.resolve("best.json");
  }

  Path table() {
    return table(folder);
  }

  Path best() {
    return best(folder);
  }

  /** Where a trial's model is before its row is in the table, and after if it is kept. */
  Path model(int trial) {
    return folder
        .resolve("models")
        .resolve(String.format(Locale.ROOT, "trial-%04d.safetensors", trial));
  }

  /** The checkpoints of a trial. */
  Path checkpoints(int trial) {
    return folder.resolve("trials").resolve(String.format(Locale.ROOT, "trial-%04d", trial));
  }

  /** Makes the model of this row, which is the best in the table, the best one. */
  void keepBest(TrialResult row) throws IOException {
    Path model = model(row.trial());
    if (keepModels) {
      copy(model);
    } else {
      // It was written and flushed under its own name.
      Files.move(model, best(), StandardCopyOption.ATOMIC_MOVE);
    }
    sayWhichIsBest(row);
  }

  private void sayWhichIsBest(TrialResult row) throws IOException {
    byte[] line = (TableJson.write(row).write() + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(
        bestRow(folder),
        channel -> {
          ByteBuffer buffer = ByteBuffer.wrap(line);
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
        });
  }

  private void copy(Path model) throws IOException {
    try (FileChannel from = FileChannel.open(model, StandardOpenOption.READ)) {
      AtomicFile.write(
          best(),
          to -> {
            for (long at = 0; at < from.size(); ) {
              at += from.transferTo(at, from.size() - at, to);
            }
          });
    }
  }

  /** Forgets the model of a row that is not the best. */
  void dropModel(TrialResult row) throws IOException {
    if (!keepModels) {
      Files.deleteIfExists(model(row.trial()));
    }
  }

  /** Forgets how a trial got where it is. */
  void dropCheckpoints(int trial) throws IOException {
    CheckpointFolder.delete(checkpoints(trial));
  }

  /**
   * After an earlier run was broken off: sees to it that the best model is that of the best row.
   *
   * @throws ResumeException if its model is nowhere
   */
  void settleBest(TrialResult row) throws IOException {
    if (isModelOf(best(), row)) {
      sayWhichIsBest(row);
      return;
    }
    if (!isModelOf(model(row.trial()), row)) {
      throw new ResumeException(
          best()
              + ": expected the model of trial "
              + row.trial()
              + ", the best in "
              + table()
              + ", found "
              + (Files.exists(best()) ? "another" : "none")
              + "; put it back, or begin anew in another folder");
    }
    keepBest(row);
  }

  private static boolean isModelOf(Path file, TrialResult row) throws IOException {
    if (Files.notExists(file)) {
      return false;
    }
    try (Model model = ModelFile.read(file)) {
      return ModelFile.parametersSha256(model).equals(row.parametersSha256());
    } catch (FormatException _) {
      return false;
    }
  }

  /** All of so many trials have ended: no checkpoint is left, nor a folder with nothing in it. */
  void tidy(int trials) throws IOException {
    for (int trial = 1; trial <= trials; trial++) {
      dropCheckpoints(trial);
    }
    CheckpointFolder.deleteIfEmpty(folder.resolve("trials"));
    CheckpointFolder.deleteIfEmpty(folder.resolve("models"));
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}

package org.panagrad.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.AtomicFile;
import org.panagrad.file.FailureReason;
import org.panagrad.file.FolderLock;
import org.panagrad.file.FormatException;
import org.panagrad.file.OneLine;
import org.panagrad.graph.Value;
import org.panagrad.train.CheckpointForm;
import org.panagrad.train.CheckpointStore;
import org.panagrad.train.ResumeException;
import org.panagrad.train.TrainingProgress;

/**
 * The checkpoints of one training in a folder: safetensors files named {@code
 * step-000000001200.safetensors}, of which the last few are kept. {@code docs/checkpoints.md} is
 * the format.
 *
 * <p>A file is written under a temporary name, flushed to the device and renamed, and ends with a
 * checksum of all its bytes. So at any moment the folder holds whole files; one that is damaged
 * later is seen to be, and the one before is taken. A lock keeps a second process out of the
 * folder; it ends with this process, however that ends.
 */
public final class CheckpointFolder implements CheckpointStore, AutoCloseable {
  private static final String KEY = "panagrad.checkpoint";
  private static final String DAMAGED = ".damaged";
  private static final Pattern NAME = Pattern.compile("step-[0-9]{12,19}\\.safetensors");

  private final Path folder;
  private final int keep;
  private final FolderLock lock;

  private CheckpointFolder(Path folder, int keep, FolderLock lock) {
    this.folder = folder;
    this.keep = keep;
    this.lock = lock;
  }

  /**
   * Opens a folder, making it if it is not there, and clears away what a killed process left half
   * written.
   *
   * @param keep how many checkpoints are kept, at least 1
   * @throws ResumeException if another process has it open
   * @throws IOException in one line when it cannot be made or written to
   */
  public static CheckpointFolder open(Path folder, int keep) throws IOException {
    if (keep < 1) {
      throw new IllegalArgumentException(keep + " checkpoints to keep: expected 1 or more");
    }
    try {
      Files.createDirectories(folder);
      FolderLock lock = FolderLock.take(folder).orElseThrow(() -> taken(folder));
      try {
        AtomicFile.deleteTemporaries(folder);
      } catch (Throwable t) {
        lock.close();
        throw t;
      }
      return new CheckpointFolder(folder, keep, lock);
    } catch (IOException failure) {
      throw refused(folder, failure);
    }
  }

  /**
   * Deletes the checkpoints in a folder that nobody has open, damaged ones too, and the folder, if
   * it is there. What others have put there stays, and then so does the folder.
   *
   * @throws IOException if something cannot be deleted
   */
  public static void delete(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    AtomicFile.deleteTemporaries(folder);
    for (Path file : list(folder, Pattern.compile(NAME + "(" + Pattern.quote(DAMAGED) + ")?"))) {
      Files.delete(file);
    }
    FolderLock.delete(folder);
    deleteIfEmpty(folder);
  }

  /** Deletes a folder, if it is there and has nothing in it. */
  public static void deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException _) {
      // Somebody keeps something there.
    }
  }

  private static List<Path> list(Path folder, Pattern name) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path file : all) {
        if (name.matcher(file.getFileName().toString()).matches()) {
          files.add(file);
        }
      }
    } catch (DirectoryIteratorException failure) {
      throw failure.getCause();
    }
    return files;
  }

  private static ResumeException taken(Path folder) {
    return new ResumeException(
        folder
            + ": another training keeps its checkpoints there; wait for its end, or choose"
            + " another folder");
  }

  private static IOException refused(Path folder, IOException failure) {
    return new IOException(
        OneLine.of(
            "cannot keep checkpoints in "
                + folder
                + ": "
                + FailureReason.of(failure)
                + "; check its permissions, or choose another folder"),
        failure);
  }

  /** The checkpoints, oldest first. */
  public List<Path> checkpoints() throws IOException {
    List<Path> files;
    try {
      files = list(folder, NAME);
    } catch (NoSuchFileException gone) {
      throw new IOException(
          OneLine.of(folder + ": the folder of the checkpoints is gone; put it back"), gone);
    }
    files.sort(
        Comparator.comparingInt((Path file) -> file.getFileName().toString().length())
            .thenComparing(file -> file.getFileName().toString()));
    return files;
  }

  @Override
  public boolean isEmpty() throws IOException {
    return checkpoints().isEmpty();
  }

  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public Path write(CheckpointForm form, TrainingProgress progress) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter().sealed();
    // What the format's own readers look for, so that PyTorch's loader takes the file.
    writer.metadata("format", "pt");
    writer.metadata(KEY, CheckpointJson.write(form, progress).write());
    form.slabs()
        .forEach(
            (slab, segment) -> {
              for (Value parameter : form.layout().parameters()) {
                writer.add(
                    tensorName(slab, parameter),
                    shape(parameter),
                    segment,
                    form.layout().offset(parameter));
              }
            });
    Path file =
        folder.resolve(
            String.format(Locale.ROOT, "step-%012d.safetensors", progress.position().step()));
    writer.write(file);
    List<Path> all = checkpoints();
    int last = all.indexOf(file);
    for (int i = 0; i < all.size(); i++) {
      // Later steps are of a way that was gone back. What cannot be deleted now is tried again.
      if (i <= last - keep || i > last) {
        deleteQuietly(all.get(i));
      }
    }
    return file;
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      // It is too many, not wrong.
    }
  }

  /** The parameters have their own names, so that the file can be read as a model's tensors. */
  private static String tensorName(String slab, Value parameter) {
    return slab.equals(CheckpointForm.PARAMETERS)
        ? parameter.path()
        : slab + "/" + parameter.path();
  }

  private static long[] shape(Value parameter) {
    return Arrays.stream(parameter.shape().extents()).asLongStream().toArray();
  }

  @Override
  public Optional<Restored> restore(CheckpointForm form, boolean otherMachine) throws IOException {
    List<Path> newestFirst = checkpoints().reversed();
    List<String> warnings = new ArrayList<>();
    List<Path> damaged = new ArrayList<>();
    @Nullable FormatException first = null;
    for (Path file : newestFirst) {
      try {
        Restored restored = read(file, form, otherMachine);
        // A damaged one is not to count among the newest that are kept.
        for (Path wrong : damaged) {
          Files.move(
              wrong,
              wrong.resolveSibling(wrong.getFileName() + DAMAGED),
              StandardCopyOption.REPLACE_EXISTING);
        }
        warnings.addAll(restored.warnings());
        return Optional.of(
            new Restored(restored.file(), restored.progress(), restored.slabs(), warnings));
      } catch (FormatException wrong) {
        first = first == null ? wrong : first;
        damaged.add(file);
        warnings.add(wrong.getMessage() + "; the checkpoint before is taken");
      }
    }
    if (first != null) {
      throw first;
    }
    return Optional.empty();
  }

  /** Fills the slabs only after all of the file has been checked. */
  private static Restored read(Path file, CheckpointForm form, boolean otherMachine)
      throws IOException {
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      tensors.requireSeal();
      String text = tensors.metadata().get(KEY);
      if (text == null) {
        throw wrong(file, "metadata", "an entry \"" + KEY + "\"", "none");
      }
      Map<String, String> settings;
      Map<String, String> machine;
      TrainingProgress progress;
      try {
        JsonCursor json = CheckpointJson.parse(text);
        settings = CheckpointJson.strings(json.member("settings"));
        machine = CheckpointJson.strings(json.member("machine"));
        progress = CheckpointJson.progress(json);
      } catch (JsonException e) {
        throw wrong(
            file,
            "metadata entry \"" + KEY + "\"",
            "a checkpoint's description",
            OneLine.of(String.valueOf(e.getMessage())));
      }
      List<String> warnings =
          form.requireSame(file.toString(), settings, machine, otherMachine).stream()
              .map(difference -> file + ": " + difference + "; the bits will be others")
              .toList();
      Set<String> slabs = new LinkedHashSet<>();
      int found = 0;
      for (var slab : form.slabs().entrySet()) {
        int of = count(file, tensors, form, slab.getKey());
        if (of > 0) {
          slabs.add(slab.getKey());
          found += of;
        } else if (CheckpointForm.isInEvery(slab.getKey())) {
          throw wrong(file, "tensors", "those of " + slab.getKey(), "none");
        }
      }
      if (found + 1 != tensors.tensors().size()) {
        throw wrong(
            file, "tensors", found + " and the seal", Integer.toString(tensors.tensors().size()));
      }
      for (String slab : slabs) {
        copy(tensors, form, slab);
      }
      return new Restored(file, progress, slabs, warnings);
    }
  }

  /** How many tensors of a slab there are: one for each parameter, of its shape, or none. */
  private static int count(Path file, SafetensorsFile tensors, CheckpointForm form, String slab) {
    int count = 0;
    List<Value> parameters = form.layout().parameters();
    for (Value parameter : parameters) {
      String name = tensorName(slab, parameter);
      StoredTensor tensor = tensors.tensor(name).orElse(null);
      if (tensor != null) {
        if (tensor.dtype() != Dtype.F32 || !Arrays.equals(tensor.shape(), shape(parameter))) {
          throw wrong(file, "tensor " + name, "F32 " + parameter.shape(), tensor.toString());
        }
        count++;
      }
    }
    if (count != 0 && count != parameters.size()) {
      throw wrong(
          file, "tensors of " + slab, Integer.toString(parameters.size()), count + " of them");
    }
    return count;
  }

  private static void copy(SafetensorsFile tensors, CheckpointForm form, String slab)
      throws IOException {
    MemorySegment to = form.slabs().get(slab);
    if (to == null) {
      throw new IllegalArgumentException(slab + ": no slab of this training");
    }
    for (Value parameter : form.layout().parameters()) {
      tensors
          .tensor(tensorName(slab, parameter))
          .orElseThrow()
          .copyTo(to, form.layout().offset(parameter));
    }
  }

  private static FormatException wrong(Path file, String what, String expected, String found) {
    return new FormatException(
        file, what, expected, found, "the file is damaged or from another version");
  }

  /** Lets others into the folder; what is in it stays. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}

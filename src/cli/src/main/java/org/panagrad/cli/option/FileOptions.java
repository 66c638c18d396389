package org.panagrad.cli.option;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.terminal.ShellWord;
import org.panagrad.data.RecordFile;
import org.panagrad.file.GzipInput;
import org.panagrad.formats.image.ImageFolder;
import org.panagrad.formats.image.ImageForm;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What files of rows that are numbers already leave open; by their content they are told apart. */
public final class FileOptions {
  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Labels or values to aim at, an NPY or IDX file beside one of features.")
  @Nullable Path labels;

  @Option(
      names = "--arrays",
      paramLabel = "X,Y",
      split = ",",
      description =
          "Names of the features and targets in an NPZ file, where they are unusual; no other"
              + " arrays of it are then read, to test on neither.")
  public @Nullable List<String> arrays;

  @Option(
      names = "--image-size",
      paramLabel = "WxH",
      description = "Pixels that pictures are brought to; without it all must be of one size.")
  @Nullable String imageSize;

  @Option(names = "--colour", description = "Pictures in red, green and blue instead of grey.")
  boolean colour;

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  /** What a file or folder holds. */
  public enum Kind {
    RECORDS("a .pgd file"),
    NPY("an NPY file"),
    NPZ("an NPZ archive"),
    IDX("an IDX file"),
    IMAGES("a folder of pictures"),
    OTHER("none of these");

    /** As messages say it. */
    public final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /** Checks what can be checked without the data. */
  public void check() {
    if (arrays != null && arrays.size() != 2) {
      throw usage("--arrays " + String.join(",", arrays) + ": expected two names, X,Y");
    }
    form();
  }

  /**
   * Checks that these options say something of this data.
   *
   * @param data what messages call it
   */
  void checkFor(Kind kind, String data) {
    checkLabels(kind, data);
    checkUse(List.of(kind), data);
  }

  /**
   * Checks that there are labels for a file that needs some, and for no other.
   *
   * @param data what messages call it
   */
  public void checkLabels(Kind kind, String data) {
    checkLabels(kind, data, "--labels");
  }

  private void checkLabels(Kind kind, String data, String option) {
    boolean featuresOnly = kind == Kind.NPY || kind == Kind.IDX;
    if (featuresOnly && labels == null) {
      throw usage(data + " holds features only: expected " + option + " FILE");
    }
    if (!featuresOnly && labels != null) {
      throw superfluousLabels(data, option);
    }
  }

  private ParameterException superfluousLabels(String data, String option) {
    return usage(option + " " + labels + " with " + data + ": expected an NPY or IDX file");
  }

  /**
   * Checks that these options say something of one of the inputs.
   *
   * @param data what messages call them
   */
  public void checkUse(List<Kind> kinds, String data) {
    if (labels != null && !kinds.contains(Kind.NPY) && !kinds.contains(Kind.IDX)) {
      throw superfluousLabels(data, "--labels");
    }
    if (arrays != null && !kinds.contains(Kind.NPZ)) {
      throw usage("--arrays " + String.join(",", arrays) + " with " + data + ": expected NPZ");
    }
    if ((imageSize != null || colour) && !kinds.contains(Kind.IMAGES)) {
      throw usage(
          (colour ? "--colour" : "--image-size " + imageSize)
              + " with "
              + data
              + ": expected a folder of pictures with a sub-folder for each class");
    }
  }

  /** What a file or folder holds, by its first bytes. */
  public static Kind kind(Path path) {
    if (Files.isDirectory(path)) {
      return ImageFolder.isImageFolder(path) ? Kind.IMAGES : Kind.OTHER;
    }
    if (!Files.isRegularFile(path)) {
      return Kind.OTHER;
    }
    if (RecordFile.isRecordFile(path)) {
      return Kind.RECORDS;
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] start = start(in);
      if (start.length == 4 && start[0] == (byte) 0x93 && start[1] == 'N') {
        return Kind.NPY;
      }
      if (start.length == 4 && start[0] == 'P' && start[1] == 'K' && start[2] == 3) {
        return Kind.NPZ;
      }
      return start.length == 4 && start[0] == 0 && start[1] == 0 && start[2] >= 8
          ? Kind.IDX
          : Kind.OTHER;
    } catch (IOException _) {
      return Kind.OTHER;
    }
  }

  /** Whether a path is a file that can only be a table. */
  public static boolean isTable(Path path) {
    return Files.isRegularFile(path) && kind(path) == Kind.OTHER;
  }

  /** The first bytes; of what is packed, in a gzip file. */
  private static byte[] start(InputStream in) throws IOException {
    PushbackInputStream raw = new PushbackInputStream(in, 4);
    byte[] start = raw.readNBytes(4);
    if (start.length < 4 || !GzipInput.isGzip(start)) {
      return start;
    }
    raw.unread(start);
    try (GzipInput unpacked = new GzipInput(raw)) {
      byte[] packed = unpacked.readNBytes(4);
      // Only IDX and tables are read packed: anything else would be taken for what it is not.
      return packed.length == 4 && packed[0] == 0 ? packed : start;
    }
  }

  /** Checks that labels are those of a single input. */
  public void checkInputs(int inputs) {
    if (labels != null && inputs > 1) {
      throw usage(
          "--labels "
              + labels
              + " with "
              + inputs
              + " inputs: expected one, whose labels they are");
    }
  }

  /** These options for another file, with labels of its own. */
  public FileOptions withLabels(@Nullable Path others) {
    FileOptions other = new FileOptions();
    other.labels = others;
    other.arrays = arrays;
    other.imageSize = imageSize;
    other.colour = colour;
    other.spec = spec;
    return other;
  }

  /**
   * Checks that a file beside that of --data has its labels, if it needs some.
   *
   * @param option that named the file
   */
  public void checkFurther(String option, Path path) {
    checkLabels(kind(path), option + " " + path, option + "-labels");
  }

  /** The labels beside a file of features; checked before. */
  public Path labels() {
    return Objects.requireNonNull(labels);
  }

  /** What pictures are brought to. */
  public ImageForm form() {
    if (imageSize == null) {
      return new ImageForm(0, 0, colour);
    }
    String[] sides = imageSize.split("x", -1);
    try {
      if (sides.length == 2) {
        return new ImageForm(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]), colour);
      }
    } catch (NumberFormatException _) {
      // Said below.
    } catch (IllegalArgumentException e) {
      throw usage("--image-size: " + e.getMessage());
    }
    throw usage("--image-size " + imageSize + ": expected a width and a height, as in 32x32");
  }

  /** The options again, as they are typed, with a blank before. */
  @Override
  public String toString() {
    return (labels == null ? "" : " --labels " + ShellWord.of(labels.toString()))
        + (arrays == null ? "" : " --arrays " + ShellWord.of(String.join(",", arrays)))
        + (imageSize == null ? "" : " --image-size " + ShellWord.of(imageSize))
        + (colour ? " --colour" : "");
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}

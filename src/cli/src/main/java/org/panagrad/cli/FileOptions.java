package org.panagrad.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Classes;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.data.IdxFile;
import org.panagrad.data.RecordFile;
import org.panagrad.data.RowForm;
import org.panagrad.data.RowStream;
import org.panagrad.data.TargetKind;
import org.panagrad.formats.image.ImageFolder;
import org.panagrad.formats.image.ImageForm;
import org.panagrad.formats.npy.NpyFile;
import org.panagrad.formats.npy.NpzFile;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Files of rows that are numbers already, told apart by their content, and what they leave open.
 */
final class FileOptions {
  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Labels or values to aim at, an NPY or IDX file beside one of features.")
  @Nullable Path labels;

  @Option(
      names = "--arrays",
      paramLabel = "X,Y",
      split = ",",
      description = "Names of the features and targets in an NPZ file, where they are unusual.")
  @Nullable List<String> arrays;

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
  enum Kind {
    RECORDS,
    NPY,
    NPZ,
    IDX,
    IMAGES,
    OTHER
  }

  /**
   * Rows, and rows to test on where the file has such.
   *
   * @param file to be closed when they have been read
   */
  record Opened(RowStream rows, @Nullable RowStream test, AutoCloseable file)
      implements AutoCloseable {
    @Override
    public void close() {
      try {
        file.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Checks what can be checked without the data. */
  void check() {
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
    if (labels != null && kind != Kind.NPY && kind != Kind.IDX) {
      throw usage("--labels " + labels + " with " + data + ": expected an NPY or IDX file");
    }
    if (labels == null && (kind == Kind.NPY || kind == Kind.IDX)) {
      throw usage(data + " holds features only: expected --labels FILE");
    }
    if (arrays != null && kind != Kind.NPZ) {
      throw usage("--arrays " + String.join(",", arrays) + " with " + data + ": expected NPZ");
    }
    if ((imageSize != null || colour) && kind != Kind.IMAGES) {
      throw usage(
          (colour ? "--colour" : "--image-size " + imageSize)
              + " with "
              + data
              + ": expected a folder of pictures with a sub-folder for each class");
    }
  }

  /** Reads all rows into memory; those to test on too, where the file has such. */
  DataSets read(Path path) {
    Dataset train = null;
    try (Opened opened = open(path)) {
      train = opened.rows().read();
      Dataset test = opened.test() == null ? null : readLike(train, opened.test());
      DataSets sets = new DataSets(train, null, test, List.of());
      train = null;
      return sets;
    } finally {
      if (train != null) {
        train.close();
      }
    }
  }

  /**
   * Reads rows of another file into memory, for a network that is trained on those of a first.
   *
   * @throws DataException if they have other classes or are of another form
   */
  Dataset readLike(Dataset train, Path path) {
    Kind kind = kind(path);
    if (kind != Kind.NPZ && kind != Kind.IMAGES) {
      throw DataException.at(
          path.toString(),
          "rows",
          "an NPZ file or a folder of pictures by class, as --data is",
          Files.exists(path) ? "neither" : "nothing of that name",
          "check the path");
    }
    try (Opened opened = open(path)) {
      return readLike(train, opened.rows());
    }
  }

  private static Dataset readLike(Dataset train, RowStream rows) {
    RowForm form = rows.form();
    if (!form.equals(train.form())) {
      throw DataException.at(
          rows.name(),
          "rows to validate or test",
          "the form of those to train on, " + train.form(),
          form.toString(),
          "bring both in one form");
    }
    try (DatasetBuilder builder = new DatasetBuilder(rows.name(), form)) {
      Classes classes = rows.copyTo(builder);
      if (form.targetKind() == TargetKind.VALUES) {
        return builder.build();
      }
      if (!classes.names().equals(train.classNames())) {
        throw DataException.at(
            rows.name(),
            "classes",
            String.join(", ", train.classNames()),
            String.join(", ", classes.names()),
            "bring the same classes in both");
      }
      // Classes that are numbers need not all be among fewer rows.
      return classes.names().isEmpty()
          ? builder.build(train.classCount())
          : builder.build(train.classNames());
    }
  }

  /** What a file or folder holds, by its first bytes. */
  static Kind kind(Path path) {
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
      byte[] start = in.readNBytes(4);
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

  /** Opens what {@link #kind} knows. */
  Opened open(Path path) {
    Kind kind = kind(path);
    if (labels != null && kind != Kind.NPY && kind != Kind.IDX) {
      throw usage(
          "--labels " + labels + " with " + path + ": expected an NPY or IDX file beside it");
    }
    return switch (kind) {
      case RECORDS -> {
        Dataset data = RecordFile.open(path);
        yield new Opened(data.stream(), null, data);
      }
      case NPY -> new Opened(NpyFile.rows(path, requireLabels(path)), null, () -> {});
      case NPZ -> {
        NpzFile file = NpzFile.open(path);
        String x = arrays == null ? null : arrays.getFirst();
        String y = arrays == null ? null : arrays.getLast();
        try {
          yield new Opened(file.rows(x, y), file.testRows(), file);
        } catch (Throwable t) {
          file.close();
          throw t;
        }
      }
      case IDX -> {
        Dataset data = IdxFile.readDataset(path, requireLabels(path));
        yield new Opened(data.stream(), null, data);
      }
      case IMAGES -> new Opened(ImageFolder.open(path, form()), null, () -> {});
      case OTHER -> throw unknown(path);
    };
  }

  static DataException unknown(Path path) {
    return DataException.at(
        path.toString(),
        "data",
        "a .pgd, NPY, NPZ or IDX file, a table, or a folder of IDX files or of pictures by class",
        Files.exists(path) ? "none of these" : "nothing of that name",
        "check the path");
  }

  private Path requireLabels(Path features) {
    if (labels == null) {
      throw usage(features + " holds features only: expected --labels FILE");
    }
    return labels;
  }

  private ImageForm form() {
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

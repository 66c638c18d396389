package org.panagrad.cli.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.option.FileOptions;
import org.panagrad.data.Classes;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.data.IdxFile;
import org.panagrad.data.RecordFile;
import org.panagrad.data.RowForm;
import org.panagrad.data.RowStream;
import org.panagrad.data.TargetKind;
import org.panagrad.file.OneLine;
import org.panagrad.formats.image.ImageFolder;
import org.panagrad.formats.npy.NpyFile;
import org.panagrad.formats.npy.NpzFile;
import org.panagrad.io.SchemaText;

/** Opens and reads files of rows that are numbers already. */
public record RowFiles(FileOptions options) {
  /**
   * Rows, and rows to test on where the file has such.
   *
   * @param file to be closed when they have been read
   */
  public record Opened(RowStream rows, @Nullable RowStream test, AutoCloseable file)
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

  /** Opens what {@link FileOptions#kind} knows. */
  public Opened open(Path path) {
    FileOptions.Kind kind = FileOptions.kind(path);
    options.checkLabels(kind, path.toString());
    return switch (kind) {
      case RECORDS -> {
        // Read once, from its start to its end: there is no need to have all of it in memory.
        Dataset data = RecordFile.inFile(path, SchemaText.FORMAT);
        yield new Opened(data.stream(), null, data);
      }
      case NPY -> new Opened(NpyFile.rows(path, options.labels()), null, () -> {});
      case NPZ -> {
        NpzFile file = NpzFile.open(path);
        List<String> arrays = options.arrays;
        String x = arrays == null ? null : arrays.getFirst();
        String y = arrays == null ? null : arrays.getLast();
        try {
          // Arrays that were named are all that is meant, whatever else the archive holds.
          yield new Opened(file.rows(x, y), arrays == null ? file.testRows() : null, file);
        } catch (Throwable t) {
          file.close();
          throw t;
        }
      }
      case IDX -> {
        Dataset data = IdxFile.readDataset(path, options.labels());
        yield new Opened(data.stream(), null, data);
      }
      case IMAGES -> new Opened(ImageFolder.open(path, options.form()), null, () -> {});
      case OTHER -> throw unknown(path);
    };
  }

  public static DataException unknown(Path path) {
    return DataException.at(
        path.toString(),
        "data",
        "a .pgd, NPY, NPZ or IDX file, a table, or a folder of IDX files or of pictures by class",
        Files.exists(path) ? "none of these" : "nothing of that name",
        "check the path");
  }

  /** Reads all rows into memory; those to test on too, where the file has such. */
  public DataSets read(Path path) {
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
   * @param option that named the file
   * @throws DataException if they have other classes or are of another form
   */
  Dataset readLike(Dataset train, String option, Path path) {
    FileOptions.Kind kind = FileOptions.kind(path);
    if (kind == FileOptions.Kind.RECORDS || kind == FileOptions.Kind.OTHER) {
      throw DataException.at(
          path.toString(),
          "rows",
          "an NPY, NPZ or IDX file or a folder of pictures by class, as --data is",
          Files.exists(path) ? "none of these" : "nothing of that name",
          "check the path");
    }
    options.checkFurther(option, path);
    try (Opened opened = open(path)) {
      return readLike(train, opened.rows());
    }
  }

  /**
   * Reads the rows that a model is judged by into memory: those to test on where the file has such,
   * else all.
   *
   * @param known the model's classes, which need not all be among these rows; where one side has
   *     numbers only, these are the names
   * @throws DataException if they are of other classes
   */
  public Dataset readToJudge(Path path, Classes known) {
    try (Opened opened = open(path)) {
      return read(opened.test() == null ? opened.rows() : opened.test(), known, true);
    }
  }

  private static Dataset readLike(Dataset train, RowStream rows) {
    RowForm form = rows.form();
    if (!form.fits(train.form())) {
      throw DataException.at(
          rows.name(),
          "rows to validate or test",
          "the form of those to train on, " + train.form(),
          form.toString(),
          "bring both in one form");
    }
    return read(
        rows,
        form.targetKind() == TargetKind.VALUES
            ? Classes.NONE
            : new Classes(train.classCount(), train.classNames()),
        false);
  }

  /**
   * Reads rows of known classes.
   *
   * @param numbersDo whether one side may have numbers where the other has names
   */
  private static Dataset read(RowStream rows, Classes known, boolean numbersDo) {
    try (DatasetBuilder builder = new DatasetBuilder(rows.name(), rows.form())) {
      Classes classes = rows.copyTo(builder);
      if (rows.form().targetKind() == TargetKind.VALUES) {
        return builder.build();
      }
      boolean bothNamed = !classes.names().isEmpty() && !known.names().isEmpty();
      if (!classes.names().equals(known.names()) && (bothNamed || !numbersDo)) {
        throw DataException.at(
            rows.name(),
            "classes",
            words(known),
            words(classes),
            "bring the same classes, under the same names");
      }
      if (!classes.names().isEmpty()) {
        return builder.build(classes.names());
      }
      // Classes that are numbers need not all be among fewer rows.
      return known.names().isEmpty() ? builder.build(known.count()) : builder.build(known.names());
    }
  }

  private static String words(Classes classes) {
    return classes.names().isEmpty()
        ? "numbers below " + classes.count()
        : OneLine.of(String.join(", ", classes.names()));
  }
}

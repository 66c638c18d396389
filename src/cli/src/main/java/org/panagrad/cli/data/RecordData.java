package org.panagrad.cli.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.option.DelimitedOptions;
import org.panagrad.cli.option.SplitOptions;
import org.panagrad.data.Classes;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.RecordFile;
import org.panagrad.data.TargetKind;
import org.panagrad.io.SchemaText;
import org.panagrad.table.TableReader;
import org.panagrad.table.TableSchema;
import org.panagrad.table.TableSource;

/** The rows of a training in record files, where they may stay. */
public final class RecordData {
  private final DelimitedOptions delimited;
  private final List<Dataset> opened = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private RecordData(DelimitedOptions delimited) {
    this.delimited = delimited;
  }

  /** Opens the files. */
  static DataSets load(Path file, DelimitedOptions delimited, SplitOptions splits, long seed) {
    return new RecordData(delimited).open(file, splits, seed);
  }

  /**
   * Opens a file whose rows are to be in folds, each of which is copied.
   *
   * @throws DataException if its rows stay in it, or were encoded by what all of them have shown
   */
  public static Dataset openForFolds(Path file) {
    Dataset rows = RecordFile.open(file, SchemaText.FORMAT);
    if (rows.encoding() != null || rows.isInFile()) {
      rows.close();
      throw DataException.at(
          file.toString(),
          "rows to cross-validate",
          rows.encoding() != null ? "such as they came" : "rows that fit into memory",
          rows.encoding() != null
              ? "rows encoded by what was learned of all of them, those of the fold included"
              : "a file of more than 256 MiB",
          rows.encoding() != null ? "give the table itself" : "take parts, with --test-split");
    }
    return rows;
  }

  private DataSets open(Path file, SplitOptions splits, long seed) {
    try {
      Dataset train = RecordFile.open(file, SchemaText.FORMAT);
      opened.add(train);
      Dataset validation = openLike(train, splits.validation);
      Dataset test = openLike(train, splits.test);
      if (splits.splits() && train.encoding() != null) {
        notes.add(
            train.name()
                + ": its columns were learned from all rows of the record file, those kept back"
                + " included");
      }
      DataSets sets = Split.of(new DataSets(train, validation, test, notes), splits, seed);
      opened.clear();
      return sets;
    } finally {
      opened.forEach(Dataset::close);
    }
  }

  /**
   * Rows of classes that are known: where those are numbers, fewer rows need not have the highest.
   *
   * @param known of what is trained on; none for values
   */
  public static Dataset amongClasses(Dataset set, Classes known) {
    boolean fewer = set.targetKind() == TargetKind.CLASSES && set.classCount() < known.count();
    return fewer && set.classNames().isEmpty() && known.names().isEmpty()
        ? set.withClassCount(known.count())
        : set;
  }

  private static String classes(Dataset set) {
    return set.classNames().isEmpty()
        ? set.classCount() + " without names"
        : String.join(", ", set.classNames());
  }

  /** Rows beside those to train on: a record file of the same encoding, or a table. */
  private @Nullable Dataset openLike(Dataset train, @Nullable Path file) {
    if (file == null) {
      return null;
    }
    Dataset read;
    if (!RecordFile.isRecordFile(file) && train.encoding() instanceof TableSchema schema) {
      TableSource table = delimited.open(file, schema);
      TableReader reader = TableReader.read(table.name(), table, schema, false);
      notes.addAll(reader.notes());
      read = reader.dataset();
    } else {
      read = RecordFile.open(file, SchemaText.FORMAT);
    }
    opened.add(read);
    Dataset set = amongClasses(read, new Classes(train.classCount(), train.classNames()));
    if (!Objects.equals(set.encoding(), train.encoding())) {
      throw DataException.at(
          file.toString(),
          "encoding of the rows",
          "that of " + train.name() + ", which is trained on",
          set.encoding() == null ? "none" : "another",
          "convert the table with --schema-from the file of --data");
    }
    if (!set.form().fits(train.form())) {
      throw DataException.at(
          file.toString(),
          "rows to validate or test",
          "the form of those to train on, " + train.form(),
          set.form().toString(),
          "bring both in one form");
    }
    if (set.classCount() != train.classCount() || !set.classNames().equals(train.classNames())) {
      throw DataException.at(
          file.toString(), "classes", classes(train), classes(set), "bring the same in both");
    }
    return set;
  }
}

package org.panagrad.cli.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.option.ColumnOptions;
import org.panagrad.cli.option.DataOptions;
import org.panagrad.cli.option.DelimitedOptions;
import org.panagrad.cli.option.SplitOptions;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.table.TableOptions;
import org.panagrad.table.TableProfile;
import org.panagrad.table.TableReader;
import org.panagrad.table.TableSchema;
import org.panagrad.table.TableSource;
import org.panagrad.table.TargetScan;

/** Reads the tables of a training: learns from the training rows, and encodes all by that. */
public final class TableData {
  private final TableOptions options;
  private final List<String> notes = new ArrayList<>();
  private final List<Dataset> read = new ArrayList<>();

  private TableData(TableOptions options) {
    this.options = options;
  }

  /**
   * Reads the data of a training, be it a table or not, and splits it.
   *
   * @param loss that was asked for, or null
   */
  public static DataSets load(
      DataOptions data,
      DelimitedOptions files,
      ColumnOptions columns,
      SplitOptions splits,
      @Nullable String loss,
      long seed) {
    if (!data.isArrays()) {
      splits.refuseLabels();
    }
    if (data.isRecords()) {
      return RecordData.load(Path.of(data.data), files, splits, seed);
    }
    if (data.isArrays()) {
      return arrays(data, splits, seed);
    }
    return data.isTable()
        ? read(files.open(Path.of(data.data)), columns.options(loss), splits, files, seed)
        : Split.of(DataSets.of(ImageSets.load(data)), splits, seed);
  }

  /** Reads arrays or pictures, and takes parts of them or further files of their form. */
  private static DataSets arrays(DataOptions data, SplitOptions splits, long seed) {
    RowFiles files = new RowFiles(data.files);
    DataSets sets = files.read(Path.of(data.data));
    List<Dataset> opened = new ArrayList<>();
    opened.add(sets.train());
    if (sets.test() != null) {
      opened.add(sets.test());
    }
    try {
      if (sets.test() != null && (splits.testShare != null || splits.test != null)) {
        throw new DataException(
            data.data
                + " has a test set of its own: expected neither --test-split nor --test; leave"
                + " them out, or name the arrays with --arrays");
      }
      Dataset validation =
          further(
              data,
              sets.train(),
              "--validation",
              splits.validation,
              splits.validationLabels,
              opened);
      Dataset test = further(data, sets.train(), "--test", splits.test, splits.testLabels, opened);
      DataSets whole =
          new DataSets(
              sets.train(), validation, sets.test() == null ? test : sets.test(), List.of());
      DataSets split = Split.of(whole, splits, seed);
      opened.clear();
      return split;
    } finally {
      opened.forEach(Dataset::close);
    }
  }

  private static @Nullable Dataset further(
      DataOptions data,
      Dataset train,
      String option,
      @Nullable Path file,
      @Nullable Path labels,
      List<Dataset> opened) {
    if (file == null) {
      return null;
    }
    Dataset set = new RowFiles(data.files.withLabels(labels)).readLike(train, option, file);
    opened.add(set);
    return set;
  }

  /** Reads the parts of a table and the files beside it. */
  static DataSets read(
      TableSource table,
      TableOptions options,
      SplitOptions splits,
      DelimitedOptions files,
      long seed) {
    TableOptions known = options;
    TableSource trainRows = table;
    Split parts = null;
    if (splits.splits()) {
      // Parts are drawn by the target, and learned alike.
      TargetScan scan = TargetScan.of(table, options);
      known = options.task(scan.task());
      parts = Split.draw(splits, table.name(), scan.strata(), seed);
      trainRows = table.select(parts.train());
    }
    return new TableData(known).read(table, trainRows, parts, splits, files);
  }

  private DataSets read(
      TableSource table,
      TableSource trainRows,
      @Nullable Split parts,
      SplitOptions splits,
      DelimitedOptions files) {
    boolean whole = false;
    try {
      TableProfile profile = TableProfile.of(trainRows, options);
      notes.addAll(profile.notes());
      TableSchema schema = profile.schema();
      Dataset train = known(TableReader.readTraining(table.name(), trainRows, schema, options));
      Dataset validation =
          set(
              "validation",
              table,
              parts == null ? null : parts.validation(),
              splits.validation,
              files,
              schema);
      Dataset test =
          set("test", table, parts == null ? null : parts.test(), splits.test, files, schema);
      DataSets sets = new DataSets(train, validation, test, notes);
      whole = true;
      return sets;
    } finally {
      if (!whole) {
        read.forEach(Dataset::close);
      }
    }
  }

  /** A part of the table, or a file of its own, or nothing. */
  private @Nullable Dataset set(
      String what,
      TableSource table,
      @Nullable BitSet part,
      @Nullable Path file,
      DelimitedOptions files,
      TableSchema schema) {
    if (part != null && !part.isEmpty()) {
      return encode(table.name() + " " + what, table.select(part), schema);
    }
    if (file == null) {
      return null;
    }
    TableSource other = files.open(file, schema);
    return encode(other.name(), other, schema);
  }

  private Dataset encode(String name, TableSource rows, TableSchema schema) {
    return known(TableReader.read(name, rows, schema, options.dropsRowsWithoutTarget()));
  }

  private Dataset known(TableReader reader) {
    notes.addAll(reader.notes());
    read.add(reader.dataset());
    return reader.dataset();
  }
}

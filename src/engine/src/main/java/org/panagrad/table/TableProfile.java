package org.panagrad.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;

/**
 * What one pass over the training rows has shown.
 *
 * @param schema how rows are encoded
 * @param rows how many have a target
 * @param notes what the user should know: columns left out, doubtful labels; a line each
 */
public record TableProfile(TableSchema schema, long rows, List<String> notes) {
  // A class for nearly every row is a number, or an identifier, taken for a class.
  private static final int MOST_CLASSES = 1000;

  public TableProfile {
    notes = List.copyOf(notes);
  }

  /**
   * Learns the schema of a table. To be called with the training rows and no others: what it learns
   * must not know the rows that the model is judged by.
   *
   * @throws DataException if the table has no rows or no column to learn from, a row misses its
   *     target, or a field is not of the type its column has or was given
   */
  public static TableProfile of(TableSource table, TableOptions options) {
    int width = table.columns().size();
    int targetPosition = TargetColumn.position(table, options.target());
    int weightPosition = RowWeights.position(table, options);
    @Nullable ColumnType[] given = givenTypes(table, options, targetPosition);
    DistinctTexts.Budget budget = new DistinctTexts.Budget();
    ColumnProfile target = targetProfile(table, targetPosition, options.task(), budget);
    List<ColumnProfile> columns = new ArrayList<>();
    for (int c = 0; c < width; c++) {
      if (c != targetPosition && c != weightPosition && given[c] != ColumnType.IGNORED) {
        ColumnProfile column =
            new ColumnProfile(table.name(), table.columns().get(c), c, given[c], budget);
        column.countWhereThereIsRoom();
        columns.add(column);
      }
    }
    long rows = 0;
    try (RowCursor cursor = table.open()) {
      while (cursor.next()) {
        if (hasTarget(target, cursor, options)) {
          columns.forEach(column -> column.add(cursor));
          rows++;
        }
      }
    }
    requireRows(table, rows);
    List<String> notes = new ArrayList<>();
    TableTarget learnedTarget = target(table, target, targetPosition, options.task(), notes);
    List<TableColumn> learned = new ArrayList<>();
    for (ColumnProfile column : columns) {
      TableColumn encoded = column.column(options, notes);
      if (encoded != null) {
        learned.add(encoded);
      }
    }
    if (learned.isEmpty()) {
      throw DataException.at(
          table.name(),
          "columns to learn from",
          "1 or more besides the target",
          "none" + (notes.isEmpty() ? "" : ": " + String.join("; ", notes)),
          "check the file, its delimiter and the target");
    }
    TableWeight weight =
        weightPosition == RowWeights.NONE
            ? null
            : new TableWeight(table.columns().get(weightPosition), weightPosition);
    TableSchema schema = new TableSchema(table.isNamed(), width, learned, learnedTarget, weight);
    return new TableProfile(schema, rows, notes);
  }

  static ColumnProfile targetProfile(
      TableSource table, int position, @Nullable Task task, DistinctTexts.Budget budget) {
    ColumnType type =
        task == null
            ? null
            : task == Task.CLASSIFICATION ? ColumnType.CATEGORICAL : ColumnType.NUMERIC;
    return new ColumnProfile(table.name(), table.columns().get(position), position, type, budget);
  }

  /** Looks at the target of a row; false if the row is to be left out. */
  static boolean hasTarget(ColumnProfile target, Row row, TableOptions options) {
    if (target.add(row)) {
      return true;
    }
    if (options.dropsRowsWithoutTarget()) {
      return false;
    }
    throw missingTarget(target.place(row));
  }

  static DataException missingTarget(String place) {
    return DataException.at(
        place, "target", "a value", "none", "fill it in, or have rows without a target left out");
  }

  static void requireRows(TableSource table, long rows) {
    if (rows == 0) {
      throw DataException.at(
          table.name(),
          "the table is empty",
          "at least 1 row with a target",
          "0 rows",
          "check the source of the data");
    }
  }

  static Task task(ColumnProfile target, @Nullable Task given) {
    if (given != null) {
      return given;
    }
    target.strayWord("the task is classification");
    return target.isNumeric() && !target.looksLikeLabels() ? Task.REGRESSION : Task.CLASSIFICATION;
  }

  private static TableTarget target(
      TableSource table,
      ColumnProfile target,
      int position,
      @Nullable Task given,
      List<String> notes) {
    if (task(target, given) == Task.REGRESSION) {
      NumberMoments moments = target.moments();
      double spread = moments.standardDeviation();
      if (!Double.isFinite(spread)) {
        throw DataException.at(
            table.name() + ", target " + target.name(),
            "numbers",
            "a spread that a double can hold",
            moments.least() + " to " + moments.greatest(),
            "correct the column");
      }
      requireFloats(table, target, spread > 0 ? spread : 1);
      return new TableTarget.Values(
          target.name(), position, moments.mean(), spread > 0 ? spread : 1);
    }
    List<String> classes = target.distinct();
    if (classes.size() > MOST_CLASSES) {
      throw DataException.at(
          table.name() + ", target " + target.name(),
          "classes",
          "at most " + MOST_CLASSES,
          Integer.toString(classes.size()),
          "name another target, or learn it as a number (regression)");
    }
    Set<String> known = new HashSet<>(classes);
    for (String label : classes) {
      if (known.contains(label + LabelNumbers.STOP)) {
        notes.add(
            "target "
                + target.name()
                + " has classes that differ by a full stop only: '"
                + label
                + "' and '"
                + label
                + LabelNumbers.STOP
                + "'");
      }
    }
    return new TableTarget.Classes(target.name(), position, classes);
  }

  /** What a network puts out is a 32-bit number, and so is what a model file scales it by. */
  private static void requireFloats(TableSource table, ColumnProfile target, double spread) {
    NumberMoments moments = target.moments();
    double size = Math.max(Math.abs(moments.least()), Math.abs(moments.greatest()));
    if (size > Float.MAX_VALUE || spread < Float.MIN_NORMAL) {
      throw DataException.at(
          table.name() + ", target " + target.name(),
          "numbers",
          "up to 3.4e38, and a spread of 1.2e-38 or more, as 32-bit numbers have",
          moments.least() + " to " + moments.greatest() + ", with a spread of " + spread,
          "bring them to another unit");
    }
  }

  private static @Nullable ColumnType[] givenTypes(
      TableSource table, TableOptions options, int target) {
    @Nullable ColumnType[] given = new @Nullable ColumnType[table.columns().size()];
    Map<Integer, String> by = new HashMap<>();
    options
        .types()
        .forEach(
            (column, type) -> {
              int position = TargetColumn.position(table, "column", column);
              if (position == target) {
                throw DataException.at(
                    table.name(),
                    "type of column " + column,
                    "a column of features",
                    "the target",
                    "say with the task whether the target is a class or a number");
              }
              if (given[position] != null && given[position] != type) {
                throw DataException.at(
                    table.name(),
                    "type of column " + column,
                    "one",
                    "two: as '" + by.get(position) + "' it is " + given[position],
                    "give one of them");
              }
              given[position] = type;
              by.put(position, column);
            });
    return given;
  }
}

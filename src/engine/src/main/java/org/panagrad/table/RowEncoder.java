package org.panagrad.table;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.panagrad.data.DataException;
import org.panagrad.file.OneLine;

/**
 * Turns the rows of one table into the features a schema describes: its columns are found by name,
 * or by position where one side has no names. Encoding features is safe for many threads.
 */
public final class RowEncoder {
  private static final int ABSENT = -1;
  private static final String UNKNOWN = "correct the field, or leave it empty if it is not known";

  private final TableSchema schema;
  private final String table;
  private final int[] positions; // of each of the schema's columns in the table
  private final List<Map<String, Integer>> categories;
  private final int targetPosition;
  private final List<String> unused;
  private final int features;

  private RowEncoder(
      TableSchema schema, String table, int[] positions, int targetPosition, List<String> unused) {
    this.schema = schema;
    this.table = table;
    this.positions = positions;
    this.targetPosition = targetPosition;
    this.unused = List.copyOf(unused);
    this.features = schema.features();
    this.categories = new ArrayList<>();
    for (TableColumn column : schema.columns()) {
      Map<String, Integer> numbers = new HashMap<>();
      if (column instanceof TableColumn.Categorical categorical) {
        for (String category : categorical.categories()) {
          numbers.put(category, numbers.size());
        }
      }
      categories.add(numbers);
    }
  }

  /**
   * An encoder for a table: its columns are found by name where both it and the training table have
   * names; else by position, with or without the columns of the target and the weight.
   *
   * @throws DataException naming the columns that are missing
   */
  public static RowEncoder of(TableSchema schema, TableSource table) {
    return schema.named() && table.isNamed()
        ? byName(schema, table.name(), table.columns())
        : byPosition(schema, table.name(), table.columns());
  }

  /** An encoder for rows of no table: their columns are the schema's own, without the target. */
  public static RowEncoder ofFields(TableSchema schema) {
    int[] positions = new int[schema.columns().size()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = i;
    }
    return new RowEncoder(schema, "", positions, ABSENT, List.of());
  }

  private static RowEncoder byName(TableSchema schema, String table, List<String> columns) {
    Map<String, Integer> found = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      found.putIfAbsent(columns.get(i), i);
    }
    List<String> missing = new ArrayList<>();
    int[] positions = new int[schema.columns().size()];
    for (int i = 0; i < positions.length; i++) {
      String name = schema.columns().get(i).name();
      Integer at = found.remove(name);
      if (at == null) {
        missing.add(name);
      } else {
        positions[i] = at;
      }
    }
    if (!missing.isEmpty()) {
      throw DataException.at(
          table,
          "columns",
          "all that the model was trained on",
          "none named " + TargetColumn.listed(missing),
          "add them, or check the spelling");
    }
    Integer target = found.remove(schema.target().name());
    if (schema.weight() != null) {
      // That it is no feature is known, and needs no note.
      found.remove(schema.weight().name());
    }
    List<String> unused = columns.stream().filter(found::containsKey).toList();
    return new RowEncoder(schema, table, positions, target == null ? ABSENT : target, unused);
  }

  /**
   * By position in a table as wide as that of training, or without the columns that rows to predict
   * lack: the target, and the weight where there was one. With one of the two missing there is no
   * telling which.
   */
  private static RowEncoder byPosition(TableSchema schema, String table, List<String> columns) {
    int width = columns.size();
    boolean whole = width == schema.columnCount();
    BitSet absent = new BitSet();
    if (!whole) {
      absent.set(schema.target().position());
      if (schema.weight() != null) {
        absent.set(schema.weight().position());
      }
      if (width != schema.columnCount() - absent.cardinality()) {
        throw wrongWidth(schema, table, width);
      }
    }
    int[] positions = new int[schema.columns().size()];
    for (int i = 0; i < positions.length; i++) {
      int position = schema.columns().get(i).position();
      positions[i] = position - absent.get(0, position).cardinality();
    }
    int target = whole ? schema.target().position() : ABSENT;
    return new RowEncoder(schema, table, positions, target, List.of());
  }

  private static DataException wrongWidth(TableSchema schema, String table, int width) {
    TableWeight weight = schema.weight();
    String target = "the target " + OneLine.of(schema.target().name());
    return DataException.at(
        table,
        "number of columns",
        schema.columnCount()
            + " as the training table had, or "
            + (weight == null
                ? schema.columnCount() - 1 + " without " + target
                : schema.columnCount()
                    - 2
                    + " without "
                    + target
                    + " and the weight "
                    + OneLine.of(weight.name())),
        Integer.toString(width),
        schema.named()
            ? "bring the same columns in the same order, or a header with their names"
            : "bring the same columns in the same order");
  }

  /** How rows are encoded. */
  public TableSchema schema() {
    return schema;
  }

  /** Whether the table has the target's column. */
  public boolean hasTarget() {
    return targetPosition != ABSENT;
  }

  /** Names of columns that the model does not know; they are not read. */
  public List<String> unused() {
    return unused;
  }

  /**
   * Encodes the features of a row.
   *
   * @param to (features), overwritten
   * @throws DataException if a field of a numeric column is neither a number nor missing, or a
   *     number is too large
   */
  public void encode(Row row, float[] to) {
    if (to.length != features) {
      throw new IllegalArgumentException(
          "room for " + to.length + " features, expected " + features);
    }
    int at = 0;
    for (int i = 0; i < positions.length; i++) {
      TableColumn column = schema.columns().get(i);
      String text = row.text(positions[i]).strip();
      switch (column) {
        case TableColumn.Numeric numeric -> encode(numeric, text, row, positions[i], to, at);
        case TableColumn.Categorical categorical ->
            encode(categorical, text, categories.get(i), to, at);
      }
      at += column.features();
    }
  }

  private void encode(
      TableColumn.Numeric column, String text, Row row, int position, float[] to, int at) {
    boolean missing = FieldText.isMissing(text);
    double number = missing ? column.mean() : FieldText.number(text);
    if (Double.isNaN(number)) {
      throw DataException.at(
          place(row, position, column.name()),
          "field",
          "a number",
          OneLine.quote(text),
          FieldText.remedy(text, UNKNOWN));
    }
    to[at] = (float) ((number - column.center()) / column.spread());
    if (!Float.isFinite(to[at])) {
      throw DataException.at(
          place(row, position, column.name()),
          "field",
          String.format(
              Locale.ROOT,
              "a number at most %.1e away from %s, as 32-bit features scaled by %s can be",
              Float.MAX_VALUE * column.spread(),
              column.center(),
              column.spread()),
          missing ? "none, for which the mean stands, " + number : OneLine.quote(text),
          UNKNOWN);
    }
    if (column.indicated()) {
      to[at + 1] = missing ? 1 : 0;
    }
  }

  private static void encode(
      TableColumn.Categorical column,
      String text,
      Map<String, Integer> numbers,
      float[] to,
      int at) {
    int known = column.categories().size();
    for (int i = 0; i < column.features(); i++) {
      to[at + i] = 0;
    }
    Integer number = numbers.get(text);
    if (number != null) {
      to[at + number] = 1;
    } else if (column.indicated() && FieldText.isMissing(text)) {
      to[at + column.features() - 1] = 1;
    } else if (column.bucketed()) {
      to[at + known] = 1;
    }
  }

  /** The target's text, stripped; empty where it is missing. */
  String targetText(Row row) {
    String text = row.text(targetPosition).strip();
    return FieldText.isMissing(text) ? "" : text;
  }

  /** Where a row's target is, for messages. */
  String targetPlace(Row row) {
    return place(row, targetPosition, schema.target().name());
  }

  private String place(Row row, int position, String name) {
    return ColumnProfile.place(table, row, position, name);
  }
}

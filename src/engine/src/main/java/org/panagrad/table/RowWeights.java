package org.panagrad.table;

import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.file.OneLine;

/** How much each row of a table counts, by one of its columns. */
final class RowWeights {
  /** The position where there is no such column. */
  static final int NONE = -1;

  private final TableSource table;
  private final int position;

  private RowWeights(TableSource table, int position) {
    this.table = table;
    this.position = position;
  }

  /** The weights that the options name; null where they name none. */
  static @Nullable RowWeights of(TableSource table, TableOptions options) {
    int position = position(table, options);
    return position == NONE ? null : new RowWeights(table, position);
  }

  /**
   * Where the weights are.
   *
   * @throws DataException if there is no such column, or it is the target
   */
  static int position(TableSource table, TableOptions options) {
    String column = options.weight();
    if (column == null) {
      return NONE;
    }
    int position = TargetColumn.position(table, "weight", column);
    if (position == TargetColumn.position(table, options.target())) {
      throw DataException.at(
          table.name(),
          "weight " + OneLine.quote(column),
          "a column of its own",
          "the target",
          "name another column as the target or as the weight");
    }
    return position;
  }

  /** The name of the column. */
  String name() {
    return table.columns().get(position);
  }

  /**
   * The weight of a row.
   *
   * @throws DataException unless it is a finite number of 0 or more
   */
  float of(Row row) {
    String text = row.text(position).strip();
    float weight = (float) FieldText.number(text);
    if (!(weight >= 0) || !Float.isFinite(weight)) {
      throw DataException.at(
          ColumnProfile.place(table.name(), row, position, name()),
          "weight",
          "a finite number of 0 or more",
          OneLine.quote(text),
          "correct the weight, or remove the row");
    }
    return weight;
  }
}

package org.panagrad.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import org.panagrad.data.Dataset;
import org.panagrad.io.Json;
import org.panagrad.table.TableColumn;
import org.panagrad.table.TableSchema;

/** A row for people: a table's columns as they stood in it, else the features themselves. */
final class ShownRow {
  private static final int MOST_COLUMNS = 16;

  private final Dataset set;

  ShownRow(Dataset set) {
    this.set = set;
  }

  /** How many columns there are, shown or not. */
  int all() {
    return set.encoding() instanceof TableSchema table
        ? table.columns().size()
        : set.featureCount();
  }

  /** Names of the columns that are shown. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_COLUMNS, all()); i++) {
      names.add(
          set.encoding() instanceof TableSchema table
              ? table.columns().get(i).name()
              : "feature " + i);
    }
    return names;
  }

  /** What a row has in them. */
  Json values(int row) {
    List<Json> values = new ArrayList<>();
    if (set.encoding() instanceof TableSchema table) {
      int first = 0;
      for (TableColumn column : table.columns().subList(0, names().size())) {
        values.add(Fields.text(text(column, row, first)));
        first += column.features();
      }
    } else {
      for (int i = 0; i < names().size(); i++) {
        values.add(Fields.number(set.feature(row, i)));
      }
    }
    return new Json.Arr(values);
  }

  /**
   * @param first of the column's features
   */
  private String text(TableColumn column, int row, int first) {
    return switch (column) {
      case TableColumn.Numeric numeric ->
          numeric.indicated() && set.feature(row, first + 1) != 0
              ? "missing"
              : rounded(set.feature(row, first) * numeric.spread() + numeric.center());
      case TableColumn.Categorical categorical -> {
        List<String> categories = categorical.categories();
        for (int i = 0; i < categorical.features(); i++) {
          if (set.feature(row, first + i) != 0) {
            yield i < categories.size()
                ? categories.get(i)
                : i == categories.size() && categorical.bucketed() ? "another" : "missing";
          }
        }
        yield "unknown";
      }
    };
  }

  /** Six digits are what a float32 has for sure; zeros at the end say nothing. */
  static String rounded(double value) {
    BigDecimal digits = new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros();
    double size = Math.abs(value);
    boolean plain = size == 0 || (size >= 1e-6 && size < 1e15);
    return plain ? digits.toPlainString() : digits.toString();
  }
}

package org.panagrad.table;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.RowEncoding;

/**
 * What was learned of a table's training rows: how a raw row becomes features, and what its target
 * is. Immutable; a model trained on such features keeps it.
 *
 * @param named whether the training table had names for its columns; if not they are known by
 *     position
 * @param columnCount columns of the training table, the target and those left out included
 * @param columns those that features are made of, in ascending order of position
 * @param target the column to be predicted
 * @param weight the column of the weights of the training rows, or null where they counted alike
 */
public record TableSchema(
    boolean named,
    int columnCount,
    List<TableColumn> columns,
    TableTarget target,
    @Nullable TableWeight weight)
    implements RowEncoding {
  /**
   * Checks that the columns are in order and apart.
   *
   * @throws IllegalArgumentException if not, or if there are none
   */
  public TableSchema {
    columns = List.copyOf(columns);
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("a table without columns of features");
    }
    BitSet taken = new BitSet();
    take(taken, target.position(), target.name(), columnCount);
    if (weight != null) {
      take(taken, weight.position(), weight.name(), columnCount);
    }
    int last = -1;
    for (TableColumn column : columns) {
      take(taken, column.position(), column.name(), columnCount);
      if (column.position() < last) {
        throw new IllegalArgumentException(
            "column " + column.name() + " at position " + column.position() + " after " + last);
      }
      last = column.position();
    }
  }

  /** A schema of a table whose rows counted alike. */
  public TableSchema(
      boolean named, int columnCount, List<TableColumn> columns, TableTarget target) {
    this(named, columnCount, columns, target, null);
  }

  private static void take(BitSet taken, int position, String name, int columnCount) {
    if (position < 0 || position >= columnCount || taken.get(position)) {
      throw new IllegalArgumentException(
          "column "
              + name
              + " at position "
              + position
              + ": expected one of its own among "
              + columnCount);
    }
    taken.set(position);
  }

  /** Features of a row. */
  public int features() {
    return columns.stream().mapToInt(TableColumn::features).sum();
  }

  /** A name for each feature. */
  public List<String> featureNames() {
    List<String> names = new ArrayList<>();
    columns.forEach(column -> names.addAll(column.featureNames()));
    return names;
  }

  /** What is learned of the target. */
  public Task task() {
    return target instanceof TableTarget.Classes ? Task.CLASSIFICATION : Task.REGRESSION;
  }

  @Override
  public FeatureMap outputMap() {
    return target instanceof TableTarget.Values values
        ? new FeatureMap((float) values.spread(), (float) values.mean())
        : FeatureMap.IDENTITY;
  }
}

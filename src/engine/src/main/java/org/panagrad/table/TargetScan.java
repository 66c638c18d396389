package org.panagrad.table;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.panagrad.data.Strata;

/**
 * What a pass over the targets alone shows, before rows are split: their groups, and what is
 * learned of them, so that every part is read alike.
 *
 * @param task what is learned
 * @param strata rows by class; in one group where targets are numbers
 */
public record TargetScan(Task task, Strata strata) {
  private static final int FIRST_ROWS = 1024;

  /**
   * Reads the targets of a table; the heap holds a number for each row.
   *
   * @throws org.panagrad.data.DataException if there are none, or a row misses its target
   */
  public static TargetScan of(TableSource table, TableOptions options) {
    int position = TargetColumn.position(table, options.target());
    ColumnProfile profile =
        TableProfile.targetProfile(table, position, options.task(), new DistinctTexts.Budget());
    Map<String, Integer> groups = new HashMap<>();
    int[] group = new int[FIRST_ROWS];
    int rows = 0;
    int targets = 0;
    try (RowCursor cursor = table.open()) {
      while (cursor.next()) {
        if (rows == group.length) {
          group = Arrays.copyOf(group, Math.multiplyExact(2, rows));
        }
        group[rows] = Strata.LEFT_OUT;
        if (TableProfile.hasTarget(profile, cursor, options)) {
          // Texts that are too many to be classes are not kept, and are all in one group.
          group[rows] =
              profile.isCounting()
                  ? groups.computeIfAbsent(cursor.text(position).strip(), text -> groups.size())
                  : 0;
          targets++;
        }
        rows++;
      }
    }
    TableProfile.requireRows(table, targets);
    Task task = TableProfile.task(profile, options.task());
    group = Arrays.copyOf(group, rows);
    if (task == Task.REGRESSION) {
      for (int row = 0; row < rows; row++) {
        group[row] = Math.min(group[row], 0);
      }
    }
    return new TargetScan(task, Strata.of(group));
  }
}

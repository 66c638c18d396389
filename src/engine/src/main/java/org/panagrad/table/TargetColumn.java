package org.panagrad.table;

import java.util.List;
import org.panagrad.data.DataException;
import org.panagrad.file.OneLine;

/** Finds columns by what a user calls them. */
final class TargetColumn {
  private TargetColumn() {}

  /** The position of the target. */
  static int position(TableSource table, String target) {
    if (target.equals(TableOptions.LAST) && !table.columns().contains(target)) {
      return table.columns().size() - 1;
    }
    return position(table, "target", target);
  }

  /**
   * The position of a column given by its name or its index from 0; a name comes first.
   *
   * @param what the part the column plays, for the message
   * @throws DataException if there is none; the message lists the columns
   */
  static int position(TableSource table, String what, String column) {
    List<String> columns = table.columns();
    int named = columns.indexOf(column);
    if (named >= 0) {
      return named;
    }
    if (column.matches("[0-9]{1,9}") && Integer.parseInt(column) < columns.size()) {
      return Integer.parseInt(column);
    }
    throw DataException.at(
        table.name(),
        what + " " + OneLine.quote(column),
        table.isNamed()
            ? "one of the columns " + listed(columns) + ", or an index from 0"
            : "an index from 0 to " + (columns.size() - 1) + ", as the columns have no names",
        "no such column",
        "check the spelling");
  }

  /** The first columns of a list, as they fit a message. */
  static String listed(List<String> columns) {
    int most = 20;
    String shown =
        String.join(", ", columns.stream().limit(most).map(name -> OneLine.of(name)).toList());
    return columns.size() > most ? shown + ", ... (" + columns.size() + ")" : shown;
  }
}

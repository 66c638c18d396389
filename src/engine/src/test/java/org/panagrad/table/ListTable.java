package org.panagrad.table;

import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/** A table in memory, a line for each row: fields parted by commas, or semicolons if there are. */
public record ListTable(List<String> columns, boolean isNamed, List<String> lines)
    implements TableSource {
  /** The first line has the names of the columns. */
  public static ListTable named(String... lines) {
    List<String> all = List.of(lines);
    return new ListTable(List.of(cut(all.getFirst())), true, all.subList(1, all.size()));
  }

  public static ListTable unnamed(String... lines) {
    List<String> all = List.of(lines);
    int width = cut(all.getFirst()).length;
    return new ListTable(
        IntStream.range(0, width).mapToObj(Integer::toString).toList(), false, all);
  }

  private static String[] cut(String line) {
    return line.split(line.indexOf(';') < 0 ? "," : ";", -1);
  }

  @Override
  public String name() {
    return "list";
  }

  @Override
  public RowCursor open() {
    Iterator<String> rest = lines.iterator();
    return new RowCursor() {
      private String[] fields = {};
      private long line;

      @Override
      public boolean next() {
        if (!rest.hasNext()) {
          return false;
        }
        fields = cut(rest.next());
        line++;
        return true;
      }

      @Override
      public String text(int column) {
        return fields[column];
      }

      @Override
      public long line() {
        return line;
      }

      @Override
      public void close() {}
    };
  }
}

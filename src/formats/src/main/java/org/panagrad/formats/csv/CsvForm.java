package org.panagrad.formats.csv;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.panagrad.data.DataException;
import org.panagrad.file.OneLine;
import org.panagrad.table.FieldText;

/**
 * What the first rows of a file show of its form.
 *
 * @param delimiter between fields
 * @param header whether the first row has the names of the columns
 * @param columns their names, or their positions from "0"
 */
record CsvForm(char delimiter, boolean header, List<String> columns) {
  private static final int SAMPLE_ROWS = 100;
  private static final char[] DELIMITERS = {',', ';', '\t'};

  CsvForm {
    columns = List.copyOf(columns);
  }

  static CsvForm of(Path path, String name, CsvOptions options, List<String> known) {
    char delimiter = options.delimiter() != null ? options.delimiter() : delimiter(path, name);
    List<List<String>> sample = sample(path, name, delimiter);
    if (sample.isEmpty()) {
      // What is wrong with the first row, if there is one.
      try (CsvCursor cursor = new CsvCursor(name, TextFile.open(path, name), delimiter)) {
        cursor.next();
      }
      throw DataException.at(
          name, "the table is empty", "at least 1 row", "0 rows", "check the source of the data");
    }
    boolean header =
        options.header() != null
            ? options.header()
            : holdsNames(sample.getFirst(), known) || looksLikeHeader(sample);
    return new CsvForm(delimiter, header, columns(name, sample.getFirst(), header));
  }

  /** The first rows, up to what cannot be read: the real reading will say what is wrong there. */
  private static List<List<String>> sample(Path path, String name, char delimiter) {
    List<List<String>> rows = new ArrayList<>();
    try (CsvCursor cursor = new CsvCursor(name, TextFile.open(path, name), delimiter)) {
      while (rows.size() < SAMPLE_ROWS && cursor.next()) {
        List<String> row = new ArrayList<>(cursor.fieldCount());
        for (int field = 0; field < cursor.fieldCount(); field++) {
          row.add(cursor.text(field).strip());
        }
        rows.add(row);
      }
    } catch (DataException e) {
      if (rows.isEmpty()) {
        return rows;
      }
    }
    return rows;
  }

  /**
   * The delimiter that cuts rows into the same number of fields; among such the one with the
   * largest share of numbers, then the most fields. A comma where none does.
   */
  private static char delimiter(Path path, String name) {
    char best = DELIMITERS[0];
    Cut bestCut = new Cut(0, 0, 0);
    for (char candidate : DELIMITERS) {
      Cut cut = Cut.of(sample(path, name, candidate));
      if (cut.isBetterThan(bestCut)) {
        best = candidate;
        bestCut = cut;
      }
    }
    return best;
  }

  /**
   * How a delimiter cuts the sample.
   *
   * @param even share of rows with as many fields as the first
   * @param numbers share of fields that are numbers, also with a decimal comma
   */
  private record Cut(double even, double numbers, int fields) {
    private static final double EVEN_ENOUGH = 0.9;

    static Cut of(List<List<String>> rows) {
      if (rows.isEmpty() || rows.getFirst().size() < 2) {
        return new Cut(0, 0, 0);
      }
      int width = rows.getFirst().size();
      double even = 0;
      double numbers = 0;
      double fields = 0;
      for (List<String> row : rows) {
        even += row.size() == width ? 1 : 0;
        fields += row.size();
        for (String field : row) {
          numbers += Double.isNaN(FieldText.number(field.replace(',', '.'))) ? 0 : 1;
        }
      }
      return new Cut(even / rows.size(), numbers / fields, width);
    }

    boolean isBetterThan(Cut other) {
      boolean enough = even >= EVEN_ENOUGH;
      if (enough != other.even >= EVEN_ENOUGH) {
        return enough;
      }
      if (!enough) {
        return even > other.even;
      }
      return numbers != other.numbers ? numbers > other.numbers : fields > other.fields;
    }
  }

  /**
   * Whether a row names columns that are known, if not all of them: a row of data hardly ever has
   * half of their names as values, and a column that is missing is then said to be.
   */
  private static boolean holdsNames(List<String> row, List<String> known) {
    long found = known.stream().filter(row::contains).count();
    return !known.isEmpty() && 2 * found >= known.size();
  }

  /**
   * Whether the first row has names: all its fields are words, and either a column has nothing but
   * numbers below, or words that come again and again and never the first. Two equal names do not
   * make them data: they are an error that the user is to hear of.
   */
  private static boolean looksLikeHeader(List<List<String>> sample) {
    List<String> first = sample.getFirst();
    for (String field : first) {
      boolean word = !field.isEmpty() && !field.equals("?");
      if (word && !Double.isNaN(FieldText.number(field))) {
        return false;
      }
    }
    List<List<String>> rest = sample.subList(1, sample.size());
    boolean repeats = false;
    for (int column = 0; column < first.size(); column++) {
      int numbers = 0;
      int words = 0;
      Set<String> different = new HashSet<>();
      for (List<String> row : rest) {
        String field = column < row.size() ? row.get(column) : "";
        if (!FieldText.isMissing(field)) {
          boolean number = !Double.isNaN(FieldText.number(field));
          numbers += number ? 1 : 0;
          words += number ? 0 : 1;
          different.add(field);
        }
      }
      boolean named = !FieldText.isMissing(first.get(column));
      if (named && numbers > 0 && words == 0) {
        return true;
      }
      if (different.contains(first.get(column))) {
        return false;
      }
      repeats |= named && words >= 2 * different.size() && words > 0;
    }
    return repeats;
  }

  private static List<String> columns(String name, List<String> first, boolean header) {
    List<String> columns = new ArrayList<>(first.size());
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < first.size(); i++) {
      String column = header && !first.get(i).isEmpty() ? first.get(i) : Integer.toString(i);
      Integer before = seen.putIfAbsent(column, i);
      if (before != null) {
        throw DataException.at(
            name + ", line 1, column " + (i + 1),
            "name of the column",
            "one of its own",
            OneLine.quote(column) + " as column " + (before + 1) + " has it",
            "rename one, or say that there is no header");
      }
      columns.add(column);
    }
    return columns;
  }
}

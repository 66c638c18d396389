package org.panagrad.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.file.OneLine;

/** What the training rows show of one column, in bounded heap. */
final class ColumnProfile {
  // A column of more different numbers is one of numbers, and not of names that happen to be
  // digits.
  private static final int MOST_NUMBER_NAMES = 1000;

  private final String table;
  private final String name;
  private final int position;
  private final @Nullable ColumnType given;
  private final NumberMoments moments = new NumberMoments();
  private final DistinctTexts texts;
  private final NumberShare share = new NumberShare();
  private boolean whole = true;
  private long present;
  private long missing;

  ColumnProfile(
      String table,
      String name,
      int position,
      @Nullable ColumnType given,
      DistinctTexts.Budget budget) {
    this.table = table;
    this.name = name;
    this.position = position;
    this.given = given;
    this.texts = new DistinctTexts(budget);
    if (given == ColumnType.NUMERIC) {
      texts.stop();
    }
  }

  /**
   * Lets the texts be dropped where room runs out, as long as all are numbers: what is lost is that
   * a word further down would make them categories.
   */
  void countWhereThereIsRoom() {
    texts.setDispensable(given == null);
  }

  /**
   * Looks at the field of one more row.
   *
   * @return false if it is missing
   * @throws DataException if it is not of the column's type, or the column has too many categories
   */
  boolean add(Row row) {
    String text = row.text(position).strip();
    if (FieldText.isMissing(text)) {
      missing++;
      return false;
    }
    double number = given == ColumnType.CATEGORICAL ? Double.NaN : FieldText.number(text);
    if (!Double.isNaN(number)) {
      moments.add(number);
      whole &= number == Math.rint(number);
      share.addNumber();
    } else {
      requireWordsExpected(text, row);
      share.addWord(text, row, this);
      texts.setDispensable(false);
    }
    present++;
    if (!texts.add(text)) {
      throw tooManyTexts(row);
    }
    if (!share.hasWords() && given == null && texts.size() > MOST_NUMBER_NAMES) {
      texts.stop();
    }
    return true;
  }

  private void requireWordsExpected(String text, Row row) {
    if (given == ColumnType.NUMERIC) {
      throw notNumber(text, row, "a number", "correct the field");
    }
    if (!texts.isCounting()) {
      throw notNumber(
          text,
          row,
          "a number, as in the " + present + " rows before",
          "correct the field, or say that the column is categorical");
    }
  }

  private DataException notNumber(String text, Row row, String expected, String remedy) {
    return DataException.at(
        place(row), "field", expected, OneLine.quote(text), FieldText.remedy(text, remedy));
  }

  private DataException tooManyTexts(Row row) {
    return DataException.at(
        place(row),
        "different texts",
        "few enough to be categories",
        texts.size() + " up to here, and further ones",
        "leave the column out if it is an identifier or free text");
  }

  String place(Row row) {
    return place(table, row, position, name);
  }

  /**
   * {@code adult.csv, line 17, column 3 (age)}: columns are counted from 1, as editors do. In rows
   * of no table they have a name only.
   */
  static String place(String table, Row row, int position, String name) {
    return table.isEmpty()
        ? row.place() + ", column " + OneLine.of(name)
        : table + ", " + row.place() + ", column " + label(position, name);
  }

  String name() {
    return name;
  }

  /** Whether texts are counted: not those of a column that is numeric beyond doubt. */
  boolean isCounting() {
    return texts.isCounting();
  }

  boolean isNumeric() {
    return given == ColumnType.NUMERIC || (given == null && !share.hasWords() && present > 0);
  }

  NumberMoments moments() {
    return moments;
  }

  /** Whether the numbers can be class labels: whole, at most 10 different ones, each in 5 rows. */
  boolean looksLikeLabels() {
    int mostLabels = 10;
    int rowsOfEach = 5;
    return texts.isCounting()
        && whole
        && texts.size() <= mostLabels
        && present >= (long) rowsOfEach * texts.size();
  }

  /** Different texts, stripped, in ascending order; as numbers if all are numbers. */
  List<String> distinct() {
    List<String> all = new ArrayList<>(texts.size());
    texts.forEach((text, count) -> all.add(text));
    boolean numbers = all.stream().noneMatch(text -> Double.isNaN(FieldText.number(text)));
    Comparator<String> order = Comparator.naturalOrder();
    all.sort(
        numbers
            ? Comparator.<String>comparingDouble(FieldText::number).thenComparing(order)
            : order);
    return all;
  }

  /**
   * The column as it is to be encoded, or null where it has nothing to learn from; a note then says
   * so.
   */
  @Nullable TableColumn column(TableOptions options, List<String> notes) {
    if (present == 0) {
      notes.add("column " + label() + " has no values in the training rows; it is left out");
      return null;
    }
    if (isNumeric()) {
      return numeric(options.scaling(), notes);
    }
    String stray = strayWord("the column is categorical");
    if (stray != null) {
      notes.add("column " + label() + " is taken as categories because of " + stray);
    }
    return categorical(options, notes);
  }

  /**
   * The first word of a column that is nearly all numbers, and how many are, where these are so few
   * different ones that they may be categories; null for none.
   *
   * @param otherwise what to say if they are categories
   * @throws DataException if words among so many numbers must be slips
   */
  @Nullable String strayWord(String otherwise) {
    if (given != null || isNumeric()) {
      return null;
    }
    int[] different = {0};
    texts.forEach((text, count) -> different[0] += Double.isNaN(FieldText.number(text)) ? 0 : 1);
    return share.requireCategories(present, different[0], otherwise);
  }

  private @Nullable TableColumn numeric(Scaling scaling, List<String> notes) {
    double range = moments.greatest() - moments.least();
    if (range == 0 && missing == 0) {
      notes.add("column " + label() + " has the same number in all rows; it is left out");
      return null;
    }
    double mean = moments.mean();
    double center =
        switch (scaling) {
          case STANDARD -> mean;
          case MIN_MAX -> moments.least();
          case NONE -> 0;
        };
    double spread =
        switch (scaling) {
          case STANDARD -> moments.standardDeviation();
          case MIN_MAX -> range;
          case NONE -> 1;
        };
    if (!Double.isFinite(center) || !Double.isFinite(spread)) {
      throw DataException.at(
          table + ", column " + label(),
          "numbers",
          "a spread that a double can hold",
          moments.least() + " to " + moments.greatest(),
          "correct the column, or leave it out");
    }
    return new TableColumn.Numeric(
        name, position, mean, center, spread > 0 ? spread : 1, missing > 0);
  }

  private @Nullable TableColumn categorical(TableOptions options, List<String> notes) {
    List<Category> frequent = new ArrayList<>();
    texts.forEach(
        (text, count) -> {
          if (count >= options.rareBelow()) {
            frequent.add(new Category(text, count));
          }
        });
    if (frequent.isEmpty()) {
      notes.add(
          "column "
              + label()
              + " has "
              + texts.size()
              + " different texts, none in "
              + options.rareBelow()
              + " or more rows; it is left out");
      return null;
    }
    frequent.sort(
        Comparator.comparingInt(Category::count).reversed().thenComparing(Category::text));
    if (frequent.size() > options.mostCategories()) {
      notes.add(
          "column "
              + label()
              + " has "
              + frequent.size()
              + " categories; all but the "
              + options.mostCategories()
              + " most frequent are taken together");
    }
    List<String> known =
        frequent.stream().limit(options.mostCategories()).map(Category::text).sorted().toList();
    boolean bucketed = known.size() < texts.size();
    if (known.size() == 1 && !bucketed && missing == 0) {
      notes.add("column " + label() + " has the same text in all rows; it is left out");
      return null;
    }
    return new TableColumn.Categorical(name, position, known, bucketed, missing > 0);
  }

  private record Category(String text, int count) {}

  private String label() {
    return label(position, name);
  }

  /** The number from 1, and the name if the column has one. */
  private static String label(int position, String name) {
    return (position + 1)
        + (name.equals(Integer.toString(position)) ? "" : " (" + OneLine.of(name) + ")");
  }
}

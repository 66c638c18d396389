package org.panagrad.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.DataException;

class TableProfileTest {
  private static final TableOptions ALL = TableOptions.defaults().rareBelow(1);

  private static String failure(TableSource table, TableOptions options) {
    return assertThrows(DataException.class, () -> TableProfile.of(table, options)).getMessage();
  }

  @Test
  void typesAreSeenFromTheData() {
    TableSchema schema =
        TableProfile.of(
                ListTable.named(
                    "age,job,code,label", "1, a,1,yes", "3,b ,2,no", " 8 , a,x,yes", "4,b,2,no"),
                ALL)
            .schema();
    assertEquals(
        new TableColumn.Numeric("age", 0, 4, 4, Math.sqrt(26 / 4.0), false),
        schema.columns().get(0));
    assertEquals(
        new TableColumn.Categorical("job", 1, List.of("a", "b"), false, false),
        schema.columns().get(1));
    // Numbers up to the row with a word: they are categories, those before too.
    assertEquals(
        new TableColumn.Categorical("code", 2, List.of("1", "2", "x"), false, false),
        schema.columns().get(2));
    assertEquals(new TableTarget.Classes("label", 3, List.of("no", "yes")), schema.target());
    assertEquals(Task.CLASSIFICATION, schema.task());
    assertEquals(1 + 2 + 3, schema.features());
    assertEquals(
        List.of("age", "job = a", "job = b", "code = 1", "code = 2", "code = x"),
        schema.featureNames());
  }

  @Test
  void givenTypesComeFirst() {
    ListTable table = ListTable.named("a,b,y", "1,5,1.5", "2,6,2.5", "1,7,3.5");
    TableSchema schema =
        TableProfile.of(table, ALL.type("a", ColumnType.CATEGORICAL).type("1", ColumnType.IGNORED))
            .schema();
    assertEquals(
        List.of(new TableColumn.Categorical("a", 0, List.of("1", "2"), false, false)),
        schema.columns());
    assertTrue(
        failure(ListTable.named("a,y", "1,2.5", "x,3.5"), ALL.type("a", ColumnType.NUMERIC))
            .startsWith(
                "list, line 2, column 1 (a): field: expected a number, found \"x\"; correct"));
    assertTrue(
        failure(table, ALL.type("c", ColumnType.NUMERIC))
            .contains("column \"c\": expected one of the columns a, b, y"));
    assertTrue(failure(table, ALL.type("y", ColumnType.NUMERIC)).contains("found the target"));
    assertTrue(
        failure(table, ALL.type("a", ColumnType.NUMERIC).type("0", ColumnType.IGNORED))
            .contains("expected one, found two"));
  }

  @Test
  void aWordAmongVeryManyNumbersIsAnErrorAndNoCategory() {
    List<String> lines = new ArrayList<>(List.of("a,y"));
    for (int i = 0; i < 1500; i++) {
      lines.add(i + "," + i);
    }
    lines.add("12x,3");
    assertTrue(
        failure(ListTable.named(lines.toArray(String[]::new)), ALL)
            .startsWith(
                "list, line 1501, column 1 (a): field: expected a number, as in the 1500 rows"
                    + " before, found \"12x\""));
  }

  private static ListTable ages(String stray, int different) {
    List<String> lines = new ArrayList<>(List.of("age,y"));
    for (int i = 0; i < 400; i++) {
      lines.add((i == 38 ? stray : "" + (20 + i % different)) + "," + 0.5 * i);
    }
    return ListTable.named(lines.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown", "inf", "1e999"})
  void aStrayWordDoesNotMakeCategoriesOfNumbers(String stray) {
    String message =
        "list, line 39, column 1 (age): field: expected a number, as 399 of the 400 fields of the"
            + " column are, found \""
            + stray
            + "\"; correct the field, leave it empty if it is not known, or say that ";
    assertEquals(message + "the column is categorical", failure(ages(stray, 40), ALL));
    TableOptions categories = ALL.type("age", ColumnType.CATEGORICAL);
    assertEquals(41, TableProfile.of(ages(stray, 40), categories).schema().features());
    // The same in a target, which would be taken for classes.
    assertEquals(
        message + "the task is classification", failure(ages(stray, 40), ALL.target("age")));
    TableOptions classes = ALL.target("age").task(Task.CLASSIFICATION);
    assertEquals(Task.CLASSIFICATION, TableProfile.of(ages(stray, 40), classes).schema().task());
    // Few different numbers may be names.
    TableProfile few = TableProfile.of(ages(stray, 4), ALL);
    assertEquals(5, few.schema().features());
    assertEquals(
        List.of(
            "column 1 (age) is taken as categories because of \""
                + stray
                + "\" (399 of 400 fields are numbers)"),
        few.notes());
  }

  @Test
  void decimalCommasAreNamed() {
    List<String> lines = new ArrayList<>(List.of("w;y"));
    for (int i = 0; i < 40; i++) {
      lines.add((i % 3 == 0 ? i : i + ",25") + ";" + i);
    }
    lines.add("none;3");
    ListTable table = ListTable.named(lines.toArray(String[]::new));
    assertEquals(
        "list, line 2, column 1 (w): field: expected a number with a decimal point and no"
            + " separators, as nearly all fields of the column would be numbers then, found"
            + " \"1,25\"; write numbers without commas, or say that the column is categorical",
        failure(table, ALL));
    assertTrue(
        failure(table, ALL.type("w", ColumnType.NUMERIC))
            .endsWith("found \"1,25\"; write it with a decimal point and no separators"));
    assertTrue(failure(table, ALL.target("w")).contains("with a decimal point"));
    assertEquals(
        Task.CLASSIFICATION,
        TableProfile.of(table, ALL.target("w").task(Task.CLASSIFICATION)).schema().task());
  }

  @ParameterizedTest
  @CsvSource({"1e40,2e40", "-1e39,5", "1e-50,3e-50"})
  void aTargetThatFloatsCannotHoldIsNamed(String one, String other) {
    List<String> lines = new ArrayList<>(List.of("a,y"));
    for (int i = 0; i < 10; i++) {
      lines.add(i + "," + (i % 2 == 0 ? one : other));
    }
    ListTable table = ListTable.named(lines.toArray(String[]::new));
    String message = failure(table, ALL.task(Task.REGRESSION));
    assertTrue(
        message.startsWith("list, target y: numbers: expected up to 3.4e38, and a spread"),
        message);
  }

  @Test
  void missingValuesAreImputedAndIndicated() {
    TableSchema schema =
        TableProfile.of(ListTable.named("a,b,y", "1,?,1.5", "NA,u,2.5", "3,v,3.5", ",u,0.5"), ALL)
            .schema();
    assertEquals(new TableColumn.Numeric("a", 0, 2, 2, 1, true), schema.columns().get(0));
    assertEquals(
        new TableColumn.Categorical("b", 1, List.of("u", "v"), false, true),
        schema.columns().get(1));
    assertEquals(
        List.of("a", "a is missing", "b = u", "b = v", "b is missing"), schema.featureNames());
  }

  @Test
  void rareCategoriesShareABucket() {
    TableOptions options = TableOptions.defaults().rareBelow(2);
    ListTable table =
        ListTable.named("c,y", "a,1.5", "a,2.5", "b,3.5", "c,4.5", "d,4.5", "d,6.5", "d,1.5");
    assertEquals(
        List.of(new TableColumn.Categorical("c", 0, List.of("a", "d"), true, false)),
        TableProfile.of(table, options).schema().columns());
    TableProfile most = TableProfile.of(table, options.mostCategories(1));
    assertEquals(
        List.of(new TableColumn.Categorical("c", 0, List.of("d"), true, false)),
        most.schema().columns());
    assertEquals(
        List.of("column 1 (c) has 2 categories; all but the 1 most frequent are taken together"),
        most.notes());
  }

  @Test
  void columnsWithNothingToLearnAreLeftOutAndNamed() {
    TableProfile profile =
        TableProfile.of(
            ListTable.named(
                "id,empty,same,text,x,y", "k1,,7,w,1,1.5", "k2,?,7,w,2,2.5", "k3,NA,7,w,3,9"),
            TableOptions.defaults().rareBelow(2));
    assertEquals(List.of("x"), profile.schema().columns().stream().map(TableColumn::name).toList());
    assertEquals(
        List.of(
            "column 1 (id) has 3 different texts, none in 2 or more rows; it is left out",
            "column 2 (empty) has no values in the training rows; it is left out",
            "column 3 (same) has the same number in all rows; it is left out",
            "column 4 (text) has the same text in all rows; it is left out"),
        profile.notes());
    assertTrue(
        failure(ListTable.named("a,y", "1,2", "1,3"), ALL)
            .contains("columns to learn from: expected 1 or more besides the target, found none"));
  }

  @Test
  void scalings() {
    ListTable table = ListTable.named("a,y", "1,2.5", "3,3.5", "5,4.5");
    assertEquals(
        new TableColumn.Numeric("a", 0, 3, 1, 4, false),
        TableProfile.of(table, ALL.scaling(Scaling.MIN_MAX)).schema().columns().getFirst());
    assertEquals(
        new TableColumn.Numeric("a", 0, 3, 0, 1, false),
        TableProfile.of(table, ALL.scaling(Scaling.NONE)).schema().columns().getFirst());
  }

  @Test
  void theTargetIsFoundByNameIndexOrLast() {
    ListTable table = ListTable.named("a,b,last", "1,u,5.5", "2,v,6.5");
    assertEquals("last", TableProfile.of(table, ALL).schema().target().name());
    assertEquals(0, TableProfile.of(table, ALL.target("a")).schema().target().position());
    assertEquals(
        new TableTarget.Classes("b", 1, List.of("u", "v")),
        TableProfile.of(table, ALL.target("1")).schema().target());
    assertTrue(failure(table, ALL.target("c")).contains("target \"c\": expected one of"));
    assertTrue(
        failure(ListTable.unnamed("1,2", "3,4"), ALL.target("2"))
            .contains("expected an index from 0 to 1, as the columns have no names"));
  }

  @Test
  void numbersAreAClassWhereTheyLookLikeLabelsOrAreSaidToBe() {
    List<String> few = new ArrayList<>(List.of("a,y"));
    List<String> many = new ArrayList<>(List.of("a,y"));
    for (int i = 0; i < 60; i++) {
      few.add(i + "," + 5 * (i % 3));
      many.add(i + "," + i % 29);
    }
    ListTable labels = ListTable.named(few.toArray(String[]::new));
    ListTable numbers = ListTable.named(many.toArray(String[]::new));
    assertEquals(
        new TableTarget.Classes("y", 1, List.of("0", "5", "10")),
        TableProfile.of(labels, ALL).schema().target());
    assertInstanceOf(
        TableTarget.Values.class,
        TableProfile.of(labels, ALL.task(Task.REGRESSION)).schema().target());
    assertInstanceOf(TableTarget.Values.class, TableProfile.of(numbers, ALL).schema().target());
    TableTarget.Classes classes =
        assertInstanceOf(
            TableTarget.Classes.class,
            TableProfile.of(numbers, ALL.task(Task.CLASSIFICATION)).schema().target());
    assertEquals(29, classes.classes().size());
    assertEquals("9", classes.classes().get(9), "in the order of numbers");
  }

  @Test
  void regressionTargetsAreStandardised() {
    TableTarget.Values target =
        assertInstanceOf(
            TableTarget.Values.class,
            TableProfile.of(ListTable.named("a,y", "1,10", "2,14", "3,18.0", "4,22"), ALL)
                .schema()
                .target());
    assertEquals(16, target.mean());
    assertEquals(Math.sqrt(20), target.spread());
    assertEquals(10, target.value(target.output(10)), 1e-12);
    assertEquals(0, target.output(16));
  }

  @Test
  void aMissingTargetIsAnErrorOrLeftOut() {
    ListTable table = ListTable.named("a,y", "1,u", "2,?", "3,v", "4,u");
    assertEquals(
        "list, line 2, column 2 (y): target: expected a value, found none; fill it in, or have rows"
            + " without a target left out",
        failure(table, ALL));
    TableProfile profile = TableProfile.of(table, ALL.dropsRowsWithoutTarget(true));
    assertEquals(3, profile.rows());
    // The mean of the rows with a target.
    assertEquals(8 / 3.0, ((TableColumn.Numeric) profile.schema().columns().getFirst()).mean());
    assertTrue(
        failure(ListTable.named("a,y", "1,2", "2,x"), ALL.task(Task.REGRESSION))
            .contains("line 2, column 2 (y): field: expected a number, found \"x\""));
    assertTrue(
        failure(ListTable.named("a,y", "1,?"), ALL.dropsRowsWithoutTarget(true))
            .contains("the table is empty"));
  }

  @Test
  void classesThatDifferByAFullStopAreSaidToBeDoubtful() {
    TableProfile profile =
        TableProfile.of(ListTable.named("a,y", "1,<=50K", "2,<=50K.", "3,>50K"), ALL);
    assertEquals(
        List.of("target y has classes that differ by a full stop only: '<=50K' and '<=50K.'"),
        profile.notes());
  }

  /** Of the texts of all columns a hundred thousand are kept, but numbers need not be. */
  @ParameterizedTest
  @CsvSource({"120,1500", "5000,60"})
  void wideTablesOfNumbersAreLearned(int width, int rows) {
    TableProfile profile =
        TableProfile.of(new WideTable(width, rows), TableOptions.defaults().target("y"));
    assertEquals(rows, profile.rows());
    assertEquals(
        new TableTarget.Classes("y", 0, List.of("0", "1", "2")), profile.schema().target());
    List<TableColumn> columns = profile.schema().columns();
    assertEquals(
        new TableColumn.Categorical("1", 1, List.of("a", "b"), false, false), columns.getFirst());
    assertEquals(
        width - 2,
        columns.stream().filter(column -> column instanceof TableColumn.Numeric).count());
  }

  /** A class, a word, and then numbers that are all different. */
  private record WideTable(int width, int rows) implements TableSource {
    @Override
    public String name() {
      return "wide";
    }

    @Override
    public List<String> columns() {
      return IntStream.range(0, width).mapToObj(c -> c == 0 ? "y" : "" + c).toList();
    }

    @Override
    public RowCursor open() {
      return new RowCursor() {
        private int row = -1;

        @Override
        public boolean next() {
          return ++row < rows;
        }

        @Override
        public String text(int column) {
          return switch (column) {
            case 0 -> "" + row % 3;
            // A word only after the budget was full of numbers once.
            case 1 -> row < 50 ? "a" : "b";
            default -> (row + 0.5) + "" + column;
          };
        }

        @Override
        public long line() {
          return row + 1L;
        }

        @Override
        public void close() {}
      };
    }
  }

  @Test
  void heapIsBoundedWhereEveryTextIsAnother() {
    // A hundred thousand texts of all columns together are the limit.
    TableSource endless =
        new TableSource() {
          @Override
          public String name() {
            return "endless";
          }

          @Override
          public List<String> columns() {
            return List.of("id", "y");
          }

          @Override
          public RowCursor open() {
            return new RowCursor() {
              private long row;

              @Override
              public boolean next() {
                row++;
                return true;
              }

              @Override
              public String text(int column) {
                return column == 0 ? "key" + row : "1.5";
              }

              @Override
              public long line() {
                return row;
              }

              @Override
              public void close() {}
            };
          }
        };
    assertEquals(
        "endless, line 100000, column 1 (id): different texts: expected few enough to be"
            + " categories, found 99999 up to here, and further ones; leave the column out if it is"
            + " an identifier or free text",
        failure(endless, ALL));
  }
}

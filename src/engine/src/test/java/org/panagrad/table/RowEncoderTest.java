package org.panagrad.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;

class RowEncoderTest {
  // Features: n, n is missing; c = a, c = b, another, missing; d = u, d = v.
  private static final List<TableColumn> COLUMNS =
      List.of(
          new TableColumn.Numeric("n", 0, 5, 4, 2, true),
          new TableColumn.Categorical("c", 1, List.of("a", "b"), true, true),
          new TableColumn.Categorical("d", 3, List.of("u", "v"), false, false));
  private static final TableTarget LABEL =
      new TableTarget.Classes("y", 2, List.of("<=50K", ">50K", "odd."));
  private static final TableSchema NAMED = new TableSchema(true, 4, COLUMNS, LABEL);
  private static final TableSchema UNNAMED = new TableSchema(false, 4, COLUMNS, LABEL);

  private static float[] encode(TableSchema schema, ListTable table) {
    RowEncoder encoder = RowEncoder.of(schema, table);
    float[] features = new float[schema.features()];
    try (RowCursor cursor = table.open()) {
      assertTrue(cursor.next());
      encoder.encode(cursor, features);
    }
    return features;
  }

  private static String failure(TableSchema schema, ListTable table) {
    return assertThrows(DataException.class, () -> encode(schema, table)).getMessage();
  }

  @Test
  void aRowBecomesFeatures() {
    assertArrayEquals(
        new float[] {3, 0, 0, 1, 0, 0, 1, 0},
        encode(NAMED, ListTable.named("n,c,y,d", " 10 , b ,,u")));
    assertArrayEquals(
        new float[] {0.5f, 1, 0, 0, 0, 1, 0, 1},
        encode(NAMED, ListTable.named("n,c,y,d", "?,,,v")));
  }

  @Test
  void anUnknownCategoryIsInTheBucketAndNowhereWithoutOne() {
    assertArrayEquals(
        new float[] {-2, 0, 0, 0, 1, 0, 0, 0},
        encode(NAMED, ListTable.named("n,c,y,d", "0,new,,new")));
    // A missing one that no training row missed is unknown.
    assertArrayEquals(
        new float[] {-2, 0, 1, 0, 0, 0, 0, 0}, encode(NAMED, ListTable.named("n,c,y,d", "0,a,,?")));
  }

  @Test
  void columnsAreFoundByNameInAnyOrder() {
    float[] expected = encode(NAMED, ListTable.named("n,c,y,d", "10,b,,u"));
    ListTable other = ListTable.named("d,more,c,n", "u,x,b,10");
    assertArrayEquals(expected, encode(NAMED, other));
    RowEncoder encoder = RowEncoder.of(NAMED, other);
    assertFalse(encoder.hasTarget());
    assertEquals(List.of("more"), encoder.unused());
    assertEquals(
        "list: columns: expected all that the model was trained on, found none named n, d; add"
            + " them, or check the spelling",
        failure(NAMED, ListTable.named("c,y,N", "a,,1")));
  }

  @Test
  void withoutNamesOnEitherSideColumnsAreFoundByPosition() {
    float[] expected = encode(NAMED, ListTable.named("n,c,y,d", "10,b,,u"));
    assertArrayEquals(expected, encode(NAMED, ListTable.unnamed("10,b,>50K,u")));
    assertArrayEquals(expected, encode(NAMED, ListTable.unnamed("10,b,u")));
    assertArrayEquals(expected, encode(UNNAMED, ListTable.named("p,q,r,s", "10,b,>50K,u")));
    assertArrayEquals(expected, encode(UNNAMED, ListTable.unnamed("10,b,u")));
    assertEquals(
        "list: number of columns: expected 4 as the training table had, or 3 without the target y,"
            + " found 2; bring the same columns in the same order, or a header with their names",
        failure(NAMED, ListTable.unnamed("10,b")));
    assertTrue(failure(UNNAMED, ListTable.unnamed("1,2,3,4,5")).contains("found 5"));
  }

  @Test
  void withoutNamesTheWeightIsMissingWithTheTargetOrNeither() {
    // w, n, c, y, d as it was trained on; the weight stands before the features or behind.
    List<TableColumn> behind =
        List.of(
            new TableColumn.Numeric("1", 1, 5, 4, 2, true),
            new TableColumn.Categorical("2", 2, List.of("a", "b"), true, true),
            new TableColumn.Categorical("4", 4, List.of("u", "v"), false, false));
    TableTarget label = new TableTarget.Classes("3", 3, List.of("<=50K", ">50K"));
    TableSchema first = new TableSchema(false, 5, behind, label, new TableWeight("0", 0));
    TableSchema last = new TableSchema(false, 5, COLUMNS, LABEL, new TableWeight("4", 4));
    float[] expected = encode(NAMED, ListTable.named("n,c,y,d", "10,b,,u"));
    assertArrayEquals(expected, encode(first, ListTable.unnamed("0.5,10,b,>50K,u")));
    assertArrayEquals(expected, encode(first, ListTable.unnamed("10,b,u")));
    assertArrayEquals(expected, encode(last, ListTable.unnamed("10,b,>50K,u,0.5")));
    assertArrayEquals(expected, encode(last, ListTable.unnamed("10,b,u")));
    // Of four columns either may be the missing one.
    assertEquals(
        "list: number of columns: expected 5 as the training table had, or 3 without the target 3"
            + " and the weight 0, found 4; bring the same columns in the same order",
        failure(first, ListTable.unnamed("10,b,>50K,u")));
    assertTrue(failure(last, ListTable.unnamed("10,b,u,0.5")).contains("found 4"));
  }

  @Test
  void byNameTheWeightMayBeThereAndIsNoUnknownColumn() {
    TableSchema weighted = new TableSchema(true, 5, COLUMNS, LABEL, new TableWeight("w", 4));
    float[] expected = encode(NAMED, ListTable.named("n,c,y,d", "10,b,,u"));
    assertArrayEquals(expected, encode(weighted, ListTable.named("n,c,d", "10,b,u")));
    ListTable with = ListTable.named("w,d,c,n", "2,u,b,10");
    assertArrayEquals(expected, encode(weighted, with));
    assertEquals(List.of(), RowEncoder.of(weighted, with).unused());
  }

  @Test
  void aFieldThatIsNoNumberIsNamed() {
    assertEquals(
        "list, line 1, column 3 (n): field: expected a number, found \"ten\"; correct the field, or"
            + " leave it empty if it is not known",
        failure(NAMED, ListTable.named("d,c,n", "u,b,ten")));
    assertTrue(
        failure(NAMED, ListTable.named("d,c,n", "u,b,1e300"))
            .contains(
                "expected a number at most 6.8e+38 away from 4.0, as 32-bit features scaled by 2.0"
                    + " can be, found \"1e300\""));
    assertTrue(
        failure(NAMED, ListTable.named("n;c;y;d", "1,5;a;;u"))
            .endsWith("found \"1,5\"; write it with a decimal point and no separators"));
  }

  @Test
  void labelsAreReadWithoutAFullStopThatTheTrainingRowsDoNotHave() {
    TableReader reader =
        TableReader.read(
            "rows",
            ListTable.named(
                "n,c,y,d", "1,a,>50K.,u", "1,a, <=50K ,u", "1,a,odd.,u", "1,a,<=50K.,u"),
            NAMED,
            false);
    try (Dataset rows = reader.dataset()) {
      assertEquals(1, rows.label(0));
      assertEquals(0, rows.label(1));
      assertEquals(2, rows.label(2));
      assertEquals(0, rows.label(3));
      assertEquals(List.of("<=50K", ">50K", "odd."), rows.classNames());
      assertEquals(NAMED, rows.encoding());
    }
    assertEquals(
        List.of(
            "rows: 2 labels end in a full stop, which those trained on do not; read without it"),
        reader.notes());
  }

  @Test
  void aClassThatWasNotTrainedOnIsNamed() {
    for (String label : List.of("odd", "<=50K..", "neither")) {
      String message =
          assertThrows(
                  DataException.class,
                  () ->
                      TableReader.read(
                          "rows", ListTable.named("n,c,y,d", "1,a," + label + ",u"), NAMED, false))
              .getMessage();
      assertEquals(
          "list, line 1, column 3 (y): class: expected one of those trained on: <=50K, >50K, odd.,"
              + " found \""
              + label
              + "\"; correct the row, or train on rows of that class too",
          message);
    }
  }

  @Test
  void rowsWithoutATargetAreRefusedOrLeftOut() {
    ListTable table = ListTable.named("n,c,y,d", "1,a,>50K,u", "2,a,?,u", "3,a,<=50K,u");
    assertTrue(
        assertThrows(DataException.class, () -> TableReader.read("rows", table, NAMED, false))
            .getMessage()
            .startsWith("list, line 2, column 3 (y): target: expected a value, found none"));
    try (Dataset rows = TableReader.read("rows", table, NAMED, true).dataset()) {
      assertEquals(2, rows.size());
    }
    assertTrue(
        assertThrows(
                DataException.class,
                () -> TableReader.read("rows", ListTable.named("n,c,d", "1,a,u"), NAMED, true))
            .getMessage()
            .contains("target: expected a column \"y\", found none"));
  }

  @Test
  void valuesAreStandardisedAndKnowTheirUnit() {
    TableSchema schema =
        new TableSchema(
            true,
            2,
            List.of(new TableColumn.Numeric("n", 0, 0, 0, 1, false)),
            new TableTarget.Values("y", 1, 10, 4));
    try (Dataset rows =
        TableReader.read("rows", ListTable.named("n,y", "1,18", "2,10"), schema, false).dataset()) {
      assertEquals(TargetKind.VALUES, rows.targetKind());
      assertEquals(2, rows.target(0, 0));
      assertEquals(0, rows.target(1, 0));
      assertEquals(18, rows.outputMap().apply(rows.target(0, 0)));
      // Parts keep it.
      assertEquals(schema, rows.subset(0, 1).encoding());
      assertEquals(schema, rows.select("part", 1).encoding());
    }
  }

  @Test
  void aSchemaThatContradictsItselfIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new TableSchema(true, 4, List.of(), LABEL));
    assertThrows(IllegalArgumentException.class, () -> new TableSchema(true, 3, COLUMNS, LABEL));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TableSchema(true, 4, COLUMNS, new TableTarget.Values("y", 0, 0, 1)));
    assertThrows(
        IllegalArgumentException.class, () -> new TableSchema(true, 4, COLUMNS.reversed(), LABEL));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TableSchema(true, 4, COLUMNS, LABEL, new TableWeight("y", 2)));
    assertThrows(
        IllegalArgumentException.class, () -> new TableColumn.Numeric("n", 0, 0, 0, 0, false));
    assertThrows(
        IllegalArgumentException.class, () -> new TableTarget.Values("y", 0, Double.NaN, 1));
  }
}

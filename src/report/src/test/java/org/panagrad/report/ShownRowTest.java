package org.panagrad.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.panagrad.data.Dataset;
import org.panagrad.io.Json;
import org.panagrad.table.TableColumn;
import org.panagrad.table.TableSchema;
import org.panagrad.table.TableTarget;

class ShownRowTest {
  private static final TableSchema TABLE =
      new TableSchema(
          true,
          4,
          List.of(
              new TableColumn.Numeric("age", 0, 40, 40, 10, true),
              new TableColumn.Categorical("work", 1, List.of("no", "yes"), true, true),
              new TableColumn.Numeric("weight", 2, 0, 300_000, 2_000, false)),
          new TableTarget.Classes("class", 3, List.of("a", "b")));

  private static Json shown(float... features) {
    try (Dataset set = Dataset.ofClasses("case", new float[][] {features}, new int[1], 2)) {
      return new ShownRow(set.encodedBy(TABLE)).values(0);
    }
  }

  private static Json texts(String... texts) {
    return new Json.Arr(Stream.of(texts).<Json>map(Json.Str::new).toList());
  }

  @Test
  void aTableIsShownAsItStood() {
    assertEquals(texts("35", "yes", "300123"), shown(-0.5f, 0, 0, 1, 0, 0, 0.0615f));
    assertEquals(texts("missing", "another", "300000"), shown(0, 1, 0, 0, 1, 0, 0));
    assertEquals(texts("40", "missing", "300000"), shown(0, 0, 0, 0, 0, 1, 0));
    assertEquals(texts("41.25", "unknown", "0"), shown(0.125f, 0, 0, 0, 0, 0, -150));
  }

  @Test
  void featuresWithoutATableAreNumbered() {
    try (Dataset set = Dataset.ofClasses("case", new float[3][20], new int[3], 2)) {
      ShownRow shown = new ShownRow(set);
      assertEquals(20, shown.all());
      assertEquals(16, shown.names().size());
      assertEquals("feature 15", shown.names().getLast());
    }
  }
}

package org.panagrad.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.data.DataException;

class TargetScanTest {
  @Test
  void classesAreKeptInProportionAndNumbersAreNot() {
    List<String> lines = new ArrayList<>(List.of("a,y"));
    for (int i = 0; i < 100; i++) {
      lines.add(i + "," + (i % 10 == 0 ? "rare" : i % 10 == 1 ? "?" : "usual "));
    }
    ListTable table = ListTable.named(lines.toArray(String[]::new));
    assertThrows(DataException.class, () -> TargetScan.of(table, TableOptions.defaults()));
    TargetScan scan = TargetScan.of(table, TableOptions.defaults().dropsRowsWithoutTarget(true));
    assertEquals(Task.CLASSIFICATION, scan.task());
    assertEquals(90, scan.strata().size());
    BitSet part = scan.strata().part(scan.strata().all(), 18, 1, "test");
    assertEquals(18, part.cardinality());
    assertEquals(2, part.stream().filter(row -> row % 10 == 0).count());
    assertEquals(0, part.stream().filter(row -> row % 10 == 1).count());
  }

  @Test
  void theTaskIsThatOfAllRows() {
    List<String> lines = new ArrayList<>(List.of("a,y"));
    for (int i = 0; i < 2500; i++) {
      lines.add("1," + i);
    }
    ListTable table = ListTable.named(lines.toArray(String[]::new));
    TargetScan scan = TargetScan.of(table, TableOptions.defaults());
    assertEquals(Task.REGRESSION, scan.task());
    assertEquals(2500, scan.strata().size());
    assertEquals(250, scan.strata().part(scan.strata().all(), 250, 1, "test").cardinality());
  }

  @Test
  void selectedRowsAreATableOfTheirOwn() {
    BitSet rows = new BitSet();
    rows.set(1);
    rows.set(3);
    TableSource part = ListTable.named("a,y", "0,u", "1,v", "2,w", "3,x", "4,y").select(rows);
    List<String> seen = new ArrayList<>();
    try (RowCursor cursor = part.open()) {
      while (cursor.next()) {
        seen.add(cursor.place() + " " + cursor.text(0));
      }
    }
    assertEquals(List.of("line 2 1", "line 4 3"), seen);
  }
}

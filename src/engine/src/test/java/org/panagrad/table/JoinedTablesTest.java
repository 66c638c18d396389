package org.panagrad.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.data.DataException;

/** Tables in parts. */
class JoinedTablesTest {
  private static final ListTable ONE = ListTable.named("a,b", "1,x", "2,y");
  private static final ListTable EMPTY = new ListTable(List.of("a", "b"), true, List.of());
  private static final ListTable TWO = ListTable.named("a,b", "3,x");

  private static String text(TableSource table) {
    StringBuilder text = new StringBuilder();
    try (RowCursor rows = table.open()) {
      while (rows.next()) {
        text.append(rows.text(0)).append(rows.text(1)).append('@').append(rows.place()).append(' ');
      }
      assertFalse(rows.next());
    }
    return text.toString();
  }

  @Test
  void theRowsOfAllPartsFollowEachOther() {
    TableSource joined = JoinedTables.of(List.of(ONE, EMPTY, TWO, EMPTY));
    assertEquals(List.of("a", "b"), joined.columns());
    assertTrue(joined.isNamed());
    assertEquals("list and 3 more", joined.name());
    String all = "1x@list, line 1 2y@list, line 2 3x@list, line 1 ";
    assertEquals(all, text(joined));
    assertEquals(all, text(joined), "read anew");
    BitSet last = new BitSet();
    last.set(2);
    assertEquals("3x@list, line 1 ", text(joined.select(last)));
    assertSame(ONE, JoinedTables.of(List.of(ONE)));
  }

  @Test
  void theirColumnsAreTheSame() {
    for (ListTable other :
        List.of(
            ListTable.named("b,a", "1,2"), ListTable.named("a", "1"), ListTable.unnamed("1,2"))) {
      DataException refused =
          assertThrows(DataException.class, () -> JoinedTables.of(List.of(ONE, other)));
      assertTrue(
          refused.getMessage().startsWith("list: columns: expected a, b, as in list, found "),
          refused.getMessage());
    }
  }
}

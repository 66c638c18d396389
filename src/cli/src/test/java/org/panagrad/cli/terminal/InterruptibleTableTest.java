package org.panagrad.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.formats.csv.CsvOptions;
import org.panagrad.formats.csv.CsvTable;
import org.panagrad.table.RowCursor;
import org.panagrad.table.TableSource;

class InterruptibleTableTest {
  @TempDir Path dir;

  private TableSource table(int rows) throws IOException {
    Path file = Files.write(dir.resolve("t.csv"), Collections.nCopies(rows, "1,x"));
    return CsvTable.open(file, new CsvOptions(false, ','), List.of());
  }

  @Test
  void itIsTheTableUntilItIsInterrupted() throws IOException {
    int rows = 3 * InterruptibleTable.BETWEEN + 7;
    int[] asked = new int[1];
    TableSource table = new InterruptibleTable(table(rows), () -> asked[0]++);
    assertEquals("t.csv", table.name());
    assertEquals(2, table.columns().size());
    assertFalse(table.isNamed());
    try (RowCursor cursor = table.open()) {
      for (int row = 0; row < rows; row++) {
        assertTrue(cursor.next());
        assertEquals("x", cursor.text(1));
        assertEquals(row + 1, cursor.line());
        assertEquals("line " + (row + 1), cursor.place());
      }
      assertFalse(cursor.next());
    }
    assertEquals(3, asked[0]);
  }

  @Test
  void readingEndsWhenItIsGivenUp() throws IOException {
    TableSource table =
        new InterruptibleTable(
            table(2 * InterruptibleTable.BETWEEN),
            () -> {
              throw new CancellationException("interrupted");
            });
    try (RowCursor cursor = table.open()) {
      assertThrows(
          CancellationException.class,
          () -> {
            while (cursor.next()) {
              assertTrue(cursor.line() < InterruptibleTable.BETWEEN);
            }
          });
    }
  }
}

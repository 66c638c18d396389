package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.RecordFile;
import org.panagrad.data.RecordWriter;
import org.panagrad.data.RowForm;
import org.panagrad.fuzz.Fuzz;
import org.panagrad.table.ListTable;
import org.panagrad.table.TableOptions;
import org.panagrad.table.TableProfile;
import org.panagrad.table.TableRows;
import org.panagrad.table.TableSchema;

/** Schemas of tables in record files. */
class SchemaTextTest {
  private static final ListTable TABLE =
      ListTable.named(
          "age,job,rich,w",
          "39.5,clerk,yes,1",
          "?,smith,no,2",
          "28,clerk,\"no\",0.5",
          "50,smith,no,0",
          "1e-7,clerk,yes,1");
  private static final TableOptions OPTIONS =
      TableOptions.defaults().target("rich").weight("w").rareBelow(1);

  @TempDir Path directory;

  private static TableRows rows() {
    TableSchema schema = TableProfile.of(TABLE, OPTIONS).schema();
    return TableRows.training("people", TABLE, schema, OPTIONS, 5);
  }

  private Path write() {
    Path file = directory.resolve("people.pgd");
    RecordWriter.write(file, rows(), SchemaText.FORMAT);
    return file;
  }

  private static void assertPeople(Dataset found) {
    assertEquals(rows().encoding(), found.encoding());
    try (Dataset expected = rows().read()) {
      assertEquals(expected.toString(), found.toString());
      assertEquals(expected.classNames(), found.classNames());
      for (int row = 0; row < 5; row++) {
        float[] one = new float[expected.featureCount()];
        float[] two = new float[expected.featureCount()];
        expected.copyStored(row, one);
        found.copyStored(row, two);
        assertArrayEquals(one, two);
        assertEquals(expected.label(row), found.label(row));
        assertEquals(expected.weight(row), found.weight(row));
      }
    }
  }

  @Test
  void theSchemaComesBackWithTheRows() throws IOException {
    Path file = write();
    assertEquals(rows().encoding(), RecordFile.encoding(file, SchemaText.FORMAT));
    try (Dataset read = RecordFile.open(file, SchemaText.FORMAT);
        Dataset stored = RecordFile.inFile(file, SchemaText.FORMAT)) {
      assertPeople(read);
      assertPeople(stored);
      Path copy = directory.resolve("copy.pgd");
      RecordWriter.write(copy, stored.stream(), SchemaText.FORMAT);
      assertEquals(-1, Files.mismatch(file, copy));
      // It is not lost by whoever does not ask for it.
      assertThrows(IllegalArgumentException.class, () -> RecordWriter.write(copy, stored.stream()));
    }
    for (var open :
        List.<Function<Path, Dataset>>of(RecordFile::open, RecordFile::read, RecordFile::inFile)) {
      DataException refused = assertThrows(DataException.class, () -> open.apply(file));
      assertTrue(
          refused.getMessage().contains("people.pgd: rows: expected such as they came"),
          refused.getMessage());
    }
    assertEquals(5, RecordFile.verify(file, done -> {}));
  }

  @Test
  void rowsWithoutOneAreWrittenAsBefore() throws IOException {
    Path one = directory.resolve("one.pgd");
    Path two = directory.resolve("two.pgd");
    try (Dataset plain = Dataset.ofClasses("plain", new float[4][2], new int[4], 2)) {
      RecordWriter.write(one, plain.stream());
      RecordWriter.write(two, plain.stream(), SchemaText.FORMAT);
    }
    assertEquals(-1, Files.mismatch(one, two));
    assertEquals(1, Files.readAllBytes(one)[8], "version");
    assertNull(RecordFile.encoding(one, SchemaText.FORMAT));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          5 floats | columns of 4 floats for rows of 5
          4 bytes  | columns of 4 floats for rows of 4
          values   | the target rich of a table for rows of other targets
          unnamed  | the target rich of a table for rows of other targets
          """)
  void aSchemaIsOfItsRows(String other, String message) {
    String text = SchemaText.FORMAT.write(rows().encoding());
    List<String> names = other.equals("unnamed") ? List.of() : List.of("no", "yes");
    RowForm form =
        switch (other) {
          case "5 floats" -> RowForm.classes(5);
          case "4 bytes" -> RowForm.byteClasses(4, FeatureMap.PIXELS);
          case "values" -> RowForm.values(4, 1);
          default -> RowForm.classes(4);
        };
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> SchemaText.FORMAT.read(text, form, names));
    assertEquals(message, refused.getMessage());
  }

  @Test
  @Tag("fuzz")
  void damagedTextsAreRefusedInALine() {
    byte[] whole = SchemaText.FORMAT.write(rows().encoding()).getBytes(StandardCharsets.UTF_8);
    Fuzz.of("schema in a record file", whole)
        .pieces("null", "true", "-1", "1e999", "\"categories\":[]", "\"weight\"", "{}", "[]")
        .feed(
            damaged -> {
              String text = new String(damaged, StandardCharsets.UTF_8);
              try {
                SchemaText.FORMAT.read(text, rows().form(), List.of("no", "yes"));
                return true;
              } catch (IllegalArgumentException e) {
                assertFalse(String.valueOf(e.getMessage()).isBlank());
                return false;
              }
            })
        .requireRefused(0.5);
  }
}

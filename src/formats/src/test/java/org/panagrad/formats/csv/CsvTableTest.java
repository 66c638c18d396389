package org.panagrad.formats.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.DataException;
import org.panagrad.table.RowCursor;

class CsvTableTest {
  @TempDir Path dir;

  private CsvTable open(byte[] content, CsvOptions options) throws IOException {
    return CsvTable.open(Files.write(dir.resolve("t.csv"), content), options);
  }

  private CsvTable open(String content) throws IOException {
    return open(content.getBytes(StandardCharsets.UTF_8), CsvOptions.AUTO);
  }

  private static List<List<String>> rows(CsvTable table) {
    List<List<String>> rows = new ArrayList<>();
    try (RowCursor cursor = table.open()) {
      while (cursor.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 0; column < table.columns().size(); column++) {
          row.add(cursor.text(column));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private String failure(byte[] content, CsvOptions options) {
    return assertThrows(DataException.class, () -> rows(open(content, options))).getMessage();
  }

  private String failure(String content) {
    return failure(content.getBytes(StandardCharsets.UTF_8), CsvOptions.AUTO);
  }

  @Test
  void rowsAreReadAnyNumberOfTimes() throws IOException {
    CsvTable table = open("a,b\n1,x\n2,y\n");
    assertEquals(List.of("a", "b"), table.columns());
    assertTrue(table.isNamed());
    for (int i = 0; i < 2; i++) {
      assertEquals(List.of(List.of("1", "x"), List.of("2", "y")), rows(table));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void anyEndOfLineIsOne(String end) throws IOException {
    CsvTable table = open(String.join(end, "a,b", "1,x", "", "2,\"y" + end + "z\"", "3,w"));
    assertEquals(
        List.of(List.of("1", "x"), List.of("2", "y" + end + "z"), List.of("3", "w")), rows(table));
    try (RowCursor cursor = table.open()) {
      for (long line : new long[] {2, 4, 6}) {
        assertTrue(cursor.next());
        assertEquals(line, cursor.line());
      }
      assertFalse(cursor.next());
    }
  }

  @Test
  void quotes() throws IOException {
    assertEquals(
        List.of(List.of("x,y", "a \"b\" c", "", " p "), List.of("q", "1", "5\" disk", "z")),
        rows(
            open(
                "'x,y', 'a ''b'' c' ,'', p \nq,1,5' disk,z\n"
                    .replace('\'', '"')
                    .getBytes(StandardCharsets.UTF_8),
                new CsvOptions(false, null))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,b;1,2;3,4 | ,",
        "a:b;1:2;3:4 | :",
        "name:note,x:v;p:1,2:3;q:4,5:6 | :",
        "x:y;1,5:2,5;3,5:1,25 | :",
        "39, State-gov, 77516;50, Self-emp, 83311 | ,",
        "single;1;2 | ,",
      })
  void theDelimiterIsSeen(String content, char delimiter) throws IOException {
    for (char other : new char[] {';', '\t'}) {
      String text = content.strip().replace(";", "\n").replace(':', other);
      assertEquals(delimiter == ':' ? other : delimiter, open(text).delimiter(), text);
    }
  }

  @Test
  void theDelimiterCanBeTold() throws IOException {
    CsvTable table =
        open("a|b\n1|2,5\n".getBytes(StandardCharsets.UTF_8), new CsvOptions(null, '|'));
    assertEquals(List.of("a", "b"), table.columns());
    assertEquals(List.of(List.of("1", "2,5")), rows(table));
    assertThrows(IllegalArgumentException.class, () -> new CsvOptions(null, '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a,b;1,x;2,y | true",
        "M,0.455,15;M,0.35,7;F,0.53,9 | false",
        "39, State-gov, <=50K;50, Private, >50K | false",
        "colour,size;red,big;red,small;blue,big;red,big;blue,small | true",
        "red,big;red,small;blue,big;red,big;blue,small | false",
        "1,2;3,4 | false",
        "id,?;1,2;3,4 | true",
        "only,row | false",
        "PK,b;1,2;3,4 | true",
      })
  void theHeaderIsSeen(String content, boolean header) throws IOException {
    String text = content.strip().replace(';', '\n');
    CsvTable table = open(text);
    assertEquals(header, table.isNamed(), text);
    assertEquals(text.lines().count() - (header ? 1 : 0), rows(table).size());
    for (boolean told : new boolean[] {true, false}) {
      if (!told || header) {
        assertEquals(
            told,
            open(text.getBytes(StandardCharsets.UTF_8), new CsvOptions(told, null)).isNamed());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "colour,size;red,big | colour,size | true",
        "size,more;red,big | colour,size | true",
        "red,big;colour,size | colour,size | false",
        "size;big | colour,size,kind | false",
        "colour,size;red,big | '' | false",
      })
  void aHeaderOfKnownColumnsIsSeenInAnyData(String content, String known, boolean header)
      throws IOException {
    Path file = Files.writeString(dir.resolve("known.csv"), content.replace(';', '\n'));
    List<String> names = known.isEmpty() ? List.of() : List.of(known.split(",", -1));
    assertEquals(header, CsvTable.open(file, CsvOptions.AUTO, names).isNamed());
    assertFalse(CsvTable.open(file, new CsvOptions(false, null), names).isNamed());
  }

  @Test
  void columnsWithoutANameHaveTheirPosition() throws IOException {
    assertEquals(List.of("0", "a", "2"), open(",a,\n1,2,3\n4,5,6\n").columns());
    assertEquals(List.of("0", "1"), open("1,2\n").columns());
    assertTrue(
        failure("a,b,a\n1,2,3\n".getBytes(StandardCharsets.UTF_8), new CsvOptions(true, null))
            .startsWith("t.csv, line 1, column 3: name of the column: expected one of its own"));
    for (String text : List.of("a,b,a\n1,2,3\n", "a,a\nx,y\nx,y\nx,z\nx,z\n")) {
      assertTrue(failure(text).contains("expected one of its own, found \"a\" as column 1"), text);
    }
  }

  @Test
  void gzipIsSeenByItsContent() throws IOException {
    assertEquals(List.of(List.of("1", "2")), rows(open(gzip("a,b\n1,2\n"), CsvOptions.AUTO)));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }

  /** A file of several members is read to its end, and not as a shorter table where one is bad. */
  @Test
  void membersOfAGzipFileAreOneTable() throws IOException {
    byte[] first = gzip("a,b\n1,2\n");
    byte[] second = gzip("3,4\n");
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    assertEquals(List.of(List.of("1", "2"), List.of("3", "4")), rows(open(both, CsvOptions.AUTO)));
    assertTrue(
        failure(Arrays.copyOf(both, first.length + 5), CsvOptions.AUTO)
            .contains("expected a whole gzip file, found one that is cut short"));
    both[first.length] ^= 1;
    assertEquals(
        "t.csv, line 3, column 1: reading: expected a gzip file, found a damaged one (no gzip"
            + " header at byte "
            + first.length
            + "); get the file again from its source",
        failure(both, CsvOptions.AUTO));
  }

  @Test
  void aByteOrderMarkIsNoText() throws IOException {
    CsvTable table = open("\uFEFFä,b\n1,2\n");
    assertEquals(List.of("ä", "b"), table.columns());
    assertTrue(
        failure("a,b\n1,2\n".getBytes(StandardCharsets.UTF_16), CsvOptions.AUTO)
            .contains("expected text in UTF-8, found the mark of UTF-16 at the start"));
    assertTrue(
        failure("a,b\n1,2\n".getBytes(StandardCharsets.UTF_16LE), CsvOptions.AUTO)
            .contains("line 1, column 1: reading: expected text, found a NUL character"));
  }

  @Test
  void whatIsNotUtf8IsFoundWhereItStands() {
    String text = "a,b\n" + "12345,x\n".repeat(5000) + "1,gr\u00FC\u00DF";
    assertEquals(
        "t.csv, line 5002, column 2: reading: expected text in UTF-8, found the byte 0xFC in"
            + " another encoding; save it as UTF-8",
        failure(text.getBytes(StandardCharsets.ISO_8859_1), CsvOptions.AUTO));
    // The last character is not whole.
    byte[] utf8 = "a,b\n1,2\n3,ü".getBytes(StandardCharsets.UTF_8);
    assertTrue(
        failure(java.util.Arrays.copyOf(utf8, utf8.length - 1), CsvOptions.AUTO)
            .startsWith(
                "t.csv, line 3, column 2: reading: expected text in UTF-8, found the byte 0xC3"));
  }

  @Test
  void aNulIsFoundWhereItStands() {
    assertTrue(
        failure("a,b\n" + "12345,x\n".repeat(5000) + "1,\0")
            .startsWith("t.csv, line 5002, column 2: reading: expected text, found a NUL"));
  }

  @Test
  void rowsOfAnotherLengthAreNamed() {
    assertEquals(
        "t.csv, line 3: number of fields: expected 2 as in the first row, found 3; correct the row;"
            + " a field that holds the delimiter must be in quotes",
        failure("a,b\n1,2\n1,2,3\n"));
    assertTrue(failure("a,b\n1,2\n\n1\n").startsWith("t.csv, line 4: number of fields"));
  }

  @Test
  void quotesThatAreWrongAreNamed() {
    assertEquals(
        "t.csv, line 3, column 2: row: expected delimited fields, found Unclosed quoted field at"
            + " end of input; correct the row; a quote must be closed, and doubled within quotes",
        failure("a,b\n1,2\n3,\"4\n5,6\n"));
    assertTrue(
        failure("a,b\n1,2\n3,\"4\"x\n")
            .startsWith(
                "t.csv, line 3, column 2: row: expected delimited fields, found Unexpected"));
  }

  @Test
  void fieldsAndRowsAreBounded() {
    String field = "x".repeat(CsvCursor.MOST_FIELD_CHARACTERS + 1);
    assertTrue(
        failure("a,b\n1,2\n3," + field + "\n")
            .startsWith(
                "t.csv, line 3, column 2: row: expected delimited fields, found a field of more"
                    + " than 1048576 characters"));
    assertTrue(
        failure("a,b\n1,2\n" + ",".repeat(FieldBuffer.MOST_FIELDS) + "\n")
            .contains("found more than 100000 fields"));
    String large = "x".repeat(CsvCursor.MOST_FIELD_CHARACTERS - 1);
    assertTrue(
        failure("a,b\n1,2\n" + (large + ",").repeat(17) + "\n")
            .contains("found a row of more than 16777216 characters"));
  }

  @Test
  void whatIsNoTableIsNamed() throws IOException {
    for (String empty : new String[] {"", "\n\n", "\uFEFF", "  \n"}) {
      if (!empty.isBlank() || empty.length() != 3) {
        assertTrue(failure(empty).contains("the table is empty"), empty);
      }
    }
    assertTrue(failure("PK\3\4").contains("found a zip archive, as spreadsheets are"));
    Path absent = dir.resolve("absent.csv");
    assertTrue(
        assertThrows(DataException.class, () -> CsvTable.open(absent, CsvOptions.AUTO))
            .getMessage()
            .startsWith("absent.csv: file: expected a file, found nothing of that name"));
    assertTrue(
        assertThrows(DataException.class, () -> CsvTable.open(dir, CsvOptions.AUTO))
            .getMessage()
            .contains("found a directory or device"));
  }
}

package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.data.FeatureMap;
import org.panagrad.file.FormatException;
import org.panagrad.infer.Model;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.table.TableColumn;
import org.panagrad.table.TableSchema;
import org.panagrad.table.TableTarget;
import org.panagrad.table.TableWeight;
import org.panagrad.train.ModelDescription;

/** The schema of a table in a model file. */
class TableModelFileTest {
  private static final List<String> CLASSES = List.of("<=50K", "\"é\"");
  private static final TableSchema SCHEMA =
      new TableSchema(
          false,
          5,
          List.of(
              new TableColumn.Numeric("0", 0, 38.58164675532078, 38.58164675532078, 1e-7, true),
              new TableColumn.Categorical("1", 1, List.of("a, b", "c\nd"), true, false)),
          new TableTarget.Classes("4", 4, CLASSES),
          new TableWeight("3", 3));

  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void writeAModel() throws IOException {
    file = directory.resolve("model.safetensors");
    ModelDescription description =
        new ModelDescription(
            Losses.crossEntropy(), FeatureMap.IDENTITY, null, CLASSES, SCHEMA, Map.of());
    try (Model model = new Model(Network.of(5, dense(2)).graph(), description, Long.MAX_VALUE)) {
      ModelFile.write(file, model);
    }
  }

  /** Replaces text in the JSON within the header. */
  private void edit(String from, String to) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
    String edited = header.replace(from.replace("'", "\\\""), to.replace("'", "\\\""));
    assertNotEquals(header, edited);
    byte[] utf8 = edited.getBytes(StandardCharsets.UTF_8);
    ByteBuffer whole =
        ByteBuffer.allocate(8 + utf8.length + bytes.length - 8 - length)
            .order(ByteOrder.LITTLE_ENDIAN);
    whole.putLong(utf8.length).put(utf8).put(bytes, 8 + length, bytes.length - 8 - length);
    Files.write(file, whole.array());
  }

  @Test
  void itIsReadAsItWasWritten() throws IOException {
    try (Model model = ModelFile.read(file)) {
      assertEquals(SCHEMA, model.description().table());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          'otherFeature':true     | 'otherFeature':false | columns of 5 features
          'otherFeature':true     | 'otherFeature':1     | otherFeature: expected true or false
          'position':1            | 'position':0         | expected one of its own among 5
          'position':4            | 'position':5         | expected one of its own among 5
          'position':4            | 'position':-1        | expected a whole number from 0
          'columnCount':5         | 'columnCount':0      | columnCount: expected a whole number
          'columnCount':5         | 'columnCount':5,'x':1 | only columnCount, columns, named, target, weight
          'position':3            | 'position':4         | expected one of its own among 5
          'position':3            | 'position':'3'       | weight.position: expected a whole number
          'position':3            | 'position':3,'sum':1 | only name, position
          'type':'numeric'        | 'type':'date'        | expected numeric or categorical, found date
          'type':'classes'        | 'type':'values','mean':0,'spread':1 | the network's 2 outputs
          'type':'classes'        | 'type':'values','mean':0,'spread':0 | a spread above 0
          'spread':1.0E-7         | 'spread':0           | a spread other than 0
          'mean':38.58164675532078 | 'mean':'x'          | mean: expected a number
          'named':false           | 'names':false        | only columnCount, columns, named, target
          """)
  void aSchemaThatLiesIsRefused(String from, String to, String message) throws IOException {
    edit(from, to);
    FormatException e = assertThrows(FormatException.class, () -> ModelFile.read(file));
    assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
  }

  @Test
  void aFileOfBeforeThereWereWeightsIsReadWithoutOne() throws IOException {
    edit(",'weight':{'name':'3','position':3}", "");
    try (Model model = ModelFile.read(file)) {
      assertEquals(
          new TableSchema(SCHEMA.named(), SCHEMA.columnCount(), SCHEMA.columns(), SCHEMA.target()),
          model.description().table());
    }
  }

  @Test
  void aFileWithoutASchemaIsAModelOfNumbers() throws IOException {
    edit(",'table':", ",'unknown to this version':");
    try (Model model = ModelFile.read(file)) {
      assertNull(model.description().table());
    }
  }
}

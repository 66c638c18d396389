package org.panagrad.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.FeatureMap;
import org.panagrad.graph.Loss;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.table.ListTable;
import org.panagrad.table.TableOptions;
import org.panagrad.table.TableProfile;
import org.panagrad.table.TableReader;
import org.panagrad.table.TableSchema;
import org.panagrad.train.CrossValidation;
import org.panagrad.train.ModelDescription;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** From raw rows to a model file and back to raw rows. */
class TablePredictorTest {
  @TempDir Path dir;

  private static final String[] COLOURS = {"red", "green", "blue"};

  /** Columns size, colour and kind, which is big where size is above 5, or red. */
  private static ListTable colours() {
    List<String> lines = new ArrayList<>(List.of("size,colour,kind"));
    for (int i = 0; i < 120; i++) {
      String colour = COLOURS[i % 3];
      int size = i * 7 % 11;
      String label = size > 5 || colour.equals("red") ? "big" : "small";
      lines.add((i % 20 == 0 ? "?" : size) + "," + colour + "," + label);
    }
    return ListTable.named(lines.toArray(String[]::new));
  }

  private static ListTable values() {
    List<String> lines = new ArrayList<>(List.of("x,y"));
    for (int i = 0; i < 200; i++) {
      lines.add(String.format(Locale.ROOT, "%d,%.1f", i, 1000 + 3.5 * i));
    }
    return ListTable.named(lines.toArray(String[]::new));
  }

  private static Loss loss(TableSchema schema) {
    return switch (schema.task()) {
      case CLASSIFICATION -> Losses.crossEntropy();
      case REGRESSION -> Losses.meanSquaredError();
    };
  }

  private Path trained(ListTable table) throws IOException {
    TableSchema schema = TableProfile.of(table, TableOptions.defaults()).schema();
    Path file = dir.resolve("model.safetensors");
    try (Dataset rows = TableReader.read("rows", table, schema, false).dataset()) {
      Loss loss = loss(schema);
      int outputs = TrainingSession.outputs(loss, rows);
      Network network = Network.of(schema.features(), dense(16), relu(), dense(outputs));
      TrainingOptions options =
          TrainingOptions.defaults().loss(loss).optimizer(new Adam(0.01f)).batchSize(20);
      try (TrainingSession session = TrainingSession.open(network, rows, options)) {
        for (int epoch = 0; epoch < 60; epoch++) {
          session.epoch();
        }
        ModelFile.write(file, session);
        assertEquals(schema, session.describe().table());
      }
    }
    return file;
  }

  @Test
  void theFileKeepsTheSchema() throws IOException {
    for (ListTable table : List.of(colours(), values())) {
      try (Model model = ModelFile.read(trained(table))) {
        assertEquals(
            TableProfile.of(table, TableOptions.defaults()).schema(), model.description().table());
        ModelFile.write(dir.resolve("copy"), model);
        try (Model copy = ModelFile.read(dir.resolve("copy"))) {
          assertEquals(model.description().table(), copy.description().table());
        }
      }
    }
  }

  @Test
  void rowsGetLabelsWithProbabilities() throws IOException {
    try (Model model = ModelFile.read(trained(colours()));
        TablePredictor predictor = TablePredictor.of(model)) {
      TablePrediction.OfClass big = label(predictor, "9", "green");
      assertEquals("big", big.label());
      assertEquals(List.of("big", "small"), List.copyOf(big.probabilities().keySet()));
      assertEquals(1, big.probabilities().values().stream().mapToDouble(p -> p).sum(), 1e-6);
      assertTrue(big.probabilities().getOrDefault("big", 0f) > 0.9, big.toString());
      assertEquals("small", label(predictor, " 1 ", "blue").label());
      assertEquals("big", label(predictor, "1", "red").label());
      // Unknown and missing values are answered too.
      assertEquals(2, label(predictor, "", "violet").probabilities().size());
    }
  }

  private static TablePrediction.OfClass label(
      TablePredictor predictor, String size, String colour) {
    return (TablePrediction.OfClass)
        predictor.predict(Map.of("colour", colour, "size", size, "more", "x"));
  }

  @Test
  void valuesAreInTheTargetsUnit() throws IOException {
    try (Model model = ModelFile.read(trained(values()));
        TablePredictor predictor = TablePredictor.of(model)) {
      for (int x : new int[] {20, 100, 180}) {
        double value =
            ((TablePrediction.OfValue) predictor.predict(Map.of("x", Integer.toString(x)))).value();
        assertEquals(1000 + 3.5 * x, value, 20);
      }
    }
  }

  @Test
  void whatIsMissingOrNoNumberIsNamed() throws IOException {
    try (Model model = ModelFile.read(trained(colours()));
        TablePredictor predictor = TablePredictor.of(model)) {
      assertEquals(
          "row 1: expected a field \"colour\", found none; give all columns the model was trained"
              + " on, an empty text where a value is not known",
          assertThrows(
                  DataException.class,
                  () ->
                      predictor.predict(
                          List.of(Map.of("size", "1", "colour", "red"), Map.of("size", "1"))))
              .getMessage());
      assertEquals(
          "row 0, column size: field: expected a number, found \"one\"; correct the field, or leave"
              + " it empty if it is not known",
          assertThrows(
                  DataException.class,
                  () -> predictor.predict(Map.of("size", "one", "colour", "red")))
              .getMessage());
    }
    ModelDescription numbers =
        new ModelDescription(Losses.crossEntropy(), FeatureMap.IDENTITY, List.of(), Map.of());
    try (Model model = new Model(Network.of(3, dense(2)).graph(), numbers, Long.MAX_VALUE)) {
      assertTrue(
          assertThrows(DataException.class, () -> TablePredictor.of(model))
              .getMessage()
              .contains("the model takes 3 numbers and not the rows of a table"));
    }
  }

  @Test
  void manyThreadsGetTheSameAnswers() throws IOException, InterruptedException, ExecutionException {
    try (Model model = ModelFile.read(trained(colours()));
        TablePredictor predictor = TablePredictor.of(model);
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Map<String, String>> rows = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        rows.add(Map.of("size", Integer.toString(i % 13), "colour", COLOURS[i % 3]));
      }
      List<TablePrediction> expected = predictor.predict(rows);
      List<Future<List<TablePrediction>>> answers = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        answers.add(threads.submit(() -> predictor.predict(rows)));
      }
      for (Future<List<TablePrediction>> answer : answers) {
        assertEquals(expected, answer.get());
      }
    }
  }

  @Test
  void crossValidationLearnsEveryFoldAnew() {
    List<TableSchema> learned = new ArrayList<>();
    CrossValidation.Scores scores =
        CrossValidation.run(
            values(),
            TableOptions.defaults(),
            4,
            1,
            profile -> learned.add(profile.schema()),
            (train, test) -> {
              assertEquals(150, train.size());
              assertEquals(50, test.size());
              assertEquals(train.encoding(), test.encoding());
              return learned.size();
            });
    assertEquals(List.of(1.0, 2.0, 3.0, 4.0), scores.folds());
    assertEquals(2.5, scores.mean());
    assertEquals(Math.sqrt(5 / 3.0), scores.standardDeviation(), 1e-12);
    assertEquals(4, learned.stream().distinct().count(), "each fold has a mean of its own");
  }

  /** A fold that has it could not be tested: training would not know its class. */
  @Test
  void crossValidationTrainsOnTheOnlyRowOfAClassInEveryFold() {
    List<String> lines = new ArrayList<>(List.of("a,y"));
    for (int i = 0; i < 31; i++) {
      lines.add(i + "," + (i == 7 ? "once" : i % 2 == 0 ? "even" : "odd"));
    }
    CrossValidation.Scores scores =
        CrossValidation.run(
            ListTable.named(lines.toArray(String[]::new)),
            TableOptions.defaults(),
            5,
            1,
            (train, test) -> {
              assertEquals(List.of("even", "odd", "once"), train.classNames());
              return test.size();
            });
    assertEquals(List.of(6.0, 6.0, 6.0, 6.0, 6.0), scores.folds());
  }
}

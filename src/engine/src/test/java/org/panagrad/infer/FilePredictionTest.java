package org.panagrad.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.RecordFile;
import org.panagrad.data.RecordWriter;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.nn.Parameter;
import org.panagrad.random.SeededRandom;
import org.panagrad.train.Evaluator;
import org.panagrad.train.ModelDescription;
import org.panagrad.train.Problems;

/** Predicting and evaluating rows that stay in a record file. */
class FilePredictionTest {
  private static final int ROWS = 700;
  private static final int FEATURES = 13;

  @TempDir Path directory;

  private Path file;

  @BeforeEach
  void writeRows() {
    file = directory.resolve("rows.pgd");
    try (Dataset rows = rows()) {
      RecordWriter.write(file, rows.stream());
    }
  }

  private static Dataset rows() {
    return Problems.clouds(ROWS, FEATURES, 3, 8);
  }

  private static Model model() {
    Network network = Network.of(FEATURES, dense(20), relu(), dense(3));
    ModelDescription description =
        new ModelDescription(Losses.crossEntropy(), FeatureMap.IDENTITY, List.of(), Map.of());
    Model model = new Model(network.graph(), description, Long.MAX_VALUE);
    SeededRandom random = SeededRandom.of(2);
    for (Parameter parameter : model.stateDict().values()) {
      float[] values = new float[parameter.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-0.5, 0.5);
      }
      parameter.set(values);
    }
    return model;
  }

  private static float[][] predict(Predictor predictor, Dataset data) {
    float[][] answers = new float[data.size()][];
    float[] row = new float[data.featureCount()];
    for (int i = 0; i < answers.length; i++) {
      data.copyStored(i, row);
      answers[i] = predictor.predict(row);
    }
    return answers;
  }

  @Test
  void theAnswersAreThoseOfRowsInMemory() {
    try (Model model = model();
        Predictor predictor = Predictor.of(model);
        Dataset memory = rows();
        Dataset stored = RecordFile.inFile(file)) {
      float[][] expected = predict(predictor, memory);
      float[][] found = predict(predictor, stored);
      for (int i = 0; i < ROWS; i++) {
        assertArrayEquals(expected[i], found[i], "row " + i);
      }
      assertEquals(
          model.evaluate(memory, Evaluator.defaults()),
          model.evaluate(stored, Evaluator.defaults()));
    }
  }

  @Test
  void aFileCutBetweenOpeningAndPredictingIsAnError() throws IOException {
    try (Model model = model();
        Predictor predictor = Predictor.of(model);
        Dataset stored = RecordFile.inFile(file)) {
      try (RandomAccessFile shorter = new RandomAccessFile(file.toFile(), "rw")) {
        shorter.setLength(4096 + 300L * FEATURES * Float.BYTES);
      }
      assertCut(assertThrows(DataException.class, () -> predict(predictor, stored)));
      assertCut(
          assertThrows(DataException.class, () -> model.evaluate(stored, Evaluator.defaults())));
      // Rows in front of the cut are whole.
      float[] row = new float[FEATURES];
      stored.copyStored(299, row);
      assertEquals(3, predictor.predict(row).length);
    }
  }

  private void assertCut(DataException refused) {
    String message = String.valueOf(refused.getMessage());
    assertEquals(1, message.lines().count(), message);
    assertTrue(
        message.startsWith(file + ": file length: expected ")
            && message.contains("as when it was opened, found 19696 bytes, it was cut meanwhile"),
        message);
  }
}

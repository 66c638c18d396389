package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.graph.Loss;
import org.panagrad.graph.ShapeException;
import org.panagrad.infer.Model;
import org.panagrad.io.ModelFile;
import org.panagrad.memory.NativeMemory;
import org.panagrad.memory.NativeMemoryLimitException;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.ValueMetrics;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;

/** The metrics of a session and of its model agree with what they evaluate. */
class SessionMetricsTest {
  @TempDir Path dir;

  private static TrainingOptions options(Loss loss) {
    return TrainingOptions.defaults().loss(loss).optimizer(new Adam(0.01f)).batchSize(16);
  }

  @Test
  void classesAreThoseThatWereEvaluated() throws Exception {
    Path file = dir.resolve("model.safetensors");
    long before = NativeMemory.processBytes();
    try (Dataset data = Problems.clouds(101, 5, 3, 1);
        TrainingSession session =
            TrainingSession.open(
                Network.of(5, dense(8), relu(), dense(3)), data, options(Losses.crossEntropy()))) {
      session.epoch();
      Evaluation evaluation = session.evaluate(data);
      long taken = NativeMemory.processBytes();
      ClassMetrics metrics = (ClassMetrics) session.metrics(data);
      assertEquals(taken, NativeMemory.processBytes());
      assertEquals(evaluation.accuracy(), metrics.accuracy());
      assertEquals(evaluation.loss(), metrics.loss());
      // The same mean, of float32 logits there and in double here.
      assertEquals(evaluation.loss(), metrics.logLoss(), 1e-6);
      assertTrue(metrics.rocAuc() > 0.5, metrics.toString());
      assertEquals(evaluation, session.evaluate(data));
      ModelFile.write(file, session);
      try (Model model = ModelFile.read(file, Long.MAX_VALUE)) {
        ClassMetrics again = (ClassMetrics) model.metrics(data, Evaluator.defaults());
        assertEquals(metrics.accuracy(), again.accuracy());
        assertEquals(metrics.logLoss(), again.logLoss(), 1e-6);
      }
    }
    assertEquals(before, NativeMemory.processBytes());
  }

  @Test
  void aSharedLogitIsTwoClasses() {
    try (Dataset data = Problems.spirals(50, 1);
        TrainingSession session =
            TrainingSession.open(
                Network.of(2, dense(8), relu(), dense(1)),
                data,
                options(Losses.binaryCrossEntropy()))) {
      session.epoch();
      ClassMetrics metrics = (ClassMetrics) session.metrics(data);
      assertEquals(session.evaluate(data).accuracy(), metrics.accuracy());
      assertEquals(session.evaluate(data).loss(), metrics.logLoss(), 1e-6);
    }
  }

  @Test
  void valuesHaveTheirRootOfTheLoss() {
    float[][] x = {{1}, {2}, {3}, {4}};
    try (Dataset data = Dataset.ofValues("line", x, x);
        TrainingSession session =
            TrainingSession.open(
                Network.of(1, dense(1)), data, options(Losses.meanSquaredError()).batchSize(3))) {
      ValueMetrics metrics = (ValueMetrics) session.metrics(data);
      assertEquals(Math.sqrt(session.evaluate(data).loss()), metrics.rmse(), 1e-6);
    }
  }

  @Test
  void limitsAndOtherDataAreRefused() {
    try (Dataset data = Problems.clouds(64, 5, 3, 1);
        Dataset other = Problems.clouds(64, 4, 3, 1);
        TrainingSession open =
            TrainingSession.open(Network.of(5, dense(3)), data, options(Losses.crossEntropy()))) {
      assertThrows(ShapeException.class, () -> open.metrics(other));
      long bytes = open.memoryReport().bytes();
      try (TrainingSession tight =
          TrainingSession.open(
              Network.of(5, dense(3)),
              data,
              options(Losses.crossEntropy()).maxNativeBytes(bytes))) {
        tight.evaluate(data);
        assertThrows(NativeMemoryLimitException.class, () -> tight.metrics(data));
      }
      open.parameter("fc1.bias").set(0, Float.NaN, 0);
      assertThrows(DataException.class, () -> open.metrics(data));
    }
  }
}

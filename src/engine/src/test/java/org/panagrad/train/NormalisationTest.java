package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.batchNorm;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.layerNorm;
import static org.panagrad.nn.Layers.relu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.infer.Model;
import org.panagrad.infer.Predictor;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Network;
import org.panagrad.optim.Sgd;
import org.panagrad.plan.Plan;
import org.panagrad.plan.Step;

/** Normalisation layers in a training: their state, what is refused, and where their steps run. */
class NormalisationTest {
  private static final TrainingOptions OPTIONS =
      TrainingOptions.defaults().batchSize(32).partitions(2).threads(1);

  private static Network batchNormed() {
    return Network.of(6, dense(64), batchNorm(), relu(), dense(3));
  }

  @Test
  void aMiniBatchOfOneRowIsRefused() {
    try (Dataset data = Problems.clouds(65, 6, 3, 1)) {
      DataException last =
          assertThrows(
              DataException.class, () -> TrainingSession.open(batchNormed(), data, OPTIONS));
      assertEquals(
          "clouds: batch size 32 leaves a last mini-batch of a single row, expected 2 or more rows"
              + " for bn1 (batch normalisation) to take a variance of; choose another batch size,"
              + " or layer normalisation",
          last.getMessage());
      assertThrows(
          DataException.class,
          () -> TrainingSession.open(batchNormed(), data, OPTIONS.batchSize(1)));
      TrainingSession.open(batchNormed(), data, OPTIONS.batchSize(33)).close();
      Network layered = Network.of(6, dense(64), layerNorm(), relu(), dense(3));
      TrainingSession.open(layered, data, OPTIONS).close();
    }
  }

  @Test
  void runningStatisticsAreStateButNotTrained() {
    try (Dataset data = Problems.clouds(90, 6, 3, 1);
        TrainingSession session =
            TrainingSession.open(batchNormed(), data, OPTIONS.keepGradients(true))) {
      assertEquals(
          List.of(
              "fc1.weight",
              "fc1.bias",
              "bn1.weight",
              "bn1.bias",
              "bn1.running_mean",
              "bn1.running_var",
              "fc2.weight",
              "fc2.bias"),
          List.copyOf(session.stateDict().keySet()));
      assertEquals(
          Set.of("fc1.weight", "fc1.bias", "bn1.weight", "bn1.bias", "fc2.weight", "fc2.bias"),
          session.gradients().keySet());
      assertEquals(6 * 64 + 64 + 2 * 64 + 64 * 3 + 3, session.network().parameterCount());
      for (int i = 0; i < 64; i++) {
        assertEquals(1, session.parameter("bn1.weight").get(i));
        assertEquals(0, session.parameter("bn1.bias").get(i));
        assertEquals(0, session.parameter("bn1.running_mean").get(i));
        assertEquals(1, session.parameter("bn1.running_var").get(i));
      }
      session.step();
      float[] mean = session.parameter("bn1.running_mean").toArray();
      float[] variance = session.parameter("bn1.running_var").toArray();
      assertNotEquals(0, mean[0]);
      // (1 - 0.1) * 1 + 0.1 * var.
      assertTrue(variance[0] > 0.9, "" + variance[0]);
      session.evaluate(data);
      assertEquals(mean[0], session.parameter("bn1.running_mean").get(0));
    }
  }

  /** Weight decay would show on a statistic that the optimizer got hold of. */
  @Test
  void anOptimizerLeavesTheStatisticsAlone() {
    try (Dataset data = Problems.clouds(90, 6, 3, 1)) {
      float[] plain = meanAfterAStep(data, new Sgd(0.1f));
      float[] decayed = meanAfterAStep(data, new Sgd(0.1f, 0.5f));
      assertEquals(List.of(plain[0], plain[63]), List.of(decayed[0], decayed[63]));
    }
  }

  private static float[] meanAfterAStep(Dataset data, Sgd optimizer) {
    TrainingOptions options = OPTIONS.optimizer(optimizer);
    try (TrainingSession session = TrainingSession.open(batchNormed(), data, options)) {
      session.step();
      return session.parameter("bn1.running_mean").toArray();
    }
  }

  @Test
  void aModelReadBackPredictsByTheRunningStatistics(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("model.safetensors");
    try (Dataset data = Problems.clouds(300, 6, 3, 1)) {
      Evaluation evaluation;
      try (TrainingSession session = TrainingSession.open(batchNormed(), data, OPTIONS)) {
        for (int epoch = 0; epoch < 5; epoch++) {
          session.epoch();
        }
        evaluation = session.evaluate(data);
        ModelFile.write(file, session);
      }
      assertTrue(evaluation.accuracy() > 0.9, evaluation.toString());
      try (Model model = ModelFile.read(file);
          Predictor predictor = Predictor.of(model)) {
        Evaluator evaluator = new Evaluator(32, 1, 2, Long.MAX_VALUE);
        assertEquals(evaluation, model.evaluate(data, evaluator));
        float[] row = new float[6];
        int hits = 0;
        for (int r = 0; r < data.size(); r++) {
          data.copyStored(r, row);
          float[] probabilities = predictor.predict(row);
          int best = 0;
          for (int k = 1; k < 3; k++) {
            best = probabilities[k] > probabilities[best] ? k : best;
          }
          hits += best == data.label(r) ? 1 : 0;
        }
        assertEquals(evaluation.accuracy(), (double) hits / data.size(), 1e-12);
      }
    }
  }

  private static int phase(Plan plan, String step) {
    for (int i = 0; i < plan.steps().size(); i++) {
      if (plan.steps().get(i).name().equals(step)) {
        return plan.phaseOf(i);
      }
    }
    throw new AssertionError("no step " + step + " in\n" + plan);
  }

  /** No meeting of the lanes between a product, its normalisation and the activation behind. */
  @Test
  void batchNormalisationSharesThePhaseOfItsNeighbours() {
    try (Dataset data = Problems.clouds(90, 6, 3, 1);
        TrainingSession session = TrainingSession.open(batchNormed(), data, OPTIONS)) {
      Plan plan = session.plan();
      assertEquals(phase(plan, "fc1 forward"), phase(plan, "bn1 forward"), plan.toString());
      assertEquals(phase(plan, "bn1 forward"), phase(plan, "relu1 forward"), plan.toString());
      assertEquals(phase(plan, "relu1 backward"), phase(plan, "bn1 sums"), plan.toString());
      assertEquals(phase(plan, "bn1 sums"), phase(plan, "bn1.weight update"), plan.toString());
      assertEquals(
          List.of(2, 2),
          plan.steps().stream()
              .filter(s -> s.name().equals("bn1 forward") || s.name().equals("relu1 forward"))
              .map(Step::tiles)
              .toList());
    }
  }

  /** What follows a layer normalisation element by element stays with its columns. */
  @Test
  void anActivationSharesThePhaseOfTheLayerNormalisationBefore() {
    Network network = Network.of(6, dense(64), layerNorm(), relu(), dense(3));
    try (Dataset data = Problems.clouds(90, 6, 3, 1);
        TrainingSession session = TrainingSession.open(network, data, OPTIONS)) {
      Plan plan = session.plan();
      assertEquals(phase(plan, "ln1 forward"), phase(plan, "relu1 forward"), plan.toString());
      assertEquals(
          phase(plan, "relu1 backward"), phase(plan, "ln1 input gradient"), plan.toString());
      assertEquals(
          phase(plan, "fc1 weight gradient and update"),
          phase(plan, "ln1 weight and bias gradient"),
          plan.toString());
    }
  }
}

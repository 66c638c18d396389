package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.batchNorm;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.relu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.Dataset;
import org.panagrad.data.RecordFile;
import org.panagrad.data.RecordWriter;
import org.panagrad.io.ModelFile;
import org.panagrad.memory.NativeMemory;
import org.panagrad.memory.NativeMemoryLimitException;
import org.panagrad.nn.Network;
import org.panagrad.optim.Sgd;

/** Gradients of a training that stores none, and which is not seen in it. */
class GradientSampleTest {
  @TempDir Path dir;

  private static Network network(boolean norms) {
    return norms
        ? Network.of(5, dense(33), batchNorm(), relu(), dropout(0.5f), dense(3))
        : Network.of(5, dense(33), relu(), dropout(0.5f), dense(3));
  }

  private static TrainingOptions options() {
    return TrainingOptions.defaults()
        .optimizer(new Sgd(0.1f, 0.01f))
        .batchSize(16)
        .partitions(2)
        .threads(2);
  }

  private static Map<String, float[]> sample(TrainingSession session) {
    Map<String, float[]> copies = new LinkedHashMap<>();
    session.sampleGradients(
        gradients -> gradients.forEach((path, g) -> copies.put(path, g.toArray())));
    return copies;
  }

  /** The same mini-batch and the same dropout, by a session that stores the step's gradients. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theyAreThoseOfTheStepToCome(boolean norms) {
    try (Dataset data = Problems.clouds(101, 5, 3, 1);
        TrainingSession plain = TrainingSession.open(network(norms), data, options());
        TrainingSession keeps =
            TrainingSession.open(network(norms), data, options().keepGradients(true))) {
      assertFalse(plain.keepsGradients());
      for (int epoch = 0; epoch < 2; epoch++) {
        Map<String, float[]> sampled = sample(plain);
        keeps.step();
        Map<String, float[]> stored = new LinkedHashMap<>();
        keeps.gradients().forEach((path, g) -> stored.put(path, g.toArray()));
        assertEquals(stored.keySet(), sampled.keySet());
        stored.forEach((path, g) -> assertArrayEquals(g, sampled.get(path), path));
        keeps.epoch();
        // Stored gradients are added in another order: the weights are made the same again.
        plain.epoch();
        keeps.stateDict().forEach((path, p) -> plain.parameter(path).set(p.toArray()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theTrainingGoesOnAsIfNothingHadBeen(boolean norms) {
    try (Dataset data = Problems.clouds(101, 5, 3, 1);
        TrainingSession plain = TrainingSession.open(network(norms), data, options());
        TrainingSession sampled = TrainingSession.open(network(norms), data, options())) {
      goOnAlike(plain, sampled);
    }
  }

  /** The rows that are read ahead are asked for out of their turn. */
  @Test
  void soDoesOneOnRowsOfAFile() throws IOException {
    Path file = dir.resolve("rows.pgd");
    try (Dataset data = Problems.clouds(101, 5, 3, 1)) {
      RecordWriter.write(file, data.stream());
    }
    try (Dataset data = RecordFile.inFile(file);
        TrainingSession plain = TrainingSession.open(network(true), data, options());
        TrainingSession sampled = TrainingSession.open(network(true), data, options())) {
      goOnAlike(plain, sampled);
    }
  }

  private static void goOnAlike(TrainingSession plain, TrainingSession sampled) {
    sample(sampled);
    for (int epoch = 0; epoch < 2; epoch++) {
      EpochResult expected = plain.epoch();
      sampled.step();
      sample(sampled);
      sampled.epoch();
      assertEquals(plain.steps(), sampled.steps());
      assertEquals(expected.loss(), sampled.epochLoss());
      assertEquals(
          ModelFile.parametersSha256(plain), ModelFile.parametersSha256(sampled), "epoch " + epoch);
    }
  }

  @Test
  void itTakesWhatItSaysAndGivesItBack() {
    try (Dataset data = Problems.clouds(101, 5, 3, 1)) {
      long own;
      long more;
      try (TrainingSession session = TrainingSession.open(network(true), data, options())) {
        own = session.memoryReport().bytes();
        more = session.gradientSampleBytes();
        assertTrue(more > 0);
        long before = NativeMemory.processBytes();
        session.sampleGradients(g -> assertEquals(before + more, NativeMemory.processBytes()));
        assertEquals(before, NativeMemory.processBytes());
      }
      try (TrainingSession session =
          TrainingSession.open(network(true), data, options().maxNativeBytes(own + more))) {
        session.requireRoom(more, "a sample");
        assertEquals(6, sample(session).size());
      }
      try (TrainingSession session =
          TrainingSession.open(network(true), data, options().maxNativeBytes(own + more - 1))) {
        String before = ModelFile.parametersSha256(session);
        assertThrows(NativeMemoryLimitException.class, () -> sample(session));
        assertThrows(NativeMemoryLimitException.class, () -> session.requireRoom(more, "a sample"));
        assertEquals(before, ModelFile.parametersSha256(session));
        session.step();
      }
    }
  }

  /** What a profile and the metrics say they take, they take. */
  @Test
  void whatElseIsMeasuredIsKnownBefore() {
    try (Dataset data = Problems.clouds(101, 5, 3, 1);
        TrainingSession open = TrainingSession.open(network(true), data, options())) {
      long own = open.memoryReport().bytes();
      for (boolean profile : new boolean[] {true, false}) {
        long more = profile ? open.profileBytes() : TrainingSession.metricsBytes(data);
        for (int missing = 0; missing < 2; missing++) {
          try (TrainingSession session =
              TrainingSession.open(
                  network(true), data, options().maxNativeBytes(own + more - missing))) {
            Runnable measure = profile ? () -> session.profile(2) : () -> session.metrics(data);
            if (missing == 0) {
              measure.run();
            } else {
              assertThrows(NativeMemoryLimitException.class, measure::run);
            }
          }
        }
      }
    }
  }
}

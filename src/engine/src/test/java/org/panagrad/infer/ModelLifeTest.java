package org.panagrad.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.panagrad.data.Dataset;
import org.panagrad.data.FeatureMap;
import org.panagrad.memory.NativeMemory;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.train.Evaluation;
import org.panagrad.train.Evaluator;
import org.panagrad.train.ModelDescription;

/** A model closed while it computes; and what a predictor says of segments that do not fit. */
@Timeout(60)
class ModelLifeTest {
  private static Model model(Network network) {
    return new Model(
        network.graph(),
        new ModelDescription(Losses.crossEntropy(), FeatureMap.IDENTITY, List.of(), Map.of()),
        Long.MAX_VALUE);
  }

  private static Dataset dataset(int rows, int features) {
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = i % 2;
    }
    return Dataset.ofClasses("zeros", new float[rows][features], labels, 2);
  }

  @Test
  void anEvaluationUnderWayKeepsTheMemoryOfAModelThatIsClosed() throws InterruptedException {
    Network network = Network.of(64, dense(512), relu(), dense(512), relu(), dense(2));
    try (Dataset data = dataset(4_000, 64)) {
      Model model = model(network);
      long before = NativeMemory.processBytes();
      AtomicReference<Evaluation> result = new AtomicReference<>();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread evaluation =
          new Thread(
              () -> {
                try {
                  result.set(model.evaluate(data, new Evaluator(64, 1, 1, Long.MAX_VALUE)));
                } catch (Throwable t) {
                  failure.set(t);
                }
              });
      evaluation.start();
      // The evaluation has taken its workspace, or is through.
      while (NativeMemory.processBytes() == before && evaluation.isAlive()) {
        Thread.onSpinWait();
      }
      model.close();
      evaluation.join();
      assertNull(failure.get());
      assertEquals(Math.log(2), Objects.requireNonNull(result.get()).loss(), 1e-6);
      assertTrue(NativeMemory.processBytes() < before, "the model's memory is not freed");
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class, () -> model.evaluate(data, Evaluator.defaults()));
      assertEquals("the model is closed", e.getMessage());
    }
  }

  @Test
  void segmentsThatAreTooSmallAreRefusedInALine() {
    try (Model model = model(Network.of(3, dense(2)));
        Predictor predictor = Predictor.of(model, 4, 1, Long.MAX_VALUE);
        Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(24, 4);
      IndexOutOfBoundsException in =
          assertThrows(
              IndexOutOfBoundsException.class, () -> predictor.predict(segment, 3, segment));
      assertEquals(
          "in: a segment of 24 bytes, expected room for 3 rows of 3 floats; give a larger one or"
              + " fewer rows",
          in.getMessage());
      IndexOutOfBoundsException negative =
          assertThrows(
              IndexOutOfBoundsException.class, () -> predictor.predict(segment, -1, segment));
      assertEquals("-1 rows to predict, expected 0 or more", negative.getMessage());
      predictor.predict(segment, 2, arena.allocate(16, 4));
    }
  }
}

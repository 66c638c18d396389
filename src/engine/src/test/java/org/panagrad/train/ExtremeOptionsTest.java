package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.panagrad.data.Dataset;
import org.panagrad.data.FeatureMap;
import org.panagrad.infer.Model;
import org.panagrad.infer.Predictor;
import org.panagrad.nn.Network;

/** Options far beyond what anyone wants, and a locale with other digits. */
class ExtremeOptionsTest {
  private static Dataset twoRows() {
    return Dataset.ofClasses("two", new float[][] {{1, 2}, {3, 4}}, new int[] {0, 1}, 2);
  }

  @Test
  void partitionsThatNoStepUsesCostNothing() {
    TrainingOptions options = TrainingOptions.defaults().batchSize(2).threads(1);
    try (Dataset data = twoRows();
        TrainingSession one =
            TrainingSession.open(Network.of(2, dense(2)), data, options.partitions(1));
        TrainingSession most =
            TrainingSession.open(
                Network.of(2, dense(2)), data, options.partitions(Integer.MAX_VALUE))) {
      assertEquals(one.step(), most.step());
    }
  }

  @Test
  void aBufferBeyondTheAddressSpaceIsRefusedInALine() {
    ModelDescription description =
        new ModelDescription(null, FeatureMap.IDENTITY, List.of(), Map.of());
    try (Model model =
        new Model(Network.of(1 << 30, relu()).graph(), description, Long.MAX_VALUE)) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> Predictor.of(model, Integer.MAX_VALUE, 1, Long.MAX_VALUE));
      assertEquals(
          "input: a buffer of 2147483647 x 1073741824 elements, expected at most 70368744177664;"
              + " take a smaller batch or network",
          e.getMessage());
    }
  }

  @Test
  void reportsAndMessagesAreTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    try (Dataset data = twoRows();
        TrainingSession session =
            TrainingSession.open(
                Network.of(2, dense(4000), dense(2)),
                data,
                TrainingOptions.defaults().batchSize(2))) {
      assertAscii(session.memoryReport().toString());
      assertAscii(session.network().toString());
      assertAscii(session.plan().toString());
      assertAscii(session.plan().profile().report(1));
      IndexOutOfBoundsException e =
          assertThrows(
              IndexOutOfBoundsException.class,
              () ->
                  session
                      .kernels()
                      .allFinite(session.parameter("fc1.bias").segment(), 0, 1_000_000));
      assertAscii(String.valueOf(e.getMessage()));
    } finally {
      Locale.setDefault(before);
    }
  }

  private static void assertAscii(String text) {
    assertEquals(text.replaceAll("[^\\x00-\\x7f]", "?"), text);
  }
}

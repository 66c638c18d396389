package org.panagrad.plan.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import org.junit.jupiter.api.Test;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Sgd;
import org.panagrad.plan.Plan;

/** Which plans repeat a gradient, and what that saves; that it is right, the contract shows. */
class RepeatedGradientsTest {
  private static Plan plan(int width, int outputs, int batch, int partitions) {
    Network network = Network.of(64, dense(width), relu(), dense(width), relu(), dense(outputs));
    CompileOptions options =
        CompileOptions.training(
            batch, partitions, Losses.meanSquaredError(), false, new Sgd(0.01f));
    return Plans.of(network, options);
  }

  private static boolean repeats(Plan plan) {
    return plan.steps().stream().anyMatch(step -> step.name().endsWith("copy weight"));
  }

  @Test
  void aLayerOfOneOutputSavesAMeeting() {
    Plan one = plan(64, 1, 64, 2);
    Plan three = plan(64, 3, 64, 2);
    assertTrue(repeats(one));
    assertEquals(5, one.phases());
    assertFalse(repeats(three));
    assertEquals(6, three.phases());
  }

  @Test
  void nothingIsRepeatedByOneLaneOrByManyOrWhereItCostsMore() {
    assertFalse(repeats(plan(64, 1, 64, 1)));
    assertTrue(repeats(plan(64, 1, 64, 4)));
    assertFalse(repeats(plan(128, 1, 64, 8)));
    assertFalse(repeats(plan(512, 1, 64, 2)));
    assertFalse(repeats(plan(64, 1, 512, 2)));
  }

  @Test
  void nothingIsRepeatedBehindTheFirstLayerWhoseInputNeedsNoGradient() {
    Network network = Network.of(64, dense(64), relu(), dense(1));
    Plan plan =
        Plans.of(
            network,
            CompileOptions.training(64, 2, Losses.meanSquaredError(), false, new Sgd(0.01f)));
    assertFalse(repeats(plan));
  }
}

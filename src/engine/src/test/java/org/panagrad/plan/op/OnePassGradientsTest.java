package org.panagrad.plan.op;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import org.junit.jupiter.api.Test;
import org.panagrad.blas.Blas;
import org.panagrad.blas.InPieces;
import org.panagrad.blas.JavaBlas;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Sgd;
import org.panagrad.plan.UpdateRule;

/** Which plans go through a weight once; that it is right, the contract shows. */
class OnePassGradientsTest {
  private static CompileOptions options(int batch, int partitions, UpdateRule rule) {
    return CompileOptions.training(batch, partitions, Losses.crossEntropy(), true, rule);
  }

  private static boolean inOnePass(int width, CompileOptions options) {
    return inOnePass(width, options, new InPieces(new JavaBlas()));
  }

  private static boolean inOnePass(int width, CompileOptions options, Blas blas) {
    Network network = Network.of(784, dense(width), relu(), dense(width), relu(), dense(10));
    return Plans.of(network, options, blas).steps().stream()
        .anyMatch(step -> step.name().equals("fc2 gradients and update"));
  }

  @Test
  void aWeightLargerThanACachePerLaneIs() {
    assertTrue(inOnePass(2048, options(256, 2, new Sgd(0.1f))));
    assertTrue(inOnePass(2048, options(16, 4, new Sgd(0.1f))));
    assertTrue(inOnePass(1024, options(512, 1, new Sgd(0.1f))));
    assertFalse(inOnePass(2048, options(256, 8, new Sgd(0.1f))));
    assertFalse(inOnePass(1024, options(256, 2, new Sgd(0.1f))));
  }

  @Test
  void norWithFewExamplesOrMany() {
    assertFalse(inOnePass(2048, options(15, 2, new Sgd(0.1f))));
    assertFalse(inOnePass(2048, options(513, 2, new Sgd(0.1f))));
  }

  @Test
  void norWhereTheGradientItselfIsWanted() {
    assertFalse(inOnePass(2048, options(256, 2, new Adam(0.1f))));
    assertFalse(inOnePass(2048, options(256, 2, new Sgd(0.1f)).keepingGradients()));
  }

  @Test
  void norWhereSmallProductsArePacked() {
    assertFalse(inOnePass(2048, options(256, 2, new Sgd(0.1f)), new JavaBlas()));
  }
}

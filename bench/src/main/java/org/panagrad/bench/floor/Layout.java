package org.panagrad.bench.floor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.panagrad.bench.contender.Workload;

/**
 * The matrices of a step in one of the ways they can lie in memory.
 *
 * @param layers their products
 */
record Layout(Order order, List<LayerProducts> layers) {
  /**
   * How activations lie.
   *
   * @param inputByFeature whether the input has the batch index fastest
   * @param byFeature whether the others and all gradients have the batch index fastest
   */
  record Order(boolean inputByFeature, boolean byFeature) {
    static final List<Order> ALL =
        List.of(
            new Order(false, false),
            new Order(true, false),
            new Order(false, true),
            new Order(true, true));

    @Override
    public String toString() {
      String input = inputByFeature ? " (input feature-major)" : " (input row-major)";
      return (byFeature ? "feature-major" : "row-major")
          + (inputByFeature == byFeature ? "" : input);
    }
  }

  /**
   * Takes the memory.
   *
   * @param weightByInput for each layer, whether its weight lies as (in, out)
   */
  static Layout of(
      Arena arena, Workload w, int batch, Order order, boolean[] weightByInput, int callers) {
    SplittableRandom random = new SplittableRandom(1);
    List<Operand> activations = new ArrayList<>(); // (batch, width)
    List<Operand> gradients = new ArrayList<>(); // (batch, width)
    for (int l = 0; l <= w.layers(); l++) {
      int width = l == 0 ? w.inputs() : w.out(l - 1);
      boolean byColumns = l == 0 ? order.inputByFeature() : order.byFeature();
      activations.add(Operand.random(arena, batch, width, byColumns, random));
      gradients.add(Operand.random(arena, batch, width, order.byFeature(), random));
    }
    // Plain SGD adds the product to the weight itself.
    float update = w.adam() ? 0 : 1;
    List<LayerProducts> layers = new ArrayList<>();
    for (int l = 0; l < w.layers(); l++) {
      Operand weight = Operand.random(arena, w.out(l), w.in(l), weightByInput[l], random);
      Operand weightGradient = Operand.random(arena, w.out(l), w.in(l), weightByInput[l], random);
      Operand x = activations.get(l);
      Operand y = activations.get(l + 1);
      Operand dx = gradients.get(l);
      Operand dy = gradients.get(l + 1);
      layers.add(
          new LayerProducts(
              weightByInput[l],
              product(arena, x, weight.transposed(), 0, y, callers, random),
              product(arena, dy, weight, 0, dx, callers, random),
              product(arena, dy.transposed(), x, update, weightGradient, callers, random)));
    }
    return new Layout(order, layers);
  }

  private static Product product(
      Arena arena,
      Operand a,
      Operand b,
      float beta,
      Operand c,
      int callers,
      SplittableRandom random) {
    List<Operand> partial = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      partial.add(i == 0 ? c : Operand.random(arena, c.rows(), c.cols(), c.byColumns(), random));
    }
    return new Product(a, b, beta, c, partial);
  }

  /**
   * The products of a layer.
   *
   * @param weightByInput whether the weight lies as (in, out)
   * @param forward (batch, out) = (batch, in) (in, out)
   * @param inputGradient (batch, in) = (batch, out) (out, in)
   * @param weightGradient (out, in) = (out, batch) (batch, in)
   */
  record LayerProducts(
      boolean weightByInput, Product forward, Product inputGradient, Product weightGradient) {}
}

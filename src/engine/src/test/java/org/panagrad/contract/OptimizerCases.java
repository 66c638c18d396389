package org.panagrad.contract;

import java.util.List;
import org.panagrad.graph.Value;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Momentum;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.RmsProp;
import org.panagrad.optim.Sgd;

/** The optimizers of the registry, and in double what one step of each does to one element. */
final class OptimizerCases {
  static final List<Optimizer> ALL =
      List.of(
          new Sgd(0.1f),
          new Sgd(0.1f, 0.05f),
          new Momentum(0.05f, 0.9f, false, 0),
          new Momentum(0.05f, 0.9f, false, 0.05f),
          new Momentum(0.05f, 0.9f, true, 0),
          new Momentum(0.05f, 0.5f, true, 0.05f),
          new RmsProp(0.01f),
          new RmsProp(0.01f, 0.9, 1e-6f, 0.05f),
          new Adam(0.01f),
          new Adam(0.01f).withWeightDecay(0.05f),
          Adam.adamW(0.01f, 0.05f),
          new Adam(0.01f, 0.5, 0.9, 1e-3f, 0, false));

  private OptimizerCases() {}

  /**
   * An element before a step.
   *
   * @param states one per slab
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Element(double w, double g, double[] states) {}

  /**
   * An element after it, with the sizes of what was summed, which an error bound is a multiple of.
   *
   * @param sizes of w, then of each state
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Updated(double w, double[] states, double[] sizes) {}

  static Updated step(Optimizer rule, Element e, long step) {
    return switch (rule) {
      case Sgd sgd -> {
        double g = e.g + (double) sgd.weightDecay() * e.w;
        double rate = sgd.learningRate();
        double size = Math.abs(e.w) + rate * sum(e.g, sgd.weightDecay() * e.w);
        yield new Updated(e.w - rate * g, new double[0], new double[] {size});
      }
      case Momentum m -> {
        double g = e.g + (double) m.weightDecay() * e.w;
        double mu = m.momentum();
        double rate = m.learningRate();
        double v = mu * e.states[0] + g;
        double sizeG = sum(e.g, m.weightDecay() * e.w);
        double sizeV = Math.abs(mu * e.states[0]) + sizeG;
        double sizeW = Math.abs(e.w) + rate * (m.nesterov() ? sizeG + mu * sizeV : sizeV);
        double w = e.w - rate * (m.nesterov() ? g + mu * v : v);
        yield new Updated(w, new double[] {v}, new double[] {sizeW, sizeV});
      }
      case RmsProp r -> {
        double g = e.g + (double) r.weightDecay() * e.w;
        double s = r.alpha() * e.states[0] + (1 - r.alpha()) * g * g;
        double rate = r.learningRate();
        double root = Math.sqrt(s) + r.epsilon();
        double sizeG = sum(e.g, r.weightDecay() * e.w);
        // d sqrt(s) / sqrt(s) = ds / 2s, and ds <= 2 (1 - alpha) |g| dg.
        double sizeS = s + 2 * (1 - r.alpha()) * Math.abs(g) * sizeG;
        double move = root == 0 ? 0 : rate * g / root;
        double sizeMove = root == 0 ? 0 : rate * sizeG / root + move(move, s, sizeS);
        yield new Updated(
            e.w - move, new double[] {s}, new double[] {Math.abs(e.w) + sizeMove, sizeS});
      }
      case Adam a -> {
        double decay = a.weightDecay();
        double g = a.decoupled() ? e.g : e.g + decay * e.w;
        double rate = a.learningRate();
        double kept = a.decoupled() ? e.w - rate * decay * e.w : e.w;
        double m = a.beta1() * e.states[0] + (1 - a.beta1()) * g;
        double v = a.beta2() * e.states[1] + (1 - a.beta2()) * g * g;
        double mHat = m / (1 - Math.pow(a.beta1(), (double) step));
        double vHat = v / (1 - Math.pow(a.beta2(), (double) step));
        double root = Math.sqrt(vHat) + a.epsilon();
        double sizeG = a.decoupled() ? Math.abs(e.g) : sum(e.g, decay * e.w);
        double sizeM = Math.abs(a.beta1() * e.states[0]) + (1 - a.beta1()) * sizeG;
        double sizeV = v + 2 * (1 - a.beta2()) * Math.abs(g) * sizeG;
        double move = root == 0 ? 0 : rate * mHat / root;
        double sizeMove =
            root == 0
                ? 0
                : rate * sizeM / (1 - Math.pow(a.beta1(), (double) step)) / root
                    + move(move, v, sizeV);
        yield new Updated(
            kept - move,
            new double[] {m, v},
            new double[] {Math.abs(e.w) + sizeMove, sizeM, sizeV});
      }
    };
  }

  private static double sum(double a, double b) {
    return Math.abs(a) + Math.abs(b);
  }

  /** How much a move depends on the error of the mean square under its root. */
  private static double move(double move, double s, double sizeS) {
    return s == 0 ? 0 : Math.abs(move) * sizeS / s;
  }

  /** Where a value of the engine's registry lies. */
  static double[] states(List<java.util.Map<Value, float[]>> slabs, Value v, int i) {
    return slabs.stream().mapToDouble(slab -> Draws.at(slab, v)[i]).toArray();
  }
}

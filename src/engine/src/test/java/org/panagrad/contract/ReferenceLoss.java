package org.panagrad.contract;

import static org.panagrad.contract.Bounded.U;
import static org.panagrad.contract.Bounded.gamma;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Loss;

/**
 * The losses and their gradients in double, by their definitions.
 *
 * @param loss scaled as the loss says
 * @param error a bound for the engine's
 * @param gradient at the output, feature-major
 * @param branches a hash of which side of each kink every element was on
 */
record ReferenceLoss(double loss, double error, Bounded gradient, long branches) {

  static ReferenceLoss of(
      Loss loss,
      Bounded y,
      int @Nullable [] labels,
      double @Nullable [] targets,
      double @Nullable [] weights,
      int n) {
    int outputs = y.value().length / n;
    double[] t = targets == null ? oneHot(Objects.requireNonNull(labels), outputs, n) : targets;
    double[] each = new double[n];
    double total = 0;
    for (int j = 0; j < n; j++) {
      double ofClass =
          labels == null || loss.classWeights().isEmpty() ? 1 : loss.classWeights().get(labels[j]);
      each[j] = (weights == null ? 1 : weights[j]) * ofClass;
      total += each[j];
    }
    double mean = total == 0 ? 0 : 1 / total;
    return switch (loss.function()) {
      case CROSS_ENTROPY -> crossEntropy(y, soft(loss, t, weights, outputs, n), outputs, n, mean);
      case HALF_MEAN_SQUARED_ERROR -> elements(loss, y, t, each, n, mean);
      case MEAN_SQUARED_ERROR, MEAN_ABSOLUTE_ERROR, HUBER, BINARY_CROSS_ENTROPY ->
          elements(loss, y, t, each, n, mean / outputs);
    };
  }

  /** Targets smoothed, and weighted by example and class. */
  private static double[] soft(
      Loss loss, double[] t, double @Nullable [] weights, int outputs, int n) {
    double[] soft = new double[t.length];
    double smoothing = loss.labelSmoothing();
    for (int i = 0; i < t.length; i++) {
      double ofClass = loss.classWeights().isEmpty() ? 1 : loss.classWeights().get(i / n);
      double weight = (weights == null ? 1 : weights[i % n]) * ofClass;
      soft[i] = weight * ((1 - smoothing) * t[i] + smoothing / outputs);
    }
    return soft;
  }

  /** Classes as targets. */
  private static double[] oneHot(int[] labels, int outputs, int n) {
    double[] t = new double[outputs * n];
    for (int j = 0; j < n; j++) {
      t[labels[j] * n + j] = 1;
    }
    return t;
  }

  /**
   * p_r = exp(x_r - m) / sum. An error e_k of each logit moves p_r by the factor exp(e_r + sum p_k
   * e_k) at most; the subtraction of the maximum m costs u |x_r - m| in the exponent, exp 2 ulp,
   * the sum gamma(rows), the division u.
   */
  static Bounded softmax(Bounded x, int n) {
    int rows = x.value().length / n;
    Bounded p = new Bounded(x.value().length);
    for (int j = 0; j < n; j++) {
      double max = max(x, rows, n, j);
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        sum += Math.exp(x.value()[r * n + j] - max);
      }
      double common = gamma(rows + 3);
      for (int r = 0; r < rows; r++) {
        int i = r * n + j;
        common += Math.exp(x.value()[i] - max) / sum * inExponent(x, i, max);
      }
      for (int r = 0; r < rows; r++) {
        int i = r * n + j;
        double value = Math.exp(x.value()[i] - max) / sum;
        p.set(i, value, value * Math.expm1(common + inExponent(x, i, max)));
      }
    }
    return p;
  }

  private static double max(Bounded x, int rows, int n, int j) {
    double max = Double.NEGATIVE_INFINITY;
    for (int r = 0; r < rows; r++) {
      max = Math.max(max, x.value()[r * n + j]);
    }
    return max;
  }

  private static double inExponent(Bounded x, int i, double max) {
    return x.error()[i] + U * (Math.abs(x.value()[i] - max) + x.error()[i]) + 4 * U;
  }

  /** Weights and smoothing cost the targets six roundings at most. */
  private static ReferenceLoss crossEntropy(Bounded x, double[] t, int rows, int n, double scale) {
    Bounded p = softmax(x, n);
    Bounded gradient = new Bounded(x.value().length);
    double loss = 0;
    double error = 0;
    double size = 0;
    for (int j = 0; j < n; j++) {
      double max = max(x, rows, n, j);
      double sum = 0;
      double total = 0;
      double absolute = 0;
      for (int r = 0; r < rows; r++) {
        sum += Math.exp(x.value()[r * n + j] - max);
        total += t[r * n + j];
        absolute += Math.abs(t[r * n + j]);
      }
      double log = Math.log(sum);
      // The logarithm of a sum that is off by a factor, itself good to 4 ulp.
      double logError = gamma(rows + 3) + 8 * U * Math.abs(log);
      for (int r = 0; r < rows; r++) {
        logError += p.value()[r * n + j] * inExponent(x, r * n + j, max) * 1.01;
      }
      for (int r = 0; r < rows; r++) {
        int i = r * n + j;
        double minusLogP = log + max - x.value()[i];
        double parts = Math.abs(log) + Math.abs(max - x.value()[i]) + x.error()[i];
        loss += t[i] * minusLogP;
        size += Math.abs(t[i]) * parts;
        error += Math.abs(t[i]) * (logError + x.error()[i] + gamma(rows + 10) * parts);
        double g = p.value()[i] * total - t[i];
        double e =
            p.error()[i] * absolute
                + gamma(rows) * p.reach(i) * absolute
                + 10 * U * (p.reach(i) * absolute + Math.abs(t[i]));
        gradient.set(i, g * scale, e * scale);
      }
    }
    return new ReferenceLoss(loss * scale, (error + gamma(n + 4) * size) * scale, gradient, 0);
  }

  private static ReferenceLoss elements(
      Loss loss, Bounded y, double[] t, double[] weights, int n, double scale) {
    Bounded gradient = new Bounded(y.value().length);
    double sum = 0;
    double size = 0;
    double error = 0;
    long branches = 0;
    double delta = loss.delta();
    for (int i = 0; i < t.length; i++) {
      double e = y.value()[i] - t[i];
      double ee = y.error()[i] + U * (Math.abs(e) + y.error()[i]);
      double l;
      double le;
      double g;
      double ge;
      switch (loss.function()) {
        case HALF_MEAN_SQUARED_ERROR -> {
          l = e * e / 2;
          le = Math.abs(e) * ee + ee * ee / 2;
          g = e;
          ge = ee;
        }
        case MEAN_SQUARED_ERROR -> {
          l = e * e;
          le = 2 * Math.abs(e) * ee + ee * ee;
          g = 2 * e;
          ge = 2 * ee;
        }
        case MEAN_ABSOLUTE_ERROR -> {
          l = Math.abs(e);
          le = ee;
          g = Math.signum(e);
          ge = Math.abs(e) <= ee ? 2 : 0;
          branches = branches * 31 + (long) g;
        }
        case HUBER -> {
          boolean near = Math.abs(e) <= delta;
          l = near ? e * e / 2 : delta * (Math.abs(e) - delta / 2);
          le = Math.min(Math.abs(e) + ee, delta) * ee + 3 * U * delta * (Math.abs(e) + delta);
          g = Math.clamp(e, -delta, delta);
          ge = ee;
          branches = branches * 31 + (near ? 1 : 0);
        }
        case BINARY_CROSS_ENTROPY -> {
          double x = y.value()[i];
          double ex = y.error()[i];
          double log = Math.log1p(Math.exp(-Math.abs(x)));
          l = Math.max(x, 0) - x * t[i] + log;
          le =
              (1 + Math.abs(t[i])) * ex
                  + 4 * U * ((1 + Math.abs(t[i])) * (Math.abs(x) + ex))
                  + 16 * U * log;
          double s = ReferenceActivation.sigmoid(x);
          g = s - t[i];
          ge = 0.25 * ex + 16 * U * s + U * (s + Math.abs(t[i]));
        }
        case CROSS_ENTROPY -> throw new IllegalStateException("not a sum over elements");
        default -> throw new IllegalStateException("no reference for " + loss.function());
      }
      double weight = weights[i % n];
      sum += weight * l;
      size += weight * (Math.abs(l) + le);
      error += weight * (le + 4 * U * (Math.abs(l) + le));
      // Twice the scale's rounding and the product's, and those of the weight.
      gradient.set(i, weight * g * scale, weight * (ge + 7 * U * (Math.abs(g) + ge)) * scale);
    }
    return new ReferenceLoss(
        sum * scale, (error + gamma(n + 4) * size) * scale, gradient, branches);
  }
}

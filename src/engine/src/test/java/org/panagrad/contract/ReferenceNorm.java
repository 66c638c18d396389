package org.panagrad.contract;

import static org.panagrad.contract.Bounded.U;
import static org.panagrad.contract.Bounded.gamma;

/**
 * Normalisation in double: groups of elements, each brought to mean 0 and variance 1, then scaled
 * and shifted by the weight and bias of an element's feature. A group is a feature's row (batch
 * normalisation) or an example's column (layer normalisation) of a feature-major array.
 */
final class ReferenceNorm {
  private final int features;
  private final int n;
  private final boolean byFeature;
  private final double epsilon;
  private final double[] means; // (groups)
  private final double[] variances; // (groups), biased
  private final double[] inverses; // (groups): 1 / sqrt(variance + epsilon)
  private final double[] inverseErrors; // (groups)
  private final Bounded normal; // (x - mean) * inverse

  /**
   * @param x feature-major
   * @param n examples
   * @param byFeature whether a group is a feature, else an example
   */
  ReferenceNorm(Bounded x, int n, boolean byFeature, double epsilon) {
    this.features = x.value().length / n;
    this.n = n;
    this.byFeature = byFeature;
    this.epsilon = epsilon;
    int groups = byFeature ? features : n;
    this.means = new double[groups];
    this.variances = new double[groups];
    this.inverses = new double[groups];
    this.inverseErrors = new double[groups];
    this.normal = new Bounded(x.value().length);
    for (int g = 0; g < groups; g++) {
      normalize(x, g);
    }
  }

  /** Elements of a group. */
  private int size() {
    return byFeature ? n : features;
  }

  /** Index of a group's k-th element. */
  private int at(int group, int k) {
    return byFeature ? group * n + k : k * n + group;
  }

  private void normalize(Bounded x, int g) {
    int size = size();
    double sum = 0;
    double terms = 0;
    double carried = 0;
    for (int k = 0; k < size; k++) {
      sum += x.value()[at(g, k)];
      terms += x.reach(at(g, k));
      carried += x.error()[at(g, k)];
    }
    double mean = sum / size;
    double meanError = (carried + gamma(size + 2) * terms) / size;
    double[] off = new double[size];
    double[] offError = new double[size];
    double squares = 0;
    double squaresError = 0;
    double squaresReach = 0;
    for (int k = 0; k < size; k++) {
      off[k] = x.value()[at(g, k)] - mean;
      double e = x.error()[at(g, k)] + meanError;
      offError[k] = e + U * (Math.abs(off[k]) + e);
      squares += off[k] * off[k];
      squaresError += 2 * Math.abs(off[k]) * offError[k] + offError[k] * offError[k];
      squaresReach += (Math.abs(off[k]) + offError[k]) * (Math.abs(off[k]) + offError[k]);
    }
    double variance = squares / size;
    double error = (squaresError + gamma(size + 3) * squaresReach) / size;
    double inverse = 1 / Math.sqrt(variance + epsilon);
    double most = 1 / Math.sqrt(Math.max(variance - error, 0) + epsilon);
    double least = 1 / Math.sqrt(variance + error + epsilon);
    means[g] = mean;
    variances[g] = variance;
    inverses[g] = inverse;
    inverseErrors[g] = Math.max(most - inverse, inverse - least) + 4 * U * most;
    for (int k = 0; k < size; k++) {
      double reach = (Math.abs(off[k]) + offError[k]) * (inverse + inverseErrors[g]);
      normal.set(
          at(g, k),
          off[k] * inverse,
          offError[k] * inverse
              + Math.abs(off[k]) * inverseErrors[g]
              + 3 * U * reach
              + offError[k] * inverseErrors[g]);
    }
  }

  double mean(int group) {
    return means[group];
  }

  /** The biased variance. */
  double variance(int group) {
    return variances[group];
  }

  Bounded forward(double[] weight, double[] bias) {
    Bounded y = new Bounded(normal.value().length);
    for (int r = 0; r < features; r++) {
      for (int j = 0; j < n; j++) {
        int i = r * n + j;
        double w = Math.abs(weight[r]);
        y.set(
            i,
            normal.value()[i] * weight[r] + bias[r],
            w * normal.error()[i]
                + 2 * U * w * normal.reach(i)
                + U * (w * normal.reach(i) + Math.abs(bias[r])));
      }
    }
    return y;
  }

  /** The same by given statistics: y = (x - mean) / sqrt(var + epsilon) * weight + bias. */
  static Bounded running(
      Bounded x,
      int n,
      double[] weight,
      double[] bias,
      double[] mean,
      double[] variance,
      double epsilon) {
    Bounded y = new Bounded(x.value().length);
    for (int i = 0; i < y.value().length; i++) {
      int r = i / n;
      double scale = weight[r] / Math.sqrt(variance[r] + epsilon);
      double off = x.value()[i] - mean[r];
      double e = x.error()[i] + U * (Math.abs(off) + x.error()[i]);
      double reach = (Math.abs(off) + e) * Math.abs(scale);
      y.set(
          i,
          off * scale + bias[r],
          e * Math.abs(scale) + 4 * U * reach + U * (reach + Math.abs(bias[r])));
    }
    return y;
  }

  /** Adds what reaches x, weight and bias. */
  void backward(double[] weight, Bounded dy, Bounded dx, Bounded dWeight, Bounded dBias) {
    int groups = byFeature ? features : n;
    for (int g = 0; g < groups; g++) {
      inputGradient(weight, dy, dx, g);
    }
    for (int r = 0; r < features; r++) {
      double sum = 0;
      double sumError = 0;
      double sumTerms = 0;
      double products = 0;
      double productsError = 0;
      double productsTerms = 0;
      for (int j = 0; j < n; j++) {
        int i = r * n + j;
        sum += dy.value()[i];
        sumError += dy.error()[i];
        sumTerms += dy.reach(i);
        products += dy.value()[i] * normal.value()[i];
        productsError +=
            dy.reach(i) * normal.error()[i] + dy.error()[i] * Math.abs(normal.value()[i]);
        productsTerms += dy.reach(i) * normal.reach(i);
      }
      dBias.add(r, sum, sumError + gamma(n + 1) * sumTerms);
      dWeight.add(r, products, productsError + gamma(n + 3) * productsTerms);
    }
  }

  private void inputGradient(double[] weight, Bounded dy, Bounded dx, int g) {
    int size = size();
    double sum = 0;
    double sumError = 0;
    double sumTerms = 0;
    double products = 0;
    double productsError = 0;
    double productsTerms = 0;
    for (int k = 0; k < size; k++) {
      int i = at(g, k);
      double w = weight[i / n];
      double reach = Math.abs(w) * dy.reach(i);
      double error = Math.abs(w) * dy.error()[i];
      sum += w * dy.value()[i];
      sumError += error;
      sumTerms += reach;
      products += w * dy.value()[i] * normal.value()[i];
      productsError += reach * normal.error()[i] + error * Math.abs(normal.value()[i]);
      productsTerms += reach * normal.reach(i);
    }
    double mean = sum / size;
    double meanError = (sumError + gamma(size + 3) * sumTerms) / size;
    double slope = products / size;
    double slopeError = (productsError + gamma(size + 5) * productsTerms) / size;
    for (int k = 0; k < size; k++) {
      int i = at(g, k);
      double w = weight[i / n];
      double inner = w * dy.value()[i] - mean - normal.value()[i] * slope;
      double parts =
          Math.abs(w) * dy.reach(i)
              + Math.abs(mean)
              + meanError
              + normal.reach(i) * (Math.abs(slope) + slopeError);
      double error =
          Math.abs(w) * dy.error()[i]
              + meanError
              + Math.abs(normal.value()[i]) * slopeError
              + normal.error()[i] * (Math.abs(slope) + slopeError)
              + 6 * U * parts;
      double reach = Math.abs(inner) + error;
      dx.add(
          i,
          inner * inverses[g],
          error * inverses[g] + reach * inverseErrors[g] + 3 * U * reach * inverses[g]);
    }
  }
}

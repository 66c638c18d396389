package org.panagrad.sweep;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.HashSet;
import java.util.List;
import org.panagrad.random.SeededRandom;

/**
 * The values that a setting may take.
 *
 * <p>Numbers are drawn with four significant digits, so that the text that is shown is the value
 * that is used.
 */
public sealed interface Range {
  /** A value, as text. */
  String draw(SeededRandom random);

  /**
   * One of these, each as likely; the only range that a grid takes.
   *
   * @param values at least one, all different
   */
  record Choice(List<String> values) implements Range {
    public Choice {
      values = List.copyOf(values);
      if (values.isEmpty()) {
        throw new IllegalArgumentException("no values to choose from: expected 1 or more");
      }
      if (new HashSet<>(values).size() < values.size()) {
        throw new IllegalArgumentException(values + ": expected values that differ");
      }
    }

    @Override
    public String draw(SeededRandom random) {
      return values.get(random.nextInt(values.size()));
    }
  }

  /** Every number from low to high as likely. */
  record Uniform(double low, double high) implements Range {
    public Uniform {
      Range.check(low, high);
    }

    @Override
    public String draw(SeededRandom random) {
      return text(random.nextDouble(low, high), low, high);
    }
  }

  /** The logarithm is uniform: as much between 0.001 and 0.01 as between 0.01 and 0.1. */
  record LogUniform(double low, double high) implements Range {
    public LogUniform {
      Range.check(low, high);
      if (!(low > 0)) {
        throw new IllegalArgumentException(
            "log-uniform from " + low + ": expected more than 0, which has a logarithm");
      }
    }

    @Override
    public String draw(SeededRandom random) {
      double logarithm = random.nextDouble(StrictMath.log(low), StrictMath.log(high));
      return text(StrictMath.exp(logarithm), low, high);
    }
  }

  /** Every whole number from low to high, both included, as likely. */
  record Integers(long low, long high) implements Range {
    public Integers {
      if (low > high || high - low < 0 || high - low >= Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "whole numbers from "
                + low
                + " to "
                + high
                + ": expected the smaller first, and fewer than 2^31 of them");
      }
    }

    @Override
    public String draw(SeededRandom random) {
      return Long.toString(low + random.nextInt((int) (high - low) + 1));
    }
  }

  private static void check(double low, double high) {
    if (!(Double.isFinite(low) && Double.isFinite(high) && low < high)) {
      throw new IllegalArgumentException(
          "numbers from " + low + " to " + high + ": expected finite ones, the smaller first");
    }
  }

  private static String text(double value, double low, double high) {
    double rounded =
        new BigDecimal(value).round(new MathContext(4, RoundingMode.HALF_EVEN)).doubleValue();
    BigDecimal inside = BigDecimal.valueOf(Math.clamp(rounded, low, high)).stripTrailingZeros();
    return inside.abs().compareTo(new BigDecimal("1e-4")) < 0 && inside.signum() != 0
        ? inside.toString()
        : inside.toPlainString();
  }
}

package org.panagrad.table;

import java.util.List;

/** The column that is to be predicted. */
public sealed interface TableTarget {
  /** Its name in the training table, or its position where that had none. */
  String name();

  /** Where it stood in the training table, from 0. */
  int position();

  /**
   * A class in each row.
   *
   * @param classes their texts, stripped: ascending, as numbers if all are numbers
   */
  record Classes(String name, int position, List<String> classes) implements TableTarget {
    public Classes {
      classes = List.copyOf(classes);
    }
  }

  /**
   * A number in each row. Networks are trained towards (number - mean) / spread.
   *
   * @param mean of the training rows
   * @param spread their standard deviation, or 1 if they are all the same
   */
  record Values(String name, int position, double mean, double spread) implements TableTarget {
    public Values {
      if (!Double.isFinite(mean) || !Double.isFinite(spread) || !(spread > 0)) {
        throw new IllegalArgumentException(
            "target "
                + name
                + ": mean "
                + mean
                + ", spread "
                + spread
                + ": expected finite numbers and a spread above 0");
      }
    }

    /** What a network trained towards this target means with an output. */
    public double value(double output) {
      return output * spread + mean;
    }

    /** What a network is trained towards for a value. */
    public double output(double value) {
      return (value - mean) / spread;
    }
  }
}

package org.panagrad.table;

import java.util.ArrayList;
import java.util.List;

/** A column of features, with what was learned of it from the training rows. */
public sealed interface TableColumn {
  /** Its name in the training table, or its position where that had none. */
  String name();

  /** Where it stood in the training table, from 0. */
  int position();

  /** How many features it becomes. */
  int features();

  /** A name for each of them. */
  List<String> featureNames();

  /**
   * A column of numbers: feature = (number - center) / spread, and the mean's where there is none;
   * then, if training rows missed the number, a feature that is 1 where it is missing and else 0.
   *
   * @param mean of the training rows that have the number
   * @param spread not 0
   * @param indicated whether there is a feature for missing numbers
   */
  record Numeric(
      String name, int position, double mean, double center, double spread, boolean indicated)
      implements TableColumn {
    public Numeric {
      if (!(Double.isFinite(mean) && Double.isFinite(center) && Double.isFinite(spread))
          || spread == 0) {
        throw new IllegalArgumentException(
            "column "
                + name
                + ": mean "
                + mean
                + ", center "
                + center
                + ", spread "
                + spread
                + ": expected finite numbers and a spread other than 0");
      }
    }

    @Override
    public int features() {
      return indicated ? 2 : 1;
    }

    @Override
    public List<String> featureNames() {
      return indicated ? List.of(name, name + " is missing") : List.of(name);
    }
  }

  /**
   * A column of categories: a feature for each that is 1 in the rows that have it and else 0.
   *
   * <p>What the training rows do not have, or too few of them, is in one bucket together. It has a
   * feature if training rows filled it; if none did, there would be nothing to learn for that
   * feature, and a row with an unknown category has 0 in all of the column's features. A missing
   * category has a feature of its own if training rows missed it, and is unknown if not.
   *
   * @param categories the known ones, stripped, in ascending order
   * @param bucketed whether the bucket of other categories has a feature
   * @param indicated whether there is a feature for missing categories
   */
  record Categorical(
      String name, int position, List<String> categories, boolean bucketed, boolean indicated)
      implements TableColumn {
    public Categorical {
      categories = List.copyOf(categories);
    }

    @Override
    public int features() {
      return categories.size() + (bucketed ? 1 : 0) + (indicated ? 1 : 0);
    }

    @Override
    public List<String> featureNames() {
      List<String> names = new ArrayList<>();
      for (String category : categories) {
        names.add(name + " = " + category);
      }
      if (bucketed) {
        names.add(name + " is another");
      }
      if (indicated) {
        names.add(name + " is missing");
      }
      return names;
    }
  }
}

package org.panagrad.data;

import java.util.Arrays;
import java.util.BitSet;
import org.panagrad.random.SeededRandom;

/**
 * Rows in groups that a split is to keep in proportion, as a rule the classes.
 *
 * <p>Splits are drawn by systematic sampling: the rows are shuffled, then laid out group after
 * group, and taken at even distances. So the size of a part is exact, and in each group its share
 * is off by less than one row. Equal seeds give equal splits.
 */
public final class Strata {
  /** The group of rows that belong to no part. */
  public static final int LEFT_OUT = -1;

  private final int[] groups; // of each row

  private Strata(int[] groups) {
    this.groups = groups;
  }

  /**
   * Rows by their group.
   *
   * @param groups of each row, from 0; {@link #LEFT_OUT} for a row that is in no part
   */
  public static Strata of(int... groups) {
    return new Strata(groups.clone());
  }

  /** The rows of a dataset: by class, or all in one group where targets are values. */
  public static Strata of(Dataset dataset) {
    int[] groups = new int[dataset.size()];
    if (dataset.targetKind() == TargetKind.CLASSES) {
      Arrays.setAll(groups, dataset::label);
    }
    return new Strata(groups);
  }

  /** How many rows are in some part. */
  public int size() {
    return (int) Arrays.stream(groups).filter(group -> group != LEFT_OUT).count();
  }

  /** All rows that are in some part. */
  public BitSet all() {
    BitSet all = new BitSet(groups.length);
    for (int row = 0; row < groups.length; row++) {
      if (groups[row] != LEFT_OUT) {
        all.set(row);
      }
    }
    return all;
  }

  /**
   * So many of these rows. A group with a single row among them gives none: who trains on the rest
   * is to have seen every class.
   *
   * @param among the rows to choose from
   * @param count how many, at most; fewer where single rows are kept back
   * @param purpose of the split, so that two with one seed are independent
   */
  public BitSet part(BitSet among, int count, long seed, String purpose) {
    int[] sizes = sizes(among);
    int[] order = order(among, SeededRandom.of(seed, purpose), sizes);
    BitSet part = new BitSet(groups.length);
    for (int i = 0; i < order.length; i++) {
      // One of every order.length / count rows, however that divides.
      if ((long) (i + 1) * count / order.length > (long) i * count / order.length) {
        part.set(order[i]);
      }
    }
    return part;
  }

  /**
   * The rows in folds of equal size, give or take one, each with its share of every group. A group
   * with a single row is in none: who trains on all but a fold is to have seen every class.
   *
   * @return the rows of each fold
   * @throws DataException if there are fewer rows in folds than folds
   */
  public BitSet[] folds(int count, long seed) {
    BitSet among = all();
    int[] order = order(among, SeededRandom.of(seed, "folds"), sizes(among));
    if (count < 2 || count > order.length) {
      int single = among.cardinality() - order.length;
      throw DataException.at(
          "folds",
          "number",
          "2 to the "
              + order.length
              + " rows"
              + (single == 0 ? "" : " besides " + single + " that are the only one of their class"),
          Integer.toString(count),
          "take another number");
    }
    BitSet[] folds = new BitSet[count];
    Arrays.setAll(folds, fold -> new BitSet(groups.length));
    for (int i = 0; i < order.length; i++) {
      folds[i % count].set(order[i]);
    }
    return folds;
  }

  private int[] sizes(BitSet among) {
    int[] sizes = new int[Arrays.stream(groups).max().orElse(LEFT_OUT) + 1];
    among.stream().forEach(row -> sizes[groups[row]]++);
    return sizes;
  }

  /** Group after group, shuffled within each; groups of a single row are left out. */
  private int[] order(BitSet among, SeededRandom random, int[] sizes) {
    // Counted first: there may be hundreds of millions, and a list that grows holds them twice.
    int[] rows = new int[Arrays.stream(sizes).filter(size -> size > 1).sum()];
    int count = 0;
    for (int row = among.nextSetBit(0); row >= 0; row = among.nextSetBit(row + 1)) {
      if (sizes[groups[row]] > 1) {
        rows[count++] = row;
      }
    }
    for (int i = rows.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int held = rows[i];
      rows[i] = rows[j];
      rows[j] = held;
    }
    int[] next = new int[sizes.length];
    for (int group = 1, from = 0; group < sizes.length; group++) {
      from += sizes[group - 1] > 1 ? sizes[group - 1] : 0;
      next[group] = from;
    }
    int[] order = new int[rows.length];
    for (int row : rows) {
      order[next[groups[row]]++] = row;
    }
    return order;
  }
}

package org.panagrad.table;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is not left to the data when a table is learned. Immutable; every method returns changed
 * options.
 */
public final class TableOptions {
  /** The target that is meant where none is named. */
  public static final String LAST = "last";

  private static final int RARE_BELOW = 5;
  private static final int MOST_CATEGORIES = 1000;

  private final String target;
  private final @Nullable Task task;
  private final Map<String, ColumnType> types;
  private final Scaling scaling;
  private final int rareBelow;
  private final int mostCategories;
  private final boolean dropsRowsWithoutTarget;
  private final @Nullable String weight;

  private TableOptions(
      String target,
      @Nullable Task task,
      Map<String, ColumnType> types,
      Scaling scaling,
      int rareBelow,
      int mostCategories,
      boolean dropsRowsWithoutTarget,
      @Nullable String weight) {
    if (rareBelow < 1 || mostCategories < 1) {
      throw new IllegalArgumentException(
          "categories rare below "
              + rareBelow
              + " rows, at most "
              + mostCategories
              + ": expected 1 or more of each");
    }
    this.target = target;
    this.task = task;
    this.types = types;
    this.scaling = scaling;
    this.rareBelow = rareBelow;
    this.mostCategories = mostCategories;
    this.dropsRowsWithoutTarget = dropsRowsWithoutTarget;
    this.weight = weight;
  }

  /**
   * The target last, its task and the types of the columns seen from the data, numbers
   * standardised, categories of under 5 training rows in one bucket.
   */
  public static TableOptions defaults() {
    return new TableOptions(
        LAST, null, Map.of(), Scaling.STANDARD, RARE_BELOW, MOST_CATEGORIES, false, null);
  }

  /** These options with the target given by its name, its index from 0, or {@code last}. */
  public TableOptions target(String newTarget) {
    return new TableOptions(
        newTarget, task, types, scaling, rareBelow, mostCategories, dropsRowsWithoutTarget, weight);
  }

  /** These options with the task given, or seen from the data if null. */
  public TableOptions task(@Nullable Task newTask) {
    return new TableOptions(
        target, newTask, types, scaling, rareBelow, mostCategories, dropsRowsWithoutTarget, weight);
  }

  /** These options with the type of a column given, by the column's name or its index from 0. */
  public TableOptions type(String column, ColumnType type) {
    Map<String, ColumnType> more = new LinkedHashMap<>(types);
    more.put(column, type);
    return new TableOptions(
        target, task, more, scaling, rareBelow, mostCategories, dropsRowsWithoutTarget, weight);
  }

  /** These options with another scaling of numbers. */
  public TableOptions scaling(Scaling newScaling) {
    return new TableOptions(
        target, task, types, newScaling, rareBelow, mostCategories, dropsRowsWithoutTarget, weight);
  }

  /** These options with categories put into one bucket that have fewer training rows than this. */
  public TableOptions rareBelow(int rows) {
    return new TableOptions(
        target, task, types, scaling, rows, mostCategories, dropsRowsWithoutTarget, weight);
  }

  /** These options with at most so many features for the categories of a column. */
  public TableOptions mostCategories(int most) {
    return new TableOptions(
        target, task, types, scaling, rareBelow, most, dropsRowsWithoutTarget, weight);
  }

  /** These options with rows that miss their target left out, or an error. */
  public TableOptions dropsRowsWithoutTarget(boolean drops) {
    return new TableOptions(target, task, types, scaling, rareBelow, mostCategories, drops, weight);
  }

  /**
   * These options with a column of the weights of training rows, by its name or its index from 0;
   * null for none. It is no feature, and other rows need not have it.
   */
  public TableOptions weight(@Nullable String column) {
    return new TableOptions(
        target, task, types, scaling, rareBelow, mostCategories, dropsRowsWithoutTarget, column);
  }

  /** The column of weights by name or index, or null. */
  public @Nullable String weight() {
    return weight;
  }

  /** The target's name, index from 0, or {@code last}. */
  public String target() {
    return target;
  }

  /** The task, or null where the data is to show it. */
  public @Nullable Task task() {
    return task;
  }

  /** The types that are given, by column name or index. */
  public Map<String, ColumnType> types() {
    return types;
  }

  /** How numbers are scaled. */
  public Scaling scaling() {
    return scaling;
  }

  /** In fewer training rows a category is in the bucket of others. */
  public int rareBelow() {
    return rareBelow;
  }

  /** The most categories of a column that have a feature each. */
  public int mostCategories() {
    return mostCategories;
  }

  /** Whether rows that miss their target are left out, rather than refused. */
  public boolean dropsRowsWithoutTarget() {
    return dropsRowsWithoutTarget;
  }
}

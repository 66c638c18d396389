package org.panagrad.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Copies of operands into the panels that a product's kernel reads: eight columns, or four rows, of
 * one term after the other. Where vectors of 256 bits serve and the copy is compiled; whoever asks
 * has another way of copying what is left.
 *
 * <p>Memory is given by address, and nothing is checked: it is a matter of products that are.
 */
public final class PanelCopies {
  private static final int COLUMNS = 8;
  private static final int ROWS = 4;

  /** Panels that are copied together as they lie: a whole cache line of four rows. */
  private static final int TOGETHER = 4;

  /** Terms that are too few for vectors. */
  private static final int LEAST_TERMS = 8;

  /**
   * Terms that are copied for trial, and once more by whoever asks: so many that they tell compiled
   * code from other.
   */
  private static final int TRIED_TERMS = 16;

  private static final PanelCopies NONE = new PanelCopies(false, null);

  private final boolean isThere;
  private final WarmUp fourColumns;
  private final WarmUp column;
  private final WarmUp columnTransposed;
  private final WarmUp row;
  private final WarmUp fourRowsTransposed;
  private final WarmUp rowTransposed;

  /**
   * The copies.
   *
   * @param isThere whether there are vectors of this length
   * @param trials when they are tried; null if they serve from the start
   */
  PanelCopies(boolean isThere, @Nullable Trials trials) {
    this.isThere = isThere;
    fourColumns = new WarmUp(ROWS, trials);
    column = new WarmUp(ROWS, trials);
    columnTransposed = new WarmUp(ROWS, trials);
    row = new WarmUp(ROWS, trials);
    fourRowsTransposed = new WarmUp(ROWS, trials);
    rowTransposed = new WarmUp(ROWS, trials);
  }

  /** Copies nothing. */
  public static PanelCopies none() {
    return NONE;
  }

  /**
   * Copies columns.
   *
   * @param isTransposed whether x is (columns, terms), not (terms, columns)
   * @param count columns
   * @param terms elements of each
   * @param x address of the first element
   * @param ldx floats from one row of x to the next
   * @param panels address to copy to
   * @return how many of the first columns have been copied, in whole panels of eight
   */
  public int columns(boolean isTransposed, int count, int terms, long x, int ldx, long panels) {
    if (!isThere || count < COLUMNS || terms < LEAST_TERMS) {
      return 0;
    }
    int whole = count / COLUMNS;
    long stride = 4L * ldx;
    long size = 4L * COLUMNS * terms;
    if (isTransposed) {
      if (isTried(columnTransposed, terms)) {
        VectorPanels.columnTransposed(x, stride, panels, TRIED_TERMS);
        columnTransposed.ran(COLUMNS * TRIED_TERMS);
      }
      if (!columnTransposed.serves()) {
        return 0;
      }
      for (int p = 0; p < whole; p++) {
        VectorPanels.columnTransposed(
            x + (long) COLUMNS * p * stride, stride, panels + p * size, terms);
      }
      return COLUMNS * whole;
    }
    int p = 0;
    if (whole >= TOGETHER) {
      if (isTried(fourColumns, terms)) {
        VectorPanels.fourColumns(x, stride, panels, size, TRIED_TERMS);
        fourColumns.ran(TOGETHER * COLUMNS * TRIED_TERMS);
      }
      if (!fourColumns.serves()) {
        return 0;
      }
      for (; p + TOGETHER <= whole; p += TOGETHER) {
        VectorPanels.fourColumns(x + 4L * COLUMNS * p, stride, panels + p * size, size, terms);
      }
    }
    if (p < whole && isTried(column, terms)) {
      VectorPanels.column(x + 4L * COLUMNS * p, stride, panels + p * size, TRIED_TERMS);
      column.ran(COLUMNS * TRIED_TERMS);
    }
    for (; p < whole && column.serves(); p++) {
      VectorPanels.column(x + 4L * COLUMNS * p, stride, panels + p * size, terms);
    }
    return COLUMNS * p;
  }

  /**
   * Copies rows.
   *
   * @param isTransposed whether x is (terms, rows), not (rows, terms)
   * @param count rows
   * @param terms elements of each
   * @param x address of the first element
   * @param ldx floats from one row of x to the next
   * @param panels address to copy to
   * @return how many of the first rows have been copied, in whole panels of four
   */
  public int rows(boolean isTransposed, int count, int terms, long x, int ldx, long panels) {
    if (!isThere || count < ROWS || terms < LEAST_TERMS) {
      return 0;
    }
    int whole = count / ROWS;
    long stride = 4L * ldx;
    long size = 4L * ROWS * terms;
    if (!isTransposed) {
      if (isTried(row, terms)) {
        VectorPanels.row(x, stride, panels, TRIED_TERMS);
        row.ran(ROWS * TRIED_TERMS);
      }
      if (!row.serves()) {
        return 0;
      }
      for (int p = 0; p < whole; p++) {
        VectorPanels.row(x + (long) ROWS * p * stride, stride, panels + p * size, terms);
      }
      return ROWS * whole;
    }
    int p = 0;
    if (whole >= TOGETHER) {
      if (isTried(fourRowsTransposed, terms)) {
        VectorPanels.fourRowsTransposed(x, stride, panels, size, TRIED_TERMS);
        fourRowsTransposed.ran(TOGETHER * ROWS * TRIED_TERMS);
      }
      if (!fourRowsTransposed.serves()) {
        return 0;
      }
      for (; p + TOGETHER <= whole; p += TOGETHER) {
        VectorPanels.fourRowsTransposed(x + 4L * ROWS * p, stride, panels + p * size, size, terms);
      }
    }
    if (p < whole && isTried(rowTransposed, terms)) {
      VectorPanels.rowTransposed(x + 4L * ROWS * p, stride, panels + p * size, TRIED_TERMS);
      rowTransposed.ran(ROWS * TRIED_TERMS);
    }
    for (; p < whole && rowTransposed.serves(); p++) {
      VectorPanels.rowTransposed(x + 4L * ROWS * p, stride, panels + p * size, terms);
    }
    return ROWS * p;
  }

  /** Whether a copy that does not serve yet is to be tried now. */
  private static boolean isTried(WarmUp form, int terms) {
    return !form.serves() && terms >= TRIED_TERMS && form.part(ROWS * TRIED_TERMS) > 0;
  }
}

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

  private final boolean serves;
  private final WarmUp columns;
  private final WarmUp columnsTransposed;
  private final WarmUp rows;
  private final WarmUp rowsTransposed;

  /**
   * The copies.
   *
   * @param serves whether there are vectors of this length
   * @param trials when they are tried; null if they serve from the start
   */
  PanelCopies(boolean serves, @Nullable Trials trials) {
    this.serves = serves;
    columns = new WarmUp(COLUMNS, trials);
    columnsTransposed = new WarmUp(COLUMNS, trials);
    rows = new WarmUp(ROWS, trials);
    rowsTransposed = new WarmUp(ROWS, trials);
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
   * @return how many columns have been copied, whole panels of eight: all of them, one, or none
   */
  public int columns(boolean isTransposed, int count, int terms, long x, int ldx, long panels) {
    WarmUp form = isTransposed ? columnsTransposed : columns;
    int whole = wholePanels(form, COLUMNS, count, terms);
    if (whole > 0) {
      if (isTransposed) {
        VectorPanels.columnsTransposed(x, 4L * ldx, panels, whole, terms);
      } else {
        VectorPanels.columns(x, 4L * ldx, panels, whole, terms);
      }
      form.ran((long) COLUMNS * whole * terms);
    }
    return COLUMNS * whole;
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
   * @return how many rows have been copied, whole panels of four: all of them, one, or none
   */
  public int rows(boolean isTransposed, int count, int terms, long x, int ldx, long panels) {
    WarmUp form = isTransposed ? rowsTransposed : rows;
    int whole = wholePanels(form, ROWS, count, terms);
    if (whole > 0) {
      if (isTransposed) {
        VectorPanels.rowsTransposed(x, 4L * ldx, panels, whole, terms);
      } else {
        VectorPanels.rows(x, 4L * ldx, panels, whole, terms);
      }
      form.ran((long) ROWS * whole * terms);
    }
    return ROWS * whole;
  }

  /** As many as there are, one for trial, or none. */
  private int wholePanels(WarmUp form, int width, int count, int terms) {
    int whole = count / width;
    if (!serves || whole == 0 || terms == 0) {
      return 0;
    }
    if (form.serves()) {
      return whole;
    }
    return form.part(width * terms) > 0 ? 1 : 0;
  }
}

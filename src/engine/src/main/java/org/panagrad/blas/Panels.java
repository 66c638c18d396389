package org.panagrad.blas;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.KernelSets;
import org.panagrad.kernel.PanelCopies;
import org.panagrad.openblas.PanelProduct;

/**
 * Products by OpenBLAS's kernel for AVX2 from panels that we copy: its own copies take a fifth to
 * half of a small product's time. The blocks are those of its {@code sgemm}, and so are the bits.
 *
 * <p>docs/decisions/0022 has the times.
 */
final class Panels {
  /** Terms of a block of sums. */
  private static final int DEPTH = 320;

  /** Columns of a block: its panels stay in the second level of cache. */
  private static final int WIDTH = 320;

  /** Columns of a panel, and what blocks are multiples of where they are halves. */
  private static final int PANEL_COLS = 8;

  /** Rows that the kernel computes together. */
  private static final int GROUP = 12;

  /** Rows of a panel. */
  private static final int PANEL_ROWS = 4;

  /** Rows that are copied at a time, whole groups: near when they are multiplied. */
  private static final int ROWS = 4 * GROUP;

  /** Rows of a result: of how many more the library would make two blocks depends on its build. */
  private static final int MOST_ROWS = 1 << 14;

  /**
   * Rows of a result of several blocks of columns: their panels are kept for the next block, within
   * a megabyte. Of larger ones the library's copies take little of the time.
   */
  private static final int MOST_KEPT = 480;

  /** From the columns' panels to the rows', in bytes: not a power of two, and a page between. */
  private static final long APART = 4L * DEPTH * WIDTH + 4096 + 128;

  private static final Copies MEMORY = new Copies(APART + 4L * DEPTH * MOST_KEPT + 4096);

  private Panels() {}

  /** Whether the result is one that is computed so. */
  static boolean take(int m, int n, int k) {
    return m > 0 && n > 0 && k > 0 && m <= (n > WIDTH ? MOST_KEPT : MOST_ROWS);
  }

  /**
   * c (m, n) += alpha op(a) (m, k) op(b) (k, n), of operands that are checked, where {@link #take}
   * says so: more has no room.
   */
  static void add(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      Matrix c) {
    add(Chosen.COPIES, transA, transB, m, n, k, alpha, a, b, c);
  }

  /** The same by these copies, and the library's where they copy nothing. */
  static void add(
      PanelCopies copies,
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      Matrix c) {
    MemorySegment memory = MEMORY.take();
    try {
      for (int term = 0, terms; term < k; term += terms) {
        terms = block(k - term, DEPTH);
        for (int col = 0, width; col < n; col += width) {
          width = block(n - col, WIDTH);
          copyColumns(copies, transB, b, term, terms, col, width, memory.address());
          rows(
              copies, transA, n > WIDTH, m, term, terms, col, width, alpha, a, c, memory.address());
        }
      }
    } finally {
      MEMORY.give(memory);
    }
  }

  /** All rows of one block, whose columns are copied. */
  private static void rows(
      PanelCopies copies,
      boolean trans,
      boolean keeps,
      int m,
      int term,
      int terms,
      int col,
      int width,
      float alpha,
      Matrix a,
      Matrix c,
      long cols) {
    for (int row = 0; row < m; row += ROWS) {
      int height = Math.min(ROWS, m - row);
      long panels = cols + APART + (keeps ? 4L * row * terms : 0);
      if (col == 0) {
        copyRows(copies, trans, a, term, terms, row, height, panels);
      }
      multiply(col == 0, width, height, terms, alpha, cols, panels, c.address(row, col), c.ld());
    }
  }

  /** The library's blocks: the last two are alike. */
  private static int block(int left, int most) {
    if (left >= 2 * most) {
      return most;
    }
    return left > most ? (left / 2 + PANEL_COLS - 1) / PANEL_COLS * PANEL_COLS : left;
  }

  private static void copyColumns(
      PanelCopies copies,
      boolean trans,
      Matrix b,
      int term,
      int terms,
      int col,
      int width,
      long panels) {
    long from = trans ? b.address(col, term) : b.address(term, col);
    int copied = copies.columns(trans, width, terms, from, b.ld(), panels);
    if (copied < width) {
      long rest = trans ? b.address(col + copied, term) : b.address(term, col + copied);
      long to = panels + 4L * copied * terms;
      PanelProduct.copyColumns(trans, width - copied, terms, rest, b.ld(), to);
    }
  }

  private static void copyRows(
      PanelCopies copies,
      boolean trans,
      Matrix a,
      int term,
      int terms,
      int row,
      int height,
      long panels) {
    long from = trans ? a.address(term, row) : a.address(row, term);
    int copied = copies.rows(trans, height, terms, from, a.ld(), panels);
    if (copied < height) {
      long rest = trans ? a.address(term, row + copied) : a.address(row + copied, term);
      long to = panels + 4L * copied * terms;
      PanelProduct.copyRows(trans, height - copied, terms, rest, a.ld(), to);
    }
  }

  /**
   * The library calls its kernel for the first block of columns with the rows of one group or panel
   * at a time, for others with all; of eight rows and more behind the last group these differ.
   */
  private static void multiply(
      boolean isFirst,
      int width,
      int height,
      int terms,
      float alpha,
      long cols,
      long rows,
      long c,
      int ldc) {
    int row = isFirst ? height / GROUP * GROUP : height;
    if (row > 0) {
      PanelProduct.multiply(width, row, terms, alpha, cols, rows, c, ldc);
    }
    while (row < height) {
      int panel = Math.min(PANEL_ROWS, height - row);
      long at = rows + 4L * row * terms;
      long to = c + 4L * row * ldc;
      PanelProduct.multiply(width, panel, terms, alpha, cols, at, to, ldc);
      row += panel;
    }
  }

  /** Asked for once products come from panels, and not with {@link #take}. */
  private static final class Chosen {
    static final PanelCopies COPIES = KernelSets.panelCopies();
  }
}

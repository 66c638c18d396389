package org.panagrad.plan.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.panagrad.blas.Blas;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Linear;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tiling;
import org.panagrad.plan.Tiling.Axis;
import org.panagrad.plan.UpdateRule;

/**
 * Where a lane's part of a weight is larger than a core's cache: dX and the update, which is the
 * product dW itself, go through it together, some rows at a time, so that it is fetched once and
 * not twice. Rows are read for dX, and right after it updated where they now are.
 *
 * <p>The input is transposed first, in panels of few columns that lie without gaps: of these dW is
 * made with no operand transposed.
 */
final class OnePassGradients {
  /** Elements of a lane's part of the weight that no cache of a core holds. */
  private static final int LARGE = 1 << 19;

  /** Examples that pay for as many calls. */
  private static final int LEAST_BATCH = 16;

  /** Examples of which dZ and dX take more of a cache than the weight's rows do. */
  private static final int MOST_BATCH = 512;

  /** Rows of the weight that are read and then updated. */
  private static final int ROWS = 96;

  /** Columns of a panel: those of the pieces that OpenBLAS multiplies where they lie. */
  private static final int PANEL = 64;

  /** Elements of the part of dX that is added to between: what stays in a core's cache. */
  private static final int STRIP = 1 << 18;

  private OnePassGradients() {}

  /**
   * Whether this layer's gradients are made so.
   *
   * @param dxCut how dX is cut
   */
  static boolean pays(Lowering l, Linear op, Tiling dxCut) {
    return l.fusesUpdate(op.weight())
        && !l.isRowMajor(op.x())
        && dxCut.axis() == Axis.ROWS
        && l.batch() >= LEAST_BATCH
        && l.batch() <= MOST_BATCH
        && (long) op.out() * (op.in() / dxCut.tiles()) > LARGE
        // Asked last: only a plan that would gain waits for the library.
        && l.blas.isBestInPieces();
  }

  /** dX (in, batch) = W^T dZ, and W = keep W + alpha dZ X^T with (out, in). */
  static void emit(Lowering l, Linear op, Gradient dz, Tiling dxCut) {
    Buffer x = l.activation(op.x());
    Buffer dx = l.gradient(op.x());
    Buffer weight = l.parameter(op.weight());
    Tiling wCut = dxCut.transposed();
    int widest = 0; // whole panels
    for (int i = 0; i < dxCut.tiles(); i++) {
      int panels = (dxCut.to(i) - dxCut.from(i) + PANEL - 1) / PANEL;
      widest = Math.max(widest, panels * PANEL);
    }
    Tiling panelCut = Tiling.equal(Axis.ROWS, dxCut.tiles(), widest);
    Buffer transposed =
        Buffer.workspace(op.x().path() + " in panels", dxCut.tiles() * widest, l.batch(), false);
    l.emit(
        new Step(
            op.path() + " input in panels",
            Category.ELEMENT_WISE,
            List.of(Access.read(x, dxCut), Access.write(transposed, panelCut)),
            dxCut.tiles(),
            (memory, i) -> {
              Matrix xs = memory.tile(x, dxCut, i);
              Matrix[] panels = panels(memory.tile(transposed, panelCut, i), xs.rows());
              return state -> transpose(l.kernels, xs, panels, state.batch);
            }));
    UpdateRule sgd = Objects.requireNonNull(l.options.updateRule());
    boolean decays = sgd.decays(op.weight());
    float beta = l.accumulates(op.x()) ? 1 : 0;
    l.emit(
        new Step(
            op.path() + " gradients and update",
            Category.PRODUCT,
            List.of(
                dz.readAll(),
                Access.read(transposed, panelCut),
                Access.readAll(l.losses()),
                Access.write(weight, wCut),
                Access.write(dx, dxCut)),
            dxCut.tiles(),
            (memory, i) -> {
              Matrix losses = memory.matrix(l.losses());
              Matrix w = memory.tile(weight, wCut, i);
              Matrix[] panels = panels(memory.tile(transposed, panelCut, i), w.cols());
              Matrix dxs = memory.tile(dx, dxCut, i);
              Block[] blocks = blocks(w, dz.all(memory, i), panels, dxs);
              return state -> {
                boolean updates = !UpdateSteps.isRefused(losses, state);
                for (Block b : blocks) {
                  b.inputGradient(l.blas, state.batch, beta);
                  if (updates) {
                    float alpha = sgd.productAlpha(state);
                    b.update(l.blas, state.batch, alpha, sgd.productBeta(decays, state));
                  }
                }
              };
            }));
  }

  /** What lies in a tile's memory (columns, batch): panel after panel, each (batch, 64). */
  private static Matrix[] panels(Matrix memory, int columns) {
    Matrix[] panels = new Matrix[(columns + PANEL - 1) / PANEL];
    for (int p = 0; p < panels.length; p++) {
      int col = p * PANEL;
      long at = memory.offset() + (long) col * memory.cols() * Float.BYTES;
      int width = Math.min(PANEL, columns - col);
      panels[p] = Matrix.of(memory.segment(), at, memory.cols(), width, PANEL);
    }
    return panels;
  }

  /** The columns of panel p are rows [64 p, 64 p + 64) of x. */
  private static void transpose(Kernels kernels, Matrix x, Matrix[] panels, int batch) {
    for (int p = 0; p < panels.length; p++) {
      Matrix y = panels[p];
      long from = x.offset() + (long) p * PANEL * x.ld() * Float.BYTES;
      kernels.transpose(
          x.segment(), from, x.ld(), y.segment(), y.offset(), y.ld(), y.cols(), batch);
    }
  }

  /** Rows by rows, of each its strips of columns. */
  private static Block[] blocks(Matrix w, Matrix dz, Matrix[] panels, Matrix dx) {
    int batch = dx.cols();
    int strip = Math.max(1, STRIP / batch / PANEL) * PANEL;
    List<Block> blocks = new ArrayList<>();
    for (int row = 0; row < w.rows(); row += ROWS) {
      int end = Math.min(row + ROWS, w.rows());
      Matrix dzs = dz.block(row, end, 0, batch);
      for (int col = 0; col < w.cols(); col += strip) {
        int to = Math.min(col + strip, w.cols());
        List<Part> parts = new ArrayList<>();
        for (int c = col; c < to; c += PANEL) {
          Matrix part = w.block(row, end, c, Math.min(c + PANEL, to));
          parts.add(new Part(part, panels[c / PANEL]));
        }
        Matrix ws = w.block(row, end, col, to);
        Matrix dxs = dx.block(col, to, 0, batch);
        blocks.add(new Block(row == 0, ws, dzs, dxs, List.copyOf(parts)));
      }
    }
    return blocks.toArray(Block[]::new);
  }

  /**
   * What a panel has to do with rows of the weight.
   *
   * @param w (rows, 64)
   * @param x (batch, 64)
   */
  private record Part(Matrix w, Matrix x) {}

  /**
   * Rows of the weight within a strip of its columns.
   *
   * @param first whether nobody has added to this dX yet
   * @param w (rows, strip)
   * @param dz (rows, batch)
   * @param dx (strip, batch)
   * @param parts panel by panel
   */
  private record Block(boolean first, Matrix w, Matrix dz, Matrix dx, List<Part> parts) {
    void inputGradient(Blas blas, int batch, float beta) {
      blas.sgemm(true, false, w.cols(), batch, w.rows(), 1, w, dz, first ? beta : 1, dx);
    }

    void update(Blas blas, int batch, float alpha, float keep) {
      // By index: an iterator would be an object for every block of every step.
      for (int i = 0; i < parts.size(); i++) {
        Matrix part = parts.get(i).w();
        Matrix x = parts.get(i).x();
        blas.sgemm(false, false, part.rows(), part.cols(), batch, alpha, dz, x, keep, part);
      }
    }
  }
}

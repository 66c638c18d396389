package org.panagrad.plan.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Linear;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tile;
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
  private static final int ROWS = 48;

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
        && (long) op.out() * (op.in() / dxCut.tiles()) > LARGE;
  }

  /** dX (in, batch) = W^T dZ, and W = keep W + alpha dZ X^T with (out, in). */
  static void emit(Lowering l, Linear op, Gradient dz, Tiling dxCut) {
    Buffer x = l.activation(op.x());
    Buffer dx = l.gradient(op.x());
    Buffer weight = l.parameter(op.weight());
    Tiling wCut = dxCut.transposed();
    int panels = 0;
    for (int i = 0; i < dxCut.tiles(); i++) {
      panels = Math.max(panels, panels(dxCut.to(i) - dxCut.from(i)));
    }
    int rows = panels * l.batch();
    Tiling panelCut = Tiling.of(Axis.ROWS, dxCut.tiles() * rows, dxCut.tiles(), rows);
    Buffer transposed =
        Buffer.workspace(op.x().path() + " in panels", dxCut.tiles() * rows, PANEL, false);
    l.emit(
        new Step(
            op.path() + " input in panels",
            Category.ELEMENT_WISE,
            List.of(Access.read(x, dxCut), Access.write(transposed, panelCut)),
            dxCut.tiles(),
            (memory, i) -> {
              Matrix xs = memory.tile(x, dxCut, i);
              Matrix to = memory.tile(transposed, panelCut, i);
              return state -> transpose(l.kernels, xs, to, state.batch);
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
              Block[] blocks =
                  blocks(
                      memory.tile(weight, wCut, i),
                      dz.all(memory, i),
                      memory.tile(transposed, panelCut, i),
                      memory.tile(dx, dxCut, i),
                      l.batch());
              return tile(l, blocks, losses, sgd, decays, beta);
            }));
  }

  private static Tile tile(
      Lowering l, Block[] blocks, Matrix losses, UpdateRule sgd, boolean decays, float beta) {
    return state -> {
      boolean updates = !UpdateSteps.isRefused(losses, state);
      for (Block b : blocks) {
        b.inputGradient(l, state, beta);
        if (updates) {
          b.update(l, state, sgd.productAlpha(state), sgd.productBeta(decays, state));
        }
      }
    };
  }

  private static int panels(int columns) {
    return (columns + PANEL - 1) / PANEL;
  }

  /** Panel p of y is (batch, 64), the columns of y being rows [64 p, 64 p + 64) of x. */
  private static void transpose(Kernels kernels, Matrix x, Matrix y, int batch) {
    for (int row = 0, at = 0; row < x.rows(); row += PANEL, at += x.cols()) {
      kernels.transpose(
          x.segment(),
          x.offset() + (long) row * x.ld() * Float.BYTES,
          x.ld(),
          y.segment(),
          y.offset() + (long) at * PANEL * Float.BYTES,
          PANEL,
          Math.min(PANEL, x.rows() - row),
          batch);
    }
  }

  /** Rows by rows, of each its strips of columns. */
  private static Block[] blocks(Matrix w, Matrix dz, Matrix panels, Matrix dx, int batch) {
    int strip = Math.max(1, STRIP / batch / PANEL) * PANEL;
    int across = (w.cols() + strip - 1) / strip;
    int down = (w.rows() + ROWS - 1) / ROWS;
    Block[] blocks = new Block[down * across];
    for (int i = 0; i < blocks.length; i++) {
      int row = i / across * ROWS;
      int col = i % across * strip;
      blocks[i] =
          Block.of(
              w,
              dz,
              panels,
              dx,
              batch,
              row,
              Math.min(row + ROWS, w.rows()),
              col,
              Math.min(col + strip, w.cols()));
    }
    return blocks;
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
    static Block of(
        Matrix w,
        Matrix dz,
        Matrix panels,
        Matrix dx,
        int batch,
        int fromRow,
        int toRow,
        int fromCol,
        int toCol) {
      List<Part> parts = new ArrayList<>();
      for (int col = fromCol; col < toCol; col += PANEL) {
        int width = Math.min(PANEL, toCol - col);
        int at = col / PANEL * batch;
        parts.add(
            new Part(
                w.block(fromRow, toRow, col, col + width), panels.block(at, at + batch, 0, width)));
      }
      return new Block(
          fromRow == 0,
          w.block(fromRow, toRow, fromCol, toCol),
          dz.block(fromRow, toRow, 0, batch),
          dx.block(fromCol, toCol, 0, batch),
          List.copyOf(parts));
    }

    void inputGradient(Lowering l, RunState state, float beta) {
      l.blas.sgemm(true, false, w.cols(), state.batch, w.rows(), 1, w, dz, first ? beta : 1, dx);
    }

    void update(Lowering l, RunState state, float alpha, float keep) {
      // By index: an iterator would be an object for every block of every step.
      for (int i = 0; i < parts.size(); i++) {
        Matrix part = parts.get(i).w();
        Matrix x = parts.get(i).x();
        l.blas.sgemm(false, false, part.rows(), part.cols(), state.batch, alpha, dz, x, keep, part);
      }
    }
  }
}

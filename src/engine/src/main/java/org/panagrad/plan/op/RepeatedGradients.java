package org.panagrad.plan.op;

import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Activate;
import org.panagrad.graph.Linear;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tiling;
import org.panagrad.plan.Tiling.Axis;

/**
 * Where every lane computes all of an input gradient for itself, since it needs all of it next and
 * computing it costs less than meeting: behind a layer of few outputs, as a regression has, in a
 * small network. What one lane writes and another reads costs some 6 ns a cache line besides, as
 * each has to be taken from the other's cache.
 *
 * <p>The weight is read from a copy of the lane's own, made earlier in the step: so it can be
 * updated with no meeting either.
 */
final class RepeatedGradients {
  /** Outputs of such a layer: the terms of each sum. */
  private static final int MOST_OUTPUTS = 2;

  /** Elements of its input gradient. */
  private static final int MOST_ELEMENTS = 1 << 14;

  /** Lanes: each does the work of all. */
  private static final int MOST_LANES = 4;

  private RepeatedGradients() {}

  /** Whether the lanes repeat this layer's input gradient and that of the activation before it. */
  static boolean pays(Lowering l, Linear op) {
    int lanes = l.options.partitions();
    return l.options.backward()
        && lanes > 1
        && lanes <= MOST_LANES
        && op.out() <= MOST_OUTPUTS
        && (long) op.in() * l.batch() <= MOST_ELEMENTS
        && l.cut(op.in(), l.batch()).tiles() == lanes
        && isReadWhole(l, op);
  }

  /** Whether another layer's input gradient comes next, of which every tile reads all. */
  private static boolean isReadWhole(Lowering l, Linear op) {
    return op.equals(l.soleConsumer(op.x()))
        && l.graph.producer(op.x()) instanceof Activate a
        && a.equals(l.soleConsumer(a.x()))
        && l.graph.producer(a.x()) instanceof Linear before
        && l.wantsGradient(before.x())
        && l.cut(before.in(), l.batch()).axis() == Axis.ROWS;
  }

  /** So many copies of something with so many rows. */
  static Tiling copies(Lowering l, int rows) {
    return Tiling.equal(Axis.ROWS, l.options.partitions(), rows);
  }

  /**
   * Copies a weight for every lane.
   *
   * @return (lanes x out, in)
   */
  static Buffer copyWeight(Lowering l, Linear op) {
    Buffer weight = l.parameter(op.weight());
    Tiling copies = copies(l, op.out());
    Buffer copied =
        Buffer.workspace(op.path() + " weight copies", copies.tiles() * op.out(), op.in(), false);
    l.emit(
        new Step(
            op.path() + " copy weight",
            Category.ELEMENT_WISE,
            List.of(Access.readAll(weight), Access.write(copied, copies)),
            copies.tiles(),
            (memory, i) -> {
              Matrix from = memory.matrix(weight);
              Matrix to = memory.tile(copied, copies, i);
              return state ->
                  l.kernels.copy(
                      from.segment(),
                      from.offset(),
                      from.ld(),
                      to.segment(),
                      to.offset(),
                      to.ld(),
                      to.rows(),
                      to.cols(),
                      false);
            }));
    return copied;
  }

  /** dX (in, batch) = W^T dZ, all of it in every lane. */
  static Step inputGradient(Lowering l, Linear op, Buffer weights, Gradient dz, Gradient dx) {
    Tiling copies = copies(l, op.out());
    Tiling whole = copies(l, op.in());
    return new Step(
        op.path() + " input gradient",
        Category.PRODUCT,
        List.of(Access.read(weights, copies), dz.readAll(), Access.write(dx.buffer(), whole)),
        copies.tiles(),
        (memory, i) -> {
          Matrix w = memory.tile(weights, copies, i);
          Matrix dzs = dz.all(memory, i);
          Matrix dxs = dx.all(memory, i);
          int m = w.cols();
          int k = w.rows();
          return state -> l.blas.sgemm(true, false, m, state.batch, k, 1, w, dzs, 0, dxs);
        });
  }
}

package org.panagrad.plan.op;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Memory;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tile;
import org.panagrad.plan.Tiling;
import org.panagrad.plan.Tiling.Axis;
import org.panagrad.plan.UpdateRule;

/**
 * Clipping by the norm of all gradients together, as PyTorch's clip_grad_norm_: where the norm is
 * above the most allowed, all are multiplied by most / (norm + 1e-6). Where elements have a bound
 * of their own, they are brought into it first, and the norm is that of what is left.
 *
 * <p>Each tile of a gradient is squared and summed when it has just been computed, into a slot of
 * its own. One meeting later every lane adds all slots up, in their one order, which is cheaper
 * than another meeting, and updates what it updates anyway. So the norm depends on the cut of the
 * plan, never on who ran it.
 *
 * <p>Where the norm, the loss or an element is not a finite number nothing is updated, and the norm
 * is given as none: whoever runs the program is to look. So an infinite element is left as it is,
 * not brought into its bound, and can be found.
 */
final class ClipSteps {
  /** PyTorch's. */
  private static final double EPSILON = 1e-6;

  /** Bytes from the norm to the factor, in a row of what holds them. */
  private static final int FACTOR = 8;

  private ClipSteps() {}

  /**
   * A parameter whose gradient is complete and measured.
   *
   * @param slots (tiles, {@link LossSteps#SLOT}): the sum of squares of each tile, as a double
   */
  record Measured(Value parameter, Tiling cut, Buffer slots) {}

  static Measured squares(Lowering l, Value parameter, Tiling cut) {
    Buffer g = l.updateGradient(parameter);
    float bound = l.options.clipValue();
    Buffer slots =
        Buffer.workspace("squares " + parameter.path(), cut.tiles(), LossSteps.SLOT, false);
    l.emit(
        new Step(
            parameter.path() + " squares",
            Category.UPDATE,
            List.of(
                bound > 0 ? Access.write(g, cut) : Access.read(g, cut), Access.write(slots, cut)),
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix gs = memory.tile(g, cut, i);
              MemorySegment gradient = gs.segment();
              Matrix slot = memory.matrix(slots).block(i, i + 1, 0, LossSteps.SLOT);
              // By rows where they do not follow each other, so that the order is the tile's.
              boolean whole = gs.cols() == gs.ld();
              int rows = whole ? 1 : gs.rows();
              long count = whole ? (long) gs.rows() * gs.cols() : gs.cols();
              return UpdateSteps.unlessGathering(
                  l,
                  state -> {
                    double sum = 0;
                    for (int r = 0; r < rows; r++) {
                      long at = gs.offset() + (long) r * gs.ld() * Float.BYTES;
                      if (bound > 0 && kernels.allFinite(gradient, at, count)) {
                        kernels.clamp(gradient, at, count, bound);
                      }
                      sum += kernels.sumOfSquares(gradient, at, count);
                    }
                    slot.segment().set(ValueLayout.JAVA_DOUBLE, slot.offset(), sum);
                  });
            }));
    return new Measured(parameter, cut, slots);
  }

  /**
   * The norm, and the updates.
   *
   * @return (lanes, {@link LossSteps#SLOT}): the norm as a double, the factor as a float
   */
  static Buffer update(Lowering l, List<Measured> measured) {
    int lanes = measured.stream().mapToInt(m -> m.cut().tiles()).max().orElse(1);
    Tiling byLane = Tiling.of(Axis.ROWS, lanes, lanes, 1);
    Buffer norm = Buffer.workspace("gradient norm", lanes, LossSteps.SLOT, true);
    l.emit(norm(l, measured, norm, byLane));
    UpdateRule rule = l.options.updateRule();
    for (Measured m : measured) {
      l.emit(update(l, rule, m, norm, byLane));
    }
    return norm;
  }

  private static Step norm(Lowering l, List<Measured> measured, Buffer norm, Tiling byLane) {
    Buffer loss = l.losses();
    double most = l.options.clipNorm();
    List<Access> accesses = new ArrayList<>();
    measured.forEach(m -> accesses.add(Access.readAll(m.slots())));
    accesses.add(Access.readAll(loss));
    accesses.add(Access.write(norm, byLane));
    return new Step(
        "gradient norm",
        Category.UPDATE,
        accesses,
        byLane.tiles(),
        (memory, i) -> {
          Matrix[] slots =
              measured.stream().map(m -> memory.matrix(m.slots())).toArray(Matrix[]::new);
          Matrix losses = memory.matrix(loss);
          Matrix row = memory.tile(norm, byLane, i);
          MemorySegment out = row.segment();
          return UpdateSteps.unlessGathering(
              l,
              state -> {
                double sum = 0;
                for (Matrix slot : slots) {
                  sum += CompiledGraph.sum(slot, 0);
                }
                double length = UpdateSteps.isRefused(losses, state) ? Double.NaN : Math.sqrt(sum);
                out.set(ValueLayout.JAVA_DOUBLE, row.offset(), length);
                out.set(
                    ValueLayout.JAVA_FLOAT,
                    row.offset() + FACTOR,
                    (float) Math.min(1, most / (length + EPSILON)));
              });
        });
  }

  private static Step update(
      Lowering l, @Nullable UpdateRule rule, Measured m, Buffer norm, Tiling byLane) {
    Tiling cut = m.cut();
    Buffer w = l.parameter(m.parameter());
    Buffer g = l.updateGradient(m.parameter());
    List<Access> accesses = new ArrayList<>();
    accesses.add(Access.read(norm, byLane));
    accesses.add(Access.write(g, cut));
    if (rule != null) {
      accesses.add(Access.write(w, cut));
    }
    return new Step(
        m.parameter().path() + (rule == null ? " clip" : " clip and update"),
        Category.UPDATE,
        accesses,
        cut.tiles(),
        (memory, i) ->
            UpdateSteps.unlessGathering(
                l, clipAndUpdate(l, rule, m, memory, i, memory.tile(norm, byLane, i))));
  }

  private static Tile clipAndUpdate(
      Lowering l, @Nullable UpdateRule rule, Measured m, Memory memory, int i, Matrix row) {
    Kernels kernels = l.kernels;
    Matrix gs = memory.tile(l.updateGradient(m.parameter()), m.cut(), i);
    MemorySegment gradient = gs.segment();
    boolean decays = rule != null && rule.decays(m.parameter());
    Tile tile =
        UpdateSteps.over(
            memory.tile(l.parameter(m.parameter()), m.cut(), i),
            gs,
            (at, gradientAt, count, state) -> {
              float factor = row.segment().get(ValueLayout.JAVA_FLOAT, row.offset() + FACTOR);
              if (factor != 1) {
                kernels.scaleShift(gradient, gradientAt, count, factor, -0f);
              }
              if (rule != null) {
                rule.update(kernels, memory, at, gradient, gradientAt, count, decays, state);
              }
            });
    return state -> {
      double length = row.segment().get(ValueLayout.JAVA_DOUBLE, row.offset());
      if (Double.isFinite(length)) {
        tile.run(state);
      }
    };
  }
}

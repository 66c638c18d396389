package org.panagrad.plan.op;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tile;
import org.panagrad.plan.Tiling;
import org.panagrad.plan.UpdateRule;

/**
 * A parameter updated by its gradient, on the tile of the gradient just computed; left as it is
 * where the loss is not a finite number.
 */
final class UpdateSteps {
  private UpdateSteps() {}

  /** What is done with consecutive floats of a parameter and its gradient. */
  @FunctionalInterface
  interface Stretch {
    /** Offsets are in bytes, the count is in floats. */
    void run(long parameter, long gradient, long count, RunState state);
  }

  /** Does it with a whole tile, in one go where its rows follow each other. */
  static Tile over(Matrix ws, Matrix gs, Stretch stretch) {
    if (ws.cols() == ws.ld()) {
      long count = (long) ws.rows() * ws.cols();
      return state -> stretch.run(ws.offset(), gs.offset(), count, state);
    }
    return state -> {
      for (int r = 0; r < ws.rows(); r++) {
        stretch.run(
            ws.offset() + (long) r * ws.ld() * Float.BYTES,
            gs.offset() + (long) r * gs.ld() * Float.BYTES,
            ws.cols(),
            state);
      }
    };
  }

  /** The gradient of this mini-batch to those of the earlier ones of the update. */
  static Step gather(Lowering l, Value parameter, Tiling cut) {
    Buffer part = l.parameterGradient(parameter);
    Buffer sum = l.updateGradient(parameter);
    return new Step(
        parameter.path() + " gather",
        Category.ELEMENT_WISE,
        List.of(Access.read(part, cut), Access.write(sum, cut)),
        cut.tiles(),
        (memory, i) -> {
          Kernels kernels = l.kernels;
          Matrix parts = memory.tile(part, cut, i);
          Matrix sums = memory.tile(sum, cut, i);
          return state ->
              kernels.copy(
                  parts.segment(),
                  parts.offset(),
                  parts.ld(),
                  sums.segment(),
                  sums.offset(),
                  sums.ld(),
                  sums.rows(),
                  sums.cols(),
                  state.part > 0);
        });
  }

  static Step update(Lowering l, UpdateRule rule, Value parameter, Tiling cut) {
    Buffer w = l.parameter(parameter);
    Buffer g = l.updateGradient(parameter);
    return new Step(
        parameter.path() + " update",
        Category.UPDATE,
        List.of(Access.readAll(l.losses()), Access.write(g, cut), Access.write(w, cut)),
        cut.tiles(),
        (memory, i) -> {
          Kernels kernels = l.kernels;
          Matrix losses = memory.matrix(l.losses());
          Matrix gs = memory.tile(g, cut, i);
          MemorySegment gradient = gs.segment();
          boolean decays = rule.decays(parameter);
          float most = l.options.clipValue();
          Stretch plain =
              (at, gradientAt, count, state) ->
                  rule.update(kernels, memory, at, gradient, gradientAt, count, decays, state);
          Stretch stretch =
              most == 0
                  ? plain
                  : (at, gradientAt, count, state) -> {
                    // What is not finite is left as it is: no bound is to hide it.
                    if (kernels.allFinite(gradient, gradientAt, count)) {
                      kernels.clamp(gradient, gradientAt, count, most);
                    }
                    plain.run(at, gradientAt, count, state);
                  };
          return unlessGathering(
              l, unlessRefused(losses, over(memory.tile(w, cut, i), gs, stretch)));
        });
  }

  /**
   * Runs it only where the loss is a finite number: a gradient of any other is of no use, and
   * weights as they were tell whether they made the loss what it is.
   */
  static Tile unlessRefused(Matrix losses, Tile tile) {
    return state -> {
      if (!isRefused(losses, state)) {
        tile.run(state);
      }
    };
  }

  /** Whether the loss of this mini-batch, or of an earlier one of the update, is not finite. */
  static boolean isRefused(Matrix losses, RunState state) {
    return state.refused || !Double.isFinite(CompiledGraph.lossSum(losses));
  }

  /** Runs it only with the last mini-batch of an update. */
  static Tile unlessGathering(Lowering l, Tile tile) {
    return l.options.gathers()
        ? state -> {
          if (!state.gathering) {
            tile.run(state);
          }
        }
        : tile;
  }
}

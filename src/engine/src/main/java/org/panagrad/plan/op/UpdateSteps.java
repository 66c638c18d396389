package org.panagrad.plan.op;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tiling;
import org.panagrad.plan.UpdateRule;

/** A parameter updated by its gradient, on the tile of the gradient just computed. */
final class UpdateSteps {
  private UpdateSteps() {}

  static Step update(Lowering l, UpdateRule rule, Value parameter, Tiling cut) {
    Buffer w = l.parameter(parameter);
    Buffer g = l.parameterGradient(parameter);
    return new Step(
        parameter.path() + " update",
        Category.UPDATE,
        List.of(Access.read(g, cut), Access.write(w, cut)),
        cut.tiles(),
        (memory, i) -> {
          Kernels kernels = l.kernels;
          Matrix ws = memory.tile(w, cut, i);
          Matrix gs = memory.tile(g, cut, i);
          MemorySegment gradient = gs.segment();
          if (ws.cols() == ws.ld()) {
            long count = (long) ws.rows() * ws.cols();
            return state ->
                rule.update(kernels, memory, ws.offset(), gradient, gs.offset(), count, state);
          }
          return state -> {
            for (int r = 0; r < ws.rows(); r++) {
              rule.update(
                  kernels,
                  memory,
                  ws.offset() + (long) r * ws.ld() * Float.BYTES,
                  gradient,
                  gs.offset() + (long) r * gs.ld() * Float.BYTES,
                  ws.cols(),
                  state);
            }
          };
        });
  }
}

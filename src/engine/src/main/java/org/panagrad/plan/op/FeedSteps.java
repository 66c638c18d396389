package org.panagrad.plan.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.plan.Access;
import org.panagrad.plan.BatchSource;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tiling;

/** Copies the mini-batch in, each lane its rows; features that are read in place stay there. */
final class FeedSteps {
  private FeedSteps() {}

  /**
   * @param labels int32 (1, batch), or null
   * @param targets (outputs, batch), or null
   * @param weights (1, batch), or null
   */
  static void forward(
      Lowering l,
      Buffer input,
      @Nullable Buffer labels,
      @Nullable Buffer targets,
      @Nullable Buffer weights) {
    Tiling cut = l.batchColumns();
    List<Access> accesses = new ArrayList<>();
    boolean copied = !l.readsInPlace(input);
    accesses.add(Access.write(input, cut.transposed()));
    if (labels != null) {
      accesses.add(Access.write(labels, cut));
    }
    if (targets != null) {
      accesses.add(Access.write(targets, cut));
    }
    if (weights != null) {
      accesses.add(Access.write(weights, cut));
    }
    if (!copied && labels == null && targets == null) {
      return;
    }
    l.emit(
        new Step(
            "mini-batch",
            Category.DATA,
            accesses,
            cut.tiles(),
            (memory, i) -> {
              Matrix x = copied ? memory.tile(input, cut.transposed(), i) : null;
              Matrix ls = labels == null ? null : memory.tile(labels, cut, i);
              Matrix ts = targets == null ? null : memory.tile(targets, cut, i);
              Matrix ws = weights == null ? null : memory.tile(weights, cut, i);
              int from = cut.from(i);
              Columns cols = Columns.of(l, cut, i);
              return state -> {
                BatchSource source = Objects.requireNonNull(state.source, "no source of data");
                int to = from + cols.clip(state);
                if (x != null) {
                  source.features(from, to, x.segment(), x.offset());
                }
                if (ls != null) {
                  source.labels(from, to, ls.segment(), ls.offset());
                }
                if (ts != null) {
                  source.targets(from, to, ts.segment(), ts.offset(), ts.ld());
                }
                if (ws != null) {
                  source.weights(from, to, ws.segment(), ws.offset());
                }
              };
            }));
  }
}

package org.panagrad.plan.op;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.BatchNorm;
import org.panagrad.graph.LayerNorm;
import org.panagrad.graph.Linear;
import org.panagrad.graph.Operation;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Memory;
import org.panagrad.plan.Tile;
import org.panagrad.plan.Tiling;
import org.panagrad.plan.Tiling.Axis;

/**
 * Whether the parameters of an operation are finite numbers, looked at in every run that is to
 * update them, on the tile that has just used them. So one that the update before has made infinite
 * is found although no loss may tell, as behind a unit that is switched off, or in a logit of minus
 * infinity. Where one is, the loss is NaN.
 *
 * <p>No weight is read for it. One that is infinite or not a number leaves no finite number in its
 * row of the product, whatever it is multiplied by and added to; so a look at one column, with the
 * bias added, is a look at all of them. Only where that is not finite, as the mini-batch may be the
 * reason, they are looked at themselves.
 */
final class FiniteParameters {
  private final Lowering l;
  private final Tiling cut;
  private final @Nullable Buffer weight; // (out, in)
  private final @Nullable Buffer product; // (out, batch)
  private final List<Buffer> vectors;
  private final Buffer slots; // (tiles, SLOT): 0 as a double, or NaN where one is not finite

  private FiniteParameters(
      Lowering l,
      Operation op,
      Tiling cut,
      @Nullable Value weight,
      @Nullable Buffer product,
      List<Value> vectors) {
    this.l = l;
    this.cut = cut;
    this.weight = weight == null ? null : l.parameter(weight);
    this.product = product;
    List<Buffer> buffers = new ArrayList<>();
    for (Value vector : vectors) {
      buffers.add(l.parameter(vector));
    }
    this.vectors = List.copyOf(buffers);
    this.slots = Buffer.workspace("finite " + op.path(), cut.tiles(), LossSteps.SLOT, false);
    if (isWanted()) {
      l.looksAt(this);
    }
  }

  /**
   * Those of a product.
   *
   * @param product (out, batch), before the bias is added
   */
  static FiniteParameters of(Lowering l, Linear op, Buffer product, Tiling cut) {
    List<Value> vectors = op.bias() == null ? List.of() : List.of(op.bias());
    return new FiniteParameters(l, op, cut, op.weight(), product, vectors);
  }

  /** Those of a batch normalisation. */
  static FiniteParameters of(Lowering l, BatchNorm op, Tiling cut) {
    return new FiniteParameters(l, op, cut, null, null, List.of(op.weight(), op.bias()));
  }

  /** Those of a layer normalisation. */
  static FiniteParameters of(Lowering l, LayerNorm op, Tiling cut) {
    return new FiniteParameters(l, op, cut, null, null, List.of(op.weight(), op.bias()));
  }

  private boolean isWanted() {
    return l.options.updateRule() != null;
  }

  /** The accesses of a step that has this cut, and those of the look. */
  List<Access> and(List<Access> accesses) {
    List<Access> all = new ArrayList<>(accesses);
    if (isWanted()) {
      for (Buffer vector : vectors) {
        all.add(isByFeatures() ? Access.read(vector, cut) : Access.readAll(vector));
      }
      all.add(Access.write(slots, cut));
    }
    return all;
  }

  /** Tile i of the step that uses the parameters, and the look. */
  Tile after(Tile tile, Memory memory, int i) {
    if (!isWanted()) {
      return tile;
    }
    Matrix slot = slot(memory, i);
    MemorySegment found = slot.segment();
    long at = slot.offset();
    Kernels kernels = l.kernels;
    Matrix[] vs = new Matrix[vectors.size()];
    for (int v = 0; v < vs.length; v++) {
      vs[v] = ofFeatures(memory, vectors.get(v), i);
    }
    if (weight == null || product == null) {
      return state -> {
        tile.run(state);
        found.set(ValueLayout.JAVA_DOUBLE, at, isFinite(kernels, vs) ? 0 : Double.NaN);
      };
    }
    Matrix w = ofFeatures(memory, weight, i);
    Matrix z = memory.tile(product, cut, i);
    Matrix bias = vs.length == 0 ? null : vs[0];
    Columns cols = Columns.of(l, cut, i);
    return state -> {
      tile.run(state);
      boolean finite =
          cols.clip(state) == 0
              || isFirstColumnFinite(z, bias)
              || (isFinite(kernels, w) && isFinite(kernels, vs));
      found.set(ValueLayout.JAVA_DOUBLE, at, finite ? 0 : Double.NaN);
    };
  }

  /** How a step of this cut reads what was found: its own tile where that will do. */
  Access foundBy(Tiling reader) {
    return cut.equals(reader) ? Access.read(slots, cut) : Access.readAll(slots);
  }

  /** What tile i of such a step reads, for {@link CompiledGraph#sum}. */
  Matrix found(Memory memory, Tiling reader, int i) {
    return cut.equals(reader) ? slot(memory, i) : memory.matrix(slots);
  }

  private Matrix slot(Memory memory, int i) {
    return memory.matrix(slots).block(i, i + 1, 0, LossSteps.SLOT);
  }

  private boolean isByFeatures() {
    return cut.axis() == Axis.ROWS;
  }

  private Matrix ofFeatures(Memory memory, Buffer parameter, int i) {
    return isByFeatures() ? memory.tile(parameter, cut, i) : memory.matrix(parameter);
  }

  /** Rows of a parameter are whole, so they follow each other. */
  private static boolean isFinite(Kernels kernels, Matrix... parameters) {
    for (Matrix p : parameters) {
      if (!kernels.allFinite(p.segment(), p.offset(), (long) p.rows() * p.cols())) {
        return false;
      }
    }
    return true;
  }

  /** Whether z (out, batch) plus its bias (out) is, in the first column. */
  private static boolean isFirstColumnFinite(Matrix z, @Nullable Matrix bias) {
    // Segments and places in variables: a matrix that slides has them in fields that change.
    MemorySegment zs = z.segment();
    MemorySegment bs = bias == null ? zs : bias.segment();
    long zAt = z.offset();
    long bAt = bias == null ? 0 : bias.offset();
    long row = (long) z.ld() * Float.BYTES;
    int rows = z.rows();
    for (int r = 0; r < rows; r++) {
      float b = bias == null ? 0 : bs.get(ValueLayout.JAVA_FLOAT, bAt + (long) r * Float.BYTES);
      if (!Float.isFinite(zs.get(ValueLayout.JAVA_FLOAT, zAt + r * row) + b)) {
        return false;
      }
    }
    return true;
  }
}

package org.panagrad.plan.op;

import java.util.ArrayList;
import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tile;
import org.panagrad.plan.Tiling;

/**
 * A step whose result has the shape of its operands, all feature-major and in one cut: a tile of
 * the result is made of the same tile of each operand.
 */
final class ElementWise {
  private ElementWise() {}

  /** What a tile does with one operand. */
  @FunctionalInterface
  interface Unary {
    /**
     * Binds it.
     *
     * @param columns which of the tile's hold examples
     */
    Tile bind(Matrix x, Matrix result, Columns columns);
  }

  /** What a tile does with two. */
  @FunctionalInterface
  interface Binary {
    /** Binds it, as {@link Unary#bind}. */
    Tile bind(Matrix x, Matrix y, Matrix result, Columns columns);
  }

  static Step of(Lowering l, String name, Tiling cut, Buffer x, Buffer result, Unary work) {
    return step(
        l, name, cut, List.of(x), result, (tiles, to, cols) -> work.bind(tiles[0], to, cols));
  }

  static Step of(
      Lowering l, String name, Tiling cut, Buffer x, Buffer y, Buffer result, Binary work) {
    return step(
        l,
        name,
        cut,
        List.of(x, y),
        result,
        (tiles, to, cols) -> work.bind(tiles[0], tiles[1], to, cols));
  }

  /**
   * A step that every lane does all of, in place of its own copy of one operand.
   *
   * @param x which the lanes share
   * @param copies of the other operand, which becomes the result
   */
  static Step repeated(
      Lowering l, String name, Tiling copies, Buffer x, Buffer result, Binary work) {
    return new Step(
        name,
        Category.ELEMENT_WISE,
        List.of(Access.readAll(x), Access.write(result, copies)),
        copies.tiles(),
        (memory, i) -> {
          Matrix copy = memory.tile(result, copies, i);
          return work.bind(memory.matrix(x), copy, copy, new Columns(0, l.batch()));
        });
  }

  /** What a tile does with any number. */
  @FunctionalInterface
  private interface Work {
    Tile bind(Matrix[] operands, Matrix result, Columns columns);
  }

  private static Step step(
      Lowering l, String name, Tiling cut, List<Buffer> operands, Buffer result, Work work) {
    List<Access> accesses = new ArrayList<>();
    for (Buffer operand : operands) {
      accesses.add(Access.read(operand, cut));
    }
    accesses.add(Access.write(result, cut));
    return new Step(
        name,
        Category.ELEMENT_WISE,
        accesses,
        cut.tiles(),
        (memory, i) -> {
          Matrix[] tiles = new Matrix[operands.size()];
          for (int o = 0; o < tiles.length; o++) {
            tiles[o] = memory.tile(operands.get(o), cut, i);
          }
          return work.bind(tiles, memory.tile(result, cut, i), Columns.of(l, cut, i));
        });
  }
}

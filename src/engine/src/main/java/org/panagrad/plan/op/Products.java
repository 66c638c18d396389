package org.panagrad.plan.op;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Blas;
import org.panagrad.blas.Matrix;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Memory;
import org.panagrad.plan.Tiling;

/**
 * The product of one step, C = alpha op(A) op(B) + beta C, and who computes it: the BLAS library
 * or, if asked for, our own kernel where the shape of the whole product is one it is faster at.
 */
final class Products {
  /**
   * Who computes: {@code blas}; {@code own}, our own kernel where it is faster; {@code all-own},
   * our own kernel always, for tests.
   */
  private static final String PROPERTY = "panagrad.products";

  // docs/decisions/0007 has the table that the next two come from.

  /** Multiply-adds of a product for which OpenBLAS packs nothing either. */
  private static final long SMALL = 1_000_000;

  /** Elements of a result that stays in the first two levels of cache. */
  private static final long RESIDENT = 40_000;

  /** What a product is for. */
  enum Use {
    FORWARD,
    INPUT_GRADIENT,
    WEIGHT_GRADIENT
  }

  /** A product with its operands bound. */
  @FunctionalInterface
  interface Bound {
    /** Computes with (m, k) of op(A), (k, n) of op(B). */
    void run(int m, int n, int k, float alpha, float beta);
  }

  private final Blas blas;
  private final Kernels kernels;
  private final boolean transA;
  private final boolean transB;
  private final @Nullable Buffer scratch;
  private final Tiling scratchCut;

  /**
   * A product of at most (m, k) and (k, n) for a step of so many tiles.
   *
   * @param name for the scratch memory of our own kernel
   */
  Products(
      Lowering l,
      String name,
      Use use,
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      int tiles) {
    this.blas = l.blas;
    this.kernels = l.kernels;
    this.transA = transA;
    this.transB = transB;
    int scratches = l.options.alone() ? 1 : tiles;
    this.scratchCut = Tiling.of(Tiling.Axis.ROWS, scratches, scratches, 1);
    if (isOwn(kernels, use, transB, m, n, k)) {
      int floats = Math.toIntExact((kernels.productScratchBytes(m, n, k) + 63) / 64 * 16);
      scratch = Buffer.workspace(name + " packing", scratches, floats, false);
    } else {
      scratch = null;
    }
  }

  /**
   * All products are OpenBLAS's unless our own kernel is asked for. It then takes those it is ahead
   * at once it is compiled: not those with one vector, which OpenBLAS computes as fast as the
   * second level cache gives the matrix, nor small ones with B as it is, for which it has kernels
   * that pack nothing either, nor gradients of weights that stream through the caches.
   */
  private static boolean isOwn(Kernels kernels, Use use, boolean transB, long m, long n, long k) {
    return switch (System.getProperty(PROPERTY, "blas")) {
      case "blas" -> false;
      case "own" ->
          kernels.vectorBits() == 512
              && n > 1
              && (transB || m * n * k > SMALL)
              && (use != Use.WEIGHT_GRADIENT || m * n <= RESIDENT);
      case "all-own" -> true;
      default ->
          throw new IllegalStateException(
              PROPERTY
                  + "="
                  + System.getProperty(PROPERTY)
                  + ": expected blas, own or all-own, or no such property");
    };
  }

  /** The accesses given, and those to scratch memory. */
  List<Access> accesses(Access... operands) {
    List<Access> all = new ArrayList<>(List.of(operands));
    if (scratch != null) {
      all.add(Access.write(scratch, scratchCut));
    }
    return all;
  }

  /** The product of tile {@code index}. */
  Bound bind(Memory memory, int index, Matrix a, Matrix b, Matrix c) {
    if (scratch == null) {
      return (m, n, k, alpha, beta) -> blas.sgemm(transA, transB, m, n, k, alpha, a, b, beta, c);
    }
    Matrix own = memory.tile(scratch, scratchCut, Math.min(index, scratchCut.tiles() - 1));
    return (m, n, k, alpha, beta) ->
        kernels.product(
            transA,
            transB,
            m,
            n,
            k,
            alpha,
            a.segment(),
            a.offset(),
            a.ld(),
            b.segment(),
            b.offset(),
            b.ld(),
            beta,
            c.segment(),
            c.offset(),
            c.ld(),
            own.segment(),
            own.offset());
  }
}

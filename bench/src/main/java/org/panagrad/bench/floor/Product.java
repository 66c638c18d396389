package org.panagrad.bench.floor;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.NativeBlas;

/**
 * c = a b + beta c, to be cut among callers.
 *
 * @param beta 1 where the product updates what it is added to, which OpenBLAS need not clear first
 * @param partial for each caller, a c of its own, for the cut along K
 */
record Product(Operand a, Operand b, float beta, Operand c, List<Operand> partial) {
  /** The part of one of the callers; empty where there are more callers than rows to share. */
  Sgemm part(@Nullable NativeBlas engine, Cut cut, int caller, int callers) {
    int m = c.rows();
    int n = c.cols();
    int k = a.cols();
    return switch (cut) {
      case NONE -> Sgemm.of(engine, a, b, beta, c, 0, m, 0, n, 0, k);
      case ROWS -> {
        int from = edge(m, caller, callers);
        yield Sgemm.of(
            engine, a, b, beta, c, from, edge(m, caller + 1, callers) - from, 0, n, 0, k);
      }
      case COLUMNS -> {
        int from = edge(n, caller, callers);
        yield Sgemm.of(
            engine, a, b, beta, c, 0, m, from, edge(n, caller + 1, callers) - from, 0, k);
      }
      case K -> {
        int from = edge(k, caller, callers);
        int to = edge(k, caller + 1, callers);
        yield Sgemm.of(engine, a, b, beta, partial.get(caller), 0, m, 0, n, from, to - from);
      }
    };
  }

  /** Where part i of an extent begins: multiples of 16 where it is long enough for that. */
  private static int edge(int extent, int i, int parts) {
    long even = (long) extent * i / parts;
    return (int) (extent >= 32 * parts && i < parts ? even / 16 * 16 : even);
  }
}

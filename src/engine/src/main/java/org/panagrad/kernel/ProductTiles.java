package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Tiles of c = alpha a b that stay in registers: so many rows by two vectors.
 *
 * <p>Element (i, p) of a is at aAt + i * aRow + p * aCol, row p of b at bAt + p * bRow.
 *
 * <p>Each is written out: C2 puts vectors that cross a call it does not inline on the heap, an
 * array of vectors is no register, and C1 cannot compile a method much longer than the longest here
 * ("out of virtual registers": it is then interpreted for a long time). That is why there are no
 * masks, and why adding to c is a pass of its own, over a tile that is in the first level cache.
 */
final class ProductTiles {
  private static final long BYTES = (long) Lanes.LENGTH * Float.BYTES;

  private ProductTiles() {}

  static void set8(
      MemorySegment a,
      long aAt,
      long aRow,
      long aCol,
      MemorySegment b,
      long bAt,
      long bRow,
      int k,
      MemorySegment c,
      long cAt,
      long cRow,
      float alpha) {
    FloatVector c00 = FloatVector.zero(FLOATS);
    FloatVector c01 = c00;
    FloatVector c10 = c00;
    FloatVector c11 = c00;
    FloatVector c20 = c00;
    FloatVector c21 = c00;
    FloatVector c30 = c00;
    FloatVector c31 = c00;
    FloatVector c40 = c00;
    FloatVector c41 = c00;
    FloatVector c50 = c00;
    FloatVector c51 = c00;
    FloatVector c60 = c00;
    FloatVector c61 = c00;
    FloatVector c70 = c00;
    FloatVector c71 = c00;
    long a1 = aAt + aRow;
    long a2 = a1 + aRow;
    long a3 = a2 + aRow;
    long a4 = a3 + aRow;
    long a5 = a4 + aRow;
    long a6 = a5 + aRow;
    long a7 = a6 + aRow;
    for (int p = 0; p < k; p++) {
      long bP = bAt + p * bRow;
      long aP = p * aCol;
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, b, bP, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, b, bP + BYTES, ORDER);
      FloatVector x = FloatVector.broadcast(FLOATS, a.get(FLOAT, aAt + aP));
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(FLOATS, a.get(FLOAT, a1 + aP));
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(FLOATS, a.get(FLOAT, a2 + aP));
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(FLOATS, a.get(FLOAT, a3 + aP));
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(FLOATS, a.get(FLOAT, a4 + aP));
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(FLOATS, a.get(FLOAT, a5 + aP));
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(FLOATS, a.get(FLOAT, a6 + aP));
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(FLOATS, a.get(FLOAT, a7 + aP));
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
    }
    FloatVector scale = FloatVector.broadcast(FLOATS, alpha);
    long at = cAt;
    c00.mul(scale).intoMemorySegment(c, at, ORDER);
    c01.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
    at += cRow;
    c10.mul(scale).intoMemorySegment(c, at, ORDER);
    c11.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
    at += cRow;
    c20.mul(scale).intoMemorySegment(c, at, ORDER);
    c21.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
    at += cRow;
    c30.mul(scale).intoMemorySegment(c, at, ORDER);
    c31.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
    at += cRow;
    c40.mul(scale).intoMemorySegment(c, at, ORDER);
    c41.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
    at += cRow;
    c50.mul(scale).intoMemorySegment(c, at, ORDER);
    c51.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
    at += cRow;
    c60.mul(scale).intoMemorySegment(c, at, ORDER);
    c61.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
    at += cRow;
    c70.mul(scale).intoMemorySegment(c, at, ORDER);
    c71.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
  }

  static void set4(
      MemorySegment a,
      long aAt,
      long aRow,
      long aCol,
      MemorySegment b,
      long bAt,
      long bRow,
      int k,
      MemorySegment c,
      long cAt,
      long cRow,
      float alpha) {
    FloatVector c00 = FloatVector.zero(FLOATS);
    FloatVector c01 = c00;
    FloatVector c10 = c00;
    FloatVector c11 = c00;
    FloatVector c20 = c00;
    FloatVector c21 = c00;
    FloatVector c30 = c00;
    FloatVector c31 = c00;
    long a1 = aAt + aRow;
    long a2 = a1 + aRow;
    long a3 = a2 + aRow;
    for (int p = 0; p < k; p++) {
      long bP = bAt + p * bRow;
      long aP = p * aCol;
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, b, bP, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, b, bP + BYTES, ORDER);
      FloatVector x = FloatVector.broadcast(FLOATS, a.get(FLOAT, aAt + aP));
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(FLOATS, a.get(FLOAT, a1 + aP));
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(FLOATS, a.get(FLOAT, a2 + aP));
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(FLOATS, a.get(FLOAT, a3 + aP));
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
    }
    FloatVector scale = FloatVector.broadcast(FLOATS, alpha);
    long at = cAt;
    c00.mul(scale).intoMemorySegment(c, at, ORDER);
    c01.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
    at += cRow;
    c10.mul(scale).intoMemorySegment(c, at, ORDER);
    c11.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
    at += cRow;
    c20.mul(scale).intoMemorySegment(c, at, ORDER);
    c21.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
    at += cRow;
    c30.mul(scale).intoMemorySegment(c, at, ORDER);
    c31.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
  }

  static void set2(
      MemorySegment a,
      long aAt,
      long aRow,
      long aCol,
      MemorySegment b,
      long bAt,
      long bRow,
      int k,
      MemorySegment c,
      long cAt,
      long cRow,
      float alpha) {
    FloatVector c00 = FloatVector.zero(FLOATS);
    FloatVector c01 = c00;
    FloatVector c10 = c00;
    FloatVector c11 = c00;
    long a1 = aAt + aRow;
    for (int p = 0; p < k; p++) {
      long bP = bAt + p * bRow;
      long aP = p * aCol;
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, b, bP, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, b, bP + BYTES, ORDER);
      FloatVector x = FloatVector.broadcast(FLOATS, a.get(FLOAT, aAt + aP));
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(FLOATS, a.get(FLOAT, a1 + aP));
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
    }
    FloatVector scale = FloatVector.broadcast(FLOATS, alpha);
    long at = cAt;
    c00.mul(scale).intoMemorySegment(c, at, ORDER);
    c01.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
    at += cRow;
    c10.mul(scale).intoMemorySegment(c, at, ORDER);
    c11.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
  }

  static void set1(
      MemorySegment a,
      long aAt,
      long aRow,
      long aCol,
      MemorySegment b,
      long bAt,
      long bRow,
      int k,
      MemorySegment c,
      long cAt,
      long cRow,
      float alpha) {
    FloatVector c00 = FloatVector.zero(FLOATS);
    FloatVector c01 = c00;
    for (int p = 0; p < k; p++) {
      long bP = bAt + p * bRow;
      long aP = p * aCol;
      FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, b, bP, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, b, bP + BYTES, ORDER);
      FloatVector x = FloatVector.broadcast(FLOATS, a.get(FLOAT, aAt + aP));
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
    }
    FloatVector scale = FloatVector.broadcast(FLOATS, alpha);
    long at = cAt;
    c00.mul(scale).intoMemorySegment(c, at, ORDER);
    c01.mul(scale).intoMemorySegment(c, at + BYTES, ORDER);
  }

  /** c = alpha tile + beta c for so many whole rows of a tile that was set with alpha 1. */
  static void add(
      int rows,
      MemorySegment tile,
      long tileAt,
      MemorySegment c,
      long cAt,
      long cRow,
      float alpha,
      float beta) {
    FloatVector scale = FloatVector.broadcast(FLOATS, alpha);
    FloatVector decay = FloatVector.broadcast(FLOATS, beta);
    for (int r = 0; r < rows; r++) {
      long from = tileAt + r * 2L * BYTES;
      long at = cAt + r * cRow;
      FloatVector left = FloatVector.fromMemorySegment(FLOATS, c, at, ORDER).mul(decay);
      FloatVector right = FloatVector.fromMemorySegment(FLOATS, c, at + BYTES, ORDER).mul(decay);
      FloatVector.fromMemorySegment(FLOATS, tile, from, ORDER)
          .fma(scale, left)
          .intoMemorySegment(c, at, ORDER);
      FloatVector.fromMemorySegment(FLOATS, tile, from + BYTES, ORDER)
          .fma(scale, right)
          .intoMemorySegment(c, at + BYTES, ORDER);
    }
  }
}

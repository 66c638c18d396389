package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/** Checks of whole blocks before the first element is written, with a message that names them. */
final class Bounds {
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private Bounds() {}

  static void block(String name, MemorySegment segment, long offset, int ld, int rows, int cols) {
    if (rows < 0 || cols < 0 || ld < cols) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT,
              "%s: %d rows x %d columns, rows %d floats apart: expected rows and columns >= 0 and"
                  + " rows at least a row's length apart",
              name,
              rows,
              cols,
              ld));
    }
    if (rows == 0 || cols == 0) {
      return;
    }
    if (isOutside(segment, offset, (rows - 1L) * ld + cols, Float.BYTES)) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT,
              "%s: %d rows x %d columns, rows %d floats apart, from byte %d: past the %d bytes of"
                  + " its segment",
              name,
              rows,
              cols,
              ld,
              offset,
              segment.byteSize()));
    }
  }

  static void range(String name, MemorySegment segment, long offset, long count, int elementBytes) {
    if (count < 0) {
      throw new IndexOutOfBoundsException(
          String.format(Locale.ROOT, "%s: %d elements: expected a count >= 0", name, count));
    }
    if (count != 0 && isOutside(segment, offset, count, elementBytes)) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT,
              "%s: %d elements of %d bytes from byte %d: past the %d bytes of its segment",
              name,
              count,
              elementBytes,
              offset,
              segment.byteSize()));
    }
  }

  static void floats(String name, MemorySegment segment, long offset, long count) {
    range(name, segment, offset, count, Float.BYTES);
  }

  /**
   * Class indices are checked before any is used: one out of range must not leave half a result.
   */
  static void targets(MemorySegment targets, long offset, int classes, int cols) {
    range("targets", targets, offset, cols, Integer.BYTES);
    for (int c = 0; c < cols; c++) {
      int target = targets.get(INT, offset + 4L * c);
      if (Integer.compareUnsigned(target, classes) >= 0) {
        throw new IndexOutOfBoundsException(
            String.format(
                Locale.ROOT,
                "targets: class %d at column %d: expected 0 <= class < %d",
                target,
                c,
                classes));
      }
    }
  }

  private static boolean isOutside(
      MemorySegment segment, long offset, long count, int elementBytes) {
    long size = segment.byteSize();
    return offset < 0 || offset > size || count > (size - offset) / elementBytes;
  }
}

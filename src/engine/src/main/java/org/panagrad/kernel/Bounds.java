package org.panagrad.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;

/**
 * Checks of whole blocks before the first element is written, with a message that names them; and
 * the address of what is found to be sound, which is 0 where there is nothing to read or write.
 */
final class Bounds {
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

  private Bounds() {}

  /** A block that is read. */
  static long block(String name, MemorySegment segment, long offset, int ld, int rows, int cols) {
    return isEmpty(name, segment, offset, ld, rows, cols)
        ? 0
        : OffHeap.address(name, segment, offset);
  }

  /** A block that is written. */
  static long blockToWrite(
      String name, MemorySegment segment, long offset, int ld, int rows, int cols) {
    return isEmpty(name, segment, offset, ld, rows, cols)
        ? 0
        : OffHeap.addressToWrite(name, segment, offset);
  }

  /** Checks a block, and tells whether there is nothing in it. */
  private static boolean isEmpty(
      String name, MemorySegment segment, long offset, int ld, int rows, int cols) {
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
      return true;
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
    return false;
  }

  /** Bytes that are read. */
  static long bytes(String name, MemorySegment segment, long offset, long count) {
    return isEmpty(name, segment, offset, count, 1) ? 0 : OffHeap.address(name, segment, offset);
  }

  /** Floats that are read. */
  static long floats(String name, MemorySegment segment, long offset, long count) {
    return isEmpty(name, segment, offset, count, Float.BYTES)
        ? 0
        : OffHeap.address(name, segment, offset);
  }

  /** Floats that are written. */
  static long floatsToWrite(String name, MemorySegment segment, long offset, long count) {
    return isEmpty(name, segment, offset, count, Float.BYTES)
        ? 0
        : OffHeap.addressToWrite(name, segment, offset);
  }

  /** Checks a range, and tells whether there is nothing in it. */
  private static boolean isEmpty(
      String name, MemorySegment segment, long offset, long count, int elementBytes) {
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
    return count == 0;
  }

  /**
   * Class indices are checked before any is used: one out of range must not leave half a result.
   */
  static long targets(MemorySegment targets, long offset, int classes, int cols) {
    if (isEmpty("targets", targets, offset, cols, Integer.BYTES)) {
      return 0;
    }
    long address = OffHeap.address("targets", targets, offset);
    for (int c = 0; c < cols; c++) {
      int target = OffHeap.ALL.get(INT, address + 4L * c);
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
    return address;
  }

  private static boolean isOutside(
      MemorySegment segment, long offset, long count, int elementBytes) {
    long size = segment.byteSize();
    return offset < 0 || offset > size || count > (size - offset) / elementBytes;
  }
}

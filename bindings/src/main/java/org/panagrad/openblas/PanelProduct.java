package org.panagrad.openblas;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What OpenBLAS makes a product of on the core it chose: copies of the operands in panels, and the
 * kernel that multiplies them. A caller that has a faster copy, or has copied already, needs no
 * more than the kernel.
 *
 * <p>No header has these functions, so they are bound by hand. Which panels a kernel wants is known
 * for the library of one version and core: who calls this compares with {@code cblas_sgemm} first.
 *
 * <p>Nothing is checked: addresses and extents are the caller's to check.
 *
 * <p>Each handle is called by its own name: a call through one of two that are chosen between ends
 * the process in the second compiler of JDK 25.0.3 ({@code Node::rematerialize}, from {@code
 * PhaseChaitin::Split}), every time in a method that calls it in a loop.
 */
public final class PanelProduct {
  /** Cores whose kernel this is: that for AVX2, which packs whatever the shape. */
  public static final Set<String> CORES = Set.of("Haswell", "Zen");

  // Addresses are passed as longs, which are passed alike.
  private static final FunctionDescriptor KERNEL =
      FunctionDescriptor.of(
          JAVA_INT,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_FLOAT,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG);
  private static final FunctionDescriptor COPY =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private PanelProduct() {}

  /**
   * Whether the library that was loaded chose one of {@link #CORES} and lets these functions be
   * called.
   *
   * @throws CblasLoadException if none is found
   */
  public static boolean isThere() {
    CblasLibrary library = OpenBlas.load();
    return library.isOpenBlas() && CORES.contains(library.coreName()) && Functions.ARE_THERE;
  }

  /**
   * c += alpha times the product of panels; c is row-major.
   *
   * @param cols columns of c
   * @param rows rows of c
   * @param terms of each sum
   * @param colPanels address of the panels of columns
   * @param rowPanels address of the panels of rows
   * @param c address of the first element
   * @param ldc floats from one row of c to the next
   */
  public static void multiply(
      int cols, int rows, int terms, float alpha, long colPanels, long rowPanels, long c, int ldc) {
    try {
      int ignored =
          (int)
              Functions.KERNEL_HANDLE.invokeExact(
                  (long) cols,
                  (long) rows,
                  (long) terms,
                  alpha,
                  colPanels,
                  rowPanels,
                  c,
                  (long) ldc);
    } catch (Throwable failure) {
      throw new AssertionError(failure);
    }
  }

  /**
   * Copies columns into panels, eight wide as long as there are so many, then four, two and one.
   *
   * @param isTransposed whether a column lies in a row
   * @param count columns
   * @param terms elements of each
   * @param x address of the first element
   * @param ldx floats from one row to the next as they lie
   * @param panels address to copy to
   */
  public static void copyColumns(
      boolean isTransposed, int count, int terms, long x, int ldx, long panels) {
    try {
      int ignored;
      if (isTransposed) {
        ignored =
            (int)
                Functions.COLUMNS_TRANSPOSED.invokeExact(
                    (long) terms, (long) count, x, (long) ldx, panels);
      } else {
        ignored =
            (int) Functions.COLUMNS.invokeExact((long) terms, (long) count, x, (long) ldx, panels);
      }
    } catch (Throwable failure) {
      throw new AssertionError(failure);
    }
  }

  /**
   * Copies rows into panels, four wide as long as there are so many, then two and one.
   *
   * @param isTransposed whether a row lies in a column
   * @param count rows
   * @param terms elements of each
   * @param x address of the first element
   * @param ldx floats from one row to the next as they lie
   * @param panels address to copy to
   */
  public static void copyRows(
      boolean isTransposed, int count, int terms, long x, int ldx, long panels) {
    try {
      int ignored;
      if (isTransposed) {
        ignored =
            (int)
                Functions.ROWS_TRANSPOSED.invokeExact(
                    (long) terms, (long) count, x, (long) ldx, panels);
      } else {
        ignored =
            (int) Functions.ROWS.invokeExact((long) terms, (long) count, x, (long) ldx, panels);
      }
    } catch (Throwable failure) {
      throw new AssertionError(failure);
    }
  }

  /** Looked up once the library is loaded; what is missing is never called. */
  @SuppressWarnings("restricted")
  private static final class Functions {
    // The library's matrices are column-major: its columns are rows here, and so is what it calls
    // the outer operand, whose panels are four wide.
    static final MethodHandle KERNEL_HANDLE;
    static final MethodHandle COLUMNS;
    static final MethodHandle COLUMNS_TRANSPOSED;
    static final MethodHandle ROWS;
    static final MethodHandle ROWS_TRANSPOSED;
    static final boolean ARE_THERE;

    static {
      Optional<MethodHandle> kernel = find("sgemm_kernel", KERNEL);
      Optional<MethodHandle> columns = find("sgemm_itcopy", COPY);
      Optional<MethodHandle> columnsTransposed = find("sgemm_incopy", COPY);
      Optional<MethodHandle> rows = find("sgemm_oncopy", COPY);
      Optional<MethodHandle> rowsTransposed = find("sgemm_otcopy", COPY);
      ARE_THERE =
          kernel.isPresent()
              && columns.isPresent()
              && columnsTransposed.isPresent()
              && rows.isPresent()
              && rowsTransposed.isPresent();
      KERNEL_HANDLE = kernel.orElseGet(() -> missing(KERNEL));
      COLUMNS = columns.orElseGet(() -> missing(COPY));
      COLUMNS_TRANSPOSED = columnsTransposed.orElseGet(() -> missing(COPY));
      ROWS = rows.orElseGet(() -> missing(COPY));
      ROWS_TRANSPOSED = rowsTransposed.orElseGet(() -> missing(COPY));
    }

    private static Optional<MethodHandle> find(String name, FunctionDescriptor type) {
      String core = OpenBlas.load().coreName().toUpperCase(Locale.ROOT);
      Optional<MemorySegment> address = SymbolLookup.loaderLookup().find(name + "_" + core);
      return address.map(found -> Linker.nativeLinker().downcallHandle(found, type));
    }

    private static MethodHandle missing(FunctionDescriptor type) {
      return java.lang.invoke.MethodHandles.empty(type.toMethodType());
    }
  }
}

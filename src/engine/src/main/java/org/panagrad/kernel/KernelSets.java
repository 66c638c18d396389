package org.panagrad.kernel;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Chooses the kernels that serve this process, once. */
public final class KernelSets {
  /** Property that forces {@code vector} or {@code scalar} and then fails if it cannot be had. */
  public static final String PROPERTY = "panagrad.kernels";

  /**
   * Elements of a long range that are computed for trial: interpreted they take a millisecond, and
   * some hundred calls have a kernel compiled.
   */
  private static final int TRIED = 1024;

  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final System.Logger LOGGER = System.getLogger("org.panagrad.kernel");

  private static @Nullable Kernels selected;
  private static @Nullable PanelCopies panelCopies;

  // Of all kernels of this process: one is tried at a time.
  private static final Trials TRIALS = new Trials(System::nanoTime, TRIED);

  private KernelSets() {}

  /**
   * The kernels of this process: vector where the incubator module is present and registers have
   * 128 bits or more, else scalar. Both give the same bits. The vector kernels serve as soon as
   * they are compiled, and from the start where {@link #PROPERTY} forces them.
   *
   * @throws IllegalStateException when {@link #PROPERTY} forces what is not available, or is
   *     neither {@code vector} nor {@code scalar}
   */
  public static synchronized Kernels select() {
    Kernels kernels = selected;
    if (kernels == null) {
      kernels = choose(System.getProperty(PROPERTY));
      LOGGER.log(Level.DEBUG, "kernels: {0}, {1} bits", kernels.name(), kernels.vectorBits());
      selected = kernels;
    }
    return kernels;
  }

  /**
   * The copies into panels of this process, which go with its kernels: without the incubator
   * module, or with vectors of less than 256 bits, they copy nothing.
   *
   * @throws IllegalStateException as {@link #select}
   */
  public static synchronized PanelCopies panelCopies() {
    PanelCopies copies = panelCopies;
    if (copies == null) {
      copies = new PanelCopies(select().vectorBits() >= 256, isVectorForced() ? null : TRIALS);
      panelCopies = copies;
    }
    return copies;
  }

  /** Whether {@link #PROPERTY} wants what is written with vectors from the start. */
  public static boolean isVectorForced() {
    return "vector".equals(System.getProperty(PROPERTY));
  }

  private static Kernels choose(@Nullable String forced) {
    if (forced == null) {
      String obstacle = obstacle();
      if (obstacle == null) {
        return new VectorKernels(TRIALS);
      }
      LOGGER.log(Level.WARNING, "scalar kernels serve, several times slower: " + obstacle);
      return new ScalarKernels();
    }
    return switch (forced) {
      case "scalar" -> new ScalarKernels();
      case "vector" -> {
        String obstacle = obstacle();
        if (obstacle != null) {
          throw new IllegalStateException(PROPERTY + "=vector: " + obstacle);
        }
        yield new VectorKernels();
      }
      default ->
          throw new IllegalStateException(
              PROPERTY + "=" + forced + ": expected vector or scalar, or no such property");
    };
  }

  /** Why the vector kernels cannot serve, or null when they can. */
  private static @Nullable String obstacle() {
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
      return "the module "
          + VECTOR_MODULE
          + " is absent; start java with --add-modules "
          + VECTOR_MODULE;
    }
    int preferred = VectorWidth.preferredBits();
    return preferred < VectorWidth.LEAST_BITS
        ? "vector registers of " + preferred + " bits, expected 128 or more"
        : null;
  }
}

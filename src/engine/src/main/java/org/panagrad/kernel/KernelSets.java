package org.panagrad.kernel;

/** Temporary. */
public final class KernelSets {
  private KernelSets() {}

  /** Temporary. */
  public static Kernels select() {
    return System.getProperty("panagrad.kernels", "vector").equals("vector")
        ? new VectorKernels()
        : new ScalarKernels();
  }
}

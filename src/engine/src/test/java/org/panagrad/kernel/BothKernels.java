package org.panagrad.kernel;

import java.util.List;

/** Both kernel sets, whichever serves this process: for tests outside the package. */
public final class BothKernels {
  /** Scalar, then vector. */
  public static final List<Kernels> ALL = List.of(new ScalarKernels(), new VectorKernels());

  private BothKernels() {}
}

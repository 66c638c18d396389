package org.panagrad.bench.golden;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** One golden file to be: what is given, and how PyTorch answers. */
interface Case {
  String name();

  /** Everything a test needs to build the same network, loss and optimizer. */
  Map<String, Object> description();

  /** Inputs, targets and the parameters before. */
  List<NamedTensor> given();

  /** What PyTorch makes of {@link #given()} when it computes in the given type. */
  List<NamedTensor> compute(ScalarType type);
}

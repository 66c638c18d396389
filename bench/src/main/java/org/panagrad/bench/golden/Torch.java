package org.panagrad.bench.golden;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Values into and out of PyTorch. */
final class Torch {
  private static final String COORDINATES = "org.bytedeco:pytorch";

  private Torch() {}

  /** The Maven coordinates with the version that is on the class path. */
  static String version() throws IOException {
    try (InputStream in =
        torch.class.getResourceAsStream("/META-INF/maven/org.bytedeco/pytorch/pom.properties")) {
      if (in == null) {
        throw new IOException(COORDINATES + " carries no pom.properties to read its version from");
      }
      Properties properties = new Properties();
      properties.load(in);
      return COORDINATES + ":" + properties.getProperty("version");
    }
  }

  /** A tensor of the given type with the same values; class labels become int64 whatever it is. */
  static Tensor tensor(NamedTensor values, ScalarType type) {
    return values.values() instanceof int[] labels
        ? Tensor.create(labels, values.shape()).to(ScalarType.Long)
        : Tensor.create(values.floats(), values.shape()).to(type);
  }

  /** The values rounded to float32, once. */
  static NamedTensor named(String name, Tensor tensor) {
    Tensor doubles = tensor.detach().to(ScalarType.Double).contiguous();
    DoublePointer pointer = doubles.data_ptr_double();
    float[] values = new float[Math.toIntExact(doubles.numel())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) pointer.get(i);
    }
    return NamedTensor.of(name, values, doubles.shape());
  }
}

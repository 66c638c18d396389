package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import org.panagrad.kernel.Kernels;

/** The one kernel that datasets use, in plain Java: the oracle for what gathering gives. */
final class PlainKernels {
  private PlainKernels() {}

  static Kernels create() {
    return (Kernels)
        Proxy.newProxyInstance(
            Kernels.class.getClassLoader(),
            new Class<?>[] {Kernels.class},
            (_, method, arguments) -> {
              if (!method.getName().equals("bytesToFloats")) {
                throw new UnsupportedOperationException(method.getName());
              }
              MemorySegment x = (MemorySegment) arguments[0];
              long from = (Long) arguments[1];
              MemorySegment y = (MemorySegment) arguments[2];
              long to = (Long) arguments[3];
              long count = (Long) arguments[4];
              for (long i = 0; i < count; i++) {
                float stored = x.get(ValueLayout.JAVA_BYTE, from + i) & 0xFF;
                y.set(
                    ValueLayout.JAVA_FLOAT,
                    to + 4 * i,
                    stored * (Float) arguments[5] + (Float) arguments[6]);
              }
              return null;
            });
  }
}

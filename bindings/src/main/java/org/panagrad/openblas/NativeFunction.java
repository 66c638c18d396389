package org.panagrad.openblas;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** A C function outside the generated bindings, called a few times at loading only. */
record NativeFunction(String name, MethodHandle handle) {
  /** Calls it; the result is boxed, or null for a function without one. */
  @SuppressWarnings("NullAway") // callers cast what they know to be there
  Object call(@Nullable Object... arguments) {
    try {
      return handle.invokeWithArguments(arguments);
    } catch (Error | RuntimeException unchecked) {
      throw unchecked;
    } catch (Throwable checked) {
      throw new AssertionError(name + " is C and throws nothing", checked);
    }
  }
}

package org.panagrad.cli.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How much of the machine may be used. */
public final class Limits {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute; they never change the result. Default: the processors.")
  @Nullable Integer given;

  @Option(
      names = "--max-native-memory",
      paramLabel = "SIZE",
      converter = MemorySize.Converter.class,
      description =
          "Refuse what needs more memory off the heap than this, the data not counted; as in 512m."
              + " Default: no limit.")
  @Nullable MemorySize maxNativeMemory;

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  public int threads() {
    if (given != null && given < 1) {
      throw new ParameterException(
          spec.commandLine(), "--threads " + given + ": expected 1 or more");
    }
    return given == null ? Runtime.getRuntime().availableProcessors() : given;
  }

  public long bytes() {
    return maxNativeMemory == null ? Long.MAX_VALUE : maxNativeMemory.bytes();
  }

  /** What is left beside memory that is taken already, within {@link #bytes}. */
  public long bytesBeside(long taken) {
    return maxNativeMemory == null ? Long.MAX_VALUE : maxNativeMemory.bytes() - taken;
  }
}

package org.panagrad.openblas;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The kernels that the environment forces upon OpenBLAS, against what the processor can do.
 *
 * @param forced the value of {@value #VARIABLE}, if it has one
 */
public record CoreType(Optional<String> forced, CpuFeatures cpu) {
  /** Makes OpenBLAS use the kernels of the processor it names. */
  public static final String VARIABLE = "OPENBLAS_CORETYPE";

  /** Kernels by the widest instructions they use, narrow to wide. */
  private enum Instructions {
    SSE("SSE", ""),
    AVX("AVX", "avx"),
    AVX2("AVX2", "avx2 fma"),
    AVX512("AVX-512", "avx512f avx512cd avx512bw avx512dq avx512vl");

    final String label;
    private final String flags;

    Instructions(String label, String flags) {
      this.label = label;
      this.flags = flags;
    }

    boolean runOn(CpuFeatures cpu) {
      return flags.isEmpty() || cpu.flags().containsAll(List.of(flags.split(" ")));
    }
  }

  /** The x86-64 core names of OpenBLAS; it does not mind their case. */
  private static final Map<String, Instructions> CORES =
      Map.ofEntries(
          Map.entry("prescott", Instructions.SSE),
          Map.entry("core2", Instructions.SSE),
          Map.entry("penryn", Instructions.SSE),
          Map.entry("dunnington", Instructions.SSE),
          Map.entry("nehalem", Instructions.SSE),
          Map.entry("athlon", Instructions.SSE),
          Map.entry("opteron", Instructions.SSE),
          Map.entry("opteron_sse3", Instructions.SSE),
          Map.entry("barcelona", Instructions.SSE),
          Map.entry("bobcat", Instructions.SSE),
          Map.entry("atom", Instructions.SSE),
          Map.entry("nano", Instructions.SSE),
          Map.entry("sandybridge", Instructions.AVX),
          Map.entry("bulldozer", Instructions.AVX),
          Map.entry("piledriver", Instructions.AVX),
          Map.entry("steamroller", Instructions.AVX),
          Map.entry("excavator", Instructions.AVX2),
          Map.entry("haswell", Instructions.AVX2),
          Map.entry("zen", Instructions.AVX2),
          Map.entry("skylakex", Instructions.AVX512),
          Map.entry("cooperlake", Instructions.AVX512),
          Map.entry("sapphirerapids", Instructions.AVX512));

  /** What this process's environment forces, on this machine. */
  public static CoreType current() {
    return new CoreType(inEnvironment(), CpuFeatures.read());
  }

  private static Optional<String> inEnvironment() {
    String value = System.getenv(VARIABLE);
    return value == null || value.isBlank() ? Optional.empty() : Optional.of(value);
  }

  /** Whether it forces any, which is known without asking what the processor can do. */
  static boolean isForced() {
    return inEnvironment().isPresent();
  }

  /** One line to warn with, if the forced kernels are narrower than the processor. */
  public Optional<String> weakCoreWarning() {
    Instructions widest = widestOfCpu();
    return forcedInstructions()
        .filter(instructions -> instructions.compareTo(widest) < 0)
        .map(
            instructions ->
                "%s=%s makes OpenBLAS use %s kernels on a processor with %s; unset it for speed"
                    .formatted(VARIABLE, forced.orElseThrow(), instructions.label, widest.label));
  }

  /** Refuses forced kernels that the processor cannot run: they would kill the JVM. */
  void requireRunnable() {
    Optional<Instructions> instructions = forcedInstructions();
    if (!cpu.flags().isEmpty() && instructions.isPresent() && !instructions.get().runOn(cpu)) {
      throw new CblasLoadException(
          "%s=%s needs %s, which this processor does not have; unset it"
              .formatted(VARIABLE, forced.orElseThrow(), instructions.get().label));
    }
  }

  private Optional<Instructions> forcedInstructions() {
    return forced.map(name -> CORES.get(name.strip().toLowerCase(Locale.ROOT)));
  }

  private Instructions widestOfCpu() {
    Instructions widest = Instructions.SSE;
    for (Instructions instructions : Instructions.values()) {
      if (instructions.runOn(cpu)) {
        widest = instructions;
      }
    }
    return widest;
  }
}

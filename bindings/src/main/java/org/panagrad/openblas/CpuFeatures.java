package org.panagrad.openblas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What the processor can do, as Linux tells it; empty elsewhere.
 *
 * @param flags such as {@code avx2}, {@code avx512f}, {@code asimd}
 */
public record CpuFeatures(Set<String> flags) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** Keeps a copy that nobody can change. */
  public CpuFeatures {
    flags = Set.copyOf(flags);
  }

  /** Reads those of this machine. */
  public static CpuFeatures read() {
    try {
      return Files.exists(CPU_INFO)
          ? parse(Files.readAllLines(CPU_INFO))
          : new CpuFeatures(Set.of());
    } catch (IOException hidden) {
      // A sandbox may hide it; nothing is then known of the processor, and nothing said of it.
      return new CpuFeatures(Set.of());
    }
  }

  static CpuFeatures parse(List<String> cpuInfo) {
    for (String line : cpuInfo) {
      int colon = line.indexOf(':');
      if (colon > 0 && List.of("flags", "Features").contains(line.substring(0, colon).strip())) {
        return new CpuFeatures(
            Set.copyOf(List.of(line.substring(colon + 1).strip().split("\\s+"))));
      }
    }
    return new CpuFeatures(Set.of());
  }
}

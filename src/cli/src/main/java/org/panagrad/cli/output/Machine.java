package org.panagrad.cli.output;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.panagrad.cli.option.MemorySize;

/** The JVM and the machine or container it runs in, in words. */
public record Machine(String java, String flags, String processors, String memory, String heap) {
  public static Machine read() {
    var runtime = ManagementFactory.getRuntimeMXBean();
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Machine(
        Runtime.version()
            + " ("
            + runtime.getVmName()
            + ", "
            + runtime.getVmVendor()
            + ") on "
            + system.getName()
            + " "
            + system.getArch(),
        runtime.getInputArguments().isEmpty()
            ? "none"
            : String.join(" ", runtime.getInputArguments()),
        system.getAvailableProcessors() + " available to this process",
        MemorySize.text(system.getTotalMemorySize())
            + ", "
            + MemorySize.text(system.getFreeMemorySize())
            + " free; container limit: "
            + containerMemory().map(MemorySize::text).orElse("none"),
        MemorySize.text(Runtime.getRuntime().maxMemory())
            + " at most; network and data lie outside of it");
  }

  /** The control group's limit, of version 2 or 1; empty where there is none or none is told. */
  private static Optional<Long> containerMemory() {
    for (String file : List.of("memory.max", "memory/memory.limit_in_bytes")) {
      try {
        String text = Files.readString(Path.of("/sys/fs/cgroup", file)).strip();
        // "max", or in version 1 a number near 2^63, is no limit.
        if (text.matches("[0-9]{1,18}")) {
          return Optional.of(Long.parseLong(text));
        }
      } catch (IOException absent) {
        // Not this version, or no control groups at all.
      }
    }
    return Optional.empty();
  }
}

package org.panagrad.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the figures were measured on. */
public final class Machine {
  private Machine() {}

  /** Facts by name, in the order they are printed; what each contender says of itself too. */
  static Map<String, String> describe(List<Row> rows) throws IOException {
    Map<String, String> facts = describe();
    for (Row row : rows) {
      facts.putIfAbsent(row.contender(), row.about());
    }
    return facts;
  }

  /** Facts by name, in the order they are printed. */
  public static Map<String, String> describe() throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("cpu", cpu());
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put(
        "os",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"));
    facts.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    return facts;
  }

  private static String cpu() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(file)) {
      return "unknown";
    }
    List<String> lines = Files.readAllLines(file);
    return field(lines, "model name").orElse("unknown")
        + " (family "
        + field(lines, "cpu family").orElse("?")
        + ", model "
        + field(lines, "model").orElse("?")
        + ")";
  }

  private static Optional<String> field(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.split(":", 2)[0].strip().equals(name) && line.contains(":"))
        .map(line -> line.split(":", 2)[1].strip())
        .findFirst();
  }
}

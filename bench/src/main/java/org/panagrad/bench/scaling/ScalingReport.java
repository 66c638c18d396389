package org.panagrad.bench.scaling;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The figures as tables, and for programs. */
final class ScalingReport {
  private ScalingReport() {}

  static String text(Map<String, String> machine, Growth growth) {
    List<String> lines = new ArrayList<>();
    machine.forEach((name, value) -> lines.add("%-16s %s".formatted(name, value)));
    lines.add("");
    lines.add(
        "by size, batch %d: ns a sample and parameter does not rise while cost grows no faster than"
                .formatted(growth.bySize().getFirst().problem().batch())
            + " the parameters");
    lines.add(
        "%-30s %12s %12s %14s %10s %9s"
            .formatted(
                "network", "parameters", "ns/sample", "ns/sample/par", "GFLOP/s", "exponent"));
    for (int i = 0; i < growth.bySize().size(); i++) {
      Point p = growth.bySize().get(i);
      lines.add(
          "%-30s %,12d %,12.0f %14.5f %10.1f %9s"
              .formatted(
                  p.problem().name(),
                  p.problem().parameters(),
                  p.sampleNanos(),
                  p.sampleNanosPerParameter(),
                  p.gigaflops(),
                  i == 0 ? "" : "%.2f".formatted(growth.exponent(i))));
    }
    lines.add(
        "from the smallest to the largest: parameters to the %.2f".formatted(growth.exponent()));
    lines.add("");
    lines.add("by batch size, " + growth.byBatch().getFirst().problem().name());
    lines.add(
        "%8s %12s %12s %12s %10s %10s"
            .formatted("batch", "samples/s", "slowest", "fastest", "GFLOP/s", "x half"));
    int cliffs = 0;
    for (int i = 0; i < growth.byBatch().size(); i++) {
      Point p = growth.byBatch().get(i);
      cliffs += growth.cliff(i) ? 1 : 0;
      lines.add(
          "%8d %,12.0f %,12.0f %,12.0f %10.1f %10s%s"
              .formatted(
                  p.problem().batch(),
                  p.samplesPerSecond(),
                  p.problem().batch() * 1e9 / p.stepNanos().max(),
                  p.problem().batch() * 1e9 / p.stepNanos().min(),
                  p.gigaflops(),
                  i == 0 ? "" : "%.2f".formatted(growth.overHalf(i)),
                  growth.cliff(i) ? "  CLIFF" : ""));
    }
    lines.add(
        cliffs == 0
            ? "no batch size is more than 10 % behind its half"
            : cliffs + " batch sizes are more than 10 % behind their half");
    return String.join("\n", lines);
  }

  static String json(Map<String, String> machine, Growth growth) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    ObjectNode facts = root.putObject("machine");
    machine.forEach(facts::put);
    growth.bySize().forEach(p -> point(root.withArray("bySize").addObject(), p));
    root.put("exponent", growth.exponent());
    for (int i = 0; i < growth.byBatch().size(); i++) {
      ObjectNode node = root.withArray("byBatch").addObject();
      point(node, growth.byBatch().get(i));
      node.put("cliff", growth.cliff(i));
    }
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
  }

  private static void point(ObjectNode node, Point p) {
    node.put("network", p.problem().name())
        .put("parameters", p.problem().parameters())
        .put("batch", p.problem().batch())
        .put("stepNanos", p.stepNanos().median())
        .put("stepNanosMin", p.stepNanos().min())
        .put("stepNanosMax", p.stepNanos().max())
        .put("samplesPerSecond", p.samplesPerSecond())
        .put("sampleNanosPerParameter", p.sampleNanosPerParameter())
        .put("gigaflops", p.gigaflops());
  }
}

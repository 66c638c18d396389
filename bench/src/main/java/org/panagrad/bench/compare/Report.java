package org.panagrad.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.panagrad.bench.contender.Workload;

/** The tables that are printed. */
final class Report {
  private final List<Row> rows;
  private final StringBuilder text = new StringBuilder();

  private Report(List<Row> rows) {
    this.rows = rows;
  }

  static String of(Map<String, String> machine, List<Row> rows, List<String> notes) {
    Report report = new Report(rows);
    machine.forEach((name, value) -> report.line("%-16s %s".formatted(name, value)));
    for (Measure measure : Measure.values()) {
      for (Workload w : Workload.values()) {
        report.table(measure, w);
      }
    }
    report.summary();
    notes.forEach(note -> report.line(note));
    return report.text.toString();
  }

  private void line(String content) {
    text.append(content).append('\n');
  }

  private void table(Measure measure, Workload w) {
    List<Row> table =
        rows.stream().filter(r -> r.measure() == measure && r.workload() == w).toList();
    if (table.isEmpty()) {
      return;
    }
    line("");
    line("%s %s (%s), %s".formatted(measure.label(), w, w.describe(), measure.unit()));
    line(
        "%-18s %14s %14s %14s %10s %10s  %s"
            .formatted("", "median", "min", "max", "of floor", "panagrad x", "setting"));
    Optional<Row> floor = find(table, Competitors.FLOOR);
    Optional<Row> engine = find(table, Competitors.ENGINE);
    for (Row row : table) {
      line(
          "%-18s %14s %14s %14s %10s %10s  %s"
              .formatted(
                  row.contender(),
                  number(row.median()),
                  number(row.min()),
                  number(row.max()),
                  floor.map(f -> String.format("%.3f", row.times(f))).orElse(""),
                  engine.map(e -> String.format("%.2f", e.times(row))).orElse(""),
                  row.variant()));
    }
  }

  /** The two lines the speed is judged by. */
  private void summary() {
    List<Row> train = rows.stream().filter(r -> r.measure() == Measure.TRAIN).toList();
    Set<Workload> workloads = new LinkedHashSet<>();
    train.forEach(r -> workloads.add(r.workload()));
    if (workloads.isEmpty()) {
      return;
    }
    List<String> share = new ArrayList<>();
    List<String> peer = new ArrayList<>();
    for (Workload w : workloads) {
      List<Row> table = train.stream().filter(r -> r.workload() == w).toList();
      Optional<Row> engine = find(table, Competitors.ENGINE);
      Optional<Row> floor = find(table, Competitors.FLOOR);
      if (engine.isPresent() && floor.isPresent()) {
        share.add(String.format("%s %.2f", w, engine.get().times(floor.get())));
      }
      if (engine.isPresent()) {
        best(table)
            .ifPresent(
                b ->
                    peer.add(
                        String.format("%s %.2f (%s)", w, engine.get().times(b), b.contender())));
      }
    }
    line("");
    line("share of the floor:       %s".formatted(String.join("   ", share)));
    line("times the best peer:      %s".formatted(String.join("   ", peer)));
    line("");
  }

  /** The fastest that is neither the engine nor the floor. */
  static Optional<Row> best(List<Row> table) {
    return table.stream()
        .filter(
            r -> !r.contender().equals(Competitors.ENGINE) && !Competitors.isFloor(r.contender()))
        .reduce((a, b) -> b.betterThan(a) ? b : a);
  }

  static Optional<Row> find(List<Row> table, String contender) {
    return table.stream().filter(r -> r.contender().equals(contender)).findFirst();
  }

  private static String number(double value) {
    return value >= 1000 ? String.format("%,.0f", value) : String.format("%.4g", value);
  }
}

package org.panagrad.bench.scaling;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.panagrad.bench.compare.Machine;
import org.panagrad.bench.measure.CommandLine;
import org.panagrad.bench.problem.Problem;

/** How a step's cost grows, as {@code scripts/bench --scaling} starts it. */
final class Scaling {
  private static final int BATCH = 128;
  private static final int LARGEST_BATCH = 8192;

  private Scaling() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    CommandLine asked;
    try {
      asked = CommandLine.parse(args);
      if (!asked.names().isEmpty()) {
        throw new IllegalArgumentException("takes options only; see --help");
      }
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(2);
      return;
    }
    Map<String, String> machine = Machine.describe();
    List<Point> bySize;
    try (Measurement sizes = new Measurement(sizes(), 4 * BATCH)) {
      machine.put("engine", sizes.engine());
      bySize = sizes.measure(asked.rounds());
    }
    List<Point> byBatch;
    try (Measurement batches = new Measurement(batches(), 2 * LARGEST_BATCH)) {
      byBatch = batches.measure(asked.rounds());
    }
    Growth growth = new Growth(bySize, byBatch);
    System.out.println(ScalingReport.text(machine, growth));
    CommandLine.write(asked.json(), ScalingReport.json(machine, growth));
    CommandLine.write(asked.svg(), ScalingChart.of(growth));
  }

  private static List<Problem> sizes() {
    List<Problem> problems = new ArrayList<>();
    problems.add(Problem.of(BATCH, 64, 64, 64, 1));
    problems.add(Problem.of(BATCH, 784, 32, 10));
    problems.add(Problem.of(BATCH, 784, 128, 10));
    problems.add(Problem.of(BATCH, 784, 512, 256, 10));
    problems.add(Problem.of(BATCH, 784, 1024, 1024, 10));
    problems.add(Problem.of(BATCH, 784, 2048, 2048, 10));
    problems.add(Problem.of(BATCH, 784, 4096, 4096, 10));
    problems.add(Problem.of(BATCH, 784, 4096, 4096, 4096, 4096, 10));
    return problems;
  }

  private static List<Problem> batches() {
    return IntStream.iterate(1, b -> b <= LARGEST_BATCH, b -> 2 * b)
        .mapToObj(b -> Problem.of(b, 784, 512, 256, 10))
        .toList();
  }
}

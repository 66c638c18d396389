package org.panagrad.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The side-by-side run, as {@code scripts/bench} starts it. */
final class Compare {
  private Compare() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(2);
      return;
    }
    Path directory = Files.createTempDirectory("panagrad-bench");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(directory)));
    long begin = System.nanoTime();
    List<Competitor> competitors =
        new Competitors(Path.of("bench"))
            .all().stream()
                .filter(c -> c.name().equals(Competitors.ENGINE) || options.wants(c.name()))
                .toList();
    try (Probe probe = new Probe()) {
      Comparison comparison = new Comparison(options, competitors, new DataFiles(directory), probe);
      comparison.run();
      List<Row> rows = comparison.rows();
      List<String> notes = new ArrayList<>(comparison.notes());
      notes.add(comparison.slices());
      notes.add("%.0f s in all".formatted((System.nanoTime() - begin) / 1e9));
      Map<String, String> machine = Machine.describe(rows);
      System.out.println(Report.of(machine, rows, notes));
      if (options.json() != null) {
        Files.writeString(options.json(), JsonReport.of(machine, rows, notes));
      }
      if (options.svg() != null) {
        Files.writeString(options.svg(), SvgChart.of(rows));
      }
    }
  }

  private static void remove(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.err.println("bench: cannot remove " + directory + ": " + e.getMessage());
    }
  }
}

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Prints JaCoCo's CSV report as a table: one row per package, one for all. */
final class PrintCoverage {
  private PrintCoverage() {}

  /** Missed and covered counts. */
  private record Counts(long linesMissed, long lines, long branchesMissed, long branches) {
    static final Counts ZERO = new Counts(0, 0, 0, 0);

    Counts plus(Counts other) {
      return new Counts(
          linesMissed + other.linesMissed,
          lines + other.lines,
          branchesMissed + other.branchesMissed,
          branches + other.branches);
    }

    String row(String name) {
      return "%-40s %8d %8s %9d %8s"
          .formatted(
              name,
              lines,
              percent(linesMissed, lines),
              branches,
              percent(branchesMissed, branches));
    }

    private static String percent(long missed, long all) {
      return all == 0 ? "-" : "%.1f %%".formatted(100.0 * (all - missed) / all);
    }
  }

  public static void main(String[] args) throws IOException {
    Path report = Path.of(args[0]);
    if (!Files.exists(report)) {
      System.out.println("coverage: no test ran, nothing to print");
      return;
    }
    List<String> rows = Files.readAllLines(report);
    List<String> columns = List.of(rows.getFirst().split(","));
    Map<String, Counts> packages = new TreeMap<>();
    for (String row : rows.subList(1, rows.size())) {
      String[] cells = row.split(",");
      packages.merge(
          cells[columns.indexOf("PACKAGE")],
          new Counts(
              count(cells, columns, "LINE_MISSED"),
              count(cells, columns, "LINE_MISSED") + count(cells, columns, "LINE_COVERED"),
              count(cells, columns, "BRANCH_MISSED"),
              count(cells, columns, "BRANCH_MISSED") + count(cells, columns, "BRANCH_COVERED")),
          Counts::plus);
    }
    System.out.println();
    System.out.printf(
        "%-40s %8s %8s %9s %8s%n", "coverage", "lines", "covered", "branches", "covered");
    packages.forEach((name, counts) -> System.out.println(counts.row(name)));
    System.out.println(packages.values().stream().reduce(Counts.ZERO, Counts::plus).row("all"));
    System.out.println();
  }

  private static long count(String[] cells, List<String> columns, String name) {
    return Long.parseLong(cells[columns.indexOf(name)]);
  }
}

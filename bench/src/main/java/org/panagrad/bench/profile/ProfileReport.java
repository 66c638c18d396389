package org.panagrad.bench.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.panagrad.plan.Step.Category;

/** The tables that are printed. */
final class ProfileReport {
  private final Roofline roofline;
  private final List<String> lines = new ArrayList<>();

  private ProfileReport(Roofline roofline) {
    this.roofline = roofline;
  }

  static String text(Map<String, String> machine, Roofline roofline) {
    ProfileReport report = new ProfileReport(roofline);
    machine.forEach((name, value) -> report.line("%-16s %s".formatted(name, value)));
    report.limits();
    report.account();
    report.roofs();
    report.speedUps();
    return String.join("\n", report.lines);
  }

  private void line(String content) {
    lines.add(content);
  }

  private void limits() {
    Limits l = roofline.limits();
    line(
        "%-16s %.1f GFLOP/s one thread, %.1f all %d: the best sgemm of squares of 512, 1024, 2048"
            .formatted("peak", l.corePeak(), l.peak(), l.threads()));
    line(
        "%-16s %.1f GB/s within 512 KiB a thread, %.1f within 256 MiB, read and written"
            .formatted("copying", roofline.nearCopy(), roofline.farCopy()));
    line("%-16s %.0f ns with nothing to wait for".formatted("hand-over", l.handOverNanos()));
    line("%-16s %.1f ns a look".formatted("clock", l.clockNanos()));
    if (l.disturbed()) {
      line(
          "All threads reach much less than one times their number: was the machine busy? If so,"
              + " all");
      line("that depends on its limits is wrong: run again.");
    }
  }

  private void account() {
    line("");
    line("where the lanes' time goes, % of wall time x lanes of the step without clocks");
    line(
        "%-3s %10s %5s %9s %9s %7s %6s %9s %9s %6s %10s %8s"
            .formatted(
                "",
                "us/step",
                "lanes",
                "products",
                "elements",
                "update",
                "data",
                "hand-over",
                "(uneven)",
                "other",
                "accounted",
                "clocks"));
    for (StepFigures f : roofline.figures()) {
      Account a = f.account();
      line(
          "%-3s %,10.1f %5d %9.1f %9.1f %7.1f %6.1f %9.1f %9.1f %6.1f %9.1f%s %+7.1f%%"
              .formatted(
                  f.workload(),
                  a.nanos() / 1e3,
                  f.lanes(),
                  100 * a.share(Category.PRODUCT),
                  100 * a.share(Category.ELEMENT_WISE),
                  100 * a.share(Category.UPDATE),
                  100 * a.share(Category.DATA),
                  100 * a.handOver(),
                  100 * a.uneven(),
                  100 * a.other(),
                  100 * a.accounted(),
                  Math.abs(a.accounted() - 1) > 0.05 ? "!" : " ",
                  100 * a.clockShare()));
    }
    line("uneven: hand-over that is waiting for a lane with more work; other: outside the phases;");
    line("accounted: of 100, ! where more than 5 off; clocks: how much longer a timed step takes");
  }

  private void roofs() {
    line("");
    line("roofline, all threads");
    line(
        "%-3s %9s %9s %9s %9s %9s %9s %9s %9s %9s %9s"
            .formatted(
                "",
                "MFLOP",
                "MB moved",
                "MB in use",
                "copy GB/s",
                "flop/B",
                "GFLOP/s",
                "% of peak",
                "% of roof",
                "handovers",
                "serial %"));
    for (StepFigures f : roofline.figures()) {
      line(
          "%-3s %9.1f %9.2f %9.2f %9.1f %9.1f %9.1f %9.1f %9.1f %9d %9.2f"
              .formatted(
                  f.workload(),
                  f.flops() / 1e6,
                  f.bytes() / 1e6,
                  f.bytesInUse() / 1e6,
                  f.copyRate(),
                  f.intensity(),
                  f.rate(),
                  100 * f.rate() / roofline.limits().peak(),
                  100 * f.rate() / f.roof(roofline.limits()),
                  f.handOvers(),
                  100 * f.account().serial()));
    }
    line(
        "moved: at the least, once a phase; copy: of as many bytes as are in use; roof: the lower");
    line("of peak and flop/B x copy; serial: share of the work in steps of one tile");
  }

  private void speedUps() {
    line("");
    line("predicted speed-up by threads: %s".formatted(SpeedUp.MODEL));
    StringBuilder head = new StringBuilder("    us alone");
    roofline
        .figures()
        .getFirst()
        .speedUp()
        .points()
        .forEach(p -> head.append("%14d".formatted(p.threads())));
    lines.add(head + "   measured at " + roofline.limits().threads());
    for (StepFigures f : roofline.figures()) {
      StringBuilder row =
          new StringBuilder("%-3s %,8.0f".formatted(f.workload(), f.speedUp().alone() / 1e3));
      for (SpeedUp.Point p : f.speedUp().points()) {
        row.append(
            "%14s"
                .formatted(
                    p.most() - p.least() < 0.05
                        ? "%.1f".formatted(p.most())
                        : "%.1f to %.1f".formatted(p.least(), p.most())));
      }
      lines.add(row + "%14.2f".formatted(f.speedUp().alone() / f.account().nanos()));
    }
    line("from the bandwidth of this machine's threads to that of one thread times their number");
  }
}

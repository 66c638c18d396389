package org.panagrad.bench.profile;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.panagrad.bench.compare.Machine;
import org.panagrad.bench.compare.Probe;
import org.panagrad.bench.contender.Workload;
import org.panagrad.bench.measure.CommandLine;
import org.panagrad.blas.BlasLibrary;
import org.panagrad.blas.NativeBlas;

/** Where the time of a step goes, as {@code scripts/bench --profile} starts it. */
final class ProfileSteps {
  private ProfileSteps() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    CommandLine asked;
    List<Workload> workloads = new ArrayList<>();
    try {
      asked = CommandLine.parse(args);
      for (String name : asked.names().isEmpty() ? List.of("B") : asked.names()) {
        workloads.add(workload(name));
      }
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(2);
      return;
    }
    BlasLibrary library = NativeBlas.load().library();
    Map<String, String> machine = Machine.describe();
    machine.put("engine", library.version() + ", core " + library.coreName());
    try (Probe probe = new Probe()) {
      Limits limits = Limits.measure();
      double nearCopy = Limits.copyRate((512L << 10) * limits.threads(), limits.threads());
      double farCopy = Limits.copyRate(256L << 20, limits.threads());
      List<StepFigures> figures = new ArrayList<>();
      for (Workload w : workloads) {
        figures.add(StepFigures.of(w, limits, asked.rounds(), probe));
      }
      Roofline roofline = new Roofline(limits, nearCopy, farCopy, figures);
      System.out.println(ProfileReport.text(machine, roofline));
      CommandLine.write(asked.json(), ProfileJson.of(machine, roofline));
      CommandLine.write(asked.svg(), RooflineChart.of(roofline));
    }
  }

  private static Workload workload(String name) {
    try {
      return Workload.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("workload '" + name + "': expected A to F", e);
    }
  }
}

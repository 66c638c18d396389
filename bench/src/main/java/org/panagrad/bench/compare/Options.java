package org.panagrad.bench.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.bench.contender.Workload;

/**
 * What the command line asks for.
 *
 * @param contenders by name; empty for all
 * @param limitSeconds when it is to come to an end, with what there is
 * @param patienceSeconds a contender whose 50 steps take longer is left out
 */
record Options(
    boolean quick,
    Set<Workload> workloads,
    List<String> contenders,
    int rounds,
    double sliceSeconds,
    double patienceSeconds,
    double limitSeconds,
    boolean keepEnvironment,
    @Nullable Path json,
    @Nullable Path svg) {

  static Options parse(String[] args) {
    boolean quick = List.of(args).contains("--quick");
    Set<Workload> workloads = EnumSet.allOf(Workload.class);
    List<String> contenders = new ArrayList<>();
    int rounds = quick ? 3 : 9;
    double slice = quick ? 0.1 : 0.4;
    double patience = quick ? 5 : 120;
    boolean keep = false;
    Path json = null;
    Path svg = null;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--quick" -> {}
        case "--keep-env" -> keep = true;
        case "--workloads" -> {
          workloads = EnumSet.noneOf(Workload.class);
          for (String name : value(args, i++).split(",", -1)) {
            workloads.add(workload(name));
          }
        }
        case "--contenders" -> contenders.addAll(List.of(value(args, i++).split(",", -1)));
        case "--rounds" -> rounds = Math.max(1, Integer.parseInt(value(args, i++)));
        case "--slice" -> slice = Double.parseDouble(value(args, i++));
        case "--patience" -> patience = Double.parseDouble(value(args, i++));
        case "--json" -> json = file(value(args, i++));
        case "--svg" -> svg = file(value(args, i++));
        default ->
            throw new IllegalArgumentException("unknown argument '" + args[i] + "'; see --help");
      }
    }
    return new Options(
        quick, workloads, contenders, rounds, slice, patience, quick ? 85 : 1e6, keep, json, svg);
  }

  /** Relative to where the script was called, not to where this runs. */
  private static Path file(String name) {
    return Path.of(System.getProperty("panagrad.bench.directory", "")).resolve(name);
  }

  private static Workload workload(String name) {
    try {
      return Workload.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("workload '" + name + "': expected A to F", e);
    }
  }

  private static String value(String[] args, int i) {
    if (i + 1 >= args.length) {
      throw new IllegalArgumentException(args[i] + ": expected a value; see --help");
    }
    return args[i + 1];
  }

  boolean wants(String contender) {
    return contenders.isEmpty() || contenders.contains(contender);
  }
}

package org.panagrad.bench.compare;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.panagrad.bench.contender.Workload;

/**
 * All contenders, and how each is started: the one place of their flags. Why these are each one's
 * best is in bench/README.md.
 */
final class Competitors {
  /** The engine: everything is compared with it, and the losses with its loss. */
  static final String ENGINE = "panagrad";

  /** The products of the step alone. */
  static final String FLOOR = "floor";

  /** The same, each cut into pieces as the engine cuts them. */
  static final String FLOOR_IN_PIECES = "floor-in-pieces";

  private static final String NOT_FETCHED =
      "its libraries are not built in: the build said why, above";
  private static final List<String> JVM =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData");
  private static final List<String> VECTORS = List.of("--add-modules=jdk.incubator.vector");

  private final int processors = Runtime.getRuntime().availableProcessors();
  private final Path bench;
  private final String python;

  /**
   * @param bench the bench directory of the repository, built
   */
  Competitors(Path bench) {
    this.bench = bench;
    String named = System.getenv("PANAGRAD_PYTHON");
    this.python = named == null || named.isEmpty() ? "python3" : named;
  }

  List<Competitor> all() throws IOException {
    return List.of(
        panagrad(),
        floor(FLOOR, "whole", "callers", "serial", "blas"),
        floor(FLOOR_IN_PIECES, "pieces", "callers", "serial"),
        numpy(),
        pytorch(),
        officialPytorch(),
        dl4j(),
        smile(),
        djl(),
        onnxRuntime());
  }

  /** Whether these are products alone, which nobody trains with. */
  static boolean isFloor(String contender) {
    return contender.equals(FLOOR) || contender.equals(FLOOR_IN_PIECES);
  }

  /** OpenBLAS's own threads would never be used, and spin while the process starts. */
  private Competitor panagrad() {
    return Competitor.of(
        ENGINE,
        List.of(
            java(
                "",
                ownClassPath("pytorch|javacpp|jmh|jopt|commons-math|jackson"),
                List.of("-Xmx64m"),
                Map.of("OPENBLAS_NUM_THREADS", "1"),
                "org.panagrad.bench.panagrad.PanagradContender")));
  }

  private Competitor floor(String name, String products, String... callers) {
    List<Variant> variants = new ArrayList<>();
    for (String who : callers) {
      variants.add(
          java(
              who,
              ownClassPath("pytorch|javacpp|jmh|jopt|commons-math|jackson"),
              List.of("-Xmx64m"),
              Map.of(),
              "org.panagrad.bench.floor.FloorContender",
              who,
              products));
    }
    return Competitor.of(name, variants).as(Competitor.Role.PRODUCTS);
  }

  private Competitor numpy() {
    String found = probePython("import numpy; print(numpy.__version__)");
    if (!found.isEmpty()) {
      return Competitor.missing("numpy", found);
    }
    List<Variant> variants = new ArrayList<>();
    for (String layout : List.of("row-major", "feature-major")) {
      for (int threads : threadCounts()) {
        variants.add(
            python(
                threads + (threads == 1 ? " thread, " : " threads, ") + layout,
                "numpy_contender.py",
                Map.of("OPENBLAS_NUM_THREADS", Integer.toString(threads), "NUMPY_LAYOUT", layout)));
      }
    }
    return Competitor.of("numpy", variants);
  }

  /** OpenMP's threads and OpenBLAS's are never both more than one: they spin against each other. */
  private Competitor pytorch() {
    List<Variant> variants = new ArrayList<>();
    for (int blas : threadCounts()) {
      for (int intraOp : threadCounts()) {
        if (blas == 1 || intraOp == 1) {
          variants.add(
              java(
                  "OpenBLAS %d, OpenMP %d".formatted(blas, intraOp),
                  ownClassPath("jmh|jopt|commons-math|jackson"),
                  List.of("-Xmx256m"),
                  Map.of(
                      "OPENBLAS_NUM_THREADS",
                      Integer.toString(blas),
                      "OMP_NUM_THREADS",
                      Integer.toString(intraOp)),
                  "org.panagrad.bench.pytorch.PytorchContender"));
        }
      }
    }
    return Competitor.of("pytorch", variants);
  }

  /** Its OpenBLAS is of 2021 and takes newer processors for ancient ones unless told. */
  private Competitor dl4j() throws IOException {
    List<Variant> variants = new ArrayList<>();
    Optional<String> classPath = peerClassPath("dl4j");
    if (classPath.isEmpty()) {
      return Competitor.missing("dl4j", NOT_FETCHED);
    }
    for (int threads : threadCounts()) {
      variants.add(
          java(
              threads + (threads == 1 ? " thread" : " threads"),
              classPath.get(),
              List.of(
                  "-Xmx1g",
                  "--add-opens=java.base/java.nio=ALL-UNNAMED",
                  "--add-opens=java.base/java.lang=ALL-UNNAMED"),
              Map.of(
                  "OMP_NUM_THREADS",
                  Integer.toString(threads),
                  "OPENBLAS_NUM_THREADS",
                  Integer.toString(threads),
                  "OPENBLAS_CORETYPE",
                  avx512() ? "SkylakeX" : "Haswell"),
              "org.panagrad.bench.peer.dl4j.Dl4jContender"));
    }
    return Competitor.of("dl4j", variants);
  }

  private Competitor smile() throws IOException {
    Optional<String> classPath = peerClassPath("smile");
    if (classPath.isEmpty()) {
      return Competitor.missing("smile", NOT_FETCHED);
    }
    List<Variant> variants = new ArrayList<>();
    for (int threads : threadCounts()) {
      variants.add(
          java(
              threads + (threads == 1 ? " thread" : " threads"),
              classPath.get(),
              List.of("-Xmx2g"),
              Map.of("OPENBLAS_NUM_THREADS", Integer.toString(threads)),
              "org.panagrad.bench.peer.smile.SmileContender"));
    }
    return Competitor.of("smile", variants).without(Workload.F);
  }

  private Competitor djl() throws IOException {
    Optional<String> classPath = peerClassPath("djl");
    if (classPath.isEmpty()) {
      return Competitor.missing("djl", NOT_FETCHED);
    }
    List<Variant> variants = new ArrayList<>();
    for (int threads : threadCounts()) {
      variants.add(
          java(
              threads + (threads == 1 ? " thread" : " threads"),
              classPath.get(),
              List.of(
                  "-Xmx1g",
                  "-Dai.djl.offline=true",
                  "-DDJL_CACHE_DIR=" + bench.resolve("peers/djl/target/cache").toAbsolutePath()),
              Map.of("OMP_NUM_THREADS", Integer.toString(threads), "OPT_OUT_TRACKING", "true"),
              "org.panagrad.bench.peer.djl.DjlContender"));
    }
    return Competitor.of("djl", variants);
  }

  private Competitor onnxRuntime() throws IOException {
    Optional<String> classPath = peerClassPath("onnxruntime");
    if (classPath.isEmpty()) {
      return Competitor.missing("onnxruntime", NOT_FETCHED);
    }
    List<Variant> variants = new ArrayList<>();
    for (int threads : threadCounts()) {
      variants.add(
          java(
              threads + (threads == 1 ? " thread" : " threads"),
              classPath.get(),
              List.of("-Xmx256m"),
              Map.of(),
              "org.panagrad.bench.peer.onnxruntime.OnnxRuntimeContender",
              Integer.toString(threads)));
    }
    return Competitor.of("onnxruntime", variants)
        .as(Competitor.Role.PREDICTS)
        .without(Workload.C, Workload.D, Workload.E, Workload.F);
  }

  private Optional<String> peerClassPath(String name) throws IOException {
    Path target = bench.resolve("peers").resolve(name).resolve("target");
    Path file = target.resolve("classpath");
    return Files.exists(file)
        ? Optional.of(target.resolve("classes") + File.pathSeparator + Files.readString(file))
        : Optional.empty();
  }

  private static boolean avx512() throws IOException {
    Path cpuinfo = Path.of("/proc/cpuinfo");
    return Files.isReadable(cpuinfo) && Files.readString(cpuinfo).contains("avx512f");
  }

  private Competitor officialPytorch() {
    String found = probePython("import torch, numpy");
    if (!found.isEmpty()) {
      return Competitor.missing("pytorch-official", found);
    }
    List<Variant> variants = new ArrayList<>();
    for (int threads : threadCounts()) {
      variants.add(
          python(
              threads + (threads == 1 ? " thread" : " threads"),
              "torch_contender.py",
              Map.of("OMP_NUM_THREADS", Integer.toString(threads))));
    }
    return Competitor.of("pytorch-official", variants);
  }

  private List<Integer> threadCounts() {
    return processors == 1 ? List.of(1) : List.of(1, processors);
  }

  private Variant java(
      String name,
      String classPath,
      List<String> flags,
      Map<String, String> environment,
      String main,
      String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    command.addAll(main.startsWith("org.panagrad.bench.peer") ? List.of() : VECTORS);
    command.addAll(flags);
    command.add("--class-path");
    command.add(classPath);
    command.add(main);
    command.addAll(List.of(args));
    return new Variant(name, command, environment);
  }

  private Variant python(String name, String script, Map<String, String> environment) {
    return new Variant(
        name,
        List.of(python, bench.resolve("peers/python").resolve(script).toString()),
        environment);
  }

  /** This program's class path without the jars a contender does not use. */
  private static String ownClassPath(String without) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !Path.of(entry).getFileName().toString().matches("(" + without + ").*"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Why python cannot run this, empty if it can. */
  private String probePython(String code) {
    try {
      Process process = new ProcessBuilder(python, "-c", code).redirectErrorStream(true).start();
      List<String> lines = process.inputReader().readAllLines();
      return process.waitFor() == 0
          ? ""
          : python + ": " + (lines.isEmpty() ? "it failed" : lines.getLast());
    } catch (IOException e) {
      return "no " + python + "; PANAGRAD_PYTHON names another";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }
}

package org.panagrad.bench.floor;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.bench.contender.BenchData;
import org.panagrad.bench.contender.Contender;
import org.panagrad.bench.contender.Serve;
import org.panagrad.bench.contender.Workload;
import org.panagrad.blas.NativeBlas;
import org.panagrad.openblas.CblasLibrary;
import org.panagrad.openblas.OpenBlas;
import org.panagrad.openblas.cblas.Cblas;

/**
 * The products of a step and nothing else: no bias, no activation, no loss, no update. It learns
 * nothing, so it has no loss to compare.
 *
 * <p>The first argument names who calls: {@code serial}, {@code callers} (a thread per processor,
 * each with OpenBLAS on one thread), or {@code blas} (one thread, OpenBLAS on all processors). The
 * second is {@code whole}, or {@code pieces} for products that the engine cuts as it does its own.
 */
final class FloorContender implements Contender {
  private final Arena arena = Arena.ofShared();
  private final Callers callers;
  private final String who;
  private final @Nullable NativeBlas engine;
  private final CblasLibrary library;
  private final Map<Integer, Sgemm[][][]> predictions = new HashMap<>();
  private @Nullable Workload workload;
  private Sgemm[][][] step = {};
  private String name = "";

  private FloorContender(String who, boolean inPieces) {
    this.who = who;
    this.engine = inPieces ? NativeBlas.load() : null;
    int processors = Runtime.getRuntime().availableProcessors();
    // Checked products first, so that a broken library does not make a fast floor.
    library = OpenBlas.load();
    callers =
        new Callers(
            switch (who) {
              case "serial", "blas" -> 1;
              case "callers" -> processors;
              default ->
                  throw new IllegalArgumentException(
                      "floor '" + who + "': expected serial, callers or blas");
            });
    if (who.equals("blas")) {
      Cblas.openblas_set_num_threads(processors);
      if (Cblas.openblas_get_num_threads() != processors) {
        throw new IllegalStateException(
            "OpenBLAS took "
                + Cblas.openblas_get_num_threads()
                + " threads, asked for "
                + processors);
      }
    }
  }

  public static void main(String[] args) {
    Serve.run(() -> new FloorContender(args[0], args[1].equals("pieces")));
  }

  @Override
  public String about() {
    return library.version()
        + " core "
        + library.coreName()
        + ", "
        + who
        + " x "
        + (who.equals("blas") ? Cblas.openblas_get_num_threads() : callers.count())
        + ": "
        + name;
  }

  @Override
  public void prepare(BenchData data) {
    Workload w = data.workload();
    workload = w;
    Candidate fastest = new Search(w, w.batch(), callers, arena, engine).trainingStep();
    name = fastest.name();
    step = Callers.schedule(fastest.phases(), callers.count());
  }

  @Override
  public void train(int steps) {
    callers.run(step, steps);
  }

  @Override
  public double loss() {
    return Double.NaN;
  }

  @Override
  public void predict(int rows, int times) {
    Workload w = Objects.requireNonNull(workload);
    Sgemm[][][] calls =
        predictions.computeIfAbsent(
            rows,
            r ->
                Callers.schedule(
                    new Search(w, r, callers, arena, engine).prediction().phases(),
                    callers.count()));
    callers.run(calls, times);
  }

  @Override
  public void close() {
    callers.close();
  }
}

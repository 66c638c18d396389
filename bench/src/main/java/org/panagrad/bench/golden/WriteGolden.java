package org.panagrad.bench.golden;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Writes the golden files, or checks that those there are what would be written. */
public final class WriteGolden {
  /**
   * How far PyTorch's own float32 may be from its float64, relative to a tensor's largest value.
   * More than that says the case is ill-conditioned: a test against it would test the case.
   */
  private static final double CONDITION = 1e-5;

  private WriteGolden() {}

  /**
   * Exits with 0 when all is well, 1 when a file differs, 2 for a wrong use.
   *
   * @param args the directory, optionally after {@code --check}
   */
  public static void main(String[] args) throws IOException {
    boolean check = args.length == 2 && args[0].equals("--check");
    if (args.length != (check ? 2 : 1)) {
      System.err.println("usage: WriteGolden [--check] DIRECTORY");
      System.exit(2);
    }
    System.exit(run(check, Path.of(args[args.length - 1]), System.out) ? 0 : 1);
  }

  private static boolean run(boolean check, Path directory, PrintStream out) throws IOException {
    if (!check) {
      Files.createDirectories(directory);
    }
    torch.set_num_threads(1);
    String version = Torch.version();
    List<Case> cases = new ArrayList<>(GradientCases.all());
    cases.addAll(OptimizerCase.all());

    boolean good = true;
    long total = 0;
    out.printf("%-48s %7s  %s%n", "file", "bytes", "float32's deviation");
    for (Case golden : cases) {
      try (PointerScope _ = new PointerScope()) {
        List<NamedTensor> exact = golden.compute(ScalarType.Double);
        Deviation deviation = Deviation.of(golden.compute(ScalarType.Float), exact);
        if (!(deviation.relative() <= CONDITION)) {
          throw new IllegalStateException(
              golden.name() + " is ill-conditioned: float32 deviates from float64 by " + deviation);
        }
        GoldenFile file = file(golden, exact, version);
        byte[] bytes = file.bytes();
        String remark = "";
        if (!check) {
          file.writeTo(directory);
        } else if (!sameBytes(directory.resolve(file.fileName()), bytes)) {
          remark = "  DIFFERS from the file there";
          good = false;
        }
        total += bytes.length;
        out.printf("%-48s %7d  %s%s%n", file.fileName(), bytes.length, deviation, remark);
      }
    }
    out.printf("%d files, %d bytes%n", cases.size(), total);
    return good;
  }

  private static boolean sameBytes(Path path, byte[] bytes) throws IOException {
    return Files.exists(path) && Arrays.equals(Files.readAllBytes(path), bytes);
  }

  private static GoldenFile file(Case golden, List<NamedTensor> exact, String version) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", "panagrad-golden-1");
    metadata.put("torch", version);
    metadata.put("computed", "float64 from float32 inputs and parameters, rounded once to float32");
    metadata.put("case", GoldenFile.json(golden.description()));
    List<NamedTensor> tensors = new ArrayList<>(golden.given());
    tensors.addAll(exact);
    return new GoldenFile(golden.name(), metadata, tensors);
  }
}

package org.panagrad.openblas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Another CBLAS, named by the property or the variable: used, or refused with the reason. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "names and makes ELF files")
class NamedLibraryTest {
  private static final List<Path> SYSTEM_OPENBLAS =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so.0"),
          Path.of("/usr/lib/aarch64-linux-gnu/openblas-pthread/libopenblas.so.0"));

  @TempDir Path directory;

  @Test
  void whatIsNoLibraryIsRefusedWithTheReason() throws IOException, InterruptedException {
    Path text = Files.writeString(directory.resolve("text.so"), "not an ELF file ".repeat(8));
    Path empty = Files.writeString(directory.resolve("empty.so"), "");
    Path whole = openBlasFromJar();
    Path truncated = directory.resolve("truncated.so");
    Files.write(truncated, Arrays.copyOf(Files.readAllBytes(whole), 1 << 20));
    Path otherProcessor = directory.resolve("other.so");
    byte[] bytes = Files.readAllBytes(whole);
    bytes[18] = 8; // MIPS
    Files.write(otherProcessor, bytes);
    String missing = directory.resolve("missing.so").toString();

    ForkedJvm.Result result =
        ForkedJvm.onClassPath()
            .argument("", "libopenblas.so", missing, directory.toString())
            .argument(text.toString(), empty.toString())
            .argument(truncated.toString(), otherProcessor.toString())
            .run();

    assertEquals(0, result.status(), () -> "" + result.lines());
    assertRefused(result, "", "it is empty");
    assertRefused(result, "libopenblas.so", "it is not an absolute path");
    assertRefused(result, missing, "does not exist");
    assertRefused(result, directory.toString(), "is not a file");
    assertRefused(result, text.toString(), "is no shared library");
    assertRefused(result, empty.toString(), "is no shared library");
    assertRefused(result, truncated.toString(), "is truncated");
    assertRefused(result, otherProcessor.toString(), "is for another processor");
  }

  @Test
  void libraryThatComputesWrongIsRefused() throws IOException, InterruptedException {
    String right = compile("RIGHT");
    String transpose = compile("FAULT_TRANSPOSE");
    String large = compile("FAULT_LARGE");
    String beta = compile("FAULT_BETA");
    String padding = compile("FAULT_PADDING");
    String missing = compile("FAULT_MISSING");
    String threads = compile("FAULT_THREADS");
    String integers = compile("FAULT_INTEGERS");

    ForkedJvm.Result result =
        ForkedJvm.onClassPath()
            .argument(right, transpose, large, beta, padding)
            .argument(missing, threads, integers, right)
            .run();

    assertEquals(0, result.status(), () -> "" + result.lines());
    assertEquals(
        "CblasLibrary[path=%s, origin=PROPERTY, isOpenBlas=false, version=unknown, config=unknown,"
                .formatted(right)
            + " coreName=unknown, threads=0]",
        result.line(right));
    assertRefused(result, transpose, "of sgemm TT");
    assertRefused(result, large, "of sgemm NN (101, 101, 101)");
    assertRefused(result, beta, "is NaN");
    assertRefused(result, padding, "writes outside the result");
    assertRefused(result, missing, "does not have the function cblas_sgemm");
    assertRefused(result, threads, "answers that it uses 4");
    assertRefused(result, integers, "64-bit integers");
    // The last of them is the first again, from another class loader.
    String again = result.lines().getLast();
    assertTrue(again.contains("is already loaded by another class loader"), again);
    assertTrue(again.contains("put panagrad-openblas where all applications share it"), again);
  }

  @Test
  void variableNamesALibraryAndThePropertyWins() throws IOException, InterruptedException {
    String right = compile("RIGHT");
    ForkedJvm.Result byVariable =
        ForkedJvm.onClassPath().variable(OpenBlas.LIBRARY_VARIABLE, right).run();
    assertTrue(byVariable.line("").contains("origin=ENVIRONMENT"), byVariable.line(""));

    ForkedJvm.Result byProperty =
        ForkedJvm.onClassPath()
            .variable(OpenBlas.LIBRARY_VARIABLE, right)
            .argument("/no/such/library.so")
            .run();
    assertRefused(byProperty, "/no/such/library.so", "does not exist");
  }

  @Test
  void systemOpenBlasIsUsed() throws IOException, InterruptedException {
    Path library = SYSTEM_OPENBLAS.stream().filter(Files::exists).findFirst().orElse(null);
    assumeTrue(library != null, "skipped: no libopenblas0-pthread on this machine");
    ForkedJvm.Result result = ForkedJvm.onClassPath().argument("" + library).run();
    String line = result.line("" + library);
    assertTrue(line.contains("isOpenBlas=true"), line);
    assertTrue(line.endsWith("threads=1]"), line);
  }

  private static void assertRefused(ForkedJvm.Result result, String library, String reason) {
    String line = result.line(library);
    assertTrue(
        line.startsWith(
            "the CBLAS library named by system property panagrad.cblas.library, '%s', cannot be used: "
                .formatted(library)),
        line);
    assertEquals(1, line.lines().count());
    assertTrue(line.contains(reason), line);
    assertTrue(line.contains("unset it to use the bundled OpenBLAS"), line);
  }

  private Path openBlasFromJar() throws IOException {
    NativePlatform platform = NativePlatform.current();
    Path file = directory.resolve("whole.so");
    ClassLoader loader = NamedLibraryTest.class.getClassLoader();
    try (InputStream content =
        new NativeJar(platform, loader).open(platform.libraries().getLast())) {
      Files.copy(content, file);
    }
    return file;
  }

  private String compile(String macro) throws IOException, InterruptedException {
    Path source = directory.resolve("cblas.c");
    try (InputStream content = NamedLibraryTest.class.getResourceAsStream("cblas.c")) {
      Files.write(source, Objects.requireNonNull(content).readAllBytes());
    }
    Path library = directory.resolve(macro + ".so");
    Process gcc;
    try {
      gcc =
          new ProcessBuilder(
                  "gcc", "-shared", "-fPIC", "-O1", "-D" + macro, "-o", "" + library, "" + source)
              .inheritIO()
              .start();
    } catch (IOException absent) {
      assumeTrue(false, "skipped: no gcc on this machine");
      throw absent;
    }
    assertEquals(0, gcc.waitFor());
    return library.toString();
  }
}

package org.panagrad.openblas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole JVMs: at once on one cache, on the class path, on the module path, and without the flag.
 */
class ProcessesTest {
  private static final String MODULE = "org.panagrad.openblas";

  @TempDir Path directory;

  @Test
  void severalAtOnceOnAnEmptyCacheShareOneCopy() throws IOException, InterruptedException {
    Path cache = directory.resolve("cache");
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      processes.add(ForkedJvm.onClassPath().variable(UserCache.VARIABLE, cache.toString()).start());
    }
    for (Process process : processes) {
      ForkedJvm.Result result = ForkedJvm.result(process);
      assertTrue(result.line("").contains("origin=BUNDLED"), () -> "" + result.lines());
    }
    try (Stream<Path> left = Files.list(cache.resolve("openblas"))) {
      assertEquals(1, left.count());
    }
  }

  @Test
  void nativeJarIsFoundOnTheModulePathWithNoFlagOfItsOwn()
      throws IOException, InterruptedException {
    ForkedJvm.Result result =
        modular()
            .option("-p", ForkedJvm.join(ForkedJvm.mainClasses(), ForkedJvm.nativeJar()))
            .run();
    assertTrue(result.line("").contains("origin=BUNDLED"), () -> "" + result.lines());
  }

  @Test
  void withoutTheNativeJarTheMessageNamesTheArtifact() throws IOException, InterruptedException {
    ForkedJvm.Result result = modular().option("-p", "" + ForkedJvm.mainClasses()).run();
    assertTrue(
        result.line("").contains("add org.bytedeco:openblas with classifier "),
        () -> "" + result.lines());
  }

  @Test
  void withoutNativeAccessTheMessageNamesTheFlag() throws IOException, InterruptedException {
    ForkedJvm.Result result =
        new ForkedJvm()
            .option("--illegal-native-access=deny")
            .option("-p", ForkedJvm.join(ForkedJvm.mainClasses(), ForkedJvm.nativeJar()))
            .option("--add-modules", MODULE)
            .option("--patch-module", MODULE + "=" + ForkedJvm.testClasses())
            .main(MODULE)
            .run();
    assertTrue(
        result.line("").contains("start java with --enable-native-access=" + MODULE),
        () -> "" + result.lines());
  }

  @Test
  void secondClassLoaderIsToldWhereTheJarBelongs() throws IOException, InterruptedException {
    ForkedJvm.Result result = ForkedJvm.onClassPath().argument("bundled", "bundled").run();
    assertTrue(result.lines().getFirst().contains("origin=BUNDLED"), () -> "" + result.lines());
    assertTrue(
        result.lines().getLast().contains("is already loaded by another class loader"),
        () -> "" + result.lines());
  }

  @Test
  @EnabledIfSystemProperty(
      named = "os.arch",
      matches = "amd64|x86_64",
      disabledReason = "Nehalem is an x86-64 core")
  void forcedCoreTypeIsUsed() throws IOException, InterruptedException {
    ForkedJvm.Result result = ForkedJvm.onClassPath().variable(CoreType.VARIABLE, "Nehalem").run();
    assertTrue(result.line("").contains("coreName=Nehalem"), () -> "" + result.lines());
  }

  private static ForkedJvm modular() {
    return new ForkedJvm()
        .option("--enable-native-access=" + MODULE, "--illegal-native-access=deny")
        .option("--add-modules", MODULE)
        .option("--patch-module", MODULE + "=" + ForkedJvm.testClasses())
        .main(MODULE);
  }
}

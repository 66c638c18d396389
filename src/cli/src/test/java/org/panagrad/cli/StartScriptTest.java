package org.panagrad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * When scripts/panagrad makes an archive, and when it uses it: in a repository that is only
 * scripts, with a Java that prints what it is told.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs shell scripts")
class StartScriptTest {
  private static final String JAVA =
      """
      #!/bin/sh
      for argument; do
        case $argument in
          -XX:ArchiveClassesAtExit=*) [ -e "$0.fails" ] && exit 1; echo archive >"${argument#*=}" ;;
        esac
      done
      echo "$@"
      """;

  @TempDir Path root;
  private Path jdk = Path.of("");
  private Path lib = Path.of("");
  private Path archive = Path.of("");

  @BeforeEach
  void makeRepository() throws IOException {
    Path scripts = Files.createDirectories(root.resolve("scripts"));
    for (String name : List.of("panagrad", "jdk.sh", "cds.sh")) {
      Path script = scripts.resolve(name);
      Files.copy(Path.of("../../scripts").resolve(name), script);
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    jdk = root.resolve("jdk");
    write(jdk.resolve("bin/java"), JAVA);
    write(jdk.resolve("bin/javac"), "");
    write(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
    for (String source : List.of("bindings", "src/engine", "src/cli")) {
      write(root.resolve(source).resolve("pom.xml"), "");
      Files.createDirectories(root.resolve(source).resolve("src/main"));
    }
    write(root.resolve("pom.xml"), "");
    lib = Files.createDirectories(root.resolve("src/cli/target/app/lib"));
    write(lib.resolve("a.jar"), "");
    write(root.resolve("src/cli/target/app.built"), "");
    archive = root.resolve("src/cli/target/start.jsa");
    Files.createDirectories(root.resolve("target"));
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(f -> !f.startsWith(root.resolve("src/cli/target"))).toList()) {
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
      }
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void theArchiveIsMadeOnceAndUsed() throws Exception {
    assertTrue(panagrad("").contains("-XX:SharedArchiveFile=" + archive + " "));
    FileTime made = Files.getLastModifiedTime(archive);
    assertTrue(panagrad("").contains("-XX:SharedArchiveFile=" + archive + " "));
    assertEquals(made, Files.getLastModifiedTime(archive));
    try (Stream<Path> files = Files.list(archive.getParent())) {
      assertEquals(
          List.of("app", "app.built", "start.jsa", "start.jsa.jdk"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    assertFalse(Files.exists(root.resolve("target/build.lock")));
  }

  @Test
  void oneOfAnotherBuildOrAnotherJdkIsMadeAnew() throws Exception {
    panagrad("");
    write(archive, "old");
    Files.setLastModifiedTime(archive, FileTime.fromMillis(0));
    panagrad("");
    assertEquals("archive\n", Files.readString(archive));
    write(archive, "of the other");
    write(jdk.resolve("release"), "JAVA_VERSION=\"25.0.4\"\n");
    panagrad("");
    assertEquals("archive\n", Files.readString(archive));
  }

  @Test
  void oneThatCannotBeMadeIsNotUsedNorTriedAgain() throws Exception {
    Path fails = jdk.resolve("bin/java.fails");
    write(fails, "");
    assertFalse(panagrad("").contains("Archive"));
    Files.delete(fails);
    assertFalse(panagrad("").contains("Archive"));
    assertEquals(0, Files.size(archive));
  }

  @Test
  void optionsOfTheUsersOwnStand() throws Exception {
    assertTrue(panagrad("-Xmx64m").matches("(?s).*-XX:\\+UseSerialGC.* -Xmx64m .*"));
    String other = panagrad("-XX:+UseZGC");
    assertFalse(other.contains("Serial") || other.contains("HugePages"), other);
    assertFalse(panagrad("-XX:SharedArchiveFile=mine.jsa").contains(archive.toString()));
    assertFalse(panagrad("-Xshare:off").contains("Archive"));
    assertFalse(panagrad("-XX:AOTCache=mine.aot").contains("Archive"));
    assertFalse(panagrad("-XX:ArchiveClassesAtExit=my.jsa").contains("SharedArchive"));
    assertFalse(panagrad("-XX:+RecordDynamicDumpInfo").contains("Archive"));
  }

  private String panagrad(String options) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(root.resolve("scripts/panagrad").toString(), "info");
    builder
        .environment()
        .putAll(Map.of("PANAGRAD_JAVA_HOME", jdk.toString(), "PANAGRAD_JAVA_OPTS", options));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    return out;
  }
}

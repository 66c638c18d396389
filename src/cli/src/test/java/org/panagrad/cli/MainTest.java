package org.panagrad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.panagrad.cli.option.FilesApart;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class MainTest {
  private static final Set<String> WRITTEN =
      Set.of(
          "--out", "--json", "--report", "--log", "--tensorboard", "--checkpoint-dir", "--output");

  @Test
  void withoutACommandIsWrongUse() {
    Run.of().isMisused("no command given");
    Run.of("learn")
        .isMisused(
            "no command 'learn': expected train, sweep, doctor, lr-find, evaluate, predict,"
                + " cross-validate, info or convert");
    Run.of("--learn").isMisused("Unknown option: '--learn'");
    Run.of("info", "model").isMisused("'model': expected options only");
  }

  @Test
  void everyCommandHasHelp() {
    for (String command :
        List.of("train", "sweep", "doctor", "evaluate", "predict", "cross-validate", "info")) {
      Run run = Run.of(command, "--help").succeeds();
      assertTrue(run.out().startsWith("Usage: panagrad " + command), run.out());
      assertTrue(run.out().lines().allMatch(line -> line.length() <= 80), run.out());
    }
    assertTrue(Run.of("--help").succeeds().out().contains("predict"));
  }

  @Test
  void versionIsOneLine() {
    Run run = Run.of("--version").succeeds();
    assertEquals(1, run.out().lines().count());
    assertTrue(run.out().startsWith("panagrad "), run.out());
  }

  @Test
  void infoTellsWhatItRunsOn() {
    Run run = Run.of("info");
    assertEquals(0, run.status(), run.err());
    for (String name :
        List.of(
            "panagrad",
            "java",
            "flags",
            "processors",
            "memory",
            "heap",
            "cache",
            "kernels",
            "library",
            "chosen by",
            "version",
            "config",
            "core",
            "threads")) {
      assertTrue(
          run.out().lines().anyMatch(line -> line.matches(name + " +\\S.*")),
          () -> name + " missing in " + run.out());
    }
  }

  /** An option that names a file is one of those that are read, or one that is written. */
  @Test
  void everyOptionOfAFileIsKnown() {
    Map<String, String> unknown = new TreeMap<>();
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        String name = option.longestName();
        if (option.type() == Path.class
            && !FilesApart.READ.contains(name)
            && !WRITTEN.contains(name)) {
          unknown.put(name, command.getCommandName());
        }
      }
    }
    assertTrue(unknown.isEmpty(), unknown.toString());
  }
}

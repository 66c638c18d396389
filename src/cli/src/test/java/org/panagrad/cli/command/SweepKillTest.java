package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.ForkedTraining;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;
import org.panagrad.random.SeededRandom;

/** Sweeps in processes that are killed at random moments: table and best model are the same. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "sends signals")
@Timeout(200)
class SweepKillTest {
  private static final int KILLS = 6;
  private static final long SEED = 6;
  private static final String SEARCH =
      "'search':{'learning-rate':{'log-uniform':[0.0005,0.1]},'dropout':[0,0.2],"
          + "'optimizer':['adam','momentum']},'parallel':2";

  @TempDir Path dir;

  private Path spec(Path data, String options, String strategy) throws IOException {
    String text =
        "{'options':{'data':'"
            + data
            + "','validation-split':0.25,'batch-size':16,'hidden':'24,16','partitions':2"
            + options
            + "},"
            + SEARCH
            + ",'strategy':"
            + strategy
            + "}";
    return Files.writeString(dir.resolve("spec.json"), text.replace('\'', '"'));
  }

  private static List<Object> arguments(Path spec, Path out, Object... more) {
    List<Object> all =
        new ArrayList<>(List.of("sweep", "--spec", spec, "--out", out, "--threads", 2, "--resume"));
    all.addAll(Arrays.asList(more));
    return all;
  }

  /** The rows, in an order of their own and without their times. */
  private static List<String> rows(Path out) throws IOException {
    List<String> rows = new ArrayList<>();
    for (String line : Files.readAllLines(out.resolve("results.jsonl"))) {
      JsonNode row = new ObjectMapper().readTree(line);
      rows.add(row instanceof ObjectNode object ? object.without("seconds").toString() : line);
    }
    return rows.stream().sorted().toList();
  }

  private void killed(Path spec) throws Exception {
    System.out.println("SweepKillTest: seed " + SEED);
    SeededRandom random = SeededRandom.of(SEED, "kills of sweeps");
    Path whole = dir.resolve("whole");
    Path broken = dir.resolve("broken");
    Path output = dir.resolve("output");
    Run.of(arguments(spec, whole).toArray()).succeeds();
    int kills = 0;
    boolean isDone = false;
    while (!isDone) {
      ForkedTraining process =
          ForkedTraining.start(
              output, List.of(), arguments(spec, broken, "--checkpoint-every-steps", 4));
      process.awaitOutput("table in");
      isDone = kills < KILLS && (process.endsWithin(random.nextInt(150)) || !process.kill());
      if (isDone || kills == KILLS) {
        isDone = true;
        assertEquals(0, process.end(), process.output());
      } else {
        kills++;
      }
    }
    System.out.println("SweepKillTest: " + kills + " kills");
    assertTrue(kills >= KILLS / 2, kills + " kills only; seed " + SEED);
    assertEquals(rows(whole), rows(broken));
    assertEquals(
        -1, Files.mismatch(whole.resolve("best.safetensors"), broken.resolve("best.safetensors")));
    assertEquals(rowOf(whole), rowOf(broken));
  }

  private static String rowOf(Path out) throws IOException {
    JsonNode row = new ObjectMapper().readTree(out.resolve("best.json").toFile());
    return ((ObjectNode) row).without("seconds").toString();
  }

  @Test
  void killedAtRandomMomentsTheTableIsTheSame() throws Exception {
    Path data = TinyData.USUAL.in(dir.resolve("data"));
    killed(spec(data, ",'epochs':40", "{'name':'random','trials':6,'seed':2}"));
  }

  @Test
  void soIsThatOfHalving() throws Exception {
    Path data = TinyData.USUAL.in(dir.resolve("data"));
    killed(
        spec(
            data,
            "",
            "{'name':'halving','trials':8,'seed':2,'eta':2,'min-epochs':8,'max-epochs':60}"));
  }
}

package org.panagrad.cli.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;
import org.panagrad.sweep.Halving;
import org.panagrad.sweep.TrialResult;

class SweepCommandTest {
  @TempDir Path dir;

  private Path data = Path.of("");
  private Path out = Path.of("");
  private Path json = Path.of("");

  @BeforeEach
  void writeData() throws IOException {
    data = TinyData.USUAL.in(dir.resolve("data"));
    out = dir.resolve("sweep");
    json = dir.resolve("report.json");
  }

  /** A spec in which ' is " and DATA the data's options. */
  private Path spec(String text) throws IOException {
    String options = "'data':'" + data + "','validation-split':0.25,'batch-size':20,'epochs':3";
    return Files.writeString(
        dir.resolve("spec.json"),
        text.replace("'epochs'", "'epochs'").replace("DATA", options).replace('\'', '"'));
  }

  private Run sweep(String spec, Object... more) throws IOException {
    List<Object> all =
        new ArrayList<>(List.of("sweep", "--spec", spec(spec), "--out", out, "--json", json));
    all.addAll(Arrays.asList(more));
    return Run.of(all.toArray());
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(json.toFile());
  }

  @Test
  void aGridIsTriedAndTheBestCommandRepeatsItsBits() throws IOException {
    Run run =
        sweep(
                "{'options':{DATA,'partitions':3},"
                    + "'search':{'hidden':['none',8,[12,6]],'lr':[0.001,0.02]},'parallel':2}",
                "--threads",
                3)
            .succeeds();
    JsonNode report = report();
    assertEquals(6, report.get("trials").size());
    assertEquals("12,6", report.get("rows").get(5).get("settings").get("hidden").asText());
    assertEquals("0.02", report.get("rows").get(5).get("settings").get("learning-rate").asText());
    String command = report.get("command").asText();
    assertTrue(run.out().contains("again:    " + command + "\n"), run.out());
    assertTrue(
        run.out()
            .lines()
            .filter(
                l ->
                    !l.startsWith("again")
                        && !l.startsWith("table in")
                        && !l.startsWith("model in")
                        && !l.startsWith("data "))
            .allMatch(line -> line.length() < 80),
        run.out());
    assertTrue(run.out().chars().allMatch(c -> c == '\n' || c >= ' '), "no control characters");
    JsonNode trained = assertBestHasTheSameBitsAlone();
    assertEquals(report.get("bestMetric").asDouble(), trained.get("validationAccuracy").asDouble());
  }

  /** Runs the command that the report ends with; gives that run's report. */
  private JsonNode assertBestHasTheSameBitsAlone() throws IOException {
    Path model = dir.resolve("again.safetensors");
    Path again = dir.resolve("again.json");
    JsonNode report = report();
    String command = report.get("command").asText();
    List<Object> args =
        new ArrayList<>(List.of((Object[]) command.replace("panagrad ", "").split(" ")));
    args.addAll(List.of("--out", model, "--json", again));
    Run.of(args.toArray()).succeeds();
    JsonNode trained = new ObjectMapper().readTree(again.toFile());
    assertEquals(report.get("parametersSha256"), trained.get("parametersSha256"));
    assertEquals(-1, Files.mismatch(model, out.resolve("best.safetensors")));
    return trained;
  }

  @Test
  void sideBySideOrNotIsTheSame() throws IOException {
    String spec =
        "{'options':{DATA,'partitions':2},"
            + "'search':{'dropout':{'uniform':[0,0.5]},'hidden':{'integer':[4,20]},"
            + "'lr':{'log-uniform':[0.0001,0.1]},'optimizer':{'choice':['adam','sgd']}},"
            + "'strategy':{'name':'random','trials':5,'seed':3}}";
    sweep(spec).succeeds();
    JsonNode one = report().get("rows");
    out = dir.resolve("other");
    sweep(spec, "--parallel", 4, "--threads", 4).succeeds();
    JsonNode four = report().get("rows");
    assertEquals(5, one.size());
    for (int i = 0; i < 5; i++) {
      assertEquals(one.get(i).get("parametersSha256"), four.get(i).get("parametersSha256"));
      assertEquals(one.get(i).get("settings"), four.get(i).get("settings"));
    }
  }

  @Test
  void halvingBringsTheBestToAllEpochs() throws IOException {
    Run run =
        sweep(
                "{'options':{'data':'"
                    + data
                    + "','validation-split':0.25,'batch-size':20,'hidden':8},"
                    + "'search':{'lr':[0.0001,0.001,0.003,0.01,0.03,0.1]},"
                    + "'metric':{'name':'loss','direction':'min'},"
                    + "'strategy':{'name':'halving','eta':2,'min-epochs':1,'max-epochs':5}}",
                "--keep-models")
            .succeeds();
    assertTrue(run.out().contains("rung 1/3: 6 trials to epoch 1"), run.out());
    assertTrue(run.out().contains("rung 2/3: 3 trials to epoch 2"), run.out());
    assertTrue(run.out().contains("rung 3/3: 1 trial to epoch 5"), run.out());
    JsonNode report = report();
    assertEquals(10, report.get("rows").size());
    assertEquals(5, report.get("trials").get(0).get("epochs").asInt());
    assertTrue(report.get("command").asText().contains("--epochs 5"), report.toString());
    assertTrue(Files.exists(out.resolve("models/trial-0001.safetensors")));
  }

  @Test
  void aTrialThatDoesNotFitTheDataIsARow() throws IOException {
    Run run =
        sweep(
                "{'options':{DATA},'search':{'batch-size':[50,500]}}"
                    .replace("DATA", "'data':'" + data + "','validation-split':0.25,'epochs':2"))
            .succeeds();
    assertTrue(flowing(run).contains("batch size 500 is larger than the set"), run.out());
    assertTrue(run.out().contains("2 trials, 1 failed"), run.out());
    assertTrue(report().get("trials").get(1).get("failed").asBoolean());
    out = dir.resolve("none");
    Run none =
        sweep(
            "{'options':{DATA},'search':{'batch-size':[500,600]}}"
                .replace("DATA", "'data':'" + data + "','validation-split':0.25,'epochs':2"));
    assertEquals(1, none.status());
    assertTrue(none.out().contains("no trial came to a model"), none.out());
  }

  /** What was written, without the line ends within a sentence. */
  private static String flowing(Run run) {
    return run.out().replaceAll("\\s+", " ");
  }

  /** A rate at which nothing stays finite is tried beside one that is well. */
  @Test
  void aTrialThatDivergesIsARowWithItsReason() throws IOException {
    Run run =
        sweep(
                "{'options':{DATA,'optimizer':'sgd','loss':'mse','hidden':16},"
                    + "'search':{'lr':[1e20,0.01]}}")
            .succeeds();
    String reason = report().get("trials").get(1).get("ended").asText();
    assertTrue(reason.matches("not finite at step \\d+ \\(epoch 1, batch \\d+\\), .*"), reason);
    assertTrue(report().get("trials").get(1).get("failed").asBoolean());
    assertTrue(report().get("trials").get(1).get("metric").isNull());
    // When it fails, and in the table at the end.
    assertEquals(3, flowing(run).split(Pattern.quote(reason), -1).length, run.out());
    assertTrue(run.out().contains("2 trials, 1 failed; the best first"), run.out());
    assertTrue(
        run.out().lines().filter(l -> l.startsWith("       ")).allMatch(l -> l.length() < 80));
    assertTrue(run.out().contains("best      trial 2"), run.out());
    // It has ended, and is not tried again.
    JsonNode before = report();
    sweep(
            "{'options':{DATA,'optimizer':'sgd','loss':'mse','hidden':16},"
                + "'search':{'lr':[1e20,0.01]}}",
            "--resume")
        .succeeds();
    assertEquals(before, report());
  }

  /** Stopped early, a trial has the weights of its best epoch, as it has them alone. */
  @ParameterizedTest
  @CsvSource({"loss", "accuracy"})
  void trialsStopEarlyWithTheWeightsOfTheirBestEpoch(String monitor) throws IOException {
    String options =
        "'data':'"
            + data
            + "','validation-split':0.25,'batch-size':20,'partitions':2,'epochs':30,"
            + "'early-stopping':2,'monitor':'"
            + monitor
            + "'";
    sweep("{'options':{" + options + "},'search':{'hidden':[8,'16,8'],'lr':[0.01,0.1]}}")
        .succeeds();
    JsonNode rows = report().get("rows");
    int early = 0;
    for (JsonNode row : rows) {
      boolean stopped = row.get("ended").asText().equals("early stopping");
      early += stopped ? 1 : 0;
      assertEquals(stopped, row.get("epochs").asInt() < 30, row.toString());
      assertTrue(row.get("bestEpoch").asInt() <= row.get("epochs").asInt(), row.toString());
      if (stopped) {
        assertEquals(row.get("epochs").asInt() - 2, row.get("bestEpoch").asInt(), row.toString());
      }
    }
    assertTrue(early > 0, rows.toString());
    assertTrue(report().get("command").asText().contains(" --early-stopping 2 --monitor "));
    assertBestHasTheSameBitsAlone();
  }

  /** In the rungs of a halving too: what a trial came to is what it comes to in one go. */
  @Test
  void halvingAndEarlyStoppingGoTogether() throws IOException {
    String options =
        "'data':'"
            + data
            + "','validation-split':0.25,'batch-size':20,'partitions':2,'hidden':8,"
            + "'early-stopping':1,'monitor':'accuracy'";
    sweep(
            "{'options':{"
                + options
                + "},'search':{'lr':[0.003,0.01,0.1]},"
                + "'strategy':{'name':'halving','eta':2,'min-epochs':2,'max-epochs':16}}")
        .succeeds();
    assertBestHasTheSameBitsAlone();
  }

  /** What decides a training may be in a spec, and has there the say that it has alone. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'schedule':'one-cycle','cycle-momentum':true,'optimizer':'momentum' |"
            + " 'pct-start':[0.2,0.4]",
        "'schedule':'cosine','warmup':0.5 | 'min-lr':[0,0.001]",
        "'schedule':'plateau','plateau-patience':0,'plateau-threshold':0.9 |"
            + " 'plateau-factor':[0.1,0.9]",
        "'clip-norm':0.1 | 'clip-value':[0.001,0.01]",
        "'norm':'batch','accumulate':2 | 'label-smoothing':[0,0.2]",
        "'class-weights':'balanced','weight-decay':0.01 | 'no-bias-decay':[true,false]",
        "'on-non-finite':'skip','norm':'batch','dropout':0.1 | 'activation':['relu','gelu']",
        "'l1':0.001,'init':'he-normal' | 'batch-size':['full',30]",
      })
  void optionsOfATrainingAreOptionsOfTrials(String options, String search) throws IOException {
    String all =
        "'data':'" + data + "','validation-split':0.25,'partitions':2,'hidden':8,'epochs':4,";
    sweep("{'options':{" + all + options.strip() + "},'search':{" + search.strip() + "}}")
        .succeeds();
    JsonNode report = report();
    assertEquals(2, report.get("trials").size());
    assertNotEquals(
        report.get("trials").get(0).get("parametersSha256"),
        report.get("trials").get(1).get("parametersSha256"));
    assertBestHasTheSameBitsAlone();
  }

  /** None is missing in the documentation, and none is there that is none. */
  @Test
  void theDocumentationListsTheOptionsOfTrials() throws IOException {
    String page = Files.readString(Path.of("..", "..", "docs", "sweep.md"));
    String table = page.substring(page.indexOf("| options of "), page.indexOf("## Early stopping"));
    SortedSet<String> listed = new TreeSet<>();
    Matcher name = Pattern.compile("`([a-z0-9-]+)`").matcher(table);
    while (name.find()) {
      listed.add(name.group(1));
    }
    SortedSet<String> names =
        new TrialOptions(new PrintWriter(OutputStream.nullOutputStream(), false, UTF_8)).names();
    assertEquals(names, listed);
  }

  @Test
  void memoryIsForAllTogether() throws IOException {
    sweep("{'options':{DATA},'search':{'hidden':[8]}}", "--max-memory", "1k")
        .fails("the data alone takes");
    out = dir.resolve("b");
    Run run = sweep("{'options':{DATA},'search':{'hidden':[8,200000]}}", "--max-memory", "4m");
    assertEquals(0, run.succeeds().status());
    assertTrue(flowing(run).contains("raise --max-memory"), run.out());
  }

  @Test
  void aFolderIsGoneOnWithOnlyByTheSameSpec() throws IOException {
    String spec = "{'options':{DATA},'search':{'lr':[0.01,0.02]}}";
    sweep(spec).succeeds();
    JsonNode first = report();
    sweep(spec).fails("holds a sweep; go on with that one by --resume");
    sweep(spec, "--resume").succeeds();
    assertEquals(first, report());
    sweep(spec.replace("0.02", "0.03"), "--resume")
        .fails("trial 2, learning-rate: the sweep has 0.02, found 0.03");
    sweep(spec.replace("DATA", "DATA,'seed':2"), "--resume")
        .fails("options.seed: the sweep has none, found 2");
    assertNotEquals(0, first.size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'optoins':{}}|optoins (line 1, column 2): expected only metric, options, parallel,",
        "[1]|content: expected an object, found",
        "{'options':{},|line 1, column",
        "{'options':{},'options':{}}|Duplicate field 'options'",
        "{'options':{'epocs':3}}|options.epocs (line 1, column 13): expected an option of 'panag",
        "{'options':{'out':'x'}}|options.out (line 1, column 13): expected an option that decides",
        "{'options':{'resume':true}}|expected an option that decides what a training comes to",
        "{'options':{'threads':1}}|expected an option that decides what a training comes to",
        "{'options':{'epochs':{}}}|options.epochs (line 1, column 13): expected a string, a number",
        "{'options':{'epochs':null}}|options.epochs (line 1, column 13): expected a string",
        "{'options':{'lr':1,'learning-rate':2}}|expected --learning-rate once",
        "{'search':{'data':['a']}}|search.data (line 1, column 12): expected an option of the tra",
        "{'search':{'lr':[]}}|search.lr (line 1, column 12): expected a range, found no values",
        "{'search':{'lr':[1,1]}}|expected values that differ",
        "{'search':{'lr':3}}|expected a list of values, or an object of one of choice, integer,",
        "{'search':{'lr':{'unifrom':[0,1]}}}|search.lr.unifrom (line 1, column 18): expected only",
        "{'search':{'lr':{'uniform':[0]}}}|search.lr.uniform (line 1, column 18): expected two",
        "{'search':{'lr':{'uniform':[1,0]}}}|the smaller first",
        "{'search':{'lr':{'log-uniform':[0,1]}}}|expected more than 0",
        "{'search':{'epochs':{'integer':[1.5,3]}}}|expected a whole number",
        "{'options':{'lr':1},'search':{'lr':[1]}}|expected --learning-rate once",
        "{'strategy':'gird'}|strategy (line 1, column 2): expected grid, random or halving",
        "{'strategy':'random'}|strategy (line 1, column 2): expected a member \"trials\"",
        "{'strategy':{'name':'grid','trials':3}}|strategy.trials (line 1, column 28): expected on",
        "{'strategy':{'name':'halving'}}|expected a member \"max-epochs\"",
        "{'strategy':{'name':'halving','eta':1,'max-epochs':3}}|strategy.eta (line 1, column 31)",
        "{'strategy':{'name':'halving','min-epochs':4,'max-epochs':3}}|expected min-epochs 4 or",
        "{'options':{'epochs':3},'strategy':{'name':'halving','max-epochs':3}}|strategy.max-epoch",
        "{'metric':'acuracy'}|metric (line 1, column 2): expected accuracy, loss or rmse",
        "{'metric':{'name':'loss','direction':'up'}}|metric.direction (line 1, column 26): expect",
        "{'parallel':0}|parallel (line 1, column 2): expected a whole number from 1",
        "{'search':{'seed':[1,2]},'options':{'validation-split':0.1}}|search.seed (line 1",
      })
  void aWrongSpecIsOneLine(String spec, String message) throws IOException {
    sweep(spec).fails(message);
    assertFalse(Files.exists(out));
    assertFalse(Files.exists(json));
  }

  @Test
  void aSpecIsTextInUtf8WithOrWithoutAMark() throws IOException {
    Path file = dir.resolve("other.json");
    Files.writeString(file, "{\"options\":{\"data\":\"é\"}}", ISO_8859_1);
    Run.of("sweep", "--spec", file, "--out", out)
        .fails("other.json: content: expected text in UTF-8, found bytes of another encoding");
    Files.writeString(file, "\uFEFF{\"optoins\":{}}");
    Run.of("sweep", "--spec", file, "--out", out)
        .fails("optoins (line 1, column 2): expected only");
  }

  @Test
  void optionsAreTheTrainCommandsAndCheckedByIt() throws IOException {
    sweep("{'options':{DATA},'search':{'dropout':[0.1,1.5]}}")
        .isMisused("trial 2 (dropout 1.5): --dropout 1.5: expected 0 or more, below 1");
    sweep("{'options':{DATA},'search':{'hidden':['8','8;4']}}")
        .isMisused("trial 2 (hidden 8;4): Invalid value for option '--hidden'");
    sweep("{'options':{DATA},'search':{'hidden':{'uniform':[0,1]}}}")
        .isMisused("search: hidden: expected a list of values, as a grid tries all of them");
    sweep("{'options':{'data':'" + data + "'}}").fails("no rows to compare the trials on");
    sweep("{'options':{DATA},'metric':'rmse'}")
        .fails("ranking by rmse: expected values, found classes; rank by accuracy");
  }

  @Test
  void usageIsChecked() throws IOException {
    Run.of("sweep").isMisused("Missing required option: '--spec=FILE'");
    Run.of("sweep", "--spec", dir.resolve("none.json")).fails("none.json: no such file");
    sweep("{}", "--parallel", 0).isMisused("--parallel 0: expected 1 or more");
    sweep("{}", "--threads", 0).isMisused("--threads 0: expected 1 or more");
  }

  /** Where all of the last rung failed, the best has the epochs of one before: no command's. */
  @Test
  void onlyAWholeTrainingIsToBeRepeated() {
    Halving halving = new Halving(3, 1, 9); // rungs of 9, 3 and 1 trials
    assertNotNull(again(3, halving));
    assertNull(again(2, halving));
    assertNotNull(again(1, null));
  }

  private static @Nullable String again(int rung, @Nullable Halving halving) {
    Map<String, String> settings = Map.of("lr", "0.1");
    TrialResult best =
        new TrialResult(4, rung, settings, 9, 9, 0.5, 1, 1, 0.5, "all epochs", false, "ab", 1);
    return SweepCommand.again(
        new TrialOptions(new PrintWriter(OutputStream.nullOutputStream(), true, UTF_8)),
        Map.of("data", "x.csv"),
        best,
        halving,
        9);
  }
}

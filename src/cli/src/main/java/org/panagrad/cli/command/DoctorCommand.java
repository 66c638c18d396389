package org.panagrad.cli.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.data.DataSets;
import org.panagrad.cli.data.TableData;
import org.panagrad.cli.option.ColumnOptions;
import org.panagrad.cli.option.DataOptions;
import org.panagrad.cli.option.DelimitedOptions;
import org.panagrad.cli.option.FilesApart;
import org.panagrad.cli.option.Limits;
import org.panagrad.cli.option.SplitOptions;
import org.panagrad.cli.option.TrainingSetup;
import org.panagrad.cli.output.JsonFile;
import org.panagrad.cli.terminal.HangingIndent;
import org.panagrad.cli.terminal.Interruption;
import org.panagrad.data.Dataset;
import org.panagrad.doctor.Diagnosis;
import org.panagrad.doctor.Doctor;
import org.panagrad.doctor.Finding;
import org.panagrad.doctor.Severity;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Examines what is about to be trained. */
@Command(
    name = "doctor",
    description = {
      "Examines data, network and settings, and says in plain words what is wrong.",
      "Give the options of the training to come; it trains copies for a little while and writes no"
          + " model."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      " 0:no problem found",
      " 1:failed while running",
      " 2:not used as it should be",
      " 3:some problem found"
    })
public final class DoctorCommand implements Callable<Integer> {
  private static final int PROBLEMS_FOUND = 3;

  @Mixin DataOptions data;
  @Mixin DelimitedOptions delimited;
  @Mixin ColumnOptions columns;
  @Mixin SplitOptions splits;
  @Mixin TrainingSetup setup;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "The most steps in which a single batch is to be learned by heart. Default:"
              + " ${DEFAULT-VALUE}.")
  int steps;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the findings there.")
  @Nullable Path json;

  @Mixin Limits limits;

  @Spec CommandSpec spec;

  DoctorCommand() {}

  @Override
  public Integer call() throws IOException {
    data.check(splits.validation, splits.test);
    TrainingOptions options;
    Doctor doctor;
    try {
      options = options();
      doctor = Doctor.defaults().withBatchSteps(steps);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
    new FilesApart(spec).replaces("--json", json);
    TrainingSession.beginLoading();
    try (DataSets sets =
        TableData.load(data, delimited, columns, splits, setup.network.loss, setup.run.seed)) {
      Dataset train = sets.train();
      TrainingSetup.Job job = setup.job(train, options);
      Diagnosis diagnosis =
          doctor.examine(job.network(), train, sets.test(), job.options(), Interruption::check);
      print(sets.notes(), diagnosis);
      if (json != null) {
        json(diagnosis).write(json);
      }
      return diagnosis.isHealthy() ? 0 : PROBLEMS_FOUND;
    }
  }

  private TrainingOptions options() {
    columns.options(setup.network.loss);
    splits.check(data.takesFiles(), data.isTested());
    return setup.options(limits);
  }

  private void print(List<String> notes, Diagnosis diagnosis) {
    PrintWriter out = spec.commandLine().getOut();
    notes.forEach(note -> out.println(HangingIndent.fit("data     " + note)));
    for (Finding finding : diagnosis.findings()) {
      String line =
          String.format(
              Locale.ROOT,
              "%-8s %s: %s",
              label(finding.severity()),
              finding.check(),
              finding.text());
      out.println(HangingIndent.fit(line));
    }
    int problems = diagnosis.count(Severity.PROBLEM);
    out.printf(
        Locale.ROOT,
        "%s; %s, %d checks as they should be%n",
        problems == 0 ? "no problem found" : counted(problems, "problem"),
        counted(diagnosis.count(Severity.NOTE), "note"),
        diagnosis.count(Severity.OK));
    out.flush();
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  /** What is wrong is seen from afar. */
  private static String label(Severity severity) {
    return severity == Severity.PROBLEM ? "PROBLEM" : severity.name().toLowerCase(Locale.ROOT);
  }

  private JsonFile json(Diagnosis diagnosis) {
    return new JsonFile()
        .put("healthy", diagnosis.isHealthy())
        .put("problems", diagnosis.count(Severity.PROBLEM))
        .put("notes", diagnosis.count(Severity.NOTE))
        .putObjects("findings", diagnosis.findings().stream().map(DoctorCommand::json).toList())
        .put("data", data.data)
        .put("seed", setup.run.seed);
  }

  private static Map<String, @Nullable Object> json(Finding finding) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("check", finding.check());
    values.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
    values.put("value", Double.isFinite(finding.value()) ? finding.value() : null);
    values.put("text", finding.text());
    return values;
  }
}

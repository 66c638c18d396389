package org.panagrad.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.TrainTest;
import org.panagrad.file.AtomicFile;
import org.panagrad.graph.Loss;
import org.panagrad.infer.Model;
import org.panagrad.io.ModelFile;
import org.panagrad.train.Evaluation;
import org.panagrad.train.Evaluator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Loss and accuracy of a model on the test set. */
@Command(name = "evaluate", description = "Tells a model's loss and accuracy on a test set.")
final class EvaluateCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "A model that 'panagrad train' wrote.")
  Path file;

  @Mixin DataOptions data;

  @Option(names = "--json", paramLabel = "FILE", description = "Write a report there.")
  @Nullable Path json;

  @Mixin Limits limits;

  EvaluateCommand() {}

  @Override
  public Integer call() throws IOException {
    data.check();
    if (json != null) {
      AtomicFile.requireWritable(json);
    }
    try (Model model = ModelFile.read(file, limits.bytes());
        TrainTest sets = data.load()) {
      Evaluator evaluator =
          new Evaluator(
              Evaluator.defaults().batchSize(),
              limits.threads(),
              Evaluator.defaults().partitions(),
              limits.bytes());
      long begin = System.nanoTime();
      Evaluation result = model.evaluate(sets.test(), evaluator);
      double seconds = (System.nanoTime() - begin) / 1e9;
      print(result);
      if (json != null) {
        Loss loss = model.description().loss();
        new JsonFile()
            .put("testAccuracy", result.accuracy())
            .put("testLoss", result.loss())
            .put("loss", loss == null ? "" : loss.function().label())
            .put("testRows", result.examples())
            .put("seconds", seconds)
            .put("samplesPerSecond", result.examples() / seconds)
            .put("data", data.data)
            .put("model", file.toString())
            .write(json);
      }
    }
    return 0;
  }

  private void print(Evaluation result) {
    PrintWriter out = data.spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "test accuracy %s, loss %s on %,d rows of %s%n",
        TrainingClock.percent(result.accuracy()),
        TrainingClock.loss(result.loss()),
        result.examples(),
        data.data);
    out.flush();
  }
}

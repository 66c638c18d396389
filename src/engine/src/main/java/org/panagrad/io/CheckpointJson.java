package org.panagrad.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.OneLine;
import org.panagrad.optim.ScheduleState;
import org.panagrad.train.CheckpointForm;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;
import org.panagrad.train.TrainingEvent;
import org.panagrad.train.TrainingPosition;
import org.panagrad.train.TrainingProgress;

/** What a checkpoint says besides its tensors, as JSON; {@code docs/checkpoints.md} shows one. */
final class CheckpointJson {
  private static final int VERSION = 1;

  private CheckpointJson() {}

  static Json write(CheckpointForm form, TrainingProgress progress) {
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("version", new Json.Int(VERSION));
    json.put("settings", strings(form.settings()));
    json.put("machine", strings(form.machine()));
    json.put("position", position(progress.position()));
    json.put("epochsBefore", new Json.Int(progress.epochsBefore()));
    json.put("epochSeconds", number(progress.epochSeconds()));
    json.put("epochWaitSeconds", number(progress.epochWaitSeconds()));
    json.put("firstLoss", number(progress.firstLoss()));
    TrainingPosition rollbackTo = progress.rollbackTo();
    if (rollbackTo != null) {
      json.put("rollbackTo", position(rollbackTo));
    }
    json.put("rollbacks", new Json.Int(progress.rollbacks()));
    json.put(
        "history", new Json.Arr(progress.history().stream().map(CheckpointJson::epoch).toList()));
    return new Json.Obj(json);
  }

  private static Json position(TrainingPosition position) {
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("step", new Json.Int(position.step()));
    json.put("epochs", new Json.Int(position.epochs()));
    json.put("rowsDone", new Json.Int(position.rowsDone()));
    json.put("rowsSkipped", new Json.Int(position.rowsSkipped()));
    json.put("lossSum", number(position.lossSum()));
    json.put("weightSum", number(position.weightSum()));
    json.put("correct", new Json.Int(position.correct()));
    json.put("learningRate", number(position.learningRate()));
    json.put("baseLearningRate", number(position.baseLearningRate()));
    json.put("schedule", new Json.Str(position.schedule().toString()));
    return new Json.Obj(json);
  }

  private static Json epoch(TrainingEvent.EpochEnded ended) {
    Map<String, Json> json = new LinkedHashMap<>();
    EpochResult training = ended.training();
    json.put("epoch", new Json.Int(training.epoch()));
    json.put("examples", new Json.Int(training.examples()));
    json.put("loss", number(training.loss()));
    json.put("accuracy", number(training.accuracy()));
    json.put("seconds", number(training.seconds()));
    json.put("dataWaitSeconds", number(training.dataWaitSeconds()));
    json.put("step", new Json.Int(ended.step()));
    json.put("learningRate", number(ended.learningRate()));
    Evaluation evaluation = ended.validation();
    if (evaluation != null) {
      Map<String, Json> validation = new LinkedHashMap<>();
      validation.put("examples", new Json.Int(evaluation.examples()));
      validation.put("loss", number(evaluation.loss()));
      validation.put("accuracy", number(evaluation.accuracy()));
      json.put("validation", new Json.Obj(validation));
    }
    return new Json.Obj(json);
  }

  private static Json strings(Map<String, String> strings) {
    Map<String, Json> json = new LinkedHashMap<>();
    strings.forEach((name, value) -> json.put(name, new Json.Str(value)));
    return new Json.Obj(json);
  }

  /** JSON has no NaN and no infinity: they are strings. */
  private static Json number(double value) {
    return Double.isFinite(value) ? new Json.Real(value) : new Json.Str(Double.toString(value));
  }

  /** Checks the version, which says how the rest is to be read. */
  static JsonCursor parse(String text) {
    JsonCursor json = new JsonCursor(Json.parse(text), "checkpoint");
    json.member("version").integer(VERSION, VERSION);
    return json;
  }

  static Map<String, String> strings(JsonCursor json) {
    Map<String, String> strings = new LinkedHashMap<>();
    for (String name : json.names()) {
      strings.put(name, json.member(name).string());
    }
    return strings;
  }

  static TrainingProgress progress(JsonCursor json) {
    List<TrainingEvent.EpochEnded> history = new ArrayList<>();
    for (JsonCursor epoch : json.member("history").elements()) {
      history.add(epoch(epoch));
    }
    return new TrainingProgress(
        position(json.member("position")),
        whole(json.member("epochsBefore")),
        number(json.member("epochSeconds")),
        number(json.member("epochWaitSeconds")),
        number(json.member("firstLoss")),
        json.optional("rollbackTo").map(CheckpointJson::position).orElse(null),
        whole(json.member("rollbacks")),
        history);
  }

  private static TrainingPosition position(JsonCursor json) {
    return new TrainingPosition(
        json.member("step").integer(0, Long.MAX_VALUE),
        whole(json.member("epochs")),
        whole(json.member("rowsDone")),
        whole(json.member("rowsSkipped")),
        number(json.member("lossSum")),
        number(json.member("weightSum")),
        json.member("correct").integer(0, Long.MAX_VALUE),
        (float) number(json.member("learningRate")),
        (float) number(json.member("baseLearningRate")),
        schedule(json.member("schedule")));
  }

  private static ScheduleState schedule(JsonCursor json) {
    try {
      return ScheduleState.parse(json.string());
    } catch (IllegalArgumentException e) {
      throw new JsonException(
          json.path(), "what a schedule remembers", OneLine.quote(json.string()));
    }
  }

  private static TrainingEvent.EpochEnded epoch(JsonCursor json) {
    @Nullable Evaluation validation =
        json.optional("validation")
            .map(
                v ->
                    new Evaluation(
                        whole(v.member("examples")),
                        number(v.member("loss")),
                        number(v.member("accuracy"))))
            .orElse(null);
    return new TrainingEvent.EpochEnded(
        new EpochResult(
            whole(json.member("epoch")),
            whole(json.member("examples")),
            number(json.member("loss")),
            number(json.member("accuracy")),
            number(json.member("seconds")),
            number(json.member("dataWaitSeconds"))),
        validation,
        json.member("step").integer(0, Long.MAX_VALUE),
        (float) number(json.member("learningRate")));
  }

  private static int whole(JsonCursor json) {
    return (int) json.integer(0, Integer.MAX_VALUE);
  }

  private static double number(JsonCursor json) {
    if (json.value() instanceof Json.Str(var text)) {
      return switch (text) {
        case "NaN" -> Double.NaN;
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        default -> json.number(); // which says what is wrong
      };
    }
    return json.number();
  }
}

package org.panagrad.sweep;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.panagrad.io.Json;
import org.panagrad.io.JsonCursor;

/** The lines of a sweep's table as JSON: the first says what is tried, the others are results. */
final class TableJson {
  private static final int VERSION = 1;
  private static final Set<String> RESULT =
      Set.of(
          "trial",
          "rung",
          "settings",
          "epochs",
          "bestEpoch",
          "metric",
          "trainLoss",
          "validationLoss",
          "validationAccuracy",
          "ended",
          "failed",
          "parametersSha256",
          "seconds");

  private TableJson() {}

  /**
   * What is tried.
   *
   * @param settings of the sweep: what must be the same for it to go on
   * @param trials all of them
   */
  record Head(Map<String, String> settings, List<Trial> trials) {}

  static Json write(Head head) {
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("sweep", new Json.Int(VERSION));
    json.put("settings", strings(head.settings()));
    json.put(
        "trials",
        new Json.Arr(head.trials().stream().map(trial -> strings(trial.settings())).toList()));
    return new Json.Obj(json);
  }

  /** Throws a {@link org.panagrad.io.JsonException} if it is none. */
  static Head head(String line) {
    JsonCursor json = new JsonCursor(Json.parse(line), "sweep");
    json.member("sweep").integer(VERSION, VERSION);
    json.only(Set.of("sweep", "settings", "trials"));
    List<Trial> trials = new ArrayList<>();
    for (JsonCursor settings : json.member("trials").elements()) {
      trials.add(new Trial(trials.size() + 1, strings(settings)));
    }
    return new Head(strings(json.member("settings")), trials);
  }

  static Json write(TrialResult result) {
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("trial", new Json.Int(result.trial()));
    json.put("rung", new Json.Int(result.rung()));
    json.put("settings", strings(result.settings()));
    json.put("epochs", new Json.Int(result.epochs()));
    json.put("bestEpoch", new Json.Int(result.bestEpoch()));
    json.put("metric", number(result.metric()));
    json.put("trainLoss", number(result.trainLoss()));
    json.put("validationLoss", number(result.validationLoss()));
    json.put("validationAccuracy", number(result.validationAccuracy()));
    json.put("ended", new Json.Str(result.ended()));
    json.put("failed", new Json.Bool(result.isFailed()));
    json.put("parametersSha256", new Json.Str(result.parametersSha256()));
    json.put("seconds", number(result.seconds()));
    return new Json.Obj(json);
  }

  /** Throws a {@link org.panagrad.io.JsonException} if it is none of these trials. */
  static TrialResult result(String line, List<Trial> trials) {
    JsonCursor json = new JsonCursor(Json.parse(line), "row").only(RESULT);
    return new TrialResult(
        (int) json.member("trial").integer(1, trials.size()),
        (int) json.member("rung").integer(1, Integer.MAX_VALUE),
        strings(json.member("settings")),
        (int) json.member("epochs").integer(0, Integer.MAX_VALUE),
        (int) json.member("bestEpoch").integer(0, Integer.MAX_VALUE),
        number(json.member("metric")),
        number(json.member("trainLoss")),
        number(json.member("validationLoss")),
        number(json.member("validationAccuracy")),
        json.member("ended").string(),
        json.member("failed").bool(),
        json.member("parametersSha256").string(),
        number(json.member("seconds")));
  }

  /** JSON has no NaN and no infinity. */
  private static Json number(double value) {
    return Double.isFinite(value) ? new Json.Real(value) : new Json.Null();
  }

  private static double number(JsonCursor json) {
    return json.value() instanceof Json.Null ? Double.NaN : json.number();
  }

  private static Json strings(Map<String, String> strings) {
    Map<String, Json> json = new LinkedHashMap<>();
    strings.forEach((name, value) -> json.put(name, new Json.Str(value)));
    return new Json.Obj(json);
  }

  private static Map<String, String> strings(JsonCursor json) {
    Map<String, String> strings = new LinkedHashMap<>();
    for (String name : json.names()) {
      strings.put(name, json.member(name).string());
    }
    return strings;
  }
}

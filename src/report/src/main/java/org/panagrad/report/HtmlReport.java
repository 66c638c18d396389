package org.panagrad.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.file.AtomicFile;
import org.panagrad.io.Json;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.Metrics;
import org.panagrad.metrics.ValueMetrics;
import org.panagrad.train.StepTimes;
import org.panagrad.train.TrainingEvent;
import org.panagrad.train.TrainingSession;

/**
 * A training as a page in a single file that needs no network: what it holds is put into it as
 * JSON, and drawn by a script in the page.
 */
public final class HtmlReport {
  private final TrainingHistory history;
  private final String title;
  private final String command;
  private final List<Json> tiles = new ArrayList<>();
  private final List<Json> facts = new ArrayList<>();
  private String watchedName = "validation";
  private @Nullable Json metrics;
  private @Nullable Json mistakes;
  private Json histograms = new Json.Arr(List.of());
  private String gradientsNote = "";
  private @Nullable Json timing;

  /**
   * A report of what a history has kept.
   *
   * @param command what is typed to do it again
   */
  public HtmlReport(TrainingHistory history, String title, String command) {
    this.history = history;
    this.title = title;
    this.command = command;
  }

  /** What the set is called that was looked at after each epoch; "validation" unless told. */
  public HtmlReport watched(String name) {
    watchedName = name;
    return this;
  }

  /** Adds a group of the configuration, in the order of the map. */
  public HtmlReport facts(String group, Map<String, String> items) {
    List<Json> pairs = new ArrayList<>();
    items.forEach(
        (key, value) -> pairs.add(new Json.Arr(List.of(Fields.text(key), Fields.text(value)))));
    facts.add(new Fields().put("group", group).putAll("items", pairs).json());
    return this;
  }

  /**
   * Adds how the network does on a set: scores, confusion, and the worst mistakes.
   *
   * @param on what the set is called, as "test set"
   */
  public HtmlReport measured(String on, Dataset set, Metrics measured) {
    metrics = MetricsJson.of(on, measured);
    mistakes = MistakesJson.of(set, measured);
    switch (measured) {
      case ClassMetrics classes -> {
        tile("Accuracy, " + on, percent(classes.accuracy()), rows(classes.examples()));
        if (!Double.isNaN(classes.rocAuc())) {
          String kind = classes.classes().size() > 2 ? "each class against the rest" : "";
          tile("ROC AUC", String.format(Locale.ROOT, "%.4f", classes.rocAuc()), kind);
        }
      }
      case ValueMetrics values -> {
        tile("RMSE, " + on, number(values.rmse()), rows(values.examples()));
        tile("MAE", number(values.mae()), "");
        tile("R\u00b2", number(values.r2()), "");
      }
    }
    tile("Loss, " + on, number(measured.loss()), "");
    return this;
  }

  /**
   * Adds the weights as they are, and gradients: the last step's where the session keeps them, else
   * those of one mini-batch more, which nothing is learned from.
   *
   * @throws org.panagrad.memory.NativeMemoryLimitException if those need more memory than the
   *     session has left: {@link TrainingSession#gradientSampleBytes}
   */
  public HtmlReport weights(TrainingSession session) {
    boolean kept = session.keepsGradients();
    Map<String, Histogram> gradients = new LinkedHashMap<>();
    if (kept) {
      gradients.putAll(TrainingHistory.histograms(session.gradients()));
    } else {
      session.sampleGradients(of -> gradients.putAll(TrainingHistory.histograms(of)));
    }
    histograms =
        HistogramsJson.of(history.weightsAtStart(), TrainingHistory.weights(session), gradients);
    gradientsNote =
        kept
            ? "Orange: the gradients of the last step."
            : "Orange: the gradients of one mini-batch at these weights; training adds them to the"
                + " weights without storing them.";
    tile(
        "Parameters",
        String.format(Locale.ROOT, "%,d", session.network().parameterCount()),
        "batches of " + session.options().batchSize());
    return this;
  }

  /** Adds where the time of a step goes. */
  public HtmlReport timing(StepTimes times) {
    timing = TimingJson.of(times);
    return this;
  }

  private void tile(String label, String value, String note) {
    tiles.add(new Fields().put("label", label).put("value", value).put("note", note).json());
  }

  /** Writes the page, whole or not at all. */
  public void write(Path file) throws IOException {
    byte[] page = page().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer bytes = ByteBuffer.wrap(page);
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }

  String page() throws IOException {
    // A "<" in a string could end the script element that holds it.
    String json = json().write().replace("<", "\\u003c");
    return resource("report.html")
        .replace("{{title}}", escaped(title))
        .replace("{{css}}", resource("report.css"))
        .replace("{{js}}", resource("report.js"))
        .replace("{{json}}", json);
  }

  private Json.Obj json() {
    List<Json> all = new ArrayList<>(tiles);
    addTrainingTiles(all);
    return new Fields()
        .put("title", title)
        .put("subtitle", subtitle())
        .put("command", command)
        .putAll("tiles", all)
        .put("curves", CurvesJson.of(history, watchedName))
        .put("metrics", metrics)
        .put("mistakes", mistakes)
        .put("histograms", histograms)
        .put("gradientsNote", gradientsNote)
        .put("timing", timing)
        .putAll("facts", facts)
        .json();
  }

  private void addTrainingTiles(List<Json> all) {
    List<EpochRecord> epochs = history.epochs();
    if (epochs.isEmpty()) {
      return;
    }
    double seconds = 0;
    long examples = 0;
    for (EpochRecord epoch : epochs) {
      seconds += epoch.training().seconds();
      examples += epoch.training().examples();
    }
    all.add(
        new Fields()
            .put("label", "Trained for")
            .put("value", duration(seconds))
            .put("note", String.format(Locale.ROOT, "%,.0f rows per second", examples / seconds))
            .json());
  }

  private String subtitle() {
    List<EpochRecord> epochs = history.epochs();
    TrainingEvent.@Nullable Stopped end = history.end();
    StringBuilder text = new StringBuilder();
    if (!epochs.isEmpty()) {
      int last = epochs.getLast().training().epoch();
      text.append(last).append(last == 1 ? " epoch" : " epochs");
    }
    if (end != null) {
      text.append("; ended: ").append(end.reason());
      if (end.bestEpoch() > 0) {
        text.append("; the weights are those of epoch ").append(end.bestEpoch());
      }
    }
    if (history.resumedAtStep() > 0) {
      text.append("; resumed at step ").append(history.resumedAtStep());
    }
    return text.toString();
  }

  private static String rows(int count) {
    return String.format(Locale.ROOT, "%,d rows", count);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private static String number(double value) {
    double size = Math.abs(value);
    if (Double.isNaN(value)) {
      return "\u2013";
    }
    return String.format(
        Locale.ROOT, size != 0 && (size < 1e-3 || size >= 1e5) ? "%.2e" : "%.4f", value);
  }

  private static String duration(double seconds) {
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole / 60 % 60);
  }

  private static String escaped(String text) {
    // A brace could make a place that is yet to be filled.
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("{", "&#123;");
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(HtmlReport.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}

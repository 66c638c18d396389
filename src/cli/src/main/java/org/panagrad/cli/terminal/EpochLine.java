package org.panagrad.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.terminal.CurveStyle.Ink;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;

/** The line of an epoch on a terminal: its numbers, and their curves so far where they fit. */
final class EpochLine {
  private static final int LEAST_PLACES = 4;
  private static final int MOST_PLACES = 12;

  private final int columns;
  private final TrainingScore score;
  private final CurveStyle style;
  private final List<Double> losses = new ArrayList<>();
  private final List<Double> scores = new ArrayList<>();

  EpochLine(int columns, TrainingScore score, CurveStyle style) {
    this.columns = columns;
    this.score = score;
    this.style = style;
  }

  /**
   * The line of an epoch that has just ended.
   *
   * @param title of the epoch
   * @param left the time to go, in words
   */
  String of(String title, EpochResult result, @Nullable Evaluation watched, String left) {
    losses.add(result.loss());
    scores.add(watched == null ? Double.NaN : score.of(watched));
    String toGo = "  " + left;
    String tail = "  " + TrainingClock.speed(result.samplesPerSecond()) + toGo;
    String seen = watched == null ? "" : "  " + score.text(watched);
    String loss = title + "  loss " + TrainingClock.loss(result.loss());
    String full = title + "  " + score.training(result.loss(), result.accuracy()) + seen;
    String plain = widest(List.of(full + tail, full + toGo, loss + seen + toGo, loss + seen, loss));
    if (!style.blocks()) {
      return plain;
    }
    int curves = watched == null ? 1 : 2;
    int free = columns - 1 - loss.length() - seen.length() - tail.length() - curves;
    int places = Math.min(MOST_PLACES, free / curves);
    if (places < LEAST_PLACES) {
      return plain;
    }
    String text = loss + padded(losses, places, Ink.LOSS);
    return watched == null ? text + tail : text + seen + padded(scores, places, Ink.SCORE) + tail;
  }

  /** The first that fits; the last if none does. */
  private String widest(List<String> lines) {
    return lines.stream()
        .filter(line -> line.length() < columns)
        .findFirst()
        .orElseGet(lines::getLast);
  }

  /** A short curve leaves its room empty, so that what follows stands below itself. */
  private String padded(List<Double> values, int places, Ink ink) {
    int used = Math.min(values.size(), places);
    return " " + style.curve(values, places, ink) + " ".repeat(places - used);
  }
}

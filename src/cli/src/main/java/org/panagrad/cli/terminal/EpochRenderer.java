package org.panagrad.cli.terminal;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import me.tongfei.progressbar.DefaultProgressBarRenderer;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;

/**
 * The library's bar with loss and accuracy where it has a count, which the percentage tells. Where
 * a line has no room for a bar that says anything, the speed gives way, then the accuracy, then
 * all.
 */
final class EpochRenderer extends DefaultProgressBarRenderer {
  private static final int LEAST_BAR = 6;

  private final List<Function<ProgressState, String>> metrics;
  private final ToDoubleFunction<ProgressState> speed;
  private boolean tellsSpeed;
  private int metric; // which of them

  /**
   * A renderer.
   *
   * @param metrics the longest first
   */
  EpochRenderer(
      List<Function<ProgressState, String>> metrics,
      ToDoubleFunction<ProgressState> speed,
      Function<ProgressState, Duration> left) {
    super(
        ProgressBarStyle.ASCII,
        "",
        1,
        true,
        null,
        ChronoUnit.SECONDS,
        true,
        state -> Optional.of(left.apply(state)));
    this.metrics = metrics;
    this.speed = speed;
  }

  /** Called by the one thread that draws. */
  @Override
  public String render(ProgressState state, int columns) {
    tellsSpeed = true;
    metric = 0;
    String line = super.render(state, columns);
    if (bar(line) < LEAST_BAR) {
      tellsSpeed = false;
      line = super.render(state, columns);
    }
    while (bar(line) < LEAST_BAR && metric < metrics.size() - 1) {
      metric++;
      line = super.render(state, columns);
    }
    return line;
  }

  private static int bar(String line) {
    return line.indexOf(']') - line.indexOf('[') - 1;
  }

  @Override
  protected String ratio(ProgressState state) {
    return metrics.get(metric).apply(state);
  }

  /** Not the library's, which counts whole seconds and begins with a question mark. */
  @Override
  protected String speed(ProgressState state) {
    return tellsSpeed ? TrainingClock.speed(speed.applyAsDouble(state)) : "";
  }
}

package org.panagrad.cli.terminal;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import me.tongfei.progressbar.DefaultProgressBarRenderer;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;

/** The library's bar with loss and accuracy where it has a count, which the percentage tells. */
final class EpochRenderer extends DefaultProgressBarRenderer {
  private final Function<ProgressState, String> metrics;
  private final ToDoubleFunction<ProgressState> speed;

  EpochRenderer(
      Function<ProgressState, String> metrics,
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

  @Override
  protected String ratio(ProgressState state) {
    return metrics.apply(state);
  }

  /** Not the library's, which counts whole seconds and begins with a question mark. */
  @Override
  protected String speed(ProgressState state) {
    return TrainingClock.speed(speed.applyAsDouble(state));
  }
}

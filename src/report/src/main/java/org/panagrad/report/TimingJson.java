package org.panagrad.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.panagrad.io.Json;
import org.panagrad.plan.Step;
import org.panagrad.train.StepTimes;

/** The timing of a page. */
final class TimingJson {
  private TimingJson() {}

  static Json of(StepTimes times) {
    List<Json> parts = new ArrayList<>();
    for (Step.Category category : Step.Category.values()) {
      double seconds = times.byCategory().getOrDefault(category, 0.0);
      parts.add(part(name(category), seconds));
    }
    parts.add(part("waiting for another thread", times.waiting()));
    parts.add(part("the rest", times.other()));
    return new Fields()
        .put(
            "caption",
            String.format(
                Locale.ROOT,
                "Measured over %d steps after the training, on %s: %.3g ms a step, %,.0f rows per"
                    + " second. Waiting for data counts as data.",
                times.steps(),
                times.lanes() == 1 ? "one lane" : times.lanes() + " lanes",
                1e3 * times.seconds() / times.steps(),
                times.examples() / times.seconds()))
        .putAll("parts", parts)
        .json();
  }

  private static Json part(String name, double seconds) {
    return new Fields().put("name", name).put("seconds", seconds).json();
  }

  private static String name(Step.Category category) {
    return switch (category) {
      case DATA -> "data";
      case PRODUCT -> "matrix products (sgemm)";
      case ELEMENT_WISE -> "element-wise";
      case UPDATE -> "optimizer's update";
    };
  }
}

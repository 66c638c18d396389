package org.panagrad.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.panagrad.io.Json;

/** Every schedule against PyTorch's: {@code bench/golden/training.py} wrote the rates. */
class ScheduleTest {
  private static final Path FILE =
      Path.of("src", "test", "resources", "org", "panagrad", "golden-training", "schedules.json");

  private static double number(Map<String, Json> of, String name) {
    return number(Objects.requireNonNull(of.get(name), name));
  }

  private static double number(Json json) {
    return switch (json) {
      case Json.Real real -> real.value();
      case Json.Int integer -> integer.value();
      default -> throw new IllegalStateException(json + ": expected a number");
    };
  }

  private static double[] numbers(Map<String, Json> of, String name) {
    Json.Arr array = (Json.Arr) Objects.requireNonNull(of.get(name), name);
    return array.elements().stream().mapToDouble(ScheduleTest::number).toArray();
  }

  private static Schedule schedule(String kind, Map<String, Json> of) {
    return switch (kind) {
      case "constant" -> new ConstantRate();
      case "step" -> new StepDecay((long) number(of, "every"), number(of, "gamma"));
      case "exponential" -> new ExponentialDecay((long) number(of, "every"), number(of, "gamma"));
      case "cosine" ->
          new CosineDecay(
              (long) number(of, "warmup"), (long) number(of, "total"), number(of, "least"));
      case "one-cycle" -> {
        OneCycle cycle =
            new OneCycle(
                (long) number(of, "total"),
                number(of, "start"),
                number(of, "divisor"),
                number(of, "finalDivisor"));
        yield of.containsKey("momenta")
            ? new CycledMomentum(cycle, number(of, "least"), number(of, "most"))
            : cycle;
      }
      case "plateau" ->
          new ReduceOnPlateau(
              number(of, "factor"),
              (int) number(of, "patience"),
              number(of, "threshold"),
              (int) number(of, "cooldown"),
              number(of, "min_lr"));
      default -> throw new IllegalStateException("no schedule " + kind);
    };
  }

  /** PyTorch steps from rate to rate, so its roundings add up: a thousand of them at most. */
  private static void near(String where, double base, double expected, double actual) {
    assertEquals(expected, actual, 1_000 * Math.ulp(base), where);
  }

  @Test
  void ratesArePyTorchs() throws IOException {
    Json.Arr cases = (Json.Arr) Json.parse(Files.readString(FILE));
    Set<String> kinds = new TreeSet<>();
    int cycled = 0;
    for (Json json : cases.elements()) {
      Map<String, Json> of = ((Json.Obj) json).members();
      String kind = ((Json.Str) Objects.requireNonNull(of.get("kind"))).value();
      Schedule schedule = schedule(kind, of);
      assertEquals(kind, schedule.label());
      kinds.add(kind);
      double base = number(of, "base");
      double[] rates = numbers(of, "rates");
      ScheduleState state = ScheduleState.START;
      for (int i = 0; i < rates.length; i++) {
        if (kind.equals("plateau")) {
          state = schedule.observed(base, state, numbers(of, "losses")[i]);
          state = ScheduleState.parse(state.toString());
        }
        near(schedule + ", " + i, base, rates[i], schedule.rate(base, i, state));
      }
      if (schedule instanceof CycledMomentum) {
        double[] momenta = numbers(of, "momenta");
        for (int i = 0; i < momenta.length; i++) {
          near(schedule + ", " + i, 1, momenta[i], schedule.momentum(i));
        }
        cycled += momenta.length;
      } else {
        assertTrue(Double.isNaN(schedule.momentum(0)), schedule + "");
      }
    }
    assertEquals(6, kinds.size(), kinds.toString());
    assertEquals(187, cycled);
  }

  @Test
  void behindTheirEndTheyStayWhereTheyAre() {
    assertEquals(0.01, new CosineDecay(0, 10, 0.01).rate(1, 11, ScheduleState.START));
    assertEquals(0.01, new CosineDecay(0, 10, 0.01).rate(1, Long.MAX_VALUE, ScheduleState.START));
    assertEquals(1e-3, new OneCycle(10, 0.3, 10, 100).rate(1, 1_000, ScheduleState.START), 1e-18);
    assertEquals(1, new OneCycle(1).rate(25e4, 0, ScheduleState.START), 1e-9);
    assertEquals(0.95, new CycledMomentum(new OneCycle(10)).momentum(1_000));
  }

  @Test
  void aLossThatIsNoNumberIsABadEpoch() {
    ReduceOnPlateau plateau = new ReduceOnPlateau(0.5, 0, 0, 0, 0);
    ScheduleState state = plateau.observed(1, ScheduleState.START, 2);
    assertEquals(1, plateau.rate(1, 0, state));
    assertEquals(0.5, plateau.rate(1, 0, plateau.observed(1, state, Double.NaN)));
  }

  @Test
  void aRateOfZeroHasNothingToReduce() {
    ReduceOnPlateau plateau = new ReduceOnPlateau(0.5, 0, 0, 0, 0);
    ScheduleState state = plateau.observed(0, ScheduleState.START, 2);
    assertEquals(0, plateau.rate(0, 0, plateau.observed(0, state, 3)));
  }

  @Test
  void stateIsTheSameWhenReadBack() {
    for (ScheduleState state :
        List.of(
            ScheduleState.START,
            new ScheduleState(0.1 * 0.1 * 0.1, -1.0 / 3, 7, 2),
            new ScheduleState(Double.MIN_VALUE, Double.MAX_VALUE, 0, 0))) {
      assertEquals(state, ScheduleState.parse(state.toString()));
    }
    for (String wrong : List.of("", "1 2 3", "1 2 3 4 5", "a 2 3 4", "0 2 3 4", "1 NaN 3 4")) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> ScheduleState.parse(wrong));
      assertTrue(String.valueOf(e.getMessage()).contains("expected"), e.toString());
    }
  }

  @Test
  void settingsThatMakeNoScheduleAreRefused() {
    List<Runnable> wrong =
        List.of(
            () -> new StepDecay(0, 0.1),
            () -> new StepDecay(1, 0),
            () -> new StepDecay(1, Double.NaN),
            () -> new ExponentialDecay(1, -1),
            () -> new CosineDecay(-1, 10, 0),
            () -> new CosineDecay(10, 10, 0),
            () -> new CosineDecay(0, 10, Double.NaN),
            () -> new OneCycle(0),
            () -> new OneCycle(10, 1, 25, 1e4),
            () -> new OneCycle(10, 0.3, 0, 1e4),
            () -> new CycledMomentum(new OneCycle(10), 0.95, 0.85),
            () -> new CycledMomentum(new OneCycle(10), 0.85, 1),
            () -> new CycledMomentum(new OneCycle(10), Double.NaN, 0.9),
            () -> new ReduceOnPlateau(1, 1, 0, 0, 0),
            () -> new ReduceOnPlateau(0.5, -1, 0, 0, 0),
            () -> new ReduceOnPlateau(0.5, 1, 1, 0, 0),
            () -> new ReduceOnPlateau(0.5, 1, 0, -1, 0));
    for (Runnable each : wrong) {
      assertThrows(IllegalArgumentException.class, each::run);
    }
  }
}

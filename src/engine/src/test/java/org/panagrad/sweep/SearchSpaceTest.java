package org.panagrad.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.panagrad.random.SeededRandom;

class SearchSpaceTest {
  private static SearchSpace space(Object... namesAndRanges) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    for (int i = 0; i < namesAndRanges.length; i += 2) {
      ranges.put((String) namesAndRanges[i], (Range) namesAndRanges[i + 1]);
    }
    return new SearchSpace(ranges);
  }

  private static final SearchSpace WIDE =
      space(
          "rate", new Range.LogUniform(1e-5, 1e-1),
          "dropout", new Range.Uniform(0, 0.5),
          "width", new Range.Integers(3, 9),
          "activation", new Range.Choice(List.of("relu", "tanh")));

  @Test
  void aGridIsEveryCombinationOnce() {
    List<Trial> trials =
        space(
                "a", new Range.Choice(List.of("1", "2")),
                "b", new Range.Choice(List.of("x", "y", "z")))
            .grid();
    assertEquals(6, trials.size());
    assertEquals(Map.of("a", "1", "b", "y"), trials.get(1).settings());
    assertEquals(Map.of("a", "2", "b", "z"), trials.get(5).settings());
    assertEquals(6, trials.get(5).number());
    assertEquals(6, new HashSet<>(trials.stream().map(Trial::settings).toList()).size());
    assertEquals(List.of(new Trial(1, Map.of())), space().grid());
  }

  @Test
  void aGridTakesNoRange() {
    var e = assertThrows(IllegalArgumentException.class, WIDE::grid);
    assertEquals("rate: expected a list of values, as a grid tries all of them", e.getMessage());
  }

  @Test
  void drawsAreSeededAndTheFirstOnesStay() {
    List<Trial> few = WIDE.random(5, 7);
    List<Trial> more = WIDE.random(50, 7);
    assertEquals(few, more.subList(0, 5));
    assertTrue(!few.equals(WIDE.random(5, 8)));
    Set<Map<String, String>> settings = new HashSet<>();
    more.forEach(trial -> assertTrue(settings.add(trial.settings()), trial.toString()));
  }

  @Test
  void drawsStayInsideAndReachBothHalves() {
    int lowRates = 0;
    Set<String> widths = new HashSet<>();
    for (Trial trial : WIDE.random(300, 1)) {
      double rate = Double.parseDouble(trial.settings().get("rate"));
      double dropout = Double.parseDouble(trial.settings().get("dropout"));
      assertTrue(rate >= 1e-5 && rate <= 1e-1, trial.toString());
      assertTrue(dropout >= 0 && dropout <= 0.5, trial.toString());
      widths.add(trial.settings().get("width"));
      lowRates += rate < 1e-3 ? 1 : 0;
    }
    // Binomial of 300 with 1/2: six standard deviations are 52.
    assertTrue(lowRates > 150 - 52 && lowRates < 150 + 52, lowRates + " below the middle");
    assertEquals(Set.of("3", "4", "5", "6", "7", "8", "9"), widths);
  }

  @Test
  void numbersHaveFourDigitsAndNeverPassABound() {
    for (double low : new double[] {0.123456, 0.123446}) {
      Range narrow = new Range.Uniform(low, low + 1e-6);
      String x = narrow.draw(SeededRandom.of(1));
      assertEquals(Double.toString(low == 0.123456 ? low + 1e-6 : low), x);
    }
    for (Trial trial : space("x", new Range.Uniform(1, 2)).random(100, 1)) {
      String x = trial.settings().getOrDefault("x", "");
      assertTrue(x.matches("[12](\\.\\d{1,3})?"), trial.toString());
    }
  }

  @Test
  void fewerDifferentOnesThanAskedForAreRefused() {
    SearchSpace small = space("a", new Range.Choice(List.of("1", "2", "3")));
    assertEquals(3, small.random(3, 1).size());
    var e = assertThrows(IllegalArgumentException.class, () -> small.random(4, 1));
    assertEquals(
        "4 trials that differ: found only 3; take fewer, or widen the ranges", e.getMessage());
  }

  @Test
  void rangesAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new Range.Uniform(1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Range.Uniform(0, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new Range.LogUniform(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Range.Integers(2, 1));
    assertThrows(IllegalArgumentException.class, () -> new Range.Choice(List.of()));
    assertThrows(IllegalArgumentException.class, () -> new Range.Choice(List.of("a", "a")));
  }
}

package org.panagrad.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.ClassScores;
import org.panagrad.metrics.TargetScores;
import org.panagrad.metrics.ValueMetrics;

class MetricsTableTest {
  private static final String FISH = "\uD83D\uDC1F"; // one character of two code units

  @Test
  void aNameIsCutBetweenCharacters() {
    List<ClassScores> classes =
        List.of(
            new ClassScores("a" + FISH.repeat(30), 2, 2, 2, 1),
            new ClassScores(FISH.repeat(20), 2, 2, 2, 1));
    String text =
        MetricsTable.text(new ClassMetrics(4, 0.1, 1, 0.1, List.of(1.0), classes, null, List.of()));
    assertTrue(text.contains("\na" + FISH.repeat(18) + "~         2"), text);
    assertTrue(text.contains("\n" + FISH.repeat(20) + "         2"), text);
    assertEquals(" " + FISH + "bc", MetricsTable.headOf(FISH + "bcd", 3));
    assertEquals("   " + FISH, MetricsTable.headOf(FISH, 3));
    assertEquals("   " + FISH + "b", MetricsTable.headOf(FISH + "b", 4));
    assertEquals(" a" + FISH + FISH, MetricsTable.headOf("a" + FISH.repeat(3), 3));
  }

  @Test
  void aNegativeScoreIsWrittenAsAPositiveOne() {
    ValueMetrics metrics =
        new ValueMetrics(
            4, 1, 1.5, 1, -0.224, List.of(new TargetScores(1.5, 1, -0.224)), List.of());
    assertTrue(MetricsTable.text(metrics).endsWith("R2 -0.2240"), MetricsTable.text(metrics));
  }
}

package org.panagrad.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Which kind of run is chosen, by a clock of the test's own. */
class PaceTest {
  private final Pace pace = new Pace();

  /** Runs made alone, of so many. */
  private int alone(int runs, long together, long alone) {
    int count = 0;
    for (int i = 0; i < runs; i++) {
      boolean byOne = pace.alone();
      pace.ran(pace.isTiming() ? (byOne ? alone : together) : 0);
      count += byOne ? 1 : 0;
    }
    return count;
  }

  @Test
  void allThreadsBeginAndStayWhereTheyAreFaster() {
    assertEquals(0, alone(Pace.FEW, 17_000, 31_000));
    int trials = alone(1_000_000, 17_000, 31_000);
    int most = (int) (1_000_000 / (Pace.APART / 17_000)) + 2;
    assertTrue(trials > 0 && trials <= most * (Pace.TIMED + Pace.SKIPPED), trials + " alone");
  }

  @Test
  void trialsCostLittleHoweverSlowTheCallerAloneIs() {
    alone(Pace.FEW, 300_000, 4_800_000);
    int runs = 1_000_000;
    int trials = alone(runs, 300_000, 4_800_000);
    assertTrue(trials > 0 && trials * 4_800_000L < runs * 300_000L / 40, trials + " alone");
  }

  @Test
  void aTrialHasAFewRunsThatDoNotCount() {
    assertEquals(Pace.SKIPPED + Pace.TIMED, alone(2 * Pace.FEW, 17_000, 31_000));
  }

  @Test
  void allThreadsComeBackWhereRunsBecomeLong() {
    alone(5_000, 37_000, 31_000);
    assertTrue(pace.alone());
    alone(100_000, Pace.LONG + 1, 2 * Pace.LONG);
    assertEquals(0, alone(100, Pace.LONG + 1, 2 * Pace.LONG));
  }

  @Test
  void theCallerAloneTakesOverWhereThatIsFasterAndGivesBack() {
    alone(Pace.FEW + 3 * (Pace.TIMED + Pace.SKIPPED), 37_000, 31_000);
    assertTrue(pace.alone());
    int alone = alone(100_000, 37_000, 31_000);
    assertTrue(alone > 99_000, alone + " alone");
    alone(100_000, 17_000, 31_000);
    assertEquals(0, alone(100, 17_000, 31_000));
  }

  @Test
  void aDifferenceOfAFewPercentChangesNothing() {
    alone(50_000, 31_000, 30_500);
    int alone = alone(100_000, 31_000, 30_500);
    assertTrue(alone < 1_000, alone + " alone");
  }

  @Test
  void oneSlowRunIsNoReason() {
    for (int i = 0; i < 20_000; i++) {
      // Every seventh is interrupted, of either kind.
      long extra = i % 7 == 0 ? 1_000_000 : 0;
      boolean byOne = pace.alone();
      pace.ran(pace.isTiming() ? extra + (byOne ? 31_000 : 17_000) : 0);
    }
    assertEquals(0, alone(Pace.TIMED, 17_000, 31_000));
  }

  @Test
  void longRunsAreNeverTriedAlone() {
    assertEquals(0, alone(100_000, Pace.LONG + 1, 1));
    assertFalse(pace.alone());
  }
}

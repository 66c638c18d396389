package org.panagrad.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HalvingTest {
  /** The bracket of the Hyperband paper's table 1 with the most trials: 81 to 1, eta 3. */
  @Test
  void isTheBracketOfThePaper() {
    List<Halving.Rung> rungs = new Halving(3, 1, 81).rungs(81);
    assertEquals(
        List.of(
            new Halving.Rung(1, 81, 1),
            new Halving.Rung(2, 27, 3),
            new Halving.Rung(3, 9, 9),
            new Halving.Rung(4, 3, 27),
            new Halving.Rung(5, 1, 81)),
        rungs);
  }

  @Test
  void theLastRungIsOfAllEpochsThoughTheyAreNoPower() {
    assertEquals(
        List.of(new Halving.Rung(1, 20, 2), new Halving.Rung(2, 10, 4), new Halving.Rung(3, 5, 7)),
        new Halving(2, 2, 7).rungs(20));
  }

  @Test
  void aSingleOneGoesToItsEndAtOnce() {
    assertEquals(List.of(new Halving.Rung(1, 1, 40)), new Halving(3, 1, 40).rungs(1));
    assertEquals(
        List.of(new Halving.Rung(1, 5, 1), new Halving.Rung(2, 1, 1000)),
        new Halving(4, 1, 1000).rungs(5));
  }

  @ParameterizedTest
  @CsvSource({"2,1,1", "2,1,2", "3,2,100", "7,1,1000000", "1000000,1,1000000"})
  void trialsBecomeFewerAndEpochsMore(int eta, int least, int most) {
    for (int trials : new int[] {1, 2, 3, 6, 7, 8, 100, 1000}) {
      List<Halving.Rung> rungs = new Halving(eta, least, most).rungs(trials);
      assertEquals(trials, rungs.getFirst().trials());
      assertEquals(most, rungs.getLast().epochs());
      for (int i = 1; i < rungs.size(); i++) {
        assertTrue(rungs.get(i).trials() < rungs.get(i - 1).trials() || eta > trials);
        assertTrue(rungs.get(i).trials() >= 1);
        assertTrue(rungs.get(i).epochs() > rungs.get(i - 1).epochs());
      }
    }
  }

  @Test
  void refusesWhatIsNoHalving() {
    assertThrows(IllegalArgumentException.class, () -> new Halving(1, 1, 2));
    assertThrows(IllegalArgumentException.class, () -> new Halving(2, 0, 2));
    assertThrows(IllegalArgumentException.class, () -> new Halving(2, 3, 2));
  }
}

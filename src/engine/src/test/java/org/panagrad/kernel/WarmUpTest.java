package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WarmUpTest {
  private static final int TRIED = 100;
  private static final int LEAST = 8;
  private static final long FAST = WarmUp.CLOCK + WarmUp.COMPILED * TRIED;
  private static final long SLOW = 10_000;

  private long now = 1_000_000;
  private Runnable meanwhile = () -> {};
  private final Trials trials = new Trials(this::tell, TRIED);
  private final WarmUp kernel = new WarmUp(LEAST, trials);

  private long tell() {
    Runnable once = meanwhile;
    meanwhile = () -> {};
    once.run();
    return now;
  }

  /** From when on there may be trials. */
  private void pass(long nanos) {
    kernel.part(1_000);
    now += nanos;
  }

  private void tryFor(long nanos) {
    assertEquals(TRIED, kernel.part(1_000));
    now += nanos;
    kernel.ran(TRIED);
  }

  @Test
  void withoutTrialsTheVectorFormServesFromTheStart() {
    WarmUp always = new WarmUp(LEAST, null);
    assertEquals(1_000, always.part(1_000));
    assertEquals(0, always.part(LEAST - 1));
    assertTrue(always.takes(LEAST));
    assertFalse(always.takes(LEAST - 1));
  }

  @Test
  void nothingIsTriedAtFirst() {
    now += 60_000_000_000L;
    pass(Trials.NONE - 1);
    assertEquals(0, kernel.part(1_000));
    assertFalse(kernel.takes(1_000));
    now++;
    assertEquals(TRIED, kernel.part(1_000));
  }

  @Test
  void aShortRangeIsTriedWhole() {
    pass(Trials.NONE);
    assertEquals(50, kernel.part(50));
  }

  @Test
  void aSlowTrialIsFollowedByATimeWithout() {
    pass(Trials.NONE);
    tryFor(SLOW);
    now += Trials.APART * SLOW - 1;
    assertEquals(0, kernel.part(1_000));
    now++;
    tryFor(SLOW);
    now += Trials.RARE;
    tryFor(SLOW);
    now += SLOW - 1;
    assertEquals(0, kernel.part(1_000));
    now++;
    tryFor(SLOW);
  }

  @Test
  void enoughFastTrialsInARowAreTheLast() {
    pass(Trials.RARE);
    for (int i = 1; i < WarmUp.ENOUGH; i++) {
      tryFor(FAST);
    }
    tryFor(FAST + 1);
    now += SLOW;
    for (int i = 0; i < WarmUp.ENOUGH; i++) {
      tryFor(FAST);
    }
    assertEquals(1_000, kernel.part(1_000));
    kernel.ran(1_000);
    assertTrue(kernel.takes(1_000));
    assertEquals(0, kernel.part(LEAST - 1));
  }

  @Test
  void oneKernelIsTriedAtATime() {
    pass(Trials.NONE);
    WarmUp other = new WarmUp(LEAST, trials);
    assertTrue(kernel.takes(1_000));
    assertFalse(other.takes(1_000));
    kernel.ran(1_000);
    assertTrue(other.takes(1_000));
  }

  /** One thread has seen that trials go on, and asks for one as another's last comes to its end. */
  @Test
  void whoComesTooLateForATrialEndsIt() {
    pass(Trials.RARE);
    for (int i = 1; i < WarmUp.ENOUGH; i++) {
      tryFor(FAST);
    }
    assertEquals(TRIED, kernel.part(1_000));
    meanwhile = () -> kernel.ran(TRIED);
    assertEquals(1_000, kernel.part(1_000));
    kernel.ran(1_000);
    assertTrue(kernel.serves());
    assertTrue(new WarmUp(LEAST, trials).takes(1_000));
  }

  @Test
  void aKernelThatIsNeverCompiledIsTriedEverMoreRarely() {
    pass(Trials.RARE);
    tryFor(9 * Trials.RARE);
    now += 10 * 9 * Trials.RARE;
    tryFor(SLOW);
    now += 9 * SLOW;
    assertEquals(0, kernel.part(1_000));
    now += SLOW;
    tryFor(SLOW);
  }

  @Test
  void asManyAreTriedAsMakeAVector() {
    assertThrows(IllegalArgumentException.class, () -> new WarmUp(TRIED + 1, trials));
  }

  /** With the real clock and compilers. */
  @Test
  @Timeout(120)
  void aKernelThatIsCompiledServes() {
    int elements = 4_096;
    VectorKernels kernels = new VectorKernels(new Trials(System::nanoTime, 1_024));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(ValueLayout.JAVA_FLOAT, elements);
      assertFalse(kernels.scales());
      while (!kernels.scales()) {
        kernels.scaleShift(x, 0, elements, 0.5f, 1f);
      }
      assertEquals(2f, x.getAtIndex(ValueLayout.JAVA_FLOAT, elements - 1), 1e-6f);
    }
  }
}

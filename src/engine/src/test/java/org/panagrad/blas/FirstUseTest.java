package org.panagrad.blas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.panagrad.openblas.CblasLoadException;

/** A function of the library is checked before it is first used, once, and again if it fails. */
class FirstUseTest {
  @Test
  void checksOnceAndMayUseWhatItChecks() {
    AtomicInteger checks = new AtomicInteger();
    AtomicReference<FirstUse> self = new AtomicReference<>();
    FirstUse use =
        new FirstUse(
            () -> {
              checks.incrementAndGet();
              self.get().require();
            });
    self.set(use);
    use.require();
    use.require();
    assertEquals(1, checks.get());
  }

  @Test
  void whatFailsFailsAgain() {
    AtomicInteger checks = new AtomicInteger();
    FirstUse use =
        new FirstUse(
            () -> {
              if (checks.incrementAndGet() < 3) {
                throw new CblasLoadException("computes wrong");
              }
            });
    assertThrows(CblasLoadException.class, use::require);
    assertThrows(CblasLoadException.class, use::require);
    use.require();
    use.require();
    assertEquals(3, checks.get());
  }

  @Test
  void anotherThreadWaitsForTheCheck() throws InterruptedException {
    AtomicInteger checks = new AtomicInteger();
    FirstUse use =
        new FirstUse(
            () -> {
              try {
                Thread.sleep(50);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              checks.incrementAndGet();
            });
    AtomicInteger seen = new AtomicInteger();
    Runnable user =
        () -> {
          use.require();
          seen.addAndGet(checks.get());
        };
    Thread one = Thread.ofPlatform().start(user);
    Thread other = Thread.ofPlatform().start(user);
    one.join();
    other.join();
    assertEquals(2, seen.get());
  }
}

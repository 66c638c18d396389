package org.panagrad.blas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProductThreadsTest {
  @Test
  void withinTheBoundNobodyWaits() {
    int before = ProductThreads.opened();
    ProductThreads own = ProductThreads.open(ProductThreads.MOST - before);
    try {
      assertEquals(ProductThreads.MOST, ProductThreads.opened());
      assertEquals(0, ProductThreads.enter(ProductThreads.MOST));
      ProductThreads.leave(0);
    } finally {
      own.close();
      own.close();
    }
    assertEquals(before, ProductThreads.opened());
    assertThrows(IllegalArgumentException.class, () -> ProductThreads.open(-1));
  }

  /** Runs of one thread and of many, of more threads than there are buffers. */
  @Test
  void beyondItNoMoreThanAllowedAreInProducts() throws InterruptedException {
    int before = ProductThreads.opened();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (var _ = ProductThreads.open(700)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        int width = i % 30 == 0 ? ProductThreads.MOST : 1;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int run = 0; run < 3; run++) {
                        int entered = ProductThreads.enter(width);
                        most.accumulateAndGet(inside.addAndGet(width), Math::max);
                        LockSupport.parkNanos(100_000);
                        inside.addAndGet(-width);
                        ProductThreads.leave(entered);
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(before + 700, ProductThreads.opened());
      // All permits have come back.
      assertEquals(ProductThreads.MOST, ProductThreads.enter(ProductThreads.MOST));
      ProductThreads.leave(ProductThreads.MOST);
    }
    assertEquals(before, ProductThreads.opened());
    assertEquals(0, inside.get());
    assertTrue(most.get() <= ProductThreads.MOST, most + " in products at once");
  }
}

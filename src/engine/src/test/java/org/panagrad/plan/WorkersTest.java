package org.panagrad.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.panagrad.blas.ProductThreads;

/** The threads: phases in order, failures to the caller, nothing left behind. */
@Timeout(60)
class WorkersTest {
  private static final String NAME = "workers-test";

  /** A program whose every tile does this. */
  private static Program program(int phases, int width, TileAction action) {
    Tile[][][] tiles = new Tile[phases][width][1];
    for (int p = 0; p < phases; p++) {
      for (int lane = 0; lane < width; lane++) {
        int phase = p;
        int at = lane;
        tiles[p][lane][0] = state -> action.run(phase, at);
      }
    }
    return new Program(tiles, memory(Arena.global()));
  }

  private static Memory memory(Arena arena) {
    MemorySegment slab = arena.allocate(64, 64);
    return new Memory(slab, slab, null, List.of());
  }

  @FunctionalInterface
  private interface TileAction {
    void run(int phase, int lane);
  }

  private static long living() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith(NAME))
        .count();
  }

  @Test
  void everyTileRunsOnceAndPhasesMeet() {
    for (int threads = 1; threads <= 8; threads++) {
      try (Workers workers = new Workers(NAME, threads)) {
        assertEquals(threads, workers.threads());
        for (int width : new int[] {1, 2, 3, 7, 8}) {
          int phases = 5;
          // Plain ints: the barrier alone has to make them visible.
          int[][] count = new int[phases][width];
          AtomicInteger late = new AtomicInteger();
          Program program =
              program(
                  phases,
                  width,
                  (phase, lane) -> {
                    if (phase > 0) {
                      for (int other = 0; other < width; other++) {
                        if (count[phase - 1][other] != count[phase][lane] + 1) {
                          late.incrementAndGet();
                        }
                      }
                    }
                    count[phase][lane]++;
                  });
          int runs = 300;
          for (int run = 0; run < runs; run++) {
            workers.run(program, new RunState());
          }
          assertEquals(0, late.get(), threads + " threads, width " + width);
          for (int[] phase : count) {
            for (int times : phase) {
              assertEquals(runs, times);
            }
          }
        }
      }
      assertEquals(0, living());
    }
  }

  /** Whether the caller runs them alone changes now and then; what they do does not. */
  @Test
  void aShortProgramIsRunBothWays() {
    int[] count = new int[2];
    AtomicInteger byCaller = new AtomicInteger();
    Thread caller = Thread.currentThread();
    Program program =
        program(
            1,
            2,
            (phase, lane) -> {
              count[lane]++;
              if (lane == 1 && Thread.currentThread() == caller) {
                byCaller.incrementAndGet();
              }
            });
    int runs = 0;
    try (Workers workers = new Workers(NAME, 2)) {
      // On a busy machine the threads may be long in meeting, and then nothing is tried.
      while (byCaller.get() < Pace.TIMED) {
        workers.run(program, new RunState());
        runs++;
      }
      assertTrue(runs > Pace.FEW + Pace.TIMED, runs + " runs");
      int before = byCaller.get();
      Program together = program.together();
      for (int run = 0; run < 2 * Pace.FEW; run++) {
        workers.run(together, new RunState());
        runs++;
      }
      assertEquals(before, byCaller.get());
    }
    assertEquals(runs, count[0]);
    assertEquals(runs, count[1]);
  }

  /** More threads than may be in products at once are as many as may. */
  @Test
  void threadsInProductsAreBounded() {
    int before = ProductThreads.opened();
    try (Workers most = new Workers(NAME, 5 * ProductThreads.MOST);
        Workers few = new Workers(NAME, 3)) {
      assertEquals(ProductThreads.MOST, most.threads());
      assertEquals(before + ProductThreads.MOST + 3, ProductThreads.opened());
      AtomicInteger ran = new AtomicInteger();
      most.run(program(2, 200, (phase, lane) -> ran.incrementAndGet()), new RunState());
      few.run(program(2, 200, (phase, lane) -> ran.incrementAndGet()), new RunState());
      assertEquals(800, ran.get());
    }
    assertEquals(before, ProductThreads.opened());
    assertEquals(0, living());
  }

  @Test
  void wakesAfterParking() throws InterruptedException {
    try (Workers workers = new Workers(NAME, 3)) {
      AtomicInteger ran = new AtomicInteger();
      Program program = program(2, 3, (phase, lane) -> ran.incrementAndGet());
      for (int run = 1; run <= 20; run++) {
        workers.run(program, new RunState());
        assertEquals(6 * run, ran.get());
        Thread.sleep(run % 3);
      }
    }
  }

  @Test
  void aFailureInAnyTileReachesTheCallerAndLeavesTheWorkersUsable() {
    for (int threads = 1; threads <= 4; threads++) {
      try (Workers workers = new Workers(NAME, threads)) {
        for (int failing = 0; failing < 3 * 4; failing++) {
          int failingPhase = failing / 4;
          int failingLane = failing % 4;
          RuntimeException failure =
              new IllegalArgumentException("phase " + failingPhase + ", lane " + failingLane);
          AtomicInteger after = new AtomicInteger();
          Program program =
              program(
                  3,
                  4,
                  (phase, lane) -> {
                    if (phase == failingPhase && lane == failingLane) {
                      throw failure;
                    }
                    if (phase > failingPhase) {
                      after.incrementAndGet();
                    }
                  });
          RuntimeException thrown =
              assertThrows(
                  IllegalArgumentException.class, () -> workers.run(program, new RunState()));
          assertSame(failure, thrown);
          assertEquals(0, after.get(), "no phase is started after a failure");
          AtomicInteger ran = new AtomicInteger();
          workers.run(program(3, 4, (phase, lane) -> ran.incrementAndGet()), new RunState());
          assertEquals(12, ran.get());
        }
      }
    }
  }

  @Test
  void errorsAndSeveralFailuresAtOnceReachTheCaller() {
    try (Workers workers = new Workers(NAME, 4)) {
      assertThrows(
          StackOverflowError.class,
          () ->
              workers.run(
                  program(
                      1,
                      4,
                      (phase, lane) -> {
                        throw new StackOverflowError();
                      }),
                  new RunState()));
      AtomicInteger ran = new AtomicInteger();
      workers.run(program(1, 4, (phase, lane) -> ran.incrementAndGet()), new RunState());
      assertEquals(4, ran.get());
    }
  }

  @Test
  void callersAreServedOneAfterTheOther() throws InterruptedException {
    try (Workers workers = new Workers(NAME, 3)) {
      AtomicReference<Thread> owner = new AtomicReference<>();
      AtomicBoolean mixed = new AtomicBoolean();
      AtomicInteger ran = new AtomicInteger();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Thread.Builder kind = i < 3 ? Thread.ofPlatform() : Thread.ofVirtual();
        callers.add(
            kind.start(
                () -> {
                  Thread me = Thread.currentThread();
                  Program program =
                      program(
                          3,
                          3,
                          (phase, lane) -> {
                            Thread before = owner.getAndSet(me);
                            if (phase > 0 && before != me) {
                              mixed.set(true);
                            }
                            ran.incrementAndGet();
                          });
                  for (int run = 0; run < 200; run++) {
                    workers.run(program, new RunState());
                  }
                }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertFalse(mixed.get());
      assertEquals(6 * 200 * 9, ran.get());
    }
  }

  @Test
  void closingWaitsForTheRunUnderWay() throws InterruptedException {
    Workers workers = new Workers(NAME, 3);
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger ran = new AtomicInteger();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Program program =
        program(
            2,
            3,
            (phase, lane) -> {
              running.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              ran.incrementAndGet();
            });
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    workers.run(program, new RunState());
                  } catch (RuntimeException e) {
                    thrown.set(e);
                  }
                });
    running.await();
    Thread closer = Thread.ofPlatform().start(workers::close);
    closer.join(Duration.ofMillis(50));
    assertTrue(closer.isAlive(), "close returned during a run");
    go.countDown();
    caller.join();
    closer.join();
    Assertions.assertNull(thrown.get());
    assertEquals(6, ran.get());
    assertEquals(0, living());
    assertThrows(IllegalStateException.class, () -> workers.run(program, new RunState()));
    workers.close();
  }

  @Test
  void closingRightAfterOpeningOrRunningLeavesNoThread() {
    for (int i = 0; i < 200; i++) {
      try (Workers workers = new Workers(NAME, 1 + i % 5)) {
        if (i % 2 == 0) {
          workers.run(program(1, 4, (phase, lane) -> {}), new RunState());
        }
      }
    }
    assertEquals(0, living());
  }

  @Test
  void anInterruptedCallerStillGetsItsResultAndKeepsTheInterrupt() {
    Workers workers = new Workers(NAME, 3);
    Thread.currentThread().interrupt();
    AtomicInteger ran = new AtomicInteger();
    workers.run(program(2, 3, (phase, lane) -> ran.incrementAndGet()), new RunState());
    workers.close();
    assertTrue(Thread.interrupted());
    assertEquals(6, ran.get());
    assertEquals(0, living());
  }

  @Test
  void noThreadsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Workers(NAME, 0));
  }

  @Test
  void aProgramOnFreedMemoryIsRefused() {
    Program program;
    try (Arena arena = Arena.ofShared()) {
      program =
          new Program(
              new Tile[][][] {{{state -> fail("ran")}, {state -> fail("ran")}}}, memory(arena));
    }
    assertThrows(IllegalStateException.class, () -> program.run(new RunState()));
    try (Workers workers = new Workers(NAME, 2)) {
      assertThrows(IllegalStateException.class, () -> workers.run(program, new RunState()));
    }
  }
}

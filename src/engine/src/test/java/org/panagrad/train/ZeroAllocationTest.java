package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.panagrad.OwnJvm;
import org.panagrad.optim.Optimizers;

/**
 * A training step allocates nothing on the heap, on no thread, with any optimizer, nor with
 * clipping, accumulation, penalties or schedules, nor with a weight larger than a cache.
 */
class ZeroAllocationTest {
  /** What is done with gradients besides, by name: each with one optimizer. */
  private static final List<String> UPDATES = List.of("norm", "value", "gathered", "penalized");

  @Test
  @Timeout(300)
  void aThousandTrainingStepsAllocateNothing() throws Exception {
    List<String> names = new ArrayList<>(Optimizers.labels());
    names.addAll(UPDATES);
    names.add(StepAllocations.LARGE);
    List<String> arguments = new ArrayList<>(names);
    arguments.add(StepAllocations.IN_FILE);
    // Cut also with a library for which products would be left whole, and by vectors all along.
    String output =
        OwnJvm.run(
            StepAllocations.class,
            arguments,
            "-Dpanagrad.products=cut",
            "-Dpanagrad.kernels=vector");
    StringBuilder expected = new StringBuilder();
    for (String name : names) {
      for (int workers = 0; workers < 2; workers++) {
        expected.append(name + " " + workers + " " + StepAllocations.STEPS + " 0 0\n");
      }
    }
    // The thread that reads ahead is one more.
    for (int workers = 1; workers <= 2; workers++) {
      expected.append(
          StepAllocations.IN_FILE + " " + workers + " " + StepAllocations.STEPS + " 0 0\n");
    }
    String lines =
        output
            .lines()
            .filter(line -> line.matches("[a-z]+ \\d .*"))
            .reduce("", (a, b) -> a + b + "\n");
    assertEquals(expected.toString(), lines, output);
  }
}

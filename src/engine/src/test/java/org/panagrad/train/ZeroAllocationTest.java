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
    StringBuilder expected = ofEach(names);
    // The thread that reads ahead is one more.
    for (int workers = 1; workers <= 2; workers++) {
      expected.append(
          StepAllocations.IN_FILE + " " + workers + " " + StepAllocations.STEPS + " 0 0\n");
    }
    // Cut also with a library for which products would be left whole.
    requireLines(expected, arguments, "-Dpanagrad.products=cut");
  }

  @Test
  @Timeout(300)
  void norDoProductsAsTheLibraryAtHandLikesThem() throws Exception {
    List<String> names = List.of("sgd", "adam");
    requireLines(ofEach(names), names);
  }

  private static StringBuilder ofEach(List<String> names) {
    StringBuilder expected = new StringBuilder();
    for (String name : names) {
      for (int workers = 0; workers < 2; workers++) {
        expected.append(name + " " + workers + " " + StepAllocations.STEPS + " 0 0\n");
      }
    }
    return expected;
  }

  private static void requireLines(
      StringBuilder expected, List<String> arguments, String... products) throws Exception {
    // By vectors from the start: none are then compiled, and allocate, in the midst of it.
    List<String> options = new ArrayList<>(List.of(products));
    options.add("-Dpanagrad.kernels=vector");
    String output = OwnJvm.run(StepAllocations.class, arguments, options.toArray(String[]::new));
    String lines =
        output
            .lines()
            .filter(line -> line.matches("[a-z]+ \\d .*"))
            .reduce("", (a, b) -> a + b + "\n");
    assertEquals(expected.toString(), lines, output);
  }
}

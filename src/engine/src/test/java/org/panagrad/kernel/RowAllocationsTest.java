package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.panagrad.OwnJvm;

/**
 * Kernels allocate nothing once compiled, whatever they were called with before: what the compiler
 * inlines depends on how often each call was made since the process began.
 */
class RowAllocationsTest {
  /**
   * Processes of which one has to allocate nothing. In one of ten or so the JVM (25) leaves a
   * method, by then called a million times, to the compiler that allocates all vectors; with a
   * kernel that is wrong, each process shows some that allocate, and not always the same.
   */
  private static final int PROCESSES = 3;

  @Test
  @Timeout(300)
  void rowsThatComeAfterManyShortOnes() throws Exception {
    StringBuilder outputs = new StringBuilder();
    boolean none = false;
    for (int i = 0; i < PROCESSES && !none; i++) {
      String output = OwnJvm.run(RowAllocations.class, List.of());
      assertTrue(output.endsWith(" measured\n"), output);
      none = output.lines().noneMatch(line -> line.endsWith(" bytes"));
      outputs.append(output);
    }
    System.out.print(outputs);
    assertTrue(none, outputs.toString());
  }
}

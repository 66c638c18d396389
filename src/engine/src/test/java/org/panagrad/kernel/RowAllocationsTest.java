package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.panagrad.OwnJvm;

/**
 * Kernels allocate nothing once compiled, whatever they were called with before: what the compiler
 * inlines depends on how often each call was made since the process began.
 */
class RowAllocationsTest {
  /**
   * In two processes: now and then the JVM (25) leaves one of these methods, by then called a
   * million times, to the compiler that allocates all vectors.
   */
  @Test
  @Timeout(300)
  void rowsThatComeAfterManyShortOnes() throws Exception {
    Set<String> allocating = allocating();
    if (!allocating.isEmpty()) {
      System.out.println("once more, as these allocated: " + allocating);
      allocating.retainAll(allocating());
    }
    assertEquals(Set.of(), allocating);
  }

  private static Set<String> allocating() throws Exception {
    String output = OwnJvm.run(RowAllocations.class, List.of());
    assertTrue(output.endsWith(" measured\n"), output);
    Set<String> names = new TreeSet<>();
    output
        .lines()
        .filter(line -> line.endsWith(" bytes"))
        .forEach(line -> names.add(line.replaceFirst(": \\d+ bytes", "")));
    return names;
  }
}

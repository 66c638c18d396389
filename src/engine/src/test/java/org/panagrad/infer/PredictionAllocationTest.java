package org.panagrad.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.panagrad.OwnJvm;

/** Prediction in native memory allocates nothing on the heap, on no thread. */
class PredictionAllocationTest {
  @Test
  @Timeout(200)
  void predictingAllocatesNothing() throws Exception {
    List<String> batches = List.of("1", "7", "256", "300");
    String output = OwnJvm.run(PredictionAllocations.class, batches, "-Dpanagrad.kernels=vector");
    assertEquals(
        batches.stream().map(rows -> "rows " + rows + " bytes 0").collect(Collectors.joining("\n")),
        output.lines().filter(line -> line.startsWith("rows ")).collect(Collectors.joining("\n")),
        output);
  }
}

package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelAgreementTest {
  private static final long SEED = 20261124L;

  @Test
  void vectorAndScalarKernelsGiveTheSameBits() {
    System.out.println("kernel agreement seed " + SEED);
    assertNull(KernelAgreement.firstDifference(new VectorKernels(), new ScalarKernels(), SEED));
  }

  @Test
  void soDoThoseOfWhichOneComputesTheStartOfARangeAndTheOtherTheRest() {
    System.out.println("kernel agreement seed " + SEED);
    assertNull(
        KernelAgreement.firstDifference(
            KernelAgreement.alwaysTried(), new ScalarKernels(), SEED + 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void soAtEveryVectorWidth(int bits) throws Exception {
    assumeTrue(bits <= VectorWidth.preferredBits(), "this machine has no registers so wide");
    ForkedJvm.Result result =
        ForkedJvm.run(
            List.of(
                "--add-modules", "jdk.incubator.vector", "-D" + VectorWidth.PROPERTY + "=" + bits),
            KernelAgreement.class,
            Long.toString(SEED + bits));
    assertEquals(0, result.status(), result.output());
    assertTrue(result.output().contains("agreed at " + bits + " bits"), result.output());
  }
}

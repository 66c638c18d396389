package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelSetsTest {
  private static final List<String> MODULE = List.of("--add-modules", "jdk.incubator.vector");

  /** Selects twice, computes, and prints what it got. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      Kernels kernels = KernelSets.select();
      assert kernels.equals(KernelSets.select()) : "chosen twice";
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment x = arena.allocateFrom(ValueLayout.JAVA_FLOAT, -1f, 0f, 2f);
        kernels.activate(Activation.SIGMOID, 0f, x, 0, 3, x, 0, 3, 1, 3);
        System.out.println(kernels.name() + " gives " + x.getAtIndex(ValueLayout.JAVA_FLOAT, 2));
      }
    }
  }

  private static ForkedJvm.Result program(List<String> arguments) throws Exception {
    return ForkedJvm.run(arguments, Program.class);
  }

  @Test
  void vectorServesWhereItCan() {
    assertEquals("vector", KernelSets.select().name());
    assertSame(KernelSets.select(), KernelSets.select());
  }

  @Test
  void withoutTheModuleScalarServesAndOneWarningNamesTheFlag() throws Exception {
    ForkedJvm.Result result = program(List.of("-ea"));
    assertEquals(0, result.status(), result.output());
    assertTrue(result.output().contains("scalar gives 0.880797"), result.output());
    String flag = "--add-modules jdk.incubator.vector";
    int first = result.output().indexOf(flag);
    assertNotEquals(-1, first, result.output());
    assertEquals(-1, result.output().indexOf(flag, first + 1), result.output());
  }

  @Test
  void scalarCanBeForcedInSilence() throws Exception {
    ForkedJvm.Result result = program(List.of("-D" + KernelSets.PROPERTY + "=scalar"));
    assertEquals(0, result.status(), result.output());
    assertEquals("scalar gives 0.880797", result.output().strip());
  }

  @Test
  void forcingWhatIsAbsentFails() throws Exception {
    ForkedJvm.Result result = program(List.of("-D" + KernelSets.PROPERTY + "=vector"));
    assertNotEquals(0, result.status());
    assertTrue(
        result
            .output()
            .contains("panagrad.kernels=vector: the module jdk.incubator.vector is absent; start"),
        result.output());
    assertFalse(result.output().contains("NoClassDefFoundError"), result.output());
  }

  @Test
  void nonsenseIsRefused() throws Exception {
    ForkedJvm.Result kernels = program(List.of("-D" + KernelSets.PROPERTY + "=fast"));
    assertNotEquals(0, kernels.status());
    assertTrue(kernels.output().contains("panagrad.kernels=fast: expected"), kernels.output());
    ForkedJvm.Result bits =
        program(List.of(MODULE.get(0), MODULE.get(1), "-D" + VectorWidth.PROPERTY + "=100"));
    assertNotEquals(0, bits.status());
    assertTrue(bits.output().contains("panagrad.vector.bits=100: expected 128"), bits.output());
  }
}

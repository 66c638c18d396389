package org.panagrad.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.panagrad.nn.Layers.dense;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.panagrad.graph.Value;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.random.SeededRandom;

/** The bits of the starting values are one draw after the other, however they are written. */
class InitializerTest {
  private static final long SEED = 7;
  private static final int IN = 3;

  private static Map<Initializer, ToDoubleFunction<SeededRandom>> draws(int out, boolean bias) {
    ToDoubleFunction<SeededRandom> zero = random -> 0;
    double fanIn = 1 / Math.sqrt(IN);
    double he = Math.sqrt(6.0 / IN);
    double glorot = Math.sqrt(6.0 / (IN + out));
    double heDeviation = Math.sqrt(2.0 / IN);
    double glorotDeviation = Math.sqrt(2.0 / (IN + out));
    return Map.of(
        Initializer.FAN_IN_UNIFORM,
        random -> (2 * random.nextDouble() - 1) * fanIn,
        Initializer.HE_UNIFORM,
        bias ? zero : random -> (2 * random.nextDouble() - 1) * he,
        Initializer.GLOROT_UNIFORM,
        bias ? zero : random -> (2 * random.nextDouble() - 1) * glorot,
        Initializer.HE_NORMAL,
        bias ? zero : random -> random.nextGaussian() * heDeviation,
        Initializer.GLOROT_NORMAL,
        bias ? zero : random -> random.nextGaussian() * glorotDeviation,
        Initializer.NORMAL,
        SeededRandom::nextGaussian,
        Initializer.ZEROS,
        zero);
  }

  @ParameterizedTest
  @EnumSource(Initializer.class)
  void startingValuesAreOneDrawAfterTheOther(Initializer how) {
    for (int out : new int[] {1, 341, 342, 1023, 1024, 1025, 2049}) {
      Network network = Network.of(IN, dense(out)).initializedBy(how);
      ParameterLayout layout = new ParameterLayout(network.graph());
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment parameters = arena.allocate(layout.bytes(), 64);
        parameters.fill((byte) -1);
        network.initialize(parameters, layout, SEED);
        SeededRandom random = SeededRandom.of(SEED, "initial parameters");
        for (Value parameter : layout.parameters()) {
          boolean bias = parameter.path().endsWith("bias");
          ToDoubleFunction<SeededRandom> draw = Objects.requireNonNull(draws(out, bias).get(how));
          for (int i = 0; i < parameter.shape().elements(); i++) {
            float expected = (float) draw.applyAsDouble(random);
            long at = layout.offset(parameter) + 4L * i;
            int found = parameters.get(ValueLayout.JAVA_INT, at);
            String what = parameter.path() + "[" + i + "] of " + out;
            assertEquals(Float.floatToRawIntBits(expected), found, what);
          }
        }
      }
    }
  }
}

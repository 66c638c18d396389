package org.panagrad.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.panagrad.graph.Activate;
import org.panagrad.graph.LossFunction;
import org.panagrad.graph.Operation;
import org.panagrad.kernel.Activation;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Optimizers;

/** Nothing may be added to the engine that is not in the registry of cases. */
class RegistryTest {
  private static List<Operation> operations() {
    return Cases.ALL.stream()
        .flatMap(c -> c.network().apply(new Sizes(2, 3, 2, 4)).graph().operations().stream())
        .toList();
  }

  private static Set<Class<?>> permitted(Class<?> sealed) {
    return new HashSet<>(Arrays.asList(sealed.getPermittedSubclasses()));
  }

  @Test
  void everyOperationHasACase() {
    Set<Class<?>> covered = operations().stream().map(Object::getClass).collect(Collectors.toSet());
    assertEquals(permitted(Operation.class), covered);
  }

  @Test
  void everyActivationHasACase() {
    Set<Activation> covered =
        operations().stream()
            .filter(Activate.class::isInstance)
            .map(op -> ((Activate) op).function())
            .collect(Collectors.toSet());
    assertEquals(EnumSet.allOf(Activation.class), covered);
  }

  @Test
  void everyLossHasACaseWithEachKindOfTarget() {
    for (boolean labels : new boolean[] {true, false}) {
      Set<LossFunction> covered = EnumSet.noneOf(LossFunction.class);
      for (ContractCase c : Cases.ALL) {
        if (c.loss() != null && c.labels() == labels) {
          covered.add(c.loss().function());
        }
      }
      assertEquals(EnumSet.allOf(LossFunction.class), covered);
    }
  }

  @Test
  void everyOptimizerHasACaseWithAndWithoutDecay() {
    Set<Class<?>> classes =
        OptimizerCases.ALL.stream().map(Object::getClass).collect(Collectors.toSet());
    assertEquals(permitted(Optimizer.class), classes);
    for (String label : Optimizers.labels()) {
      assertTrue(
          OptimizerCases.ALL.stream().anyMatch(o -> o.label().equals(label) && o.weightDecay() > 0),
          label);
    }
  }

  @Test
  void namesAreUnique() {
    assertEquals(Cases.ALL.size(), Cases.ALL.stream().map(ContractCase::name).distinct().count());
  }
}

package org.panagrad.cli;

import java.util.Iterator;
import java.util.List;
import org.panagrad.nn.Initializer;
import org.panagrad.nn.Layers;
import org.panagrad.nn.Losses;
import org.panagrad.optim.Optimizers;

/** The engine's names, for help and completion. */
abstract class Names implements Iterable<String> {
  private final List<String> names;

  private Names(List<String> names) {
    this.names = names;
  }

  @Override
  public Iterator<String> iterator() {
    return names.iterator();
  }

  static final class Activations extends Names {
    Activations() {
      super(Layers.activationNames());
    }
  }

  static final class Norms extends Names {
    Norms() {
      super(Layers.normNames());
    }
  }

  static final class LossLabels extends Names {
    LossLabels() {
      super(Losses.labels());
    }
  }

  static final class Initializers extends Names {
    Initializers() {
      super(Initializer.labels());
    }
  }

  static final class OptimizerLabels extends Names {
    OptimizerLabels() {
      super(Optimizers.labels());
    }
  }

  static final class ScheduleLabels extends Names {
    static final List<String> ALL =
        List.of("constant", "step", "exponential", "cosine", "one-cycle", "plateau");

    ScheduleLabels() {
      super(ALL);
    }
  }
}

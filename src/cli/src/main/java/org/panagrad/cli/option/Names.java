package org.panagrad.cli.option;

import java.util.Iterator;
import java.util.List;
import org.panagrad.nn.Initializer;
import org.panagrad.nn.Layers;
import org.panagrad.nn.Losses;
import org.panagrad.optim.Optimizers;

/** The engine's names, for help and completion. */
public abstract class Names implements Iterable<String> {
  private final List<String> names;

  private Names(List<String> names) {
    this.names = names;
  }

  @Override
  public Iterator<String> iterator() {
    return names.iterator();
  }

  public static final class Activations extends Names {
    public Activations() {
      super(Layers.activationNames());
    }
  }

  static final class Norms extends Names {
    Norms() {
      super(Layers.normNames());
    }
  }

  public static final class LossLabels extends Names {
    public LossLabels() {
      super(Losses.labels());
    }
  }

  public static final class Initializers extends Names {
    public Initializers() {
      super(Initializer.labels());
    }
  }

  public static final class OptimizerLabels extends Names {
    public OptimizerLabels() {
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

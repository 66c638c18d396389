package org.panagrad.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.graph.BatchNorm;
import org.panagrad.graph.Graph;
import org.panagrad.graph.LayerNorm;
import org.panagrad.graph.Operation;
import org.panagrad.graph.Value;

/** What decides the result of a training, by name and in words: what a checkpoint must agree on. */
final class TrainingSettings {
  private TrainingSettings() {}

  /** What decides it everywhere. */
  static Map<String, String> of(
      TrainingSession session,
      @Nullable Dataset validation,
      @Nullable EarlyStopping earlyStopping) {
    TrainingOptions options = session.options();
    Map<String, String> settings = new LinkedHashMap<>();
    Graph graph = session.network().graph();
    settings.put("input", graph.input().shape().batched());
    for (Operation op : graph.operations()) {
      settings.put(
          op.path(),
          describe(op)
              + " of "
              + op.inputs().stream().map(Value::path).collect(Collectors.joining(", ")));
    }
    settings.put("loss", options.loss().toString());
    settings.put("optimizer", options.optimizer().toString());
    settings.put("learning-rate schedule", options.schedule().toString());
    settings.put("penalties", options.penalties().toString());
    settings.put("clipping by norm", Float.toString(options.clipNorm()));
    settings.put("clipping by value", Float.toString(options.clipValue()));
    settings.put("mini-batches per update", Integer.toString(options.accumulate()));
    settings.put("batch size", Integer.toString(options.batchSize()));
    settings.put("seed", Long.toString(options.seed()));
    settings.put("shuffling", Boolean.toString(options.shuffle()));
    // An update fused into its product adds in another order than one that reads a stored gradient.
    settings.put("gradients stored", Boolean.toString(session.keepsGradients()));
    settings.put("on non-finite", options.onNonFinite().label());
    settings.put("training data", describe(session.data()));
    settings.put("validation data", validation == null ? "none" : describe(validation));
    settings.put("early stopping", earlyStopping == null ? "none" : earlyStopping.toString());
    return settings;
  }

  /** What decides its bits besides. */
  static Map<String, String> machine(TrainingSession session) {
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("partitions", Integer.toString(session.options().partitions()));
    machine.put("OpenBLAS version", session.library().version());
    machine.put("OpenBLAS core", session.library().coreName());
    return machine;
  }

  private static String describe(Operation op) {
    return op.describe()
        + switch (op) {
          case BatchNorm norm -> ", epsilon " + norm.epsilon() + ", momentum " + norm.momentum();
          case LayerNorm norm -> ", epsilon " + norm.epsilon();
          default -> "";
        };
  }

  /** Not its name, which goes with where it lies: what is in it. */
  private static String describe(Dataset data) {
    return data.size()
        + " rows of "
        + data.featureCount()
        + " features, "
        + data.targetCount()
        + (data.classCount() > 0 ? " classes" : " targets")
        + ", checksum "
        + data.checksum();
  }
}

package org.panagrad.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.panagrad.optim.ConstantRate;
import org.panagrad.optim.Penalties;

/** What a file of a model tells of the training that made it, by name and in words. */
final class RunDescription {
  private RunDescription() {}

  /**
   * Of a session as it stands.
   *
   * @param keptEpoch whose weights these are, 0 where they are the last step's
   */
  static Map<String, String> of(TrainingSession session, int keptEpoch) {
    TrainingOptions options = session.options();
    Map<String, String> run = new LinkedHashMap<>();
    run.put("data", session.data().name());
    run.put("examples", Integer.toString(session.data().size()));
    run.put("optimizer", options.optimizer().toString());
    if (!(options.schedule() instanceof ConstantRate)) {
      run.put("schedule", options.schedule().toString());
    }
    if (!options.penalties().equals(Penalties.NONE)) {
      run.put("penalties", options.penalties().toString());
    }
    if (options.clipNorm() > 0) {
      run.put("clipNorm", Float.toString(options.clipNorm()));
    }
    if (options.clipValue() > 0) {
      run.put("clipValue", Float.toString(options.clipValue()));
    }
    if (options.accumulate() > 1) {
      run.put("accumulate", Integer.toString(options.accumulate()));
    }
    run.put("batchSize", Integer.toString(options.batchSize()));
    run.put("epochs", Integer.toString(session.epochs()));
    if (keptEpoch > 0) {
      run.put("keptEpoch", Integer.toString(keptEpoch));
    }
    run.put("steps", Long.toString(session.steps()));
    run.put("seed", Long.toString(options.seed()));
    run.put("partitions", Integer.toString(options.partitions()));
    run.put("openblasVersion", session.library().version());
    run.put("openblasCore", session.library().coreName());
    return run;
  }
}

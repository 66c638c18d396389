package org.panagrad.sweep;

import java.util.function.Consumer;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Network;
import org.panagrad.train.Trainer;
import org.panagrad.train.TrainingOptions;

/**
 * How a trial is trained.
 *
 * @param network of its own
 * @param train what it is trained on; shared by trials, and closed by the caller after the sweep
 * @param validation what it is judged by
 * @param options threads and memory limit are the sweep's
 * @param epochs unless rungs of a {@link Halving} say how many
 * @param control sets up its trainer further: early stopping, say
 */
public record TrialSetup(
    Network network,
    Dataset train,
    Dataset validation,
    TrainingOptions options,
    int epochs,
    Consumer<Trainer> control) {
  /** Nothing else to set up. */
  public TrialSetup(
      Network network, Dataset train, Dataset validation, TrainingOptions options, int epochs) {
    this(network, train, validation, options, epochs, trainer -> {});
  }
}

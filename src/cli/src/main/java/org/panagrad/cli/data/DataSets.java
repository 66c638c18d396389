package org.panagrad.cli.data;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.data.TrainTest;

/**
 * The rows of a training.
 *
 * @param train what the network sees
 * @param validation what it is looked at with while it is trained, or null
 * @param test what it is judged by in the end, or null
 * @param notes what the user should know of them, a line each
 */
public record DataSets(
    Dataset train, @Nullable Dataset validation, @Nullable Dataset test, List<String> notes)
    implements AutoCloseable {
  public DataSets {
    notes = List.copyOf(notes);
  }

  static DataSets of(TrainTest sets) {
    return new DataSets(sets.train(), null, sets.test(), List.of());
  }

  /** What is looked at after every epoch: the validation set, or the test set without one. */
  public @Nullable Dataset watched() {
    return validation == null ? test : validation;
  }

  /** What that set is called. */
  public String watchedName() {
    return validation == null ? "test" : "validation";
  }

  /** What a finished model is measured on: test rows if there are any, else what is nearest. */
  public Dataset judge() {
    return test != null ? test : validation != null ? validation : train;
  }

  /** What that set is called. */
  public String judgeName() {
    return test != null ? "test set" : validation != null ? "validation set" : "training set";
  }

  public long nativeBytes() {
    return train.nativeBytes()
        + (validation == null ? 0 : validation.nativeBytes())
        + (test == null ? 0 : test.nativeBytes());
  }

  @Override
  public void close() {
    train.close();
    if (validation != null) {
      validation.close();
    }
    if (test != null) {
      test.close();
    }
  }
}

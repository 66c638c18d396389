package org.panagrad.train;

/** Told what happens in a training, on the thread that trains. */
@FunctionalInterface
public interface TrainingListener {
  /** Something has happened; an exception thrown here ends the training. */
  void on(TrainingEvent event);
}

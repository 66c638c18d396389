package org.panagrad.sweep;

/** Says how a trial is trained. */
@FunctionalInterface
public interface TrialFactory {
  /**
   * The training of these settings; called by several threads, and again for a trial that goes on.
   *
   * @throws org.panagrad.data.DataException if they do not fit the data: the trial fails, others go
   *     on
   */
  TrialSetup setUp(Trial trial);
}

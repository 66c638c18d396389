package org.panagrad.report;

import org.jspecify.annotations.Nullable;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;

/**
 * What is kept of an epoch.
 *
 * @param watched how the network did on the set that is looked at after each epoch, null without
 * @param step number of updates so far
 * @param learningRate of the last step
 */
record EpochRecord(
    EpochResult training, @Nullable Evaluation watched, long step, float learningRate) {}

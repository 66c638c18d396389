package org.panagrad.train;

import org.panagrad.optim.ScheduleState;

/**
 * Where in its data a session stands. With the parameters and the optimizer's state this is all
 * that decides what it does next: every random choice follows from seed, step and epoch.
 *
 * @param step number of updates so far
 * @param epochs that have been trained to their end
 * @param rowsDone of the epoch under way; 0 between two epochs
 * @param rowsSkipped of those, whose update was left out, and which sums and means leave out
 * @param lossSum over those rows, or over the epoch that has just ended, not yet a mean
 * @param weightSum of the same rows, which their mean loss is over
 * @param correct labels hit of the same rows
 * @param learningRate of the last step, or of the first to come
 * @param baseLearningRate what the schedule goes by
 * @param schedule what it remembers of the validation loss
 */
public record TrainingPosition(
    long step,
    int epochs,
    int rowsDone,
    int rowsSkipped,
    double lossSum,
    double weightSum,
    long correct,
    float learningRate,
    float baseLearningRate,
    ScheduleState schedule) {}

package org.panagrad.cli.terminal;

import java.util.Locale;
import org.panagrad.graph.LossFunction;
import org.panagrad.train.Evaluation;

/**
 * The number that people follow beside the loss: the accuracy where targets are classes, the root
 * of the mean squared error where they are values and the loss tells it, else the loss.
 *
 * @param outputs of the network
 * @param watched what the set is called that is looked at after each epoch: "test"
 * @param unit of the target, in what the network is trained towards
 */
public record TrainingScore(LossFunction loss, int outputs, String watched, double unit) {
  /** The score of targets that the network is trained towards as they are. */
  TrainingScore(LossFunction loss, int outputs, String watched) {
    this(loss, outputs, watched, 1);
  }

  /** The root of the mean squared error, NaN where the loss does not tell it. */
  private double rmse(double lossValue) {
    return unit * loss.rootMeanSquare(lossValue, outputs);
  }

  /** The number of an evaluation. */
  public double of(Evaluation evaluation) {
    if (!Double.isNaN(evaluation.accuracy())) {
      return evaluation.accuracy();
    }
    double rmse = rmse(evaluation.loss());
    return Double.isNaN(rmse) ? evaluation.loss() : rmse;
  }

  /** {@code "test 97.25 %"}, {@code "test RMSE 2.1300"} or {@code "test loss 0.3100"}. */
  public String text(Evaluation evaluation) {
    if (!Double.isNaN(evaluation.accuracy())) {
      return watched + " " + TrainingClock.percent(evaluation.accuracy());
    }
    String name = Double.isNaN(rmse(evaluation.loss())) ? " loss " : " RMSE ";
    return watched + name + TrainingClock.loss(of(evaluation));
  }

  /** {@code "loss 0.1234 accuracy 97.25 %"}, {@code "loss 0.0400 RMSE 0.2000"} or the loss. */
  String training(double lossValue, double accuracy) {
    String text = "loss " + TrainingClock.loss(lossValue);
    if (!Double.isNaN(accuracy)) {
      return text + "  accuracy " + TrainingClock.percent(accuracy);
    }
    double rmse = rmse(lossValue);
    return Double.isNaN(rmse) ? text : text + "  RMSE " + TrainingClock.loss(rmse);
  }

  /** The same in few characters, for the bar. */
  String brief(double lossValue, double accuracy) {
    String text = "loss " + TrainingClock.loss(lossValue);
    if (!Double.isNaN(accuracy)) {
      return text + String.format(Locale.ROOT, " acc %.1f%%", 100 * accuracy);
    }
    double rmse = rmse(lossValue);
    return Double.isNaN(rmse) ? text : text + " RMSE " + TrainingClock.loss(rmse);
  }
}

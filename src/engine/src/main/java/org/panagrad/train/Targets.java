package org.panagrad.train;

import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.graph.ShapeException;

/** Whether a data set is what a network and a loss can be trained on. */
final class Targets {
  private Targets() {}

  /**
   * Checks features, outputs and labels against each other.
   *
   * @throws ShapeException if numbers of features or outputs differ
   * @throws DataException if all rows are of one class
   */
  static void check(Graph graph, Loss loss, Dataset data, boolean training) {
    int inputs = graph.input().shape().elements();
    int outputs = graph.output().shape().elements();
    if (data.featureCount() != inputs) {
      throw new ShapeException(
          data.name()
              + ": rows of "
              + data.featureCount()
              + " features, expected "
              + inputs
              + " as the network's input "
              + graph.input().shape().batched());
    }
    int wanted = outputs(loss, data);
    if (outputs != wanted) {
      throw new ShapeException(
          graph.output().path()
              + ": "
              + outputs
              + " outputs, expected "
              + wanted
              + " for the "
              + data.targetCount()
              + (data.targetKind() == TargetKind.CLASSES ? " classes of " : " targets of ")
              + data.name());
    }
    int weights = loss.classWeights().size();
    if (weights > 0 && weights != data.classCount()) {
      throw new DataException(
          data.name()
              + ": "
              + weights
              + " class weights, expected "
              + (data.targetKind() == TargetKind.CLASSES
                  ? "one for each of its " + data.classCount() + " classes"
                  : "none, as its targets are values"));
    }
    if (training && data.targetKind() == TargetKind.CLASSES && data.isOfOneClass()) {
      throw new DataException(
          data.name()
              + ": all "
              + data.size()
              + " rows are of one class, expected two or more;"
              + " there is nothing to tell apart");
    }
  }

  /** Outputs a network needs: one per class or target; two classes may share a single logit. */
  static int outputs(Loss loss, Dataset data) {
    return data.targetKind() == TargetKind.CLASSES
            && loss.function() == LossFunction.BINARY_CROSS_ENTROPY
            && data.classCount() == 2
        ? 1
        : data.targetCount();
  }
}

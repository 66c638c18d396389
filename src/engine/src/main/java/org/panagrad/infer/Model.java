package org.panagrad.infer;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Classes;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.PictureShape;
import org.panagrad.data.RowEncoding;
import org.panagrad.file.OneLine;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.memory.MemoryReport;
import org.panagrad.memory.NativeMemory;
import org.panagrad.metrics.Metrics;
import org.panagrad.nn.Parameter;
import org.panagrad.nn.StateDict;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.train.Evaluation;
import org.panagrad.train.Evaluator;
import org.panagrad.train.ModelDescription;

/**
 * A network with its parameters, not to be changed any more.
 *
 * <p>Owns the parameters' memory, which is freed when the model and the predictors made from it are
 * all closed, in whichever order, and no evaluation runs: native products do not notice that their
 * memory is gone.
 */
public final class Model implements AutoCloseable {
  private final Graph graph;
  private final ParameterLayout layout;
  private final ModelDescription description;
  private final NativeMemory memory;
  private final MemorySegment parameters;
  private int holders = 1;
  private boolean closed;

  /**
   * A model whose parameters are all zero, to be filled by whoever makes it.
   *
   * @param maxNativeBytes the most the parameters may take
   */
  public Model(Graph graph, ModelDescription description, long maxNativeBytes) {
    this.graph = graph;
    this.layout = new ParameterLayout(graph);
    this.description = description;
    this.memory = new NativeMemory("model", maxNativeBytes);
    try {
      this.parameters = memory.allocate("parameters", layout.bytes());
    } catch (Throwable t) {
      memory.close();
      throw t;
    }
  }

  /** What it computes: the output as in training, logits where the loss takes logits. */
  public Graph graph() {
    return graph;
  }

  /** What else the model's file says. */
  public ModelDescription description() {
    return description;
  }

  /** The native memory taken. */
  public MemoryReport memoryReport() {
    return memory.report();
  }

  /** The parameters by path. */
  public Map<String, Parameter> stateDict() {
    return StateDict.of(layout, parameters);
  }

  /**
   * Loss and accuracy on a data set.
   *
   * <p>A model that is closed meanwhile keeps its memory until this returns.
   *
   * @throws IllegalStateException if the model is closed
   * @throws DataException if the model does not know its loss, or takes raw features otherwise than
   *     the data set has them
   * @throws org.panagrad.graph.ShapeException if the data does not fit the network
   */
  public Evaluation evaluate(Dataset data, Evaluator evaluator) {
    Loss loss = lossFor(data);
    retain();
    try {
      return evaluator.evaluate(graph, layout, parameters, loss, data);
    } finally {
      release();
    }
  }

  /**
   * All metrics on a data set.
   *
   * @throws IllegalStateException if the model is closed
   * @throws DataException as {@link #evaluate}, or if an output is not a finite number
   * @throws org.panagrad.graph.ShapeException if the data does not fit the network
   */
  public Metrics metrics(Dataset data, Evaluator evaluator) {
    Loss loss = lossFor(data);
    retain();
    try {
      return evaluator.metrics(graph, layout, parameters, loss, data);
    } finally {
      release();
    }
  }

  /**
   * What the outputs are of: classes with their names, or as many numbers as there are outputs. A
   * single logit is the second of two classes. Of a model of values it is as if they were classes.
   */
  public Classes classes() {
    List<String> names = description.classNames();
    if (!names.isEmpty()) {
      return Classes.named(names);
    }
    int outputs = graph.output().shape().elements();
    Loss loss = description.loss();
    boolean logit =
        outputs == 1 && loss != null && loss.function() == LossFunction.BINARY_CROSS_ENTROPY;
    return Classes.count(logit ? 2 : outputs);
  }

  private Loss lossFor(Dataset data) {
    Loss loss = description.loss();
    if (loss == null) {
      throw new DataException(
          data.name()
              + ": evaluating on it needs the loss the model was trained with, which the"
              + " model does not know");
    }
    requireRaw(data);
    requireNames(data);
    return loss;
  }

  /** Labels are numbers: under other names, or in another order, they would be of other classes. */
  private void requireNames(Dataset data) {
    List<String> known = description.classNames();
    if (!known.isEmpty() && !data.classNames().isEmpty() && !known.equals(data.classNames())) {
      throw DataException.at(
          data.name(),
          "names of the classes",
          OneLine.of(String.join(", ", known)) + " as the model was trained on",
          OneLine.of(String.join(", ", data.classNames())),
          "bring rows of the same classes, under the same names");
    }
  }

  /**
   * Checks that the rows of a data set, as they are stored, are what the model takes.
   *
   * @throws DataException if they became features, or become them, otherwise than those trained on
   */
  public void requireRaw(Dataset data) {
    if (!Objects.equals(data.encoding(), description.table())) {
      throw new DataException(
          data.name()
              + ": rows are "
              + encoded(data.encoding())
              + ", expected rows "
              + encoded(description.table())
              + ", which the model was trained on; "
              + (description.table() == null
                  ? "bring rows of numbers"
                  : "bring the table itself, or convert it by the model's schema"));
    }
    requireRaw(data.name(), data.preprocessing(), data.picture());
  }

  /**
   * Checks that rows, as they are stored, are what the model takes for raw.
   *
   * @param name what messages call the rows
   * @param preprocessing what makes features of them
   * @param picture which picture a row is; null where rows are none, or it is not known
   * @throws DataException if they become features otherwise than those trained on, or are other
   *     pictures
   */
  public void requireRaw(String name, FeatureMap preprocessing, @Nullable PictureShape picture) {
    if (!preprocessing.equals(description.preprocessing())) {
      throw new DataException(
          name
              + ": features come as "
              + preprocessing
              + ", expected "
              + description.preprocessing()
              + " as the model was trained; bring them in the same form");
    }
    if (!PictureShape.agree(picture, description.picture())) {
      throw DataException.at(
          name,
          "pictures",
          description.picture() + " as the model was trained on",
          String.valueOf(picture),
          "bring them in the same form");
    }
  }

  private static String encoded(@Nullable RowEncoding encoding) {
    return encoding == null ? "not encoded from a table" : "encoded by what was learned of a table";
  }

  ParameterLayout layout() {
    return layout;
  }

  MemorySegment parameters() {
    return parameters;
  }

  /** Keeps the memory for a predictor or an evaluation, until it calls {@link #release}. */
  synchronized void retain() {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
    holders++;
  }

  synchronized void release() {
    if (holders == 1) {
      // Throws while a file is written from it; the hold then stays, and can be released again.
      memory.close();
    }
    holders--;
  }

  /** Ends the model; its memory goes with the last predictor made from it. */
  @Override
  public synchronized void close() {
    if (!closed) {
      release();
      closed = true;
    }
  }
}

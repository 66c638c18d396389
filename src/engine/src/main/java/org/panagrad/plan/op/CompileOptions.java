package org.panagrad.plan.op;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Loss;
import org.panagrad.plan.UpdateRule;

/**
 * What a graph is compiled for. Immutable.
 *
 * <p>Each option is a field of {@link Values} with what holds unless told, and a method that reads
 * it.
 */
public final class CompileOptions {
  /** What is set; changed only while nobody else has seen it. */
  private static final class Values implements Cloneable {
    private int batchSize = 1;
    private int partitions = 1;
    private @Nullable Loss loss;
    private boolean labels;
    private boolean training;
    private boolean backward;
    private boolean keepGradients;
    private boolean inputGradient;
    private @Nullable UpdateRule updateRule;
    private float clipNorm;
    private float clipValue;
    private boolean gathers;
    private boolean inPlace;
    private boolean orInPlace;
    private boolean weighted;

    @Override
    protected Values clone() {
      try {
        return (Values) super.clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final Values values;

  private CompileOptions(Values values) {
    if (values.batchSize < 1) {
      throw new IllegalArgumentException("batch size " + values.batchSize + ": expected 1 or more");
    }
    if (values.partitions < 1) {
      throw new IllegalArgumentException(values.partitions + " partitions: expected 1 or more");
    }
    if (values.backward && values.loss == null) {
      throw new IllegalArgumentException("gradients without a loss");
    }
    this.values = values;
  }

  private CompileOptions with(Consumer<Values> change) {
    Values changed = values.clone();
    change.accept(changed);
    return new CompileOptions(changed);
  }

  /** Prediction. */
  public static CompileOptions inference(int batchSize, int partitions) {
    Values values = new Values();
    values.batchSize = batchSize;
    values.partitions = partitions;
    return new CompileOptions(values);
  }

  /** Loss and accuracy, nothing learned, nothing dropped, by running statistics. */
  public static CompileOptions evaluation(
      int batchSize, int partitions, Loss loss, boolean labels) {
    return inference(batchSize, partitions)
        .with(
            v -> {
              v.loss = loss;
              v.labels = labels;
            });
  }

  /** Forward, loss, backward, update. */
  public static CompileOptions training(
      int batchSize, int partitions, Loss loss, boolean labels, UpdateRule rule) {
    return evaluation(batchSize, partitions, loss, labels)
        .with(
            v -> {
              v.training = true;
              v.backward = true;
              v.keepGradients = !rule.fusesIntoProduct();
              v.updateRule = rule;
            });
  }

  /** Gradients of the parameters, as training takes them, and no update. */
  public static CompileOptions parameterGradients(
      int batchSize, int partitions, Loss loss, boolean labels) {
    return evaluation(batchSize, partitions, loss, labels)
        .with(
            v -> {
              v.training = true;
              v.backward = true;
              v.keepGradients = true;
            });
  }

  /** The same, and of the input: for checks. */
  public static CompileOptions gradients(int batchSize, int partitions, Loss loss, boolean labels) {
    return parameterGradients(batchSize, partitions, loss, labels)
        .with(v -> v.inputGradient = true);
  }

  /** The same, with the parameters' gradients stored where they can be read. */
  public CompileOptions keepingGradients() {
    return with(v -> v.keepGradients = true);
  }

  /**
   * The same, with the gradients scaled before the update so that the norm of all of them is at
   * most this; infinite to have the norm measured only. Gradients are then stored.
   */
  public CompileOptions clippingNorm(float most) {
    requirePositive("norm to clip to", most);
    return with(
        v -> {
          v.clipNorm = most;
          v.keepGradients = true;
        });
  }

  /** The same, with every element of a gradient brought into [-most, most] before the update. */
  public CompileOptions clippingValue(float most) {
    requirePositive("value to clip to", most);
    return with(v -> v.clipValue = most);
  }

  /**
   * The same, for updates of several mini-batches, as {@link org.panagrad.plan.RunState} says which
   * is which: the stored gradients are the sums over those so far.
   */
  public CompileOptions gathering() {
    return with(
        v -> {
          v.gathers = true;
          v.keepGradients = true;
        });
  }

  private static void requirePositive(String name, float value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(name + " " + value + ": expected a number above 0");
    }
  }

  /** The same, with the rows of the mini-batch read where they are. */
  public CompileOptions readingInPlace() {
    return with(v -> v.inPlace = true);
  }

  /** The same, with rows read where they are whenever the source of a run says that they can be. */
  public CompileOptions readingInPlaceOrCopied() {
    return with(v -> v.orInPlace = true);
  }

  /** The same, with examples that count by the weights their source has for them. */
  public CompileOptions weighingExamples() {
    return with(v -> v.weighted = true);
  }

  /** The largest mini-batch. */
  public int batchSize() {
    return values.batchSize;
  }

  /** The partition width: how many tiles a step is cut into at most. */
  public int partitions() {
    return values.partitions;
  }

  /** What to compute on the output, or null for prediction. */
  public @Nullable Loss loss() {
    return values.loss;
  }

  /** Whether examples have weights of their own. */
  public boolean weighted() {
    return values.weighted;
  }

  /** Whether targets are int32 classes (with a dense loss they are one-hot), or floats. */
  public boolean labels() {
    return values.labels;
  }

  /** Whether dropout drops, and batch normalisation takes the statistics of the mini-batch. */
  public boolean training() {
    return values.training;
  }

  /** Whether gradients are computed. */
  public boolean backward() {
    return values.backward;
  }

  /** Whether the parameters' gradients are stored where they can be read. */
  public boolean keepGradients() {
    return values.keepGradients;
  }

  /** Whether the input's gradient is computed. */
  public boolean inputGradient() {
    return values.inputGradient;
  }

  /** What to do with the gradients, or null for nothing. */
  public @Nullable UpdateRule updateRule() {
    return values.updateRule;
  }

  /** The most that the norm of all gradients may be, or 0 for no such bound. */
  public float clipNorm() {
    return values.clipNorm;
  }

  /** The most that an element of a gradient may be, or 0 for no such bound. */
  public float clipValue() {
    return values.clipValue;
  }

  /** Whether gradients of several mini-batches are summed before an update. */
  public boolean gathers() {
    return values.gathers;
  }

  /** Whether the source's rows follow each other, so that they are not copied. */
  public boolean inPlace() {
    return values.inPlace;
  }

  /** Whether each run's source decides that. */
  boolean orInPlace() {
    return values.orInPlace;
  }

  /** Whether results are all that is wanted: no loss, no gradient. */
  boolean forwardOnly() {
    return values.loss == null && !values.backward;
  }
}

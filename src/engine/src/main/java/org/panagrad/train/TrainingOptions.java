package org.panagrad.train;

import java.util.function.Consumer;
import org.panagrad.graph.Loss;
import org.panagrad.nn.Losses;
import org.panagrad.optim.ConstantRate;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Penalties;
import org.panagrad.optim.Schedule;
import org.panagrad.optim.Sgd;

/**
 * How to train. Immutable; every method with an argument returns changed options.
 *
 * <p>Each option is a field of {@link Values} with what holds unless told, a method that reads it
 * and one that changes it.
 */
public final class TrainingOptions {
  private static final TrainingOptions DEFAULTS = new TrainingOptions(new Values());

  /** What is set; changed only while nobody else has seen it. */
  private static final class Values implements Cloneable {
    private Loss loss = Losses.crossEntropy();
    private Optimizer optimizer = new Sgd(0.1f);
    private Schedule schedule = new ConstantRate();
    private Penalties penalties = Penalties.NONE;
    private float clipNorm;
    private float clipValue;
    private int batchSize = 128;
    private int accumulate = 1;
    private long seed = 1;
    private boolean shuffle = true;
    private int threads = Runtime.getRuntime().availableProcessors();
    private int partitions = Runtime.getRuntime().availableProcessors();
    private long maxNativeBytes = Long.MAX_VALUE;
    private boolean keepGradients;
    private OnNonFinite onNonFinite = OnNonFinite.STOP;

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

  private TrainingOptions(Values values) {
    this.values = values;
  }

  /** The options that hold unless told. */
  public static TrainingOptions defaults() {
    return DEFAULTS;
  }

  private TrainingOptions with(Consumer<Values> change) {
    Values changed = values.clone();
    change.accept(changed);
    return new TrainingOptions(changed);
  }

  private static int atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": expected 1 or more");
    }
    return value;
  }

  /** What is made small; cross-entropy unless told. */
  public Loss loss() {
    return values.loss;
  }

  /** These options with another loss. */
  public TrainingOptions loss(Loss loss) {
    return with(v -> v.loss = loss);
  }

  /** How it is made small; SGD with learning rate 0.1 unless told. */
  public Optimizer optimizer() {
    return values.optimizer;
  }

  /** These options with another optimizer. */
  public TrainingOptions optimizer(Optimizer optimizer) {
    return with(v -> v.optimizer = optimizer);
  }

  /** Examples per step; 128 unless told. */
  public int batchSize() {
    return values.batchSize;
  }

  /** These options with another batch size. */
  public TrainingOptions batchSize(int batchSize) {
    return with(v -> v.batchSize = atLeastOne("batch size", batchSize));
  }

  /** How the learning rate goes; constant unless told. */
  public Schedule schedule() {
    return values.schedule;
  }

  /** These options with another schedule. */
  public TrainingOptions schedule(Schedule schedule) {
    return with(v -> v.schedule = schedule);
  }

  /** What holds the parameters small besides the optimizer's weight decay; nothing unless told. */
  public Penalties penalties() {
    return values.penalties;
  }

  /** These options with other penalties. */
  public TrainingOptions penalties(Penalties penalties) {
    return with(v -> v.penalties = penalties);
  }

  /** The most that the norm of all gradients together may be, 0 for no bound; none unless told. */
  public float clipNorm() {
    return values.clipNorm;
  }

  /**
   * These options with gradients scaled so that the norm of all of them together is at most this; 0
   * for no bound, infinite to have {@link TrainingSession#gradientNorm} only. Gradients are then
   * stored. Where elements have a bound too, {@link #clipValue(float)}, that comes first.
   *
   * @throws IllegalArgumentException if it is below 0
   */
  public TrainingOptions clipNorm(float most) {
    return with(v -> v.clipNorm = notNegative("norm to clip to", most));
  }

  /** The most that an element of a gradient may be, 0 for no bound; none unless told. */
  public float clipValue() {
    return values.clipValue;
  }

  /**
   * These options with each element of a gradient brought into [-most, most]; 0 for no bound.
   *
   * @throws IllegalArgumentException if it is below 0
   */
  public TrainingOptions clipValue(float most) {
    return with(v -> v.clipValue = notNegative("value to clip to", most));
  }

  private static float notNegative(String name, float value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException(name + " " + value + ": expected 0 or more");
    }
    return value;
  }

  /** Mini-batches per update; 1 unless told. */
  public int accumulate() {
    return values.accumulate;
  }

  /**
   * These options with the gradients of so many mini-batches summed before an update, which is then
   * the one that a batch of all their rows would have. What is left at the end of an epoch is an
   * update too.
   */
  public TrainingOptions accumulate(int miniBatches) {
    return with(v -> v.accumulate = atLeastOne("mini-batches per update", miniBatches));
  }

  /** Updates in an epoch of so many rows. */
  public long updatesPerEpoch(int rows) {
    long rowsPerUpdate = (long) values.batchSize * values.accumulate;
    return (rows + rowsPerUpdate - 1) / rowsPerUpdate;
  }

  /** Of the initial parameters, the shuffling and the dropout; 1 unless told. */
  public long seed() {
    return values.seed;
  }

  /** These options with another seed. */
  public TrainingOptions seed(long seed) {
    return with(v -> v.seed = seed);
  }

  /** Whether each epoch goes through the rows in another order; it does unless told. */
  public boolean shuffle() {
    return values.shuffle;
  }

  /** These options with or without shuffling. */
  public TrainingOptions shuffle(boolean shuffle) {
    return with(v -> v.shuffle = shuffle);
  }

  /** Threads that compute, the caller's included; as many as processors unless told. */
  public int threads() {
    return values.threads;
  }

  /** These options with another number of threads. */
  public TrainingOptions threads(int threads) {
    return with(v -> v.threads = atLeastOne("threads", threads));
  }

  /**
   * The partition width: into how many tiles a step is cut. It decides the bits of the result,
   * threads do not; as many as processors unless told.
   */
  public int partitions() {
    return values.partitions;
  }

  /** These options with another partition width. */
  public TrainingOptions partitions(int partitions) {
    return with(v -> v.partitions = atLeastOne("partitions", partitions));
  }

  /** The most native memory the session may take, checked before any is taken; no limit. */
  public long maxNativeBytes() {
    return values.maxNativeBytes;
  }

  /** These options with another bound on native memory. */
  public TrainingOptions maxNativeBytes(long bytes) {
    return with(v -> v.maxNativeBytes = bytes);
  }

  /** Whether gradients are stored so that they can be read after a step; they are not. */
  public boolean keepGradients() {
    return values.keepGradients;
  }

  /** These options with gradients stored or not. */
  public TrainingOptions keepGradients(boolean keep) {
    return with(v -> v.keepGradients = keep);
  }

  /** What is done when a loss or gradient is not a finite number; the training stops. */
  public OnNonFinite onNonFinite() {
    return values.onNonFinite;
  }

  /** These options with something else done then. */
  public TrainingOptions onNonFinite(OnNonFinite policy) {
    return with(v -> v.onNonFinite = policy);
  }
}

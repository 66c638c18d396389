package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.BlasLibrary;
import org.panagrad.blas.NativeBlas;
import org.panagrad.data.BatchOrder;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.graph.Loss;
import org.panagrad.kernel.KernelSets;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.MemoryReport;
import org.panagrad.memory.NativeMemory;
import org.panagrad.metrics.Metrics;
import org.panagrad.metrics.MetricsCollector;
import org.panagrad.nn.Network;
import org.panagrad.nn.Parameter;
import org.panagrad.nn.StateDict;
import org.panagrad.optim.ScheduleState;
import org.panagrad.plan.Memory;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.Plan;
import org.panagrad.plan.RunState;
import org.panagrad.plan.UpdateRule;
import org.panagrad.plan.Workers;
import org.panagrad.plan.op.CompiledGraph;
import org.panagrad.table.TableSchema;

/**
 * A training under way: the network's parameters, gradients and optimizer state in native memory,
 * the programs that train and evaluate it, and the threads that run them.
 *
 * <p>All native memory of training steps is taken when the session is opened; a step allocates
 * nothing. A {@link Trainer} takes more as it begins where it keeps the best weights or goes back,
 * and measuring takes its own for the time of the call. Methods may be called from any thread, one
 * at a time: others wait. What {@link #stateDict} and its like give are views, which do not wait:
 * {@code synchronized (session)} keeps steps away while values are read. Closing from another
 * thread ends a running epoch after its present step, with {@link IllegalStateException}.
 */
public final class TrainingSession implements AutoCloseable {
  private static final AtomicBoolean LOADING = new AtomicBoolean();

  private final Network network;
  private final Dataset data;
  private final TrainingOptions options;
  private final NativeMemory nativeMemory;
  private final Workers workers;
  private final Kernels kernels;
  private final BlasLibrary library;
  private final ParameterLayout layout;
  private final Memory memory;
  private final CompiledGraph training;
  private final UpdateRule rule;
  private final FiniteCheck finite;
  private final FiniteWatch watch;
  private final UpdatePass updatePass;
  private final EvaluationPass evaluationPass;
  private final BatchFeed feed;
  private final RunState state = new RunState();
  private final ScheduledRate rate;
  private final EpochTally tally;
  private final Map<String, MemorySegment> slabs = new HashMap<>();
  private @Nullable NonFiniteLossException skipped;
  private int keptEpoch; // whose weights these are, 0 where they are the last step's
  private Runnable beforeClosing = () -> {};
  private volatile boolean closing;

  private TrainingSession(Network network, Dataset data, TrainingOptions options) {
    this.network = network;
    this.data = data;
    this.options = options;
    beginLoading();
    NativeBlas blas = NativeBlas.beforeLoading();
    this.kernels = KernelSets.select();
    SessionPlan plan = new SessionPlan(network, data, options, blas, kernels);
    this.rule = plan.rule;
    this.layout = plan.layout;
    this.training = plan.training;
    this.rate = new ScheduledRate(options.schedule(), options.optimizer().learningRate());
    this.tally = new EpochTally(data.size());
    this.nativeMemory = new NativeMemory("training session", options.maxNativeBytes());
    BatchFeed started = null;
    try {
      nativeMemory.require(plan.bytes(), "the plan");
      MemorySegment parameters = nativeMemory.allocate("parameters", layout.bytes());
      MemorySegment gradients =
          plan.keepsGradients ? nativeMemory.allocate("gradients", layout.bytes()) : null;
      List<MemorySegment> optimizerState = new ArrayList<>();
      for (int i = 0; i < options.optimizer().stateSlabs(); i++) {
        optimizerState.add(nativeMemory.allocate("optimizer state", layout.bytes()));
      }
      MemorySegment workspace = nativeMemory.allocate("workspace", plan.workspaceBytes);
      this.memory = new Memory(workspace, parameters, gradients, optimizerState);
      MemorySegment rows = nativeMemory.allocate("order of rows", BatchOrder.bytes(data.size()));
      BatchOrder order =
          options.shuffle()
              ? BatchOrder.shuffled(rows, data.size(), options.seed())
              : BatchOrder.sequential(rows, data.size());
      MemorySegment evaluationRows =
          nativeMemory.allocate("rows to evaluate", BatchOrder.bytes(options.batchSize()));
      this.finite = new FiniteCheck(network.graph(), layout, memory, kernels);
      this.watch = new FiniteWatch(finite);
      this.updatePass = new UpdatePass(plan, network, data, options, memory, nativeMemory);
      this.evaluationPass =
          new EvaluationPass(plan.evaluation, memory, evaluationRows, options.batchSize(), kernels);
      network.initialize(parameters, layout, options.seed());
      this.feed =
          BatchFeed.of(
              data,
              order,
              options.batchSize(),
              network.outputs(),
              plan.gathersWeights,
              kernels,
              nativeMemory);
      started = feed;
      // Planning and drawing take as long as OpenBLAS takes to load: no product before this line.
      this.library = blas.library();
      this.workers =
          new Workers("panagrad-worker", Math.min(options.threads(), options.partitions()));
    } catch (Throwable t) {
      if (started != null) {
        started.close();
      }
      nativeMemory.close();
      throw t;
    }
    this.state.seed = options.seed();
    this.state.parts = options.accumulate();
    this.state.learningRate = rate.after(0);
  }

  /**
   * Lets other threads load what the first session of a process waits for, OpenBLAS and the Vector
   * API; to be called before the data is read. What fails there fails again in {@link #open}.
   */
  public static void beginLoading() {
    if (!LOADING.getAndSet(true)) {
      begin("panagrad-blas", NativeBlas::load);
      begin("panagrad-kernels", KernelSets::select);
    }
  }

  private static void begin(String name, Runnable loading) {
    Thread thread = new Thread(loading, name);
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((failed, failsAgain) -> {});
    thread.start();
  }

  /**
   * Checks everything, plans, takes the memory and sets the starting values.
   *
   * @throws org.panagrad.graph.ShapeException if network and data do not fit
   * @throws DataException if the batch is larger than the data, or all rows are of one class
   * @throws IllegalArgumentException if the schedule sets a momentum that the optimizer has not
   * @throws org.panagrad.memory.NativeMemoryLimitException if the plan needs more than allowed;
   *     nothing is allocated then
   */
  public static TrainingSession open(Network network, Dataset data, TrainingOptions options) {
    TrainingChecks.check(network, data, options);
    return new TrainingSession(network, data, options);
  }

  /**
   * Outputs that a network needs to be trained on this data with this loss: one per class or target
   * value, but a single logit for two classes and binary cross-entropy.
   */
  public static int outputs(Loss loss, Dataset data) {
    return Targets.outputs(loss, data);
  }

  /**
   * Trains on the next mini-batch of the epoch, or on the next few where the options accumulate
   * gradients: one update. After the last mini-batch of an epoch comes the first of the next.
   *
   * @return the mean loss over their rows, before the update
   * @throws NonFiniteLossException if the loss, or the norm of the gradients where it is measured,
   *     is not a finite number; where the options skip such updates only if there was no other in
   *     the whole epoch
   * @throws DataException if rows that stay in a file cannot be read, or are damaged
   * @throws IllegalStateException if the session is closed
   */
  public synchronized double step() {
    requireOpen();
    skipped = null;
    int rows = tally.begin((long) options.batchSize() * options.accumulate());
    updatePass.run(feed, workers, state, rate, tally.epochs(), tally.rowsDone(), rows);
    keptEpoch = 0;
    if (updatePass.isMade()) {
      watch.updated(
          tally.epochs() + 1,
          tally.rowsDone() / options.batchSize(),
          (tally.rowsDone() + rows - 1) / options.batchSize(),
          state.step,
          state.learningRate);
      tally.add(rows, updatePass.lossSum(), updatePass.weightSum(), updatePass.correct());
    } else {
      NonFiniteLossException wrong = notFinite(rows);
      updatePass.undo();
      if (options.onNonFinite() != OnNonFinite.SKIP
          || wrong.isOfParameter()
          || tally.isAllSkippedWith(rows)) {
        tally.giveUp();
        throw wrong;
      }
      skipped = wrong;
      state.step--; // there was no update
      tally.skip(rows);
    }
    return updatePass.lossSum() * training.lossScale(updatePass.weightSum());
  }

  /** Why the update of the next rows was not made. */
  private NonFiniteLossException notFinite(int rows) {
    if (updatePass.isLossFinite()) {
      return watch.ofGradient(place(tally.rowsDone(), tally.rowsDone() + rows));
    }
    int row = updatePass.badRow();
    return watch.ofLoss(
        updatePass.lossSum(), finite.output(updatePass.output(), state.batch), place(row, row + 1));
  }

  /** The update of the mini-batches with these rows of the epoch under way, for messages. */
  private UpdatePlace place(int fromRow, int toRow) {
    int batch = options.batchSize();
    return new UpdatePlace(
        tally.epochs() + 1, fromRow / batch, (toRow - 1) / batch, state.step, state.learningRate);
  }

  /** Why the last step made no update; null if it made one. */
  synchronized @Nullable NonFiniteLossException skipped() {
    return skipped;
  }

  /** Trains on every row once. */
  public EpochResult epoch() {
    return epoch(StepListener.NONE);
  }

  /**
   * Trains on every row once, in mini-batches; the last may be short. An epoch that {@link #step}
   * has begun is trained to its end.
   *
   * @throws NonFiniteLossException if the loss stops being a finite number, or a parameter has at
   *     the end; the next epoch then begins anew
   * @throws IllegalStateException if the session is closed, or is closed meanwhile
   */
  public synchronized EpochResult epoch(StepListener listener) {
    requireOpen();
    long begin = System.nanoTime();
    double waitBefore = feed.waitSeconds();
    int size = data.size();
    int rowsBefore = tally.rowsDone();
    do {
      step();
      listener.step(epochRows(), size, epochLoss(), epochAccuracy());
    } while (!tally.isBetweenEpochs());
    requireFinite();
    return new EpochResult(
        tally.epochs(),
        size - rowsBefore,
        epochLoss(),
        epochAccuracy(),
        (System.nanoTime() - begin) / 1e9,
        feed.waitSeconds() - waitBefore);
  }

  /** Epochs that have been trained to their end. */
  public synchronized int epochs() {
    return tally.epochs();
  }

  /** Rows done of the epoch under way; all of them when one has just ended. */
  synchronized int epochRows() {
    return tally.rows();
  }

  /** Mean loss over the rows done of the epoch under way, or of the one that has just ended. */
  synchronized double epochLoss() {
    return tally.lossSum() * training.lossScale(tally.weightSum());
  }

  /** The accuracy over the same rows, NaN where targets are values. */
  synchronized double epochAccuracy() {
    return data.targetKind() == TargetKind.CLASSES ? tally.accuracy() : Double.NaN;
  }

  /**
   * Loss and accuracy on any data set of the same form, dropout off. Rows count alike, also where
   * they have weights: those are for training.
   *
   * @throws org.panagrad.graph.ShapeException if the data does not fit the network
   */
  public synchronized Evaluation evaluate(Dataset set) {
    return evaluate(set, () -> {});
  }

  /** The same, given up between two batches where {@code proceed} throws. */
  synchronized Evaluation evaluate(Dataset set, Runnable proceed) {
    requireLike(set);
    return evaluationPass.run(
        set,
        workers,
        state,
        () -> {
          requireOpen();
          proceed.run();
        },
        options.maxNativeBytes() - nativeMemory.bytes());
  }

  /**
   * Native memory that {@link #evaluate} takes for the time of the call, and {@link #metrics}
   * besides its own: some for rows that stay in a file, none for others.
   */
  public long evaluationBytes(Dataset set) {
    return RowsInTurn.bytes(set, options.batchSize());
  }

  /**
   * Loss and accuracy on a data set, dropout off, with rows that count as in training.
   *
   * @throws org.panagrad.graph.ShapeException if the data does not fit the network
   * @throws DataException if the rows have weights, and those that are trained on have none
   */
  public synchronized Evaluation evaluateWeighted(Dataset set) {
    requireLike(set);
    TrainingChecks.requireWeighing(data, set);
    return evaluationPass.runWeighted(
        set, workers, state, this::requireOpen, options.maxNativeBytes() - nativeMemory.bytes());
  }

  /**
   * All metrics on any data set of the same form, dropout off; rows count alike. Takes native
   * memory that grows with the rows for the time of the call, within the limit of the options.
   *
   * @throws org.panagrad.graph.ShapeException if the data does not fit the network
   * @throws DataException if an output is not a finite number
   * @throws org.panagrad.memory.NativeMemoryLimitException if it needs more than is left
   */
  public synchronized Metrics metrics(Dataset set) {
    requireLike(set);
    return evaluationPass.metrics(
        set, workers, state, this::requireOpen, options.maxNativeBytes() - nativeMemory.bytes());
  }

  /**
   * Checks that a data set can be evaluated: before hours of training rather than after them.
   *
   * @throws org.panagrad.graph.ShapeException if the data does not fit the network
   * @throws DataException if it is of another form than what is trained on
   */
  public synchronized void requireLike(Dataset set) {
    requireOpen();
    TrainingChecks.requireLike(network, options.loss(), data, set);
  }

  /**
   * Where the time of training steps goes: runs some with a clock in them, and puts the parameters,
   * gradients and the optimizer's state back as they were. Takes as much memory again for these.
   * Every mini-batch is timed with an update, also where the options accumulate several, and with
   * all threads, also where the session runs short steps on one as that is faster.
   *
   * @throws IllegalArgumentException for less than 1 step
   * @throws org.panagrad.memory.NativeMemoryLimitException if that is more than is left
   */
  public synchronized StepTimes profile(int steps) {
    requireOpen();
    if (steps < 1) {
      throw new IllegalArgumentException(steps + " steps to time: expected 1 or more");
    }
    RunState copy = new RunState();
    copy.step = state.step;
    copy.seed = state.seed;
    copy.learningRate = state.learningRate;
    copy.momentum = state.momentum;
    StepProfiler profiler =
        new StepProfiler(
            training.plan(),
            memory,
            workers,
            rule,
            feed,
            tally.epochs(),
            data,
            options.batchSize());
    return profiler.time(steps, copy, options.maxNativeBytes() - nativeMemory.bytes());
  }

  /** Native memory that {@link #profile} takes for the time of the call. */
  public long profileBytes() {
    return StepProfiler.bytes(memory);
  }

  /**
   * Computes the gradients of the loss of one mini-batch, that which the next epoch begins with, at
   * the weights as they are: also where training stores none, as {@link #keepsGradients} says.
   * Dropout drops, nothing is learned, and training goes on to the bits it would have gone on to.
   *
   * @param use is given the gradients by path: views that end with the call
   * @throws DataException if rows of a file cannot be read
   * @throws org.panagrad.memory.NativeMemoryLimitException if it needs more than is left
   */
  public synchronized void sampleGradients(Consumer<Map<String, Parameter>> use) {
    requireOpen();
    RunState own = new RunState();
    own.step = state.step + 1;
    own.seed = state.seed;
    own.parts = state.parts;
    own.batch = Math.min(options.batchSize(), data.size());
    data.hold();
    try {
      own.source = feed.await(tally.epochs(), 0);
      try {
        gradientSample()
            .take(
                memory.parameters(),
                own,
                workers,
                options.maxNativeBytes() - nativeMemory.bytes(),
                use);
      } finally {
        feed.release();
      }
    } finally {
      data.release();
    }
  }

  /** Native memory that {@link #sampleGradients} takes for the time of the call. */
  public long gradientSampleBytes() {
    return gradientSample().bytes();
  }

  private GradientSample gradientSample() {
    return new GradientSample(network.graph(), layout, options, data, NativeBlas.load(), kernels);
  }

  /** Native memory that {@link #metrics} takes for what it counts, for the time of the call. */
  public static long metricsBytes(Dataset set) {
    return MetricsCollector.bytes(set);
  }

  /**
   * Checks that the session may take so much further native memory for a while.
   *
   * @param purpose in words, for the message
   * @throws org.panagrad.memory.NativeMemoryLimitException if that would pass its limit
   */
  public synchronized void requireRoom(long bytes, String purpose) {
    nativeMemory.require(bytes, purpose);
  }

  /**
   * The root of the mean squared error, in the targets' own unit, that a loss of this training
   * stands for; NaN where targets are classes, or the loss does not tell it.
   */
  public double rootMeanSquare(double loss) {
    return data.targetKind() == TargetKind.CLASSES
        ? Double.NaN
        : data.outputMap().scale()
            * options.loss().function().rootMeanSquare(loss, network.outputs());
  }

  /** The network being trained. */
  public Network network() {
    return network;
  }

  /** What it is trained on. */
  Dataset data() {
    return data;
  }

  /** What {@link #learningRate(float)} has set. */
  synchronized float baseLearningRate() {
    return rate.base();
  }

  /** Whether the next step is the first of an epoch. */
  synchronized boolean isBetweenEpochs() {
    return tally.isBetweenEpochs();
  }

  /**
   * A slab of the parameters' layout for what a training keeps besides: taken when first asked for,
   * the same one after that.
   *
   * @throws org.panagrad.memory.NativeMemoryLimitException if it would pass the session's limit
   */
  synchronized MemorySegment slab(String purpose) {
    requireOpen();
    return slabs.computeIfAbsent(purpose, name -> nativeMemory.allocate(name, layout.bytes()));
  }

  /** What {@link #close} does before memory is freed: waits for somebody who reads it. */
  synchronized void beforeClosing(Runnable action) {
    beforeClosing = action;
  }

  /** Where it stands. */
  synchronized TrainingPosition position() {
    return tally.position(state.step, state.learningRate, rate);
  }

  /**
   * Goes to where a session of the same kind stood; what lies in native memory is the caller's to
   * restore.
   *
   * @throws IllegalArgumentException if the data has no such place
   */
  synchronized void restore(TrainingPosition position) {
    requireOpen();
    requirePlace(position);
    state.step = position.step();
    state.learningRate = position.learningRate();
    rate.base(position.baseLearningRate());
    rate.state(position.schedule());
    tally.restore(position);
    watch.restored();
  }

  /**
   * Checks that a session of this kind can stand there: a file may say anything.
   *
   * @throws IllegalArgumentException if the data has no such place
   */
  void requirePlace(TrainingPosition position) {
    TrainingChecks.requirePlace(position, data, options);
  }

  /**
   * Checks parameters and optimizer state: what is not finite is not worth keeping. Done at the end
   * of an epoch, before a checkpoint, and before the model is written.
   *
   * @throws NonFiniteLossException naming the first parameter that has, or whose optimizer state
   *     has, an element that is no finite number
   */
  public synchronized void requireFinite() {
    requireOpen();
    int lastRow = Math.max(0, tally.rows() - 1);
    int batch = lastRow / options.batchSize();
    watch.require(new UpdatePlace(tally.lastEpoch(), batch, batch, state.step, state.learningRate));
  }

  /** The layout of parameters and optimizer state. */
  ParameterLayout layout() {
    return layout;
  }

  /** The optimizer's state, a slab for each number it keeps of a parameter. */
  List<MemorySegment> optimizerState() {
    return memory.optimizerState();
  }

  /** The parameters, all of them together. */
  MemorySegment parameterSlab() {
    return memory.parameters();
  }

  /** Is told that the parameters are now those of an epoch before; the next step ends that. */
  synchronized void keepsEpoch(int epoch) {
    keptEpoch = epoch;
  }

  /** The options it is trained with. */
  public TrainingOptions options() {
    return options;
  }

  /** The parameters by path: views that end with the session. */
  public Map<String, Parameter> stateDict() {
    return StateDict.of(layout, memory.parameters());
  }

  /** Whether {@link #gradients} are stored: they are unless the optimizer needs them only once. */
  public boolean keepsGradients() {
    return memory.gradients() != null;
  }

  /**
   * The gradients of the last step by path, as the update has left them: clipped where it clips,
   * with the L1 term where there is one, without weight decay.
   *
   * @throws IllegalStateException unless the options keep gradients or the optimizer needs them
   *     kept
   */
  public Map<String, Parameter> gradients() {
    MemorySegment gradients = memory.gradients();
    if (gradients == null) {
      throw new IllegalStateException(
          "gradients are not stored by this session; open it with keepGradients(true)");
    }
    return StateDict.ofTrained(layout, gradients);
  }

  /**
   * The parameter of this path, as {@code fc1.weight}.
   *
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public Parameter parameter(String path) {
    return StateDict.require(stateDict(), path);
  }

  /**
   * The gradient of this parameter in the last step; see {@link #gradients}.
   *
   * @throws IllegalArgumentException if there is no such parameter; the message lists them
   */
  public Parameter gradient(String path) {
    return StateDict.require(gradients(), path);
  }

  /** What a file of this model is to say besides graph and parameters. */
  public synchronized ModelDescription describe() {
    TableSchema table = data.encoding() instanceof TableSchema schema ? schema : null;
    return new ModelDescription(
        options.loss(),
        data.preprocessing(),
        data.picture(),
        data.classNames(),
        table,
        RunDescription.of(this, keptEpoch));
  }

  /** Seconds that steps have waited for rows read ahead; 0 for rows in memory. */
  public synchronized double dataWaitSeconds() {
    return feed.waitSeconds();
  }

  /** Number of updates so far. */
  public synchronized long steps() {
    return state.step;
  }

  /** The learning rate of the last step, or of the first to come. */
  public synchronized float learningRate() {
    return state.step == 0 ? rate.after(0) : state.learningRate;
  }

  /**
   * Sets the learning rate from the next step on: the one that the schedule starts from.
   *
   * @throws IllegalArgumentException unless it is a finite number of 0 or more
   */
  public synchronized void learningRate(float learningRate) {
    rate.base(learningRate);
  }

  /**
   * Tells the schedule how the network does on the validation set; to be called once an epoch,
   * where there is one. Of the schedules only {@link org.panagrad.optim.ReduceOnPlateau} listens.
   */
  public synchronized void observeValidation(double loss) {
    rate.observe(loss);
  }

  /** What the schedule remembers: with the number of steps, all it goes by. */
  public synchronized ScheduleState scheduleState() {
    return rate.state();
  }

  /** Goes on from what a schedule remembered. */
  public synchronized void scheduleState(ScheduleState remembered) {
    rate.state(remembered);
  }

  /**
   * The norm of all gradients of the last step together, before it was clipped, of elements that
   * have a bound, as they are within it; NaN before the first.
   *
   * @throws IllegalStateException unless the options clip by the norm
   */
  public synchronized double gradientNorm() {
    requireOpen();
    if (!updatePass.measuresNorm()) {
      throw new IllegalStateException(
          "the norm of the gradients is not measured by this session; open it with"
              + " clipNorm(Float.POSITIVE_INFINITY)");
    }
    return updatePass.gradientNorm();
  }

  /** The native memory taken so far, by purpose. */
  public MemoryReport memoryReport() {
    return nativeMemory.report();
  }

  /** The plan of a training step. */
  public Plan plan() {
    return training.plan();
  }

  /** The BLAS library that computes. */
  public BlasLibrary library() {
    return library;
  }

  /** The element-wise kernels that compute. */
  public Kernels kernels() {
    return kernels;
  }

  /** Threads that compute, the caller's included. */
  public int threads() {
    return workers.threads();
  }

  private void requireOpen() {
    if (closing) {
      throw new IllegalStateException("the training session is closed");
    }
  }

  /** Ends the threads and frees the memory; waits for a step and a checkpoint under way. */
  @Override
  public void close() {
    closing = true;
    synchronized (this) {
      beforeClosing.run();
      workers.close();
      feed.close();
      nativeMemory.close();
    }
  }
}

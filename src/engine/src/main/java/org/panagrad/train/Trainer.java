package org.panagrad.train;

import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.optim.ReduceOnPlateau;

/**
 * Trains a session for a number of epochs: looks at a validation set after each, tells listeners,
 * stops early, stops when told to.
 *
 * <pre>{@code
 * TrainingResult result =
 *     new Trainer(session)
 *         .epochs(50)
 *         .validation(set)
 *         .earlyStopping(new EarlyStopping(5))
 *         .listener(event -> ...)
 *         .run();
 * }</pre>
 *
 * <p>Set up by one thread and run once. While it runs, other threads may call {@link #stop} and the
 * session's methods, which wait for the end of the present step; they must not train the session.
 */
public final class Trainer {
  /** Ends an evaluation when the training is to stop. */
  private static final class StopRequest extends CancellationException {
    private static final long serialVersionUID = 1L;
  }

  private static final int USUAL_EPOCHS = 10;
  private static final String BEST = "best weights";

  private final TrainingSession session;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private final List<TrainingEvent.EpochEnded> history = new ArrayList<>();
  private StepListener stepListener = StepListener.NONE;
  private int epochs = USUAL_EPOCHS;
  private @Nullable Dataset validation;
  private @Nullable EarlyStopping earlyStopping;
  private @Nullable BestEpoch best;
  private @Nullable Rollback rollback;
  private boolean started;
  private boolean isOver;
  private int epochsBefore; // of the session, before any that the history tells of
  private double epochSeconds; // of training, in the epoch under way
  private double epochWaitSeconds; // of those, for data
  private double firstLoss = Double.NaN; // of the first step
  private long stepsDone;
  private @Nullable CheckpointStore store;
  private CheckpointPolicy checkpointPolicy = CheckpointPolicy.USUAL;
  private boolean resuming;
  private boolean otherMachine;
  private @Nullable RunCheckpoints checkpoints;
  private @Nullable CheckpointForm form; // with every slab that a checkpoint may have
  private volatile boolean stopping;

  /** A trainer of 10 epochs, without a validation set. */
  public Trainer(TrainingSession session) {
    this.session = session;
  }

  /**
   * How many epochs the session is to come to, those that it has already been trained for included.
   *
   * @throws IllegalArgumentException unless it is 1 or more
   */
  public Trainer epochs(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(count + " epochs: expected 1 or more");
    }
    epochs = count;
    return this;
  }

  /** Looked at after every epoch; without one, epochs have no validation result. */
  public Trainer validation(Dataset set) {
    validation = set;
    return this;
  }

  /** Ends the training when it no longer gets better, with the weights of its best epoch. */
  public Trainer earlyStopping(EarlyStopping rule) {
    earlyStopping = rule;
    return this;
  }

  /**
   * Keeps checkpoints there: as the policy says, and when the run ends. Those of the policy are
   * written from a copy while the training goes on, which takes as much native memory again as what
   * they hold: parameters, optimizer state, best weights, what is gone back to.
   *
   * @param store the trainer's until the run has ended; the caller closes it
   */
  public Trainer checkpoints(CheckpointStore store, CheckpointPolicy policy) {
    this.store = store;
    checkpointPolicy = policy;
    return this;
  }

  /**
   * Goes on from the newest whole checkpoint, or begins anew where there is none. What follows is
   * bit for bit what would have followed without the interruption.
   */
  public Trainer resume() {
    resuming = true;
    return this;
  }

  /** The same, also with another partition width, OpenBLAS version or core, to other bits. */
  public Trainer resumeAnyway() {
    resuming = true;
    otherMachine = true;
    return this;
  }

  /**
   * Is told what happens, on the thread that trains; several are told in the order of adding. Of a
   * checkpoint that another thread has asked for, it is told on that one.
   */
  public Trainer listener(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /** Is told of every step, on the thread that trains. */
  public Trainer stepListener(StepListener listener) {
    stepListener = listener;
    return this;
  }

  /** Ends the run after the present step, or between two batches of an evaluation. Any thread. */
  public void stop() {
    stopping = true;
  }

  /**
   * Trains until all epochs are done, it is stopped early, or {@link #stop} is called.
   *
   * @throws NonFiniteLossException if the loss or a parameter stops being a finite number
   * @throws DataException if early stopping or the schedule has nothing to look at, or the
   *     validation set does not fit
   * @throws ResumeException if the checkpoints that are there are of another training, or it is not
   *     to be resumed
   * @throws org.panagrad.file.FormatException if there are checkpoints, and none is whole
   * @throws UncheckedIOException in one line when a checkpoint cannot be written or read, at the
   *     latest with the next one; those written before are still there
   * @throws org.panagrad.memory.NativeMemoryLimitException if what it keeps besides the session's
   *     own, the copy for checkpoints among it, would pass the session's limit
   * @throws IllegalStateException if it ran before, the session is closed, or somebody else trains
   *     it meanwhile
   */
  public TrainingResult run() {
    synchronized (session) {
      if (started) {
        throw new IllegalStateException("this trainer has run; make another for the session");
      }
      started = true;
      begin();
    }
    try {
      StopReason reason;
      do {
        // Between two turns others get at the session.
        synchronized (session) {
          reason = turn();
        }
      } while (reason == null);
      synchronized (session) {
        return end(reason);
      }
    } finally {
      synchronized (session) {
        leave();
      }
    }
  }

  private void leave() {
    isOver = true;
    if (checkpoints != null) {
      checkpoints.settle();
    }
  }

  private void begin() {
    if (validation == null && session.options().schedule() instanceof ReduceOnPlateau) {
      throw new DataException(
          "the plateau schedule looks at a validation set, and there is none; give one, or choose"
              + " another schedule");
    }
    EarlyStopping rule = earlyStopping;
    if (rule != null) {
      checkEarlyStopping(rule);
      best = new BestEpoch(rule);
      session.slab(BEST);
    }
    if (session.options().onNonFinite() == OnNonFinite.ROLLBACK) {
      rollback = new Rollback(session, liveSlabs());
    }
    epochsBefore = session.epochs();
    if (store != null) {
      beginCheckpoints(new RunCheckpoints(session, store, checkpointPolicy, this::tell));
    }
    if (validation != null) {
      session.requireRoom(
          session.evaluationBytes(validation), "with what reads the validation set from its file");
    }
    stepsDone = session.steps();
    if (checkpoints != null) {
      checkpoints.start(stepsDone);
    }
    tell(new TrainingEvent.Started(session, epochs, stepsDone));
  }

  private void beginCheckpoints(RunCheckpoints begun) {
    CheckpointForm whole = form();
    if (resuming) {
      begun.restore(whole, otherMachine).ifPresent(this::goOnFrom);
    } else {
      begun.requireNone();
    }
    begun.prepare(whole);
    form = whole;
    checkpoints = begun;
  }

  /** What changes from step to step. */
  private Map<String, MemorySegment> liveSlabs() {
    Map<String, MemorySegment> slabs = new LinkedHashMap<>();
    slabs.put(CheckpointForm.PARAMETERS, session.parameterSlab());
    List<MemorySegment> optimizer = session.optimizerState();
    for (int i = 0; i < optimizer.size(); i++) {
      slabs.put(CheckpointForm.OPTIMIZER + i, optimizer.get(i));
    }
    return slabs;
  }

  private CheckpointForm form() {
    Map<String, MemorySegment> slabs = liveSlabs();
    if (best != null) {
      slabs.put(CheckpointForm.BEST, session.slab(BEST));
    }
    if (rollback != null) {
      slabs.putAll(rollback.copies());
    }
    return new CheckpointForm(
        session.layout(),
        slabs,
        TrainingSettings.of(session, validation, earlyStopping),
        TrainingSettings.machine(session));
  }

  private void goOnFrom(CheckpointStore.Restored restored) {
    TrainingProgress progress = restored.progress();
    TrainingPosition rollbackTo = progress.rollbackTo();
    try {
      session.restore(progress.position());
      if (rollbackTo != null) {
        session.requirePlace(rollbackTo);
      }
    } catch (IllegalArgumentException e) {
      throw new ResumeException(restored.file() + ": " + e.getMessage());
    }
    ResumeChecks.requireOneStory(restored.file(), progress);
    epochsBefore = progress.epochsBefore();
    epochSeconds = progress.epochSeconds();
    epochWaitSeconds = progress.epochWaitSeconds();
    firstLoss = progress.firstLoss();
    history.addAll(progress.history());
    if (best != null) {
      history.forEach(best::see);
      if (best.epoch() > 0 && !restored.slabs().contains(CheckpointForm.BEST)) {
        throw new ResumeException(
            restored.file() + ": expected the weights of epoch " + best.epoch() + ", found none");
      }
    }
    if (rollback != null) {
      rollback.restored(progress.rollbackTo(), progress.rollbacks());
      if (progress.rollbackTo() != null
          && !restored.slabs().containsAll(rollback.copies().keySet())) {
        throw new ResumeException(
            restored.file() + ": expected the copies that training goes back to, found none");
      }
    }
    List<String> warnings = new ArrayList<>(restored.warnings());
    String beyond = ResumeChecks.beyond(restored.file(), progress.position(), epochs);
    if (beyond != null) {
      warnings.add(beyond);
    }
    tell(
        new TrainingEvent.Resumed(
            restored.file(), progress.position().step(), progress.history(), warnings));
  }

  private void checkEarlyStopping(EarlyStopping rule) {
    Dataset set = validation;
    if (set == null) {
      throw new DataException(
          "early stopping looks at a validation set, and there is none; give one, or train for all"
              + " epochs");
    }
    if (rule.monitor() == Monitor.ACCURACY && set.targetKind() != TargetKind.CLASSES) {
      throw new DataException(
          set.name()
              + ": early stopping by accuracy: expected classes, found values; monitor the loss");
    }
  }

  /** Ends an epoch whose steps are done, or makes a step. */
  private @Nullable StopReason turn() {
    if (session.steps() != stepsDone) {
      throw new IllegalStateException(
          "the session is at step "
              + session.steps()
              + ", expected "
              + stepsDone
              + "; somebody else trains it at the same time");
    }
    if (checkpoints != null) {
      checkpoints.look();
    }
    if (stopping) {
      return StopReason.INTERRUPTED;
    }
    if (isEpochToBeEnded()) {
      if (!endEpoch()) {
        return StopReason.INTERRUPTED;
      }
      writeIfDue();
      return null;
    }
    if (best != null && best.isOver()) {
      return StopReason.EARLY_STOPPING;
    }
    if (session.epochs() >= epochs) {
      return StopReason.ALL_EPOCHS;
    }
    step();
    if (!isEpochToBeEnded()) {
      writeIfDue();
    }
    return null;
  }

  private boolean isEpochToBeEnded() {
    return epochsBefore + history.size() < session.epochs();
  }

  private void step() {
    if (rollback != null && session.isBetweenEpochs()) {
      rollback.take(isBestLoss());
    }
    long begin = System.nanoTime();
    double waitBefore = session.dataWaitSeconds();
    double loss;
    try {
      loss = session.step();
    } catch (NonFiniteLossException e) {
      goBack(e);
      return;
    }
    NonFiniteLossException skipped = session.skipped();
    if (skipped != null) {
      tell(skipped, OnNonFinite.SKIP);
    } else if (Double.isNaN(firstLoss)) {
      firstLoss = loss;
    }
    stepsDone = session.steps();
    changed();
    epochSeconds += (System.nanoTime() - begin) / 1e9;
    epochWaitSeconds += session.dataWaitSeconds() - waitBefore;
    stepListener.step(
        session.epochRows(), session.data().size(), session.epochLoss(), session.epochAccuracy());
  }

  /** Whether neither the start nor any epoch before had a smaller training loss than the last. */
  private boolean isBestLoss() {
    if (history.isEmpty()) {
      return true;
    }
    double last = history.getLast().training().loss();
    return last <= firstLoss && history.stream().allMatch(epoch -> epoch.training().loss() >= last);
  }

  /** Goes back as the options say, or throws. */
  private void goBack(NonFiniteLossException e) {
    boolean goesOn = rollback != null && rollback.goBack();
    if (!goesOn) {
      isOver = true;
      try {
        endCheckpoint();
      } catch (UncheckedIOException notWritten) {
        e.addSuppressed(notWritten);
      }
    }
    tell(e, goesOn ? OnNonFinite.ROLLBACK : OnNonFinite.STOP);
    if (!goesOn) {
      Path checkpoint = lastCheckpoint();
      String times =
          rollback == null ? "" : "it was gone back " + rollback.count() + " times before";
      throw checkpoint == null && times.isEmpty()
          ? e
          : e.and(
              times
                  + (times.isEmpty() || checkpoint == null ? "" : ", and ")
                  + (checkpoint == null ? "" : "the last checkpoint is " + checkpoint));
    }
    stepsDone = session.steps();
    changed();
  }

  /** Whether it came to its end: an evaluation given up is made again on resumption. */
  private boolean endEpoch() {
    try {
      session.requireFinite();
    } catch (NonFiniteLossException e) {
      goBack(e);
      return true;
    }
    Evaluation evaluation = null;
    if (validation != null) {
      try {
        evaluation = session.evaluate(validation, this::goOn);
      } catch (StopRequest e) {
        return false;
      }
    }
    EpochResult result =
        new EpochResult(
            session.epochs(),
            session.data().size(),
            session.epochLoss(),
            session.epochAccuracy(),
            epochSeconds,
            epochWaitSeconds);
    epochSeconds = 0;
    epochWaitSeconds = 0;
    if (evaluation != null) {
      session.observeValidation(evaluation.loss());
    }
    TrainingEvent.EpochEnded ended =
        new TrainingEvent.EpochEnded(result, evaluation, session.steps(), session.learningRate());
    history.add(ended);
    changed();
    if (best != null && best.see(ended)) {
      copyBest(session.parameterSlab(), session.slab(BEST));
    }
    tell(ended);
    return true;
  }

  private void goOn() {
    if (stopping) {
      throw new StopRequest();
    }
  }

  private void changed() {
    if (checkpoints != null) {
      checkpoints.changed();
    }
  }

  private void writeIfDue() {
    RunCheckpoints writer = checkpoints;
    if (writer == null || !writer.isDue(stepsDone)) {
      return;
    }
    try {
      session.requireFinite();
    } catch (NonFiniteLossException e) {
      goBack(e);
      return;
    }
    writer.end();
    writer.begin(formNow(), progressNow());
  }

  private void endCheckpoint() {
    if (checkpoints != null) {
      checkpoints.end();
    }
  }

  private @Nullable Path lastCheckpoint() {
    return checkpoints == null ? null : checkpoints.last();
  }

  /**
   * Writes a checkpoint now, from any thread, as of the last step that has ended.
   *
   * @throws IllegalStateException if none are kept, the training has not begun, or the session is
   *     closed
   * @throws UncheckedIOException in one line when it cannot be written
   */
  public Path checkpoint() {
    synchronized (session) {
      if (checkpoints == null || isOver) {
        throw new IllegalStateException("no training with checkpoints is under way");
      }
      return write(checkpoints);
    }
  }

  private Path write(RunCheckpoints writer) {
    session.requireFinite();
    writer.end();
    return writer.write(formNow(), progressNow());
  }

  /** The slabs that have something in them. */
  private CheckpointForm formNow() {
    CheckpointForm whole = Objects.requireNonNull(form);
    Map<String, MemorySegment> slabs = new LinkedHashMap<>(whole.slabs());
    if (best == null || best.epoch() == 0) {
      slabs.remove(CheckpointForm.BEST);
    }
    if (rollback == null || rollback.position() == null) {
      slabs.keySet().removeIf(name -> name.startsWith(Rollback.PREFIX));
    }
    return new CheckpointForm(whole.layout(), slabs, whole.settings(), whole.machine());
  }

  private TrainingProgress progressNow() {
    return new TrainingProgress(
        session.position(),
        epochsBefore,
        epochSeconds,
        epochWaitSeconds,
        firstLoss,
        rollback == null ? null : rollback.position(),
        rollback == null ? 0 : rollback.count(),
        history);
  }

  private TrainingResult end(StopReason reason) {
    endCheckpoint();
    RunCheckpoints writer = checkpoints;
    if (writer != null && !writer.isSaved()) {
      try {
        write(writer);
      } catch (NonFiniteLossException e) {
        goBack(e);
        write(writer);
      }
    }
    isOver = true;
    int bestEpoch = 0;
    if (best != null && best.epoch() > 0 && reason != StopReason.INTERRUPTED) {
      bestEpoch = best.epoch();
      copyBest(session.slab(BEST), session.parameterSlab());
      session.keepsEpoch(bestEpoch);
    }
    tell(new TrainingEvent.Stopped(reason.text(), session.epochs(), bestEpoch));
    return new TrainingResult(reason, history, bestEpoch, lastCheckpoint());
  }

  private static void copyBest(MemorySegment from, MemorySegment to) {
    MemorySegment.copy(from, 0, to, 0, to.byteSize());
  }

  private void tell(NonFiniteLossException e, OnNonFinite action) {
    tell(new TrainingEvent.NonFinite(e.where(), e.epoch(), e.batch(), e.step(), action.label()));
  }

  private void tell(TrainingEvent event) {
    for (TrainingListener listener : listeners) {
      listener.on(event);
    }
  }
}

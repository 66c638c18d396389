package org.panagrad.train;

import java.io.IOException;
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
  private static final String COPY = "copy for checkpoints: ";

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
  private @Nullable CheckpointStore checkpoints;
  private CheckpointPolicy checkpointPolicy = CheckpointPolicy.USUAL;
  private boolean resuming;
  private boolean otherMachine;
  private @Nullable CheckpointForm form;
  private @Nullable BackgroundCheckpoints background;
  private @Nullable Path checkpoint; // the last one written
  private long checkpointNanos;
  private long stepWritten; // the step that the last checkpoint is of, begun or written
  private boolean isSaved; // nothing has changed since the last was written, or begun to be
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
    checkpoints = store;
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

  /** However it ends, nobody writes to the store afterwards. */
  private void leave() {
    isOver = true;
    if (background != null) {
      background.settle();
      session.beforeClosing(() -> {});
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
    CheckpointStore store = checkpoints;
    if (store != null) {
      CheckpointForm whole = form();
      try {
        beginWith(store, whole);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      form = whole;
      background = inBackground(store, whole);
    }
    if (validation != null) {
      session.requireRoom(
          session.evaluationBytes(validation), "with what reads the validation set from its file");
    }
    stepsDone = session.steps();
    stepWritten = stepsDone;
    checkpointNanos = System.nanoTime();
    tell(new TrainingEvent.Started(session, epochs, stepsDone));
  }

  private BackgroundCheckpoints inBackground(CheckpointStore store, CheckpointForm whole) {
    Map<String, MemorySegment> copies = new LinkedHashMap<>();
    whole.slabs().keySet().forEach(name -> copies.put(name, session.slab(COPY + name)));
    BackgroundCheckpoints writer = new BackgroundCheckpoints(store, copies);
    session.beforeClosing(writer::settle);
    return writer;
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

  private void beginWith(CheckpointStore store, CheckpointForm wanted) throws IOException {
    if (!resuming) {
      if (!store.isEmpty()) {
        throw new ResumeException(
            store.name()
                + ": holds checkpoints of a training; resume that one, or begin anew in another"
                + " folder");
      }
      return;
    }
    CheckpointStore.Restored restored = store.restore(wanted, otherMachine).orElse(null);
    if (restored == null) {
      return;
    }
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
    requireOneStory(restored.file(), progress);
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
    checkpoint = restored.file();
    List<String> warnings = new ArrayList<>(restored.warnings());
    if (isBeyond(progress.position())) {
      warnings.add(beyond(restored.file(), progress.position()));
    }
    tell(
        new TrainingEvent.Resumed(
            restored.file(), progress.position().step(), progress.history(), warnings));
  }

  /** Whether more has been trained than is asked for. */
  private boolean isBeyond(TrainingPosition position) {
    return position.epochs() > epochs || (position.epochs() == epochs && position.rowsDone() > 0);
  }

  private String beyond(Path file, TrainingPosition position) {
    return file
        + ": has been trained for "
        + position.epochs()
        + (position.rowsDone() > 0 ? " epochs and part of the next" : " epochs")
        + ", more than the "
        + epochs
        + " asked for; that is what is taken, and nothing is added: for fewer, begin anew in"
        + " another folder";
  }

  /**
   * The history tells of every epoch, but for one whose steps are done and whose end is not; and it
   * is the present epoch, or the one before, whose beginning is gone back to.
   */
  private static void requireOneStory(Path file, TrainingProgress progress) {
    TrainingPosition position = progress.position();
    long epochs = (long) position.epochs() - progress.epochsBefore();
    long untold = epochs - progress.history().size();
    if (untold != 0 && !(untold == 1 && position.rowsDone() == 0)) {
      throw damaged(file, "history", epochs + " epochs", progress.history().size() + "");
    }
    TrainingPosition back = progress.rollbackTo();
    if (back != null) {
      long since = (long) position.epochs() - back.epochs();
      if (back.rowsDone() != 0 || (since != 0 && since != 1)) {
        throw damaged(
            file,
            "position to go back to",
            "the beginning of epoch " + position.epochs() + " or the next",
            back.rowsDone() + " rows of epoch " + (back.epochs() + 1L));
      }
    }
  }

  private static ResumeException damaged(Path file, String what, String expected, String found) {
    return new ResumeException(
        file
            + ": "
            + what
            + ": expected "
            + expected
            + ", found "
            + found
            + "; the file is damaged, take another checkpoint or begin anew");
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
    if (background != null && background.isDone()) {
      endCheckpoint();
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
    isSaved = false;
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
    isSaved = false;
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
    isSaved = false;
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

  private void writeIfDue() {
    BackgroundCheckpoints writer = background;
    if (writer != null
        && !isSaved
        && checkpointPolicy.isDue(stepsDone, stepWritten, System.nanoTime() - checkpointNanos)) {
      try {
        session.requireFinite();
      } catch (NonFiniteLossException e) {
        goBack(e);
        return;
      }
      endCheckpoint();
      writer.begin(formNow(), progressNow());
      isSaved = true;
      stepWritten = stepsDone;
      checkpointNanos = System.nanoTime();
    }
  }

  /** Waits for the checkpoint under way, if there is one. */
  private void endCheckpoint() {
    if (background == null) {
      return;
    }
    BackgroundCheckpoints.Written written;
    try {
      written = background.end();
    } catch (RuntimeException | Error e) {
      isSaved = false;
      throw e;
    }
    if (written != null) {
      written(written.file(), written.step());
    }
  }

  private void written(Path file, long step) {
    checkpoint = file;
    checkpointNanos = System.nanoTime();
    tell(new TrainingEvent.CheckpointWritten(file, step));
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
      if (checkpoints == null || form == null || isOver) {
        throw new IllegalStateException("no training with checkpoints is under way");
      }
      return write(checkpoints);
    }
  }

  /** Writes one and waits for it, after the one under way. */
  private Path write(CheckpointStore store) {
    session.requireFinite();
    endCheckpoint();
    Path file = BackgroundCheckpoints.write(store, formNow(), progressNow());
    isSaved = true;
    stepWritten = stepsDone;
    written(file, stepsDone);
    return file;
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
    if (checkpoints != null && !isSaved) {
      try {
        write(checkpoints);
      } catch (NonFiniteLossException e) {
        goBack(e);
        write(checkpoints);
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
    return new TrainingResult(reason, history, bestEpoch, checkpoint);
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

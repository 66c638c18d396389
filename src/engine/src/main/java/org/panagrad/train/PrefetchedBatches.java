package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.BatchOrder;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.StagedRows;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.BatchSource;

/**
 * Mini-batches of rows that stay in a file, read ahead by a thread of its own into a ring of slots,
 * and used where they lie there.
 *
 * <p>What a batch holds is a function of epoch and row alone, so how far the thread is ahead never
 * changes a bit. One thread asks, another reads; neither allocates, nor waits for a lock: two
 * counters tell them what the other has done.
 */
final class PrefetchedBatches implements BatchFeed {
  /** Enough for a read that is slow now and then; more is only memory. */
  private static final int SLOTS = 4;

  private static final int SPINS = 200;

  private final int batchSize;
  private final int size;
  private final BatchOrder order;
  private final Slot[] slots = new Slot[SLOTS];
  private final @Nullable GatheredBatches weighed; // labels and weights are in memory
  private final Thread reader;

  // Written by the asking thread alone.
  private long taken; // slots given back
  private long nextEpoch = -1; // what the reader will bring next, if nobody wants anything else
  private int nextRow;
  private int lastCount;
  private int requests;
  private long waitNanos;
  private volatile long given;
  private volatile long wantedEpoch;
  private volatile int wantedRow;
  private volatile int request;
  private volatile @Nullable Thread asking;
  private volatile boolean closed;

  // Written by the reader alone.
  private volatile long filled;
  private volatile @Nullable Throwable failure;

  /** A mini-batch, and which one it is. */
  private static final class Slot {
    final StagedRows staged;
    final DatasetBatches batches;
    int request;

    Slot(StagedRows staged, DatasetBatches batches) {
      this.staged = staged;
      this.batches = batches;
    }
  }

  /**
   * Takes the memory and starts the thread, which waits to be asked.
   *
   * @param order of the rows; it is the reader's from now on
   * @param outputs of the network
   * @param weighs whether {@link #weight} will be asked for
   * @param memory allocated from
   */
  PrefetchedBatches(
      Dataset data,
      BatchOrder order,
      int batchSize,
      int outputs,
      boolean weighs,
      Kernels kernels,
      NativeMemory memory) {
    this.batchSize = batchSize;
    this.size = data.size();
    this.order = order;
    MemorySegment inTurn = memory.allocate("rows in turn", BatchOrder.bytes(batchSize));
    for (int i = 0; i < batchSize; i++) {
      inTurn.setAtIndex(ValueLayout.JAVA_INT, i, i);
    }
    long bytes = StagedRows.bytes(data, batchSize);
    for (int i = 0; i < SLOTS; i++) {
      StagedRows staged =
          new StagedRows(data, batchSize, memory.allocate("rows read ahead", bytes), kernels);
      slots[i] = new Slot(staged, new DatasetBatches(staged.rows(), kernels, inTurn, outputs));
    }
    // The reader's own order may be of a later epoch already.
    this.weighed =
        weighs
            ? new GatheredBatches(
                data,
                order.in(memory.allocate("order of weights", BatchOrder.bytes(size))),
                outputs,
                kernels)
            : null;
    this.reader = new Thread(this::readAhead, "panagrad-reader");
    reader.setDaemon(true);
    reader.start();
  }

  /** Bytes of native memory that the constructor takes. */
  static long bytes(Dataset data, int batchSize, boolean weighs) {
    return (weighs ? NativeMemory.align(BatchOrder.bytes(data.size())) : 0)
        + NativeMemory.align(BatchOrder.bytes(batchSize))
        + SLOTS * NativeMemory.align(StagedRows.bytes(data, batchSize));
  }

  @Override
  public BatchSource await(long epoch, int row) {
    // A request is waited for also where it is fulfilled before anybody looks.
    boolean waits = epoch != nextEpoch || row != nextRow;
    long begin = waits ? System.nanoTime() : 0;
    if (waits) {
      wantedEpoch = epoch;
      wantedRow = row;
      nextEpoch = epoch;
      nextRow = row;
      requests++;
      request = requests;
      LockSupport.unpark(reader);
    }
    while (true) {
      if (taken == filled) {
        begin = waits ? begin : System.nanoTime();
        waits = true;
        waitForSlot();
      }
      Slot slot = slots[(int) (taken % SLOTS)];
      if (slot.request == request) {
        waitNanos += waits ? System.nanoTime() - begin : 0;
        lastCount = Math.min(batchSize, size - row);
        return slot.batches;
      }
      // Of an earlier request.
      giveBack();
    }
  }

  private void waitForSlot() {
    asking = Thread.currentThread();
    boolean interrupted = false;
    try {
      for (int tries = 0; taken == filled; tries++) {
        requireReading();
        if (tries < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
          // Nobody is parked while there is an interrupt; it is the caller's, when this is over.
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void requireReading() {
    Throwable failed = failure;
    if (failed != null) {
      throw failed instanceof DataException e
          ? new DataException(e.getMessage(), e)
          : new IllegalStateException("reading ahead failed: " + failed, failed);
    }
  }

  /** The next to be asked for is expected to be the one after it. */
  @Override
  public void release() {
    nextRow += lastCount;
    if (nextRow == size) {
      nextRow = 0;
      nextEpoch++;
    }
    giveBack();
  }

  @Override
  public double weight(long epoch, int row, int count, List<Float> classWeights) {
    if (weighed == null) {
      throw new IllegalStateException("not opened to weigh rows that are yet to be read");
    }
    return weighed.weight(epoch, row, count, classWeights);
  }

  private void giveBack() {
    taken++;
    given = taken;
    LockSupport.unpark(reader);
  }

  @Override
  public double waitSeconds() {
    return waitNanos / 1e9;
  }

  private void readAhead() {
    try {
      long ahead = 0;
      int serving = 0;
      long epoch = 0;
      long orderedEpoch = -1;
      int row = 0;
      while (true) {
        while (!closed && (request == 0 || ahead - given == SLOTS)) {
          LockSupport.park(this);
        }
        if (closed) {
          return;
        }
        int latest = request;
        if (latest != serving) {
          serving = latest;
          epoch = wantedEpoch;
          row = wantedRow;
        } else if (row == size) {
          epoch++;
          row = 0;
        }
        if (epoch != orderedEpoch) {
          order.startEpoch(epoch);
          orderedEpoch = epoch;
        }
        int count = Math.min(batchSize, size - row);
        Slot slot = slots[(int) (ahead % SLOTS)];
        slot.staged.read(order.indices(), row, count);
        slot.request = serving;
        row += count;
        ahead++;
        filled = ahead;
        LockSupport.unpark(asking);
      }
    } catch (Throwable t) {
      failure = t;
      LockSupport.unpark(asking);
    }
  }

  /** Ends the thread and waits for it; the memory is the caller's to free. */
  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    while (reader.isAlive()) {
      LockSupport.unpark(reader);
      try {
        reader.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

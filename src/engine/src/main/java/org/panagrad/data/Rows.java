package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.memory.NativeMemory;

/**
 * The memory of a dataset and of all views into it, freed by {@link #close} or, at the latest, when
 * the last of them is unreachable.
 */
final class Rows {
  private static final Cleaner CLEANER = Cleaner.create();

  final int count;
  final int featureCount;
  final boolean bytes;
  final FeatureMap preprocessing;
  final @Nullable PictureShape picture; // which a row is, where that is known
  final TargetKind targetKind;
  final int targetCount;
  final List<String> classNames;
  final MemorySegment features; // (count, featureCount) float32 or uint8
  final MemorySegment targets; // (count) int32 or (count, targetCount) float32
  final @Nullable MemorySegment weights; // (count) float32, null where each row counts 1
  final @Nullable FileRows records; // where the rows stay in a file: features are none then

  private final Cleaner.Cleanable cleanable;
  private int holders;
  private volatile boolean closed;

  /**
   * Takes over the memory of all buffers.
   *
   * @param targetCount classes, or values in a row
   */
  Rows(
      int count,
      RowForm form,
      int targetCount,
      List<String> classNames,
      NativeBuffer features,
      NativeBuffer targets,
      @Nullable NativeBuffer weights) {
    this.count = count;
    this.featureCount = form.featureCount();
    this.bytes = form.bytes();
    this.preprocessing = form.preprocessing();
    this.picture = form.picture();
    this.targetKind = form.targetKind();
    this.targetCount = targetCount;
    this.classNames = List.copyOf(classNames);
    this.features = features.detach().asReadOnly();
    this.targets = targets.detach().asReadOnly();
    this.records = null;
    this.weights = weights == null ? null : weights.detach().asReadOnly();
    this.cleanable =
        CLEANER.register(
            this,
            new Release(
                features.memory(), targets.memory(), weights == null ? null : weights.memory()));
  }

  /**
   * Rows in memory that somebody else has taken.
   *
   * @param release frees it; must not lead to these rows, or they would stay reachable for ever
   */
  Rows(
      RecordHeader header,
      RecordDescription description,
      MemorySegment features,
      MemorySegment targets,
      @Nullable MemorySegment weights,
      Runnable release) {
    this(header, description, features, targets, weights, null, release);
  }

  /**
   * Rows that stay in a file.
   *
   * @param release closes it; must not lead to these rows
   */
  Rows(RecordHeader header, RecordDescription description, FileRows records, Runnable release) {
    this(
        header,
        description,
        MemorySegment.NULL,
        records.labels() == null ? MemorySegment.NULL : records.labels(),
        records.weights(),
        records,
        release);
  }

  private Rows(
      RecordHeader header,
      RecordDescription description,
      MemorySegment features,
      MemorySegment targets,
      @Nullable MemorySegment weights,
      @Nullable FileRows records,
      Runnable release) {
    this.count = header.rows();
    this.featureCount = header.featureCount();
    this.bytes = header.bytes();
    this.preprocessing = header.preprocessing();
    this.picture = description.picture();
    this.targetKind = header.targetKind();
    this.targetCount = header.targetCount();
    this.classNames = List.copyOf(description.classNames());
    this.features = features.asReadOnly();
    this.targets = targets.asReadOnly();
    this.weights = weights == null ? null : weights.asReadOnly();
    this.records = records;
    this.cleanable = CLEANER.register(this, release);
  }

  boolean isOpen() {
    return !closed;
  }

  /** Native bytes held; of a file, what is in memory besides its rows. */
  long nativeBytes() {
    return records != null
        ? records.nativeBytes()
        : features.byteSize() + targets.byteSize() + (weights == null ? 0 : weights.byteSize());
  }

  /** Keeps the memory until {@link #release}, whoever closes it meanwhile. */
  synchronized void hold() {
    if (closed) {
      throw new IllegalStateException("the dataset is closed");
    }
    holders++;
  }

  synchronized void release() {
    holders--;
    if (closed && holders == 0) {
      cleanable.clean();
    }
  }

  synchronized void close() {
    closed = true;
    if (holders == 0) {
      cleanable.clean();
    }
  }

  /** Holds the memory and not the rows, or these would stay reachable for ever. */
  private record Release(
      NativeMemory features, NativeMemory targets, @Nullable NativeMemory weights)
      implements Runnable {
    @Override
    public void run() {
      features.close();
      targets.close();
      if (weights != null) {
        weights.close();
      }
    }
  }
}

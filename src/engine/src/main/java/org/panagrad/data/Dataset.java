package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.kernel.Kernels;

/**
 * Rows of features, each with a class label or with target values, all off the heap.
 *
 * <p>Immutable and safe for many threads. Features are kept as float32 or, for images, as unsigned
 * bytes with a {@link FeatureMap}; what comes out is float32 always, and finite always.
 *
 * <p>The memory is freed when the dataset and its views are unreachable; {@link #close} frees it
 * sooner, for all of them. A dataset used after that throws {@link IllegalStateException}.
 *
 * <p>The gather methods copy the rows of a mini-batch and allocate nothing. Positions are a segment
 * and an offset in bytes; a segment too short throws {@link IndexOutOfBoundsException}.
 */
public final class Dataset implements AutoCloseable {
  private final String name;
  private final Rows rows;
  private final int first;
  private final int size;
  private final @Nullable MemorySegment chosen; // int32 rows of a file, of which first is the first
  private final @Nullable RowEncoding encoding;
  private final int targetCount;

  Dataset(String name, Rows rows) {
    this(name, rows, null);
  }

  Dataset(String name, Rows rows, @Nullable RowEncoding encoding) {
    this(name, rows, 0, rows.count, null, encoding, rows.targetCount);
  }

  private Dataset(
      String name,
      Rows rows,
      int first,
      int size,
      @Nullable MemorySegment chosen,
      @Nullable RowEncoding encoding,
      int targetCount) {
    this.name = name;
    this.rows = rows;
    this.first = first;
    this.size = size;
    this.chosen = chosen;
    this.encoding = encoding;
    this.targetCount = targetCount;
  }

  /**
   * A dataset of class labels 0 to classCount - 1.
   *
   * @param features (rows, features), copied
   * @param labels (rows)
   * @throws DataException if there are no rows, rows differ in length, a feature is not finite or a
   *     label is not in [0, classCount)
   */
  public static Dataset ofClasses(String name, float[][] features, int[] labels, int classCount) {
    requireSameLength(name, features.length, labels.length, "labels");
    try (DatasetBuilder builder = DatasetBuilder.classes(name, featureCount(name, features))) {
      builder.expect(labels.length);
      for (int row = 0; row < labels.length; row++) {
        builder.addRow(features[row], labels[row]);
      }
      return builder.build(classCount);
    }
  }

  /**
   * A dataset of target values.
   *
   * @param features (rows, features), copied
   * @param targets (rows, targets), copied
   * @throws DataException if there are no rows, rows differ in length or a value is not finite
   */
  public static Dataset ofValues(String name, float[][] features, float[][] targets) {
    requireSameLength(name, features.length, targets.length, "target rows");
    int featureCount = featureCount(name, features);
    try (DatasetBuilder builder = DatasetBuilder.values(name, featureCount, targets[0].length)) {
      builder.expect(targets.length);
      for (int row = 0; row < targets.length; row++) {
        builder.addRow(features[row], targets[row]);
      }
      return builder.build();
    }
  }

  private static void requireSameLength(String name, int rows, int targets, String what) {
    if (rows != targets) {
      throw DataException.at(
          name,
          "feature rows and " + what + " differ in number",
          rows + " " + what,
          Integer.toString(targets),
          "give one for each row");
    }
  }

  private static int featureCount(String name, float[][] features) {
    if (features.length == 0) {
      throw DataException.at(
          name, "the dataset is empty", "at least 1 row", "0 rows", "check the source of the data");
    }
    return features[0].length;
  }

  /** What messages call it. */
  public String name() {
    return name;
  }

  /** Number of rows, at least 1. */
  public int size() {
    return size;
  }

  /** Features in a row, at least 1. */
  public int featureCount() {
    return rows.featureCount;
  }

  /** Whether rows have a class or values. */
  public TargetKind targetKind() {
    return rows.targetKind;
  }

  /** Number of classes, at least 1; 0 for a dataset of values. */
  public int classCount() {
    return rows.targetKind == TargetKind.CLASSES ? targetCount : 0;
  }

  /** Target values in a row: the outputs a network needs. For classes, their number. */
  public int targetCount() {
    return targetCount;
  }

  /** Names by class; empty if they have none. */
  public List<String> classNames() {
    return rows.classNames;
  }

  /** Whether rows have weights; without them each counts 1. */
  public boolean isWeighted() {
    return rows.weights != null;
  }

  /**
   * How much a row counts in a loss.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   */
  public float weight(int row) {
    Objects.checkIndex(row, size);
    requireOpen();
    try {
      return weightAt(row);
    } finally {
      Reference.reachabilityFence(rows);
    }
  }

  /** How stored values become the features seen; identity for float32 storage. */
  public FeatureMap preprocessing() {
    return rows.preprocessing;
  }

  /** How raw rows became these features and targets; null where they are as they came. */
  public @Nullable RowEncoding encoding() {
    return encoding;
  }

  /** A dataset of the same memory that says how raw rows became its features and targets. */
  public Dataset encodedBy(RowEncoding newEncoding) {
    return new Dataset(name, rows, first, size, chosen, newEncoding, targetCount);
  }

  /**
   * A dataset of the same memory and of more classes, of which it has no row: where classes are
   * numbers, few rows need not have the highest.
   *
   * @param count of classes, at least as many as there are
   * @throws IllegalArgumentException if it is less, or classes have names
   * @throws IllegalStateException for a dataset of values
   */
  public Dataset withClassCount(int count) {
    requireKind(TargetKind.CLASSES);
    if (count < targetCount || !rows.classNames.isEmpty()) {
      throw new IllegalArgumentException(
          name + ": " + targetCount + " classes, expected numbered ones, at most " + count);
    }
    return new Dataset(name, rows, first, size, chosen, encoding, count);
  }

  /** From what a network is trained towards to the target's own unit; identity for classes. */
  public FeatureMap outputMap() {
    return encoding == null ? FeatureMap.IDENTITY : encoding.outputMap();
  }

  /** What its rows are made of, as they are stored. */
  public RowForm form() {
    return new RowForm(
        rows.featureCount,
        rows.bytes,
        rows.preprocessing,
        rows.targetKind,
        rows.targetKind == TargetKind.CLASSES ? 1 : targetCount,
        rows.picture);
  }

  /** Which picture a row is; null where rows are none, or nobody has said so. */
  public @Nullable PictureShape picture() {
    return rows.picture;
  }

  /** The rows as they are stored, one by one. */
  public RowStream stream() {
    return new DatasetRows(this);
  }

  /** Native bytes held, by this dataset and the views that share its memory together. */
  public long nativeBytes() {
    return rows.nativeBytes();
  }

  /**
   * Number of classes that have at least one row here.
   *
   * @throws IllegalStateException for a dataset of values
   */
  public int presentClasses() {
    requireKind(TargetKind.CLASSES);
    boolean[] present = new boolean[targetCount];
    int count = 0;
    for (int row = 0; row < size; row++) {
      int label = label(row);
      if (!present[label]) {
        present[label] = true;
        count++;
      }
    }
    return count;
  }

  /**
   * Whether all rows are of one class, so that there is nothing to learn.
   *
   * @throws IllegalStateException for a dataset of values
   */
  public boolean isOfOneClass() {
    // Not by counting all of them: as a rule the second row or the third tells.
    int first = label(0);
    for (int row = 1; row < size; row++) {
      if (label(row) != first) {
        return false;
      }
    }
    return true;
  }

  /**
   * The class of a row.
   *
   * @throws IndexOutOfBoundsException if there is no such row
   * @throws IllegalStateException for a dataset of values
   */
  public int label(int row) {
    requireKind(TargetKind.CLASSES);
    Objects.checkIndex(row, size);
    requireOpen();
    try {
      return labelAt(row);
    } finally {
      Reference.reachabilityFence(rows);
    }
  }

  /**
   * A target value of a row; for classes 1 at the row's class and 0 elsewhere.
   *
   * @throws IndexOutOfBoundsException if there is no such row or target
   * @throws DataException if the row stays in a file and cannot be read, or is damaged
   */
  public float target(int row, int target) {
    Objects.checkIndex(row, size);
    Objects.checkIndex(target, targetCount);
    enter();
    try {
      return rows.targetKind == TargetKind.CLASSES
          ? (labelAt(row) == target ? 1 : 0)
          : targetAt(row, target);
    } finally {
      leave();
    }
  }

  /**
   * A feature of a row, preprocessed.
   *
   * @throws IndexOutOfBoundsException if there is no such row or column
   * @throws DataException if the row stays in a file and cannot be read, or is damaged
   */
  public float feature(int row, int column) {
    Objects.checkIndex(row, size);
    Objects.checkIndex(column, rows.featureCount);
    enter();
    try {
      FileRows records = rows.records;
      float stored =
          records == null
              ? storedAt((long) (first + row) * rows.featureCount + column)
              : records.window().stored(at(row), column);
      return rows.bytes ? rows.preprocessing.apply(stored) : stored;
    } finally {
      leave();
    }
  }

  private float storedAt(long index) {
    return rows.bytes
        ? rows.features.get(ValueLayout.JAVA_BYTE, index) & 0xFF
        : rows.features.get(ValueLayout.JAVA_FLOAT, index * Float.BYTES);
  }

  /**
   * Copies a row as it is stored, before {@link #preprocessing}: what a predictor takes.
   *
   * @param to (featureCount)
   * @throws IndexOutOfBoundsException if there is no such row, or no room for it
   * @throws DataException if the row stays in a file and cannot be read, or is damaged
   */
  public void copyStored(int row, float[] to) {
    Objects.checkIndex(row, size);
    Objects.checkFromIndexSize(0, rows.featureCount, to.length);
    enter();
    try {
      FileRows records = rows.records;
      if (records != null) {
        records.window().copyStored(at(row), to);
        return;
      }
      long index = (long) (first + row) * rows.featureCount;
      for (int column = 0; column < rows.featureCount; column++) {
        to[column] = storedAt(index + column);
      }
    } finally {
      leave();
    }
  }

  /**
   * Rows [from, to) as a dataset of the same memory.
   *
   * @throws DataException if there is none
   * @throws IndexOutOfBoundsException if they are not all in this one
   */
  public Dataset subset(int from, int to) {
    Objects.checkFromToIndex(from, to, size);
    if (from == to) {
      throw DataException.at(
          name,
          "rows [" + from + ", " + to + ")",
          "at least 1 row",
          "0 rows",
          "choose a larger part of the dataset");
    }
    String range = "[" + from + ", " + to + ")";
    return new Dataset(name + range, rows, first + from, to - from, chosen, encoding, targetCount);
  }

  /**
   * Copies rows, in the order they are named, into a dataset with memory of its own.
   *
   * @param newName what messages call it
   * @throws DataException if there are none
   * @throws IndexOutOfBoundsException if they are not all in this one
   */
  public Dataset select(String newName, int... rowNumbers) {
    NativeBuffer features = new NativeBuffer(newName, Long.MAX_VALUE);
    NativeBuffer targets = new NativeBuffer(newName, Long.MAX_VALUE);
    NativeBuffer weights = isWeighted() ? new NativeBuffer(newName, Long.MAX_VALUE) : null;
    try (features;
        targets;
        weights) {
      features.reserve(form().featureBytes() * rowNumbers.length);
      targets.reserve(form().targetBytes() * rowNumbers.length);
      if (weights != null) {
        weights.reserve((long) Float.BYTES * rowNumbers.length);
      }
      byte[] bytes = new byte[rows.bytes ? rows.featureCount : 0];
      float[] floats = new float[rows.bytes ? 0 : rows.featureCount];
      for (int row : rowNumbers) {
        Objects.checkIndex(row, size);
        if (rows.bytes) {
          copyBytes(row, bytes);
          features.append(bytes, 0, bytes.length);
        } else {
          copyStored(row, floats);
          features.append(floats);
        }
        copyTarget(row, targets);
        if (weights != null) {
          weights.append(weight(row));
        }
      }
      if (rowNumbers.length == 0) {
        throw DataException.at(
            newName, "rows chosen of " + name, "1 or more", "none", "choose a larger part");
      }
      Rows copy =
          new Rows(
              rowNumbers.length, form(), targetCount, rows.classNames, features, targets, weights);
      return new Dataset(newName, copy, encoding);
    }
  }

  /**
   * Some of the rows, in their order. Those in memory are copied, into memory of their own. Those
   * that stay in a file stay there: the part is a view, of 4 bytes a row, and closing it closes the
   * file.
   *
   * @param newName what messages call it
   * @param part which of the rows
   * @throws DataException if there are none
   * @throws IndexOutOfBoundsException if they are not all in this one
   */
  public Dataset part(String newName, BitSet part) {
    Objects.checkIndex(Math.max(0, part.length() - 1), size);
    FileRows records = rows.records;
    if (records == null || part.isEmpty()) {
      return select(newName, part.stream().toArray());
    }
    hold();
    try {
      int count = part.cardinality();
      MemorySegment numbers = records.allocate("rows of " + newName, count);
      int place = 0;
      for (int row = part.nextSetBit(0); place < count; row = part.nextSetBit(row + 1)) {
        numbers.setAtIndex(ValueLayout.JAVA_INT, place++, at(row));
      }
      return new Dataset(newName, rows, 0, count, numbers, encoding, targetCount);
    } finally {
      release();
    }
  }

  private void copyTarget(int row, NativeBuffer to) {
    if (rows.targetKind == TargetKind.CLASSES) {
      to.append(label(row));
      return;
    }
    for (int t = 0; t < targetCount; t++) {
      to.append(target(row, t));
    }
  }

  /**
   * Copies the features of rows named by index, as (count, featureCount) consecutive float32.
   *
   * @param kernels turn bytes into floats
   * @param indices int32 row numbers of this dataset
   * @param firstIndex which of the indices comes first, counted in indices
   * @param out off the heap, 4-byte aligned, not to be freed before this returns
   * @throws IllegalArgumentException if it is on the heap
   * @throws IllegalStateException if the dataset is closed
   */
  public void gatherFeatures(
      Kernels kernels,
      MemorySegment indices,
      long firstIndex,
      int count,
      MemorySegment out,
      long outOffset) {
    hold();
    try {
      gatherHeldFeatures(kernels, indices, firstIndex, count, out, outOffset);
    } finally {
      release();
    }
  }

  /**
   * The same, of a dataset that the caller {@link #hold}s meanwhile: many threads that gather at
   * once need not count themselves.
   */
  public void gatherHeldFeatures(
      Kernels kernels,
      MemorySegment indices,
      long firstIndex,
      int count,
      MemorySegment out,
      long outOffset) {
    if (!out.isNative()) {
      throw new IllegalArgumentException(
          name + ": features to a segment on the heap, expected memory off the heap");
    }
    Objects.checkFromIndexSize(outOffset, 4L * count * rows.featureCount, out.byteSize());
    enter();
    try {
      FileRows records = rows.records;
      int featureCount = rows.featureCount;
      long outRow = outOffset;
      for (int i = 0; i < count; i++) {
        int row = at(rowAt(indices, firstIndex + i));
        long from = (long) row * featureCount;
        if (records != null) {
          records.window().copyFeatures(row, kernels, out, outRow);
        } else if (rows.bytes) {
          FeatureMap map = rows.preprocessing;
          kernels.bytesToFloats(
              rows.features, from, out, outRow, featureCount, map.scale(), map.shift());
        } else {
          MemorySegment.copy(rows.features, from * 4, out, outRow, featureCount * 4L);
        }
        outRow += featureCount * 4L;
      }
    } finally {
      leave();
    }
  }

  /**
   * A checksum of what this dataset's rows are: features as they are stored, how they are
   * preprocessed, and targets (CRC-32C of each). Reads all of them; of rows that stay in a file,
   * the checksums that it has, so that it is not that of the same rows in memory.
   *
   * @throws IllegalStateException if it is closed
   */
  public String checksum() {
    hold();
    try {
      return DatasetChecksum.of(this);
    } finally {
      release();
    }
  }

  /** Whether features lie in memory as they are computed with, so that they are read in place. */
  public boolean isReadInPlace() {
    return !rows.bytes && !isInFile();
  }

  /**
   * Whether the rows stay in a file: then a training reads them ahead, through {@link StagedRows}.
   * Single rows are read as they are asked for, with those behind them where they are asked for in
   * order.
   */
  public boolean isInFile() {
    return rows.records != null;
  }

  /**
   * Lays a sliding matrix over rows [row, row + count) as they are stored, from a column on. The
   * caller holds the dataset while the matrix is in use.
   *
   * @throws IllegalStateException unless {@link #isReadInPlace}
   * @throws IndexOutOfBoundsException if there are no such rows
   */
  public void slide(Matrix matrix, int row, int count, int column) {
    if (!isReadInPlace()) {
      throw new IllegalStateException(name + ": features cannot be read in place");
    }
    Objects.checkFromIndexSize(row, count, size);
    Objects.checkFromIndexSize(column, matrix.cols(), rows.featureCount);
    long at = (long) (first + row) * rows.featureCount + column;
    matrix.slideTo(rows.features, at * Float.BYTES, count);
  }

  /**
   * Keeps the memory, though the dataset be closed, until {@link #release}.
   *
   * @throws IllegalStateException if it is closed already
   */
  public void hold() {
    rows.hold();
  }

  /** Ends a {@link #hold}; memory closed meanwhile is freed now. */
  public void release() {
    rows.release();
  }

  /**
   * Copies the int32 labels of rows named by index, one after the other.
   *
   * @param indices int32 row numbers of this dataset
   * @param firstIndex which of the indices comes first, counted in indices
   * @param out 4-byte aligned
   * @throws IllegalStateException for a dataset of values
   */
  public void gatherLabels(
      MemorySegment indices, long firstIndex, int count, MemorySegment out, long outOffset) {
    requireKind(TargetKind.CLASSES);
    Objects.checkFromIndexSize(outOffset, 4L * count, out.byteSize());
    requireOpen();
    try {
      for (int i = 0; i < count; i++) {
        int label = labelAt(rowAt(indices, firstIndex + i));
        out.set(ValueLayout.JAVA_INT, outOffset + 4L * i, label);
      }
    } finally {
      Reference.reachabilityFence(rows);
    }
  }

  /**
   * Copies the float32 weights of rows named by index, one after the other; 1 for each where they
   * have none.
   *
   * @param indices int32 row numbers of this dataset
   * @param firstIndex which of the indices comes first, counted in indices
   * @param out 4-byte aligned
   */
  public void gatherWeights(
      MemorySegment indices, long firstIndex, int count, MemorySegment out, long outOffset) {
    Objects.checkFromIndexSize(outOffset, 4L * count, out.byteSize());
    requireOpen();
    try {
      for (int i = 0; i < count; i++) {
        float weight = weightAt(rowAt(indices, firstIndex + i));
        out.set(ValueLayout.JAVA_FLOAT, outOffset + 4L * i, weight);
      }
    } finally {
      Reference.reachabilityFence(rows);
    }
  }

  /**
   * Copies the float32 targets of rows named by index, feature-major: target t of the i-th row goes
   * to outOffset + (t * ld + i) * 4. Classes come out one-hot.
   *
   * @param indices int32 row numbers of this dataset
   * @param firstIndex which of the indices comes first, counted in indices
   * @param out (targetCount, ld), 4-byte aligned
   * @param ld floats from one target's row to the next, at least count
   */
  public void gatherTargets(
      MemorySegment indices,
      long firstIndex,
      int count,
      MemorySegment out,
      long outOffset,
      int ld) {
    if (count == 0) {
      return;
    }
    if (ld < count) {
      throw new IndexOutOfBoundsException("ld " + ld + " is less than the count " + count);
    }
    long span = (long) (targetCount - 1) * ld + count;
    Objects.checkFromIndexSize(outOffset, 4 * span, out.byteSize());
    enter();
    try {
      boolean classes = rows.targetKind == TargetKind.CLASSES;
      for (int i = 0; i < count; i++) {
        int row = rowAt(indices, firstIndex + i);
        int label = classes ? labelAt(row) : -1;
        for (int t = 0; t < targetCount; t++) {
          float value = classes ? (t == label ? 1 : 0) : targetAt(row, t);
          out.set(ValueLayout.JAVA_FLOAT, outOffset + ((long) t * ld + i) * 4, value);
        }
      }
    } finally {
      leave();
    }
  }

  /** Frees the memory, also that of views into it and of the dataset that this is a view into. */
  @Override
  public void close() {
    rows.close();
  }

  /** For example {@code digits: 12000 rows, 784 features, 10 classes}. */
  @Override
  public String toString() {
    return name
        + ": "
        + size
        + " rows, "
        + rows.featureCount
        + " features, "
        + targetCount
        + (rows.targetKind == TargetKind.CLASSES ? " classes" : " targets");
  }

  /** The stored bytes of a row, for writers of files; only for features kept as bytes. */
  void copyBytes(int row, byte[] to) {
    enter();
    try {
      FileRows records = rows.records;
      if (records != null) {
        records.window().copyBytes(at(row), to);
        return;
      }
      long from = (long) (first + row) * rows.featureCount;
      MemorySegment.copy(rows.features, ValueLayout.JAVA_BYTE, from, to, 0, rows.featureCount);
    } finally {
      leave();
    }
  }

  /** The memory or the file. */
  Rows rows() {
    return rows;
  }

  /** Which of the rows of the memory or the file a row is. */
  int at(int row) {
    return chosen == null ? first + row : chosen.getAtIndex(ValueLayout.JAVA_INT, first + row);
  }

  boolean keepsBytes() {
    return rows.bytes;
  }

  private int rowAt(MemorySegment indices, long index) {
    return Objects.checkIndex(indices.get(ValueLayout.JAVA_INT, 4 * index), size);
  }

  private int labelAt(int row) {
    return rows.targets.get(ValueLayout.JAVA_INT, 4L * at(row));
  }

  private float weightAt(int row) {
    MemorySegment weights = rows.weights;
    return weights == null ? 1 : weights.get(ValueLayout.JAVA_FLOAT, 4L * at(row));
  }

  private float targetAt(int row, int target) {
    FileRows records = rows.records;
    if (records != null) {
      return records.window().target(at(row), target);
    }
    long index = (long) (first + row) * targetCount + target;
    return rows.targets.get(ValueLayout.JAVA_FLOAT, 4 * index);
  }

  private void requireKind(TargetKind kind) {
    if (rows.targetKind != kind) {
      throw new IllegalStateException(
          name + ": the dataset has " + rows.targetKind + ", expected " + kind);
    }
  }

  /** Rows of a file are held while they are read, so that nobody closes it meanwhile. */
  private void enter() {
    if (isInFile()) {
      rows.hold();
    } else {
      requireOpen();
    }
  }

  @SuppressWarnings("ReachabilityFenceUsage") // where it is called is the finally block
  private void leave() {
    try {
      if (isInFile()) {
        rows.release();
      }
    } finally {
      Reference.reachabilityFence(rows);
    }
  }

  private void requireOpen() {
    if (!rows.isOpen()) {
      throw new IllegalStateException(name + ": the dataset is closed");
    }
  }
}

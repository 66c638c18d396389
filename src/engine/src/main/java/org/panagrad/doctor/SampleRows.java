package org.panagrad.doctor;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.data.RowForm;
import org.panagrad.data.TargetKind;
import org.panagrad.random.SeededRandom;

/** A few rows of a data set, in the order of their numbers: of those that weigh anything. */
final class SampleRows {
  private final Dataset source;
  private final List<Integer> rows;

  private SampleRows(Dataset source, List<Integer> rows) {
    this.source = source;
    this.rows = List.copyOf(rows);
  }

  /** Rows drawn at random, no row twice; all of them if there are no more. */
  static SampleRows draw(Dataset source, int count, long seed) {
    int[] counting = counting(source);
    int size = counting.length;
    BitSet drawn = new BitSet(size);
    if (count >= size) {
      drawn.set(0, size);
    } else {
      // Floyd's: a draw per row, however large the set.
      SeededRandom random = SeededRandom.of(seed, "doctor's rows");
      for (int last = size - count; last < size; last++) {
        int row = random.nextInt(last + 1);
        drawn.set(drawn.get(row) ? last : row);
      }
    }
    return new SampleRows(source, drawn.stream().map(i -> counting[i]).boxed().toList());
  }

  /** The rows that have a say in a loss. */
  private static int[] counting(Dataset source) {
    IntStream all = IntStream.range(0, source.size());
    return (source.isWeighted() ? all.filter(row -> source.weight(row) > 0) : all).toArray();
  }

  /**
   * The same with its last row exchanged for one of another class if all are of one class: a
   * training refuses such rows.
   */
  SampleRows withTwoClasses() {
    if (isLearnable()) {
      return this;
    }
    int label = source.label(rows.getFirst());
    for (int row = 0; row < source.size(); row++) {
      if (source.label(row) != label && (!source.isWeighted() || source.weight(row) > 0)) {
        List<Integer> changed = new ArrayList<>(rows);
        changed.set(changed.size() - 1, row);
        if (rows.size() == 1) {
          changed.addFirst(rows.getFirst());
        }
        return new SampleRows(source, changed);
      }
    }
    return this;
  }

  int size() {
    return rows.size();
  }

  /** Those of these places. */
  SampleRows keep(BitSet places) {
    return new SampleRows(source, places.stream().mapToObj(rows::get).toList());
  }

  /** So many of them, evenly spread, of two classes if these rows are. */
  SampleRows spread(int count) {
    if (count >= rows.size()) {
      return this;
    }
    List<Integer> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(rows.get((int) ((long) i * rows.size() / count)));
    }
    SampleRows spread = new SampleRows(source, some);
    if (spread.isLearnable()) {
      return spread;
    }
    for (int row : rows) {
      if (source.label(row) != source.label(some.getFirst())) {
        some.set(count - 1, row);
        break;
      }
    }
    return new SampleRows(source, some);
  }

  /** Whether a training takes them: values, or labels of two classes. */
  boolean isLearnable() {
    return source.targetKind() != TargetKind.CLASSES
        || rows.stream().mapToInt(source::label).distinct().count() > 1;
  }

  /** Features, feature-major: (features, rows). */
  double[] features() {
    int n = rows.size();
    double[] x = new double[source.featureCount() * n];
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < source.featureCount(); i++) {
        x[i * n + j] = source.feature(rows.get(j), i);
      }
    }
    return x;
  }

  /** Targets as a loss takes them, (outputs, rows): classes one-hot, or 0 and 1 for one output. */
  double[] targets(int outputs) {
    int n = rows.size();
    double[] t = new double[outputs * n];
    boolean single = outputs == 1 && source.targetKind() == TargetKind.CLASSES;
    for (int j = 0; j < n; j++) {
      for (int k = 0; k < outputs; k++) {
        t[k * n + j] = source.target(rows.get(j), single ? 1 : k);
      }
    }
    return t;
  }

  /** How much each row counts in a loss, (rows). */
  double[] weights() {
    return rows.stream().mapToDouble(row -> source.isWeighted() ? source.weight(row) : 1).toArray();
  }

  /** The rows as a data set of their own, to be closed. */
  Dataset dataset() {
    boolean classes = source.targetKind() == TargetKind.CLASSES;
    String name = rows.size() + " rows of " + source.name();
    RowForm form =
        classes
            ? RowForm.classes(source.featureCount())
            : RowForm.values(source.featureCount(), source.targetCount());
    try (DatasetBuilder builder = new DatasetBuilder(name, form)) {
      float[] x = new float[source.featureCount()];
      float[] t = new float[source.targetCount()];
      for (int row : rows) {
        for (int i = 0; i < x.length; i++) {
          x[i] = source.feature(row, i);
        }
        if (classes) {
          builder.addRow(x, source.label(row));
        } else {
          for (int k = 0; k < t.length; k++) {
            t[k] = source.target(row, k);
          }
          builder.addRow(x, t);
        }
        if (source.isWeighted()) {
          builder.addWeight(source.weight(row));
        }
      }
      return classes ? builder.build(source.classCount()) : builder.build();
    }
  }
}

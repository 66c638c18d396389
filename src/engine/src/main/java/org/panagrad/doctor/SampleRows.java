package org.panagrad.doctor;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.random.SeededRandom;

/** A few rows of a data set, in the order of their numbers. */
final class SampleRows {
  private final Dataset source;
  private final List<Integer> rows;

  private SampleRows(Dataset source, List<Integer> rows) {
    this.source = source;
    this.rows = List.copyOf(rows);
  }

  /** Rows drawn at random, no row twice; all of them if there are no more. */
  static SampleRows draw(Dataset source, int count, long seed) {
    int size = source.size();
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
    return new SampleRows(source, drawn.stream().boxed().toList());
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
      if (source.label(row) != label) {
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

  /** The rows as a data set of their own, to be closed. */
  Dataset dataset() {
    int n = rows.size();
    float[][] x = new float[n][source.featureCount()];
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < x[j].length; i++) {
        x[j][i] = source.feature(rows.get(j), i);
      }
    }
    String name = n + " rows of " + source.name();
    if (source.targetKind() == TargetKind.CLASSES) {
      int[] labels = rows.stream().mapToInt(source::label).toArray();
      return Dataset.ofClasses(name, x, labels, source.classCount());
    }
    float[][] t = new float[n][source.targetCount()];
    for (int j = 0; j < n; j++) {
      for (int k = 0; k < t[j].length; k++) {
        t[j][k] = source.target(rows.get(j), k);
      }
    }
    return Dataset.ofValues(name, x, t);
  }
}

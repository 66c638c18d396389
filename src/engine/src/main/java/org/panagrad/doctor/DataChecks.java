package org.panagrad.doctor;

import static org.panagrad.doctor.Findings.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.file.OneLine;
import org.panagrad.table.TableSchema;

/** What can be said of the rows before any network is there. */
final class DataChecks {
  private static final double NOTED_MAJORITY = 0.8;
  private static final double WRONG_MAJORITY = 0.99;
  private static final double NOTED_MAGNITUDE = 5;
  private static final double WRONG_MAGNITUDE = 30;
  private static final double NOTED_EXTREME = 100;
  private static final double WRONG_EXTREME = 10_000;
  private static final double NOTED_TARGET = 100;
  private static final double WRONG_TARGET = 1_000;
  private static final double WRONG_SHARED = 0.05;
  private static final int NAMED = 5;

  private final Dataset train;
  private final @Nullable Dataset test;
  private final Findings findings;
  private final List<String> featureNames; // empty where they are of no table
  private final String target;

  private DataChecks(Dataset train, @Nullable Dataset test, Findings findings) {
    this.train = train;
    this.test = test;
    this.findings = findings;
    if (train.encoding() instanceof TableSchema schema) {
      featureNames = schema.featureNames().stream().map(name -> called(schema, name)).toList();
      target = "the target " + called(schema, schema.target().name());
    } else {
      featureNames = List.of();
      target = "the target";
    }
  }

  /** As the table's columns are called: by their names, or by their places where they have none. */
  private static String called(TableSchema schema, String name) {
    return schema.named() ? "'" + OneLine.of(name) + "'" : "column " + OneLine.of(name);
  }

  private String feature(int i) {
    return featureNames.isEmpty() ? text("feature[%d]", i) : featureNames.get(i);
  }

  /** Makes all checks; false if there is nothing to learn, so that no training can be tried. */
  static boolean run(Dataset train, @Nullable Dataset test, Findings findings, Runnable proceed) {
    DataChecks checks = new DataChecks(train, test, findings);
    boolean learnable =
        train.targetKind() == TargetKind.CLASSES ? checks.labels() : checks.targets();
    DataScan scan = DataScan.of(train, proceed);
    checks.constant(scan);
    checks.scale(scan);
    checks.extremes(scan);
    if (test != null) {
      checks.duplicates(scan, DataScan.of(test, proceed));
    }
    return learnable;
  }

  /** Rows by class, those left out that weigh nothing. */
  private static int[] counts(Dataset set) {
    int[] counts = new int[set.classCount()];
    for (int row = 0; row < set.size(); row++) {
      if (!set.isWeighted() || set.weight(row) > 0) {
        counts[set.label(row)]++;
      }
    }
    return counts;
  }

  private String className(int label) {
    return train.classNames().isEmpty()
        ? "class " + label
        : "'" + train.classNames().get(label) + "'";
  }

  private boolean labels() {
    int[] counts = counts(train);
    int rows = Arrays.stream(counts).sum();
    int largest = 0;
    int smallest = 0;
    List<Integer> absent = new ArrayList<>();
    for (int k = 0; k < counts.length; k++) {
      largest = counts[k] > counts[largest] ? k : largest;
      smallest = counts[k] < counts[smallest] ? k : smallest;
      if (counts[k] == 0) {
        absent.add(k);
      }
    }
    double majority = (double) counts[largest] / rows;
    boolean learnable = counts[largest] < rows;
    String always =
        text(
            "always saying %s is right in %.1f %% of the rows", className(largest), 100 * majority);
    if (!learnable) {
      findings.problem(
          "labels",
          majority,
          text(
              "all %,d rows%s are %s: there is nothing to tell apart; check which column is the"
                  + " target, and how the rows were chosen",
              rows, rows < train.size() ? " that weigh anything" : "", className(largest)));
    } else if (majority >= WRONG_MAJORITY) {
      findings.problem(
          "labels",
          majority,
          always
              + ": accuracy says nothing here; get more rows of the others, weigh the classes, and"
              + " judge by recall or ROC-AUC");
    } else if (majority >= NOTED_MAJORITY) {
      findings.note(
          "labels",
          majority,
          always + ": an accuracy is only good above that; consider class weights");
    } else {
      findings.ok(
          "labels",
          majority,
          text(
              "%d classes with %.1f %% to %.1f %% of the rows each",
              counts.length, 100.0 * counts[smallest] / rows, 100 * majority));
    }
    if (learnable && !absent.isEmpty()) {
      absent(absent);
    }
    return learnable;
  }

  private void absent(List<Integer> absent) {
    int[] inTest = test == null ? new int[0] : counts(test);
    int asked = absent.stream().filter(k -> k < inTest.length).mapToInt(k -> inTest[k]).sum();
    String names = named(absent.stream().map(this::className).toList());
    if (asked > 0) {
      findings.problem(
          "labels",
          asked,
          text(
              "no row to train on is %s, but %,d to test on are: they will all be wrong; split the"
                  + " rows anew, stratified by class",
              names, asked));
    } else {
      findings.note(
          "labels",
          absent.size(),
          text("no row is %s; the network has an output for it that is never used", names));
    }
  }

  private boolean targets() {
    boolean learnable = false;
    for (int t = 0; t < train.targetCount(); t++) {
      String name = train.targetCount() == 1 ? target : text("target[%d]", t);
      double first = train.target(0, t);
      double sum = 0;
      double squares = 0;
      for (int row = 0; row < train.size(); row++) {
        double off = train.target(row, t) - first;
        sum += off;
        squares += off * off;
      }
      double off = sum / train.size();
      double mean = first + off;
      double deviation = Math.sqrt(Math.max(0, squares / train.size() - off * off));
      double magnitude = Math.max(Math.abs(mean), deviation);
      learnable |= squares > 0;
      // What standardising leaves of a mean is rounding.
      double shown = Math.abs(mean) < 1e-6 * deviation ? 0 : mean;
      String found = text("%s is %.4g on average and spreads by %.4g", name, shown, deviation);
      if (squares == 0) {
        findings.problem(
            "targets",
            0,
            text(
                "%s is %.4g in all %,d rows: there is nothing to learn; check which column it is",
                name, first, train.size()));
      } else if (magnitude > WRONG_TARGET) {
        findings.problem(
            "targets",
            magnitude,
            found
                + ", while a network starts at about 0: it learns hardly anything before its"
                + " outputs are there; divide the target, or standardise it");
      } else if (magnitude > NOTED_TARGET) {
        findings.note(
            "targets",
            magnitude,
            found + ", while a network starts at about 0; standardised it would be learned sooner");
      } else {
        findings.ok("targets", magnitude, found);
      }
    }
    return learnable;
  }

  private static String named(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
        + (names.size() > NAMED ? text(" and %d more", names.size() - NAMED) : "");
  }

  private String features(List<Integer> features) {
    return named(features.stream().map(this::feature).toList());
  }

  private void constant(DataScan scan) {
    List<Integer> constant = new ArrayList<>();
    for (int i = 0; i < scan.features(); i++) {
      if (scan.isConstant(i)) {
        constant.add(i);
      }
    }
    if (constant.isEmpty()) {
      findings.ok("constant features", 0, text("none of the %d", scan.features()));
    } else if (constant.size() == scan.features()) {
      findings.problem(
          "constant features",
          constant.size(),
          text(
              "all %d features are the same in every row: there is nothing to learn from; check how"
                  + " the data was read",
              scan.features()));
    } else {
      findings.note(
          "constant features",
          constant.size(),
          text(
              "%d of %d are the same in every row (%s): they do no harm, and no good; leave them"
                  + " out if that is easy",
              constant.size(), scan.features(), features(constant)));
    }
  }

  private void scale(DataScan scan) {
    List<Integer> wrong = new ArrayList<>();
    List<Integer> noted = new ArrayList<>();
    int largest = 0;
    double[] magnitudes = new double[scan.features()];
    for (int i = 0; i < scan.features(); i++) {
      magnitudes[i] = scan.magnitude(i);
      if (magnitudes[i] > WRONG_MAGNITUDE) {
        wrong.add(i);
      } else if (magnitudes[i] > NOTED_MAGNITUDE) {
        noted.add(i);
      }
      largest = magnitudes[i] > magnitudes[largest] ? i : largest;
    }
    double most = magnitudes[largest];
    Arrays.sort(magnitudes);
    double median = magnitudes[magnitudes.length / 2];
    String found =
        text("%s is about %.3g, the median feature %.3g", feature(largest), most, median);
    String todo = "; standardise them (mean 0, spread 1), or bring them to [0, 1]";
    if (!wrong.isEmpty()) {
      findings.problem(
          "feature scale",
          most,
          text(
              "%d of %d features are far from 1 (%s): %s, so it drowns the others%s",
              wrong.size(), scan.features(), features(wrong), found, todo));
    } else if (!noted.isEmpty()) {
      findings.note(
          "feature scale",
          most,
          text("%d of %d features are large: %s%s", noted.size(), scan.features(), found, todo));
    } else {
      findings.ok("feature scale", most, found);
    }
  }

  private void extremes(DataScan scan) {
    int worst = 0;
    double most = 0;
    for (int i = 0; i < scan.features(); i++) {
      double magnitude = Math.max(Math.abs(scan.least[i]), Math.abs(scan.most[i]));
      double times = magnitude / Math.max(1, scan.usualMagnitude[i]);
      if (times > most) {
        most = times;
        worst = i;
      }
    }
    String found =
        text(
            "%s goes from %.4g to %.4g, where 99 %% of the rows stay within %.3g",
            feature(worst), scan.least[worst], scan.most[worst], scan.usualMagnitude[worst]);
    String todo =
        "; look at these rows: a unit, a missing value written as a number, or a typing error";
    if (most > WRONG_EXTREME) {
      findings.problem("extreme values", most, found + todo);
    } else if (most > NOTED_EXTREME) {
      findings.note("extreme values", most, found + todo);
    } else {
      findings.ok(
          "extreme values",
          most,
          text("no value is beyond %.3g times what is usual for its feature", Math.max(1, most)));
    }
  }

  private void duplicates(DataScan train, DataScan test) {
    int shared = train.shared(test);
    double share = (double) shared / test.rows;
    String of = train.everyRow && test.everyRow ? "" : " (of those looked at)";
    String found =
        text(
            "%,d of %,d test rows (%.1f %%) are also among the training rows%s",
            shared, test.rows, 100 * share, of);
    if (share >= WRONG_SHARED) {
      findings.problem(
          "duplicates",
          share,
          found + ": the test result will be too good; take them out of one of the two");
    } else if (shared > 0) {
      findings.note("duplicates", share, found);
    } else {
      findings.ok(
          "duplicates", 0, text("none of %,d test rows is a training row%s", test.rows, of));
    }
  }
}

package org.panagrad.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.Strata;
import picocli.CommandLine.Option;

/** Which rows are kept back from training. */
final class SplitOptions {
  @Option(
      names = "--validation",
      paramLabel = "FILE",
      description = "Rows to look at after every epoch, as a file of the form of --data.")
  @Nullable Path validation;

  @Option(
      names = "--test",
      paramLabel = "FILE",
      description = "Rows to judge the model by, as a file of the form of --data.")
  @Nullable Path test;

  @Option(
      names = "--validation-split",
      paramLabel = "SHARE",
      description =
          "Share of the rows of --data to look at after every epoch, as in 0.1; drawn by --seed,"
              + " every class in proportion.")
  @Nullable Double validationShare;

  @Option(
      names = "--test-split",
      paramLabel = "SHARE",
      description = "Share of the rows of --data to judge the model by, as in 0.2.")
  @Nullable Double testShare;

  /**
   * Checks the options against each other.
   *
   * @param files whether further rows may come from files
   * @param tested whether the data brings a test set
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  void check(boolean files, boolean tested) {
    check("--validation-split", validationShare, "--validation", validation);
    check("--test-split", testShare, "--test", test);
    if (share(validationShare) + share(testShare) >= 1) {
      throw new IllegalArgumentException(
          "--validation-split "
              + validationShare
              + " and --test-split "
              + testShare
              + ": expected less than 1 together; nothing is left to train on");
    }
    if (!files && (validation != null || test != null)) {
      throw new IllegalArgumentException(
          (test != null ? "--test " + test : "--validation " + validation)
              + ": expected --data to be a table too, or a .pgd or NPZ file or a folder of"
              + " pictures");
    }
    if (tested && testShare != null) {
      throw new IllegalArgumentException(
          "--test-split " + testShare + ": the data has a test set of its own; leave it out");
    }
  }

  private static void check(
      String name, @Nullable Double share, String fileName, @Nullable Path file) {
    if (share != null && !(share > 0 && share < 1)) {
      throw new IllegalArgumentException(name + " " + share + ": expected more than 0, below 1");
    }
    if (share != null && file != null) {
      throw new IllegalArgumentException(
          name + " " + share + " with " + fileName + " " + file + ": expected one of them");
    }
  }

  private static double share(@Nullable Double share) {
    return share == null ? 0 : share;
  }

  /** Splits the training rows of data that lies in memory, and frees them if they were copied. */
  DataSets split(DataSets sets, long seed) {
    if (!splits()) {
      return sets;
    }
    Dataset all = sets.train();
    Parts parts = parts(all.name(), Strata.of(all), seed);
    List<Dataset> copied = new ArrayList<>();
    try {
      Dataset train = copy(all, all.name(), parts.train(), copied);
      Dataset validation = copy(all, all.name() + " validation", parts.validation(), copied);
      Dataset test = copy(all, all.name() + " test", parts.test(), copied);
      DataSets split =
          new DataSets(
              Objects.requireNonNull(train),
              validation == null ? sets.validation() : validation,
              test == null ? sets.test() : test,
              sets.notes());
      copied.clear();
      all.close();
      return split;
    } finally {
      copied.forEach(Dataset::close);
    }
  }

  private static @Nullable Dataset copy(
      Dataset all, String name, BitSet rows, List<Dataset> copied) {
    if (rows.isEmpty()) {
      return null;
    }
    Dataset copy = all.select(name, rows.stream().toArray());
    copied.add(copy);
    return copy;
  }

  boolean splits() {
    return validationShare != null || testShare != null;
  }

  /**
   * Draws the parts.
   *
   * @throws DataException if one would be empty
   */
  Parts parts(String name, Strata strata, long seed) {
    int rows = strata.size();
    BitSet train = strata.all();
    // The test set does not depend on whether there is a validation set.
    BitSet test = part(name, "--test-split", strata, train, testShare, rows, seed);
    BitSet validation =
        part(name, "--validation-split", strata, train, validationShare, rows, seed);
    if (train.isEmpty()) {
      throw new DataException(
          name
              + ": the split leaves none of the "
              + rows
              + " rows to train on; take smaller parts");
    }
    return new Parts(train, validation, test);
  }

  private static BitSet part(
      String name,
      String option,
      Strata strata,
      BitSet left,
      @Nullable Double share,
      int rows,
      long seed) {
    if (share == null) {
      return new BitSet();
    }
    BitSet part = strata.part(left, (int) Math.round(share * rows), seed, option);
    if (part.isEmpty()) {
      throw new DataException(
          name + ": " + option + " " + share + " of " + rows + " rows: expected 1 row or more");
    }
    left.andNot(part);
    return part;
  }

  /**
   * Rows of each part; empty where there is none.
   *
   * @param train what is left
   */
  record Parts(BitSet train, BitSet validation, BitSet test) {}
}

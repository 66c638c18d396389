package org.panagrad.cli.option;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import picocli.CommandLine.Option;

/** Which rows are kept back from training. */
public final class SplitOptions {
  @Option(
      names = "--validation",
      paramLabel = "FILE",
      description = "Rows to look at after every epoch, as a file of the form of --data.")
  public @Nullable Path validation;

  @Option(
      names = "--test",
      paramLabel = "FILE",
      description = "Rows to judge the model by, as a file of the form of --data.")
  public @Nullable Path test;

  @Option(
      names = "--validation-labels",
      paramLabel = "FILE",
      description = "Labels or values of --validation, where that is an NPY or IDX file.")
  public @Nullable Path validationLabels;

  @Option(
      names = "--test-labels",
      paramLabel = "FILE",
      description = "Labels or values of --test, where that is an NPY or IDX file.")
  public @Nullable Path testLabels;

  @Option(
      names = "--validation-split",
      paramLabel = "SHARE",
      description =
          "Share of the rows of --data to look at after every epoch, as in 0.1; drawn by --seed,"
              + " every class in proportion.")
  public @Nullable Double validationShare;

  @Option(
      names = "--test-split",
      paramLabel = "SHARE",
      description = "Share of the rows of --data to judge the model by, as in 0.2.")
  public @Nullable Double testShare;

  /**
   * Checks the options against each other.
   *
   * @param files whether further rows may come from files
   * @param tested whether the data brings a test set
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  public void check(boolean files, boolean tested) {
    check("--validation-split", validationShare, "--validation", validation);
    check("--test-split", testShare, "--test", test);
    checkLabels("--validation", validation, validationLabels);
    checkLabels("--test", test, testLabels);
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
              + ": expected --data to be a file or a folder of pictures, which brings no rows to"
              + " test on");
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

  private static void checkLabels(String name, @Nullable Path file, @Nullable Path labels) {
    if (labels != null && file == null) {
      throw new IllegalArgumentException(
          name + "-labels " + labels + ": expected " + name + " FILE, whose labels they are");
    }
  }

  /** Refuses labels beside data whose files have them in themselves. */
  public void refuseLabels() {
    if (validationLabels != null || testLabels != null) {
      throw new DataException(
          (testLabels != null
                  ? "--test-labels " + testLabels
                  : "--validation-labels " + validationLabels)
              + ": expected --data to be an NPY or IDX file with --labels; rows of its form have"
              + " their labels in them, leave it out");
    }
  }

  private static double share(@Nullable Double share) {
    return share == null ? 0 : share;
  }

  /** Whether rows of --data are kept back. */
  public boolean splits() {
    return validationShare != null || testShare != null;
  }
}

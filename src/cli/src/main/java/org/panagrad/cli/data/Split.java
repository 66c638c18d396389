package org.panagrad.cli.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.option.SplitOptions;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.Strata;

/**
 * The rows of each part of a set; empty where there is no such part.
 *
 * @param train what is left
 */
record Split(BitSet train, BitSet validation, BitSet test) {
  /** Splits the training rows; where they were in memory, they are copied and then freed. */
  static DataSets of(DataSets sets, SplitOptions options, long seed) {
    if (!options.splits()) {
      return sets;
    }
    Dataset all = sets.train();
    Split parts = draw(options, all.name(), Strata.of(all), seed);
    List<Dataset> copied = new ArrayList<>();
    try {
      Dataset train = part(all, all.name(), parts.train(), copied);
      Dataset validation = part(all, all.name() + " validation", parts.validation(), copied);
      Dataset test = part(all, all.name() + " test", parts.test(), copied);
      DataSets split =
          new DataSets(
              Objects.requireNonNull(train),
              validation == null ? sets.validation() : validation,
              test == null ? sets.test() : test,
              sets.notes());
      copied.clear();
      if (!all.isInFile()) {
        all.close();
      }
      return split;
    } finally {
      copied.forEach(Dataset::close);
    }
  }

  private static @Nullable Dataset part(
      Dataset all, String name, BitSet rows, List<Dataset> copied) {
    if (rows.isEmpty()) {
      return null;
    }
    Dataset part = all.part(name, rows);
    copied.add(part);
    return part;
  }

  /**
   * Draws the parts.
   *
   * @throws DataException if one would be empty
   */
  static Split draw(SplitOptions options, String name, Strata strata, long seed) {
    int rows = strata.size();
    BitSet train = strata.all();
    // The test set does not depend on whether there is a validation set.
    BitSet test = part(name, "--test-split", strata, train, options.testShare, rows, seed);
    BitSet validation =
        part(name, "--validation-split", strata, train, options.validationShare, rows, seed);
    if (train.isEmpty()) {
      throw new DataException(
          name
              + ": the split leaves none of the "
              + rows
              + " rows to train on; take smaller parts");
    }
    return new Split(train, validation, test);
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
}

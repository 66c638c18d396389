package org.panagrad.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.option.SplitOptions;
import org.panagrad.data.Dataset;
import org.panagrad.data.Mnist;
import org.panagrad.data.RecordFile;
import org.panagrad.data.RecordWriter;
import org.panagrad.data.TrainTest;
import org.panagrad.nn.Layers;
import org.panagrad.nn.Network;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** Shares of a record file whose rows stay in it. */
class RecordSplitTest {
  @TempDir Path dir;

  private static DataSets split(Dataset all, long seed) {
    SplitOptions splits = new SplitOptions();
    splits.validationShare = 0.1;
    splits.testShare = 0.2;
    return Split.of(new DataSets(all, null, null, List.of()), splits, seed);
  }

  /** MNIST's test images, which come 980 of a zero to 1135 of a one. */
  @Test
  void theSplitOfAFileIsThatOfItsRowsInMemory() {
    String folder = System.getenv("PANAGRAD_DATA_DIR");
    Assumptions.assumeTrue(folder != null, "PANAGRAD_DATA_DIR is not set");
    Path file = dir.resolve("images.pgd");
    String[] bits = new String[2];
    try (TrainTest mnist = Mnist.load(Path.of(folder, "mnist"))) {
      RecordWriter.write(file, mnist.test().stream());
    }
    for (int i = 0; i < 2; i++) {
      Dataset all = i == 0 ? RecordFile.read(file) : RecordFile.inFile(file);
      try (DataSets sets = split(all, 7)) {
        Dataset train = sets.train();
        Dataset validation = Objects.requireNonNull(sets.validation());
        Dataset test = Objects.requireNonNull(sets.test());
        assertEquals(
            List.of(7000, 1000, 2000), List.of(train.size(), validation.size(), test.size()));
        assertEquals(i == 1, train.isInFile() && validation.isInFile() && test.isInFile());
        assertProportional(all(file), test, 0.2);
        assertProportional(all(file), validation, 0.1);
        Network network = Network.of(784, Layers.dense(16), Layers.relu(), Layers.dense(10));
        try (TrainingSession session =
            TrainingSession.open(network, train, TrainingOptions.defaults().seed(3))) {
          session.epoch();
          bits[i] = session.evaluate(validation) + " " + session.evaluate(test);
          assertTrue(session.evaluate(test).accuracy() > 0.7, bits[i]);
        }
      }
    }
    assertEquals(bits[0], bits[1]);
  }

  private static int[] all(Path file) {
    try (Dataset all = RecordFile.read(file)) {
      return byClass(all);
    }
  }

  private static int[] byClass(Dataset data) {
    int[] counts = new int[data.classCount()];
    for (int row = 0; row < data.size(); row++) {
      counts[data.label(row)]++;
    }
    return counts;
  }

  /** Of every class its share, off by less than a row; two draws one after the other, two rows. */
  private static void assertProportional(int[] all, Dataset part, double share) {
    int[] found = byClass(part);
    for (int label = 0; label < all.length; label++) {
      assertEquals(share * all[label], found[label], 2, "class " + label);
    }
  }
}

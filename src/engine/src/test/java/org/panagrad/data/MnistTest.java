package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
  @TempDir Path dir;

  private void write(String trainImages, String trainLabels, String testImages, String testLabels)
      throws IOException {
    try (Dataset train = Digits.generate(1, 40);
        Dataset test = Digits.generate(2, 20)) {
      IdxWriter.writeFeatures(dir.resolve(trainImages), train, 28, 28);
      IdxWriter.writeLabels(dir.resolve(trainLabels), train);
      Path plain = dir.resolve("plain");
      IdxWriter.writeFeatures(plain, test, 28, 28);
      Files.write(dir.resolve(testImages), IdxFileTest.gzip(Files.readAllBytes(plain)));
      Files.delete(plain);
      IdxWriter.writeLabels(dir.resolve(testLabels), test);
    }
  }

  @Test
  void readsFourFilesUnderTheirUsualNames() throws IOException {
    write(
        "train-images-idx3-ubyte",
        "train-labels.idx1-ubyte",
        "t10k-images.idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte");
    try (TrainTest sets = Mnist.load(dir)) {
      assertEquals("mnist: 40 rows, 784 features, 10 classes", sets.train().toString());
      assertEquals("mnist test: 20 rows, 784 features, 10 classes", sets.test().toString());
      assertEquals(PictureShape.grey(28, 28), sets.train().picture());
      assertEquals(PictureShape.grey(28, 28), sets.test().picture());
    }
  }

  @Test
  void namesWhatIsMissing() throws IOException {
    write(
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte");
    Files.delete(dir.resolve("t10k-labels-idx1-ubyte"));
    assertMessage(
        "DIR: a file is missing: expected t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz,"
            + " found neither; put the four MNIST files there, or choose another folder",
        dir);
    assertMessage(
        "DIR/none: folder of the MNIST files: expected a directory, found nothing of that name;"
            + " check the path",
        dir.resolve("none"));
    assertMessage(
        "DIR/train-images-idx3-ubyte: folder of the MNIST files: expected a directory, found a"
            + " file; check the path",
        dir.resolve("train-images-idx3-ubyte"));
  }

  @Test
  void imagesOfTwoSizesDoNotGoTogether() throws IOException {
    write(
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte");
    Path images = dir.resolve("t10k-images-idx3-ubyte");
    Files.write(images, IdxFileTest.idx(0x08, new int[] {20, 2, 2}, new byte[80]));
    DataException e = assertThrows(DataException.class, () -> Mnist.load(dir));
    assertTrue(e.getMessage().contains("expected 784 as in"), e.getMessage());
    Files.write(images, IdxFileTest.idx(0x08, new int[] {20, 14, 56}, new byte[20 * 784]));
    assertMessage(
        "DIR/t10k-images-idx3-ubyte: pictures: expected 28x28 in grey as in"
            + " DIR/train-images-idx3-ubyte, found 56x14 in grey; check that the files belong"
            + " together",
        dir);
  }

  private void assertMessage(String expected, Path load) {
    DataException e = assertThrows(DataException.class, () -> Mnist.load(load));
    assertEquals(expected, e.getMessage().replace(dir.toString(), "DIR"));
  }

  @Test
  void readsTheRealFiles() {
    String data = System.getenv("PANAGRAD_DATA_DIR");
    assumeTrue(data != null, "PANAGRAD_DATA_DIR is not set");
    try (TrainTest sets = Mnist.load(Path.of(String.valueOf(data), "mnist"))) {
      Dataset train = sets.train();
      assertEquals("mnist: 60000 rows, 784 features, 10 classes", train.toString());
      assertEquals("mnist test: 10000 rows, 784 features, 10 classes", sets.test().toString());
      assertEquals(60_000L * 788, train.nativeBytes());
      int[] expected = {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949};
      int[] counts = new int[10];
      double sum = 0;
      for (int row = 0; row < train.size(); row++) {
        counts[train.label(row)]++;
        for (int pixel = 0; row < 1_000 && pixel < 784; pixel++) {
          sum += train.feature(row, pixel);
        }
      }
      for (int digit = 0; digit < 10; digit++) {
        assertEquals(expected[digit], counts[digit]);
      }
      assertEquals(0.1307, sum / 784_000, 0.003);
    }
  }
}

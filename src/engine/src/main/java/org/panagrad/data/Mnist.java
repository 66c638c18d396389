package org.panagrad.data;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The MNIST database of handwritten digits, and any other data in four IDX files of the same names.
 *
 * <p>Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
 */
public final class Mnist {
  /** Public copies of the original files. */
  public static final List<URI> MIRRORS =
      List.of(
          URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"),
          URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"));

  private static final List<MirroredFile> FILES =
      List.of(
          new MirroredFile(
              "train-images-idx3-ubyte.gz",
              9_912_422,
              "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
          new MirroredFile(
              "train-labels-idx1-ubyte.gz",
              28_881,
              "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
          new MirroredFile(
              "t10k-images-idx3-ubyte.gz",
              1_648_877,
              "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
          new MirroredFile(
              "t10k-labels-idx1-ubyte.gz",
              4_542,
              "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"));

  private static final int TIMEOUT_MILLIS = 30_000;

  private Mnist() {}

  /**
   * Reads {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte}, {@code
   * t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte}, also spelled with {@code .idx},
   * plain or with {@code .gz}. The files are taken as they are, and checked for form.
   *
   * @throws DataException if one is missing, is not what it says, or does not go with the others
   */
  public static TrainTest load(Path directory) {
    return load(directory, "mnist");
  }

  /**
   * Reads other data from files named as MNIST's: see {@link #load(Path)}.
   *
   * @param name what the training set is called; the test set's name has " test" added
   * @throws DataException if a file is missing, is not what it says, or does not go with the others
   */
  public static TrainTest load(Path directory, String name) {
    if (!Files.isDirectory(directory)) {
      throw DataException.at(
          directory.toString(),
          "folder of the MNIST files",
          "a directory",
          Files.exists(directory) ? "a file" : "nothing of that name",
          "check the path");
    }
    Path trainImages = find(directory, "train-images", 3);
    Path trainLabels = find(directory, "train-labels", 1);
    Path testImages = find(directory, "t10k-images", 3);
    Path testLabels = find(directory, "t10k-labels", 1);
    int classes = 1 + Math.max(IdxFile.highestLabel(trainLabels), IdxFile.highestLabel(testLabels));
    Dataset train = IdxFile.readDataset(name, trainImages, trainLabels, classes);
    try {
      Dataset test = IdxFile.readDataset(name + " test", testImages, testLabels, classes);
      if (test.featureCount() != train.featureCount()) {
        test.close();
        throw DataException.at(
            testImages.toString(),
            "features in a row",
            train.featureCount() + " as in " + trainImages,
            Integer.toString(test.featureCount()),
            "check that the files belong together");
      }
      if (!PictureShape.agree(test.picture(), train.picture())) {
        test.close();
        throw DataException.at(
            testImages.toString(),
            "pictures",
            train.picture() + " as in " + trainImages,
            String.valueOf(test.picture()),
            "check that the files belong together");
      }
      return new TrainTest(train, test);
    } catch (RuntimeException e) {
      train.close();
      throw e;
    }
  }

  /**
   * Downloads the four files, those that are not there yet, and checks their SHA-256.
   *
   * @param directory where to, created if missing; afterwards {@link #load(Path)} can read it
   * @throws DataException if a file is to be had from no mirror or cannot be written
   */
  public static void download(Path directory, DownloadListener listener) {
    download(directory, MIRRORS, listener);
  }

  /**
   * Downloads from other mirrors.
   *
   * @param mirrors tried in this order; a file's name is appended to each
   */
  public static void download(Path directory, List<URI> mirrors, DownloadListener listener) {
    new MirrorDownload("mnist", FILES, mirrors, TIMEOUT_MILLIS, listener).into(directory);
  }

  private static Path find(Path directory, String part, int dimensions) {
    String ending = "idx" + dimensions + "-ubyte";
    for (String name : List.of(part + "-" + ending, part + "." + ending)) {
      for (String suffix : List.of("", ".gz")) {
        Path file = directory.resolve(name + suffix);
        if (Files.exists(file)) {
          return file;
        }
      }
    }
    throw DataException.at(
        directory.toString(),
        "a file is missing",
        part + "-" + ending + " or " + part + "-" + ending + ".gz",
        "neither",
        "put the four MNIST files there, or choose another folder");
  }
}

package org.panagrad.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.panagrad.random.SeededRandom;

/** Four IDX files under MNIST's names: bytes, of which one feature in each row is bright. */
public record TinyData(int trainRows, int testRows, int features, int classes) {
  public static final TinyData USUAL = new TinyData(200, 60, 12, 3);
  public static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
  public static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
  public static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
  public static final String TEST_LABELS = "t10k-labels-idx1-ubyte";
  private static final long SEED = 42;

  public Path in(Path directory) throws IOException {
    Files.createDirectories(directory);
    write(directory, TRAIN_IMAGES, TRAIN_LABELS, trainRows);
    write(directory, TEST_IMAGES, TEST_LABELS, testRows);
    return directory;
  }

  private void write(Path directory, String images, String labels, int rows) throws IOException {
    SeededRandom random = SeededRandom.of(SEED, images);
    ByteBuffer x = header(0x08, rows, features, 1);
    ByteBuffer y = header(0x08, rows);
    for (int row = 0; row < rows; row++) {
      int label = row % classes;
      for (int feature = 0; feature < features; feature++) {
        boolean bright = feature % classes == label;
        x.put((byte) (random.nextInt(100) + (bright ? 120 : 0)));
      }
      y.put((byte) label);
    }
    write(directory.resolve(images), x);
    write(directory.resolve(labels), y);
  }

  /** Writes all of a buffer. */
  public static void write(Path file, ByteBuffer content) throws IOException {
    byte[] bytes = new byte[content.capacity()];
    content.rewind().get(bytes);
    Files.write(file, bytes);
  }

  /** The header, with room for one byte per element, or four where the type has them. */
  public static ByteBuffer header(int type, int... dimensions) {
    int elements = 1;
    for (int dimension : dimensions) {
      elements *= dimension;
    }
    int size = type == 0x0D ? 4 : 1;
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * dimensions.length + size * elements);
    file.putShort((short) 0).put((byte) type).put((byte) dimensions.length);
    for (int dimension : dimensions) {
      file.putInt(dimension);
    }
    return file;
  }
}

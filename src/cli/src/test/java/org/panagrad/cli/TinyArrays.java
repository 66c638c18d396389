package org.panagrad.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.panagrad.random.SeededRandom;

/** Files of rows in the forms that numpy and cameras write: the features of a class are larger. */
public final class TinyArrays {
  static final int FEATURES = 4;
  private static final int CLASSES = 2;

  private TinyArrays() {}

  private static float feature(SeededRandom random, int row, int feature) {
    return random.nextInt(100) / 100f + (feature % CLASSES == row % CLASSES ? 1 : 0);
  }

  /** Float32 of shape (rows, 4), as numpy.save writes it. */
  public static byte[] features(int rows) {
    SeededRandom random = SeededRandom.of(rows);
    ByteBuffer data = ByteBuffer.allocate(4 * FEATURES * rows).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < FEATURES * rows; i++) {
      data.putFloat(feature(random, i / FEATURES, i % FEATURES));
    }
    return npy("<f4", "(" + rows + ", " + FEATURES + ")", data.array());
  }

  /** The same as unsigned bytes of shape (rows, 4). */
  public static byte[] bytes(int rows) {
    SeededRandom random = SeededRandom.of(rows);
    byte[] data = new byte[FEATURES * rows];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (100 * feature(random, i / FEATURES, i % FEATURES));
    }
    return npy("|u1", "(" + rows + ", " + FEATURES + ")", data);
  }

  /** Unsigned bytes of zero, as rows of any dimensions: "2, 3". */
  public static byte[] dark(int rows, String dimensions, int rowElements) {
    return npy("|u1", "(" + rows + ", " + dimensions + ")", new byte[rows * rowElements]);
  }

  /** Int64 of shape (rows,). */
  public static byte[] labels(int rows) {
    ByteBuffer data = ByteBuffer.allocate(8 * rows).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows; row++) {
      data.putLong(row % CLASSES);
    }
    return npy("<i8", "(" + rows + ",)", data.array());
  }

  /** Float32 of shape (rows,): values to aim at, and no classes. */
  public static byte[] values(int rows) {
    ByteBuffer data = ByteBuffer.allocate(4 * rows).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows; row++) {
      data.putFloat(row % CLASSES * 2.5f - 1);
    }
    return npy("<f4", "(" + rows + ",)", data.array());
  }

  private static byte[] npy(String type, String shape, byte[] data) {
    String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    byte[] text = String.format("%-117s\n", header).getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(10 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) text.length)
        .put(text)
        .put(data)
        .array();
  }

  /** An archive as numpy.savez_compressed writes it. */
  public static Path npz(Path file, Map<String, byte[]> arrays) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
        zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
        zip.write(array.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }

  /** Grey pictures of two by two pixels, in a folder for each class. */
  public static Path pictures(Path folder, int rows, String... classes) throws IOException {
    SeededRandom random = SeededRandom.of(rows);
    for (int row = 0; row < rows; row++) {
      byte[] pixels = new byte[FEATURES];
      for (int i = 0; i < FEATURES; i++) {
        pixels[i] = (byte) (100 * feature(random, row, i));
      }
      Path sub = Files.createDirectories(folder.resolve(classes[row % CLASSES]));
      Files.write(sub.resolve(row + ".png"), png(2, 2, 1, pixels));
    }
    return folder;
  }

  /** Pictures in colour of nothing in particular, named so that they are read in their order. */
  public static List<byte[]> colours(
      Path folder, int width, int height, int rows, String... classes) throws IOException {
    SeededRandom random = SeededRandom.of(rows);
    List<byte[]> all = new ArrayList<>();
    for (String name : classes) {
      Path sub = Files.createDirectories(folder.resolve(name));
      for (int row = 0; row < rows; row++) {
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < pixels.length; i++) {
          pixels[i] = (byte) random.nextInt(256);
        }
        all.add(pixels);
        Files.write(
            sub.resolve(String.format(Locale.ROOT, "%04d.png", row)),
            png(width, height, 3, pixels));
      }
    }
    return all;
  }

  private static byte[] png(int width, int height, int channels, byte[] pixels) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream deflated = new DeflaterOutputStream(packed)) {
      int line = width * channels;
      for (int at = 0; at < pixels.length; at += line) {
        // A line's first byte is its filter.
        deflated.write(0);
        deflated.write(pixels, at, line);
      }
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    byte colours = (byte) (channels == 3 ? 2 : 0);
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    file.writeBytes(chunk("IHDR", header.put((byte) 8).put(colours).array()));
    file.writeBytes(chunk("IDAT", packed.toByteArray()));
    file.writeBytes(chunk("IEND", new byte[0]));
    return file.toByteArray();
  }

  private static byte[] chunk(String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    return ByteBuffer.allocate(12 + data.length)
        .putInt(data.length)
        .put(name)
        .put(data)
        .putInt((int) crc.getValue())
        .array();
  }
}

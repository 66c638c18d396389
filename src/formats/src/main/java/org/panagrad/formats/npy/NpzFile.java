package org.panagrad.formats.npy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.data.RowStream;
import org.panagrad.file.OneLine;

/**
 * Reads archives of arrays, as {@code numpy.savez} and {@code numpy.savez_compressed} make them.
 */
public final class NpzFile implements AutoCloseable {
  private static final String SUFFIX = ".npy";

  // Deflate codes at most 258 bytes in 2 bits, so nothing unpacks to more than 1032 times its size.
  private static final long MOST_EXPANSION = 1032;

  private static final List<String> FEATURES =
      List.of("x", "X", "features", "data", "images", "inputs", "arr_0");
  private static final List<String> TARGETS =
      List.of("y", "Y", "labels", "label", "targets", "target", "arr_1");
  private static final List<String> TRAIN_FEATURES = List.of("x_train", "X_train", "train_x");
  private static final List<String> TRAIN_TARGETS = List.of("y_train", "Y_train", "train_y");
  private static final List<String> TEST_FEATURES = List.of("x_test", "X_test", "test_x");
  private static final List<String> TEST_TARGETS = List.of("y_test", "Y_test", "test_y");

  private final Path file;
  private final ZipFile zip;
  private final Map<String, ZipEntry> arrays = new LinkedHashMap<>();

  private NpzFile(Path file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
    zip.stream()
        .filter(entry -> entry.getName().endsWith(SUFFIX))
        .forEach(
            entry -> {
              String name = entry.getName();
              arrays.put(name.substring(0, name.length() - SUFFIX.length()), entry);
            });
  }

  /**
   * Opens an archive.
   *
   * @throws DataException if it is none
   */
  public static NpzFile open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw DataException.at(
          file.toString(),
          "NPZ file",
          "a file",
          Files.exists(file) ? "a directory or device" : "nothing of that name",
          "check the path");
    }
    try {
      return new NpzFile(file, new ZipFile(file.toFile()));
    } catch (IOException | IllegalArgumentException e) {
      DataException failure =
          DataException.at(
              file.toString(),
              "NPZ archive",
              "a zip archive of arrays",
              "something else (" + e.getMessage() + ")",
              "save the arrays again with numpy.savez");
      failure.initCause(e);
      throw failure;
    }
  }

  /** Names of the arrays in it. */
  public List<String> names() {
    return List.copyOf(arrays.keySet());
  }

  /**
   * Rows of features and what they aim at, as {@link NpyFile#rows} reads them. The archive must
   * stay open while they are read.
   *
   * @param features name of an array; null for one of x, X, features, data, images, inputs, arr_0,
   *     or x_train, X_train, train_x
   * @param targets name of an array; null for one of y, Y, labels, label, targets, target, arr_1,
   *     or y_train, Y_train, train_y
   * @throws DataException if there is no such array, it is none of numbers, or the two do not
   *     belong together
   */
  public RowStream rows(@Nullable String features, @Nullable String targets) {
    boolean split = features == null && targets == null && has(TRAIN_FEATURES);
    return new NpyRows(
        String.valueOf(file.getFileName()),
        array("features", features, split ? TRAIN_FEATURES : FEATURES),
        array("targets", targets, split ? TRAIN_TARGETS : TARGETS));
  }

  /** Rows to test on, of arrays x_test, X_test or test_x and their likes; null if it has none. */
  public @Nullable RowStream testRows() {
    if (!has(TEST_FEATURES)) {
      return null;
    }
    return new NpyRows(
        String.valueOf(file.getFileName()),
        array("features to test on", null, TEST_FEATURES),
        array("targets to test on", null, TEST_TARGETS));
  }

  private boolean has(List<String> candidates) {
    return candidates.stream().anyMatch(arrays::containsKey);
  }

  private NpyArray array(String what, @Nullable String wanted, List<String> candidates) {
    List<String> sought = wanted == null ? candidates : List.of(wanted);
    for (String name : sought) {
      ZipEntry entry = arrays.get(name);
      if (entry != null) {
        return array(name, entry);
      }
    }
    throw DataException.at(
        file.toString(),
        "array of " + what,
        sought.size() == 1 ? sought.getFirst() : "one of " + String.join(", ", sought),
        arrays.isEmpty() ? "no array" : "only " + OneLine.of(String.join(", ", arrays.keySet())),
        "name the array, or save it under one of these names");
  }

  private NpyArray array(String name, ZipEntry entry) {
    String where = file + ", array " + name;
    long bytes = entry.getSize();
    // The archive's directory may lie about both lengths; the file's own is known.
    long packed = Math.min(entry.getCompressedSize(), file.toFile().length());
    if (bytes < 0 || bytes / MOST_EXPANSION > packed) {
      throw DataException.at(
          where,
          "length",
          "at most " + MOST_EXPANSION + " times the " + packed + " bytes in the archive",
          bytes + "",
          "save the arrays again with numpy.savez");
    }
    return NpyArray.of(where, () -> zip.getInputStream(entry), bytes);
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw NpyArray.failed(file.toString(), e);
    }
  }
}

package org.panagrad.formats.npy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.data.PictureShape;
import org.panagrad.file.FailureReason;

/** An array in NPY format, in a file of its own or in an NPZ archive: its header, checked. */
final class NpyArray {
  private static final int BUFFER_BYTES = 64 * 1024;
  static final int LONGEST_ROW_BYTES = 1 << 28;

  /** Opens the bytes of an array from their start. */
  @FunctionalInterface
  interface Opener {
    InputStream open() throws IOException;
  }

  private final String where;
  private final Opener opener;
  private final NpyHeader header;

  private NpyArray(String where, Opener opener, NpyHeader header) {
    this.where = where;
    this.opener = opener;
    this.header = header;
  }

  /**
   * The array of a file.
   *
   * @throws DataException if it is none, or the file is not as long as its header says
   */
  static NpyArray of(Path file) {
    if (!Files.isRegularFile(file)) {
      throw DataException.at(
          file.toString(),
          "NPY file",
          "a file",
          Files.exists(file) ? "a directory or device" : "nothing of that name",
          "check the path");
    }
    try {
      return of(file.toString(), () -> Files.newInputStream(file), Files.size(file));
    } catch (IOException e) {
      throw failed(file.toString(), e);
    }
  }

  /**
   * The array that an opener leads to.
   *
   * @param bytes how many there are
   */
  static NpyArray of(String where, Opener opener, long bytes) {
    try (InputStream in = new BufferedInputStream(opener.open(), 512)) {
      NpyHeader header = NpyHeader.read(where, in);
      long promised = header.bytes() + header.dataBytes();
      if (promised != bytes) {
        throw DataException.at(
            where,
            "length",
            promised + " bytes for an array of " + header.words(),
            bytes + " bytes",
            NpyHeader.REMEDY);
      }
      if (header.rowElements() * header.type().bytes() > LONGEST_ROW_BYTES) {
        throw DataException.at(
            where,
            "bytes of a row of " + header.words(),
            "at most " + LONGEST_ROW_BYTES,
            header.rowElements() * header.type().bytes() + "",
            "check that the first dimension counts the rows");
      }
      return new NpyArray(where, opener, header);
    } catch (IOException e) {
      throw failed(where, e);
    }
  }

  String where() {
    return where;
  }

  NpyHeader header() {
    return header;
  }

  NpyType type() {
    return header.type();
  }

  int rows() {
    return header.rows();
  }

  int rowElements() {
    return (int) header.rowElements();
  }

  /** Which picture a row is, by its dimensions; null for none. */
  @Nullable PictureShape picture() {
    return PictureShape.ofArray(header.shape().stream().skip(1).mapToLong(side -> side).toArray());
  }

  /** Starts reading rows; to be closed. */
  NpyRowReader open() {
    try {
      InputStream in = new BufferedInputStream(opener.open(), BUFFER_BYTES);
      try {
        in.skipNBytes(header.bytes());
        return NpyRowReader.of(this, in);
      } catch (Throwable t) {
        in.close();
        throw t;
      }
    } catch (IOException e) {
      throw failed(where, e);
    }
  }

  static DataException failed(String where, IOException e) {
    String found =
        switch (e) {
          case EOFException _ -> "an end before that";
          case ZipException _ -> "a damaged archive (" + e.getMessage() + ")";
          default -> FailureReason.of(e);
        };
    DataException failure =
        DataException.at(where, "reading", "a whole array", found, NpyHeader.REMEDY);
    failure.initCause(e);
    return failure;
  }
}

package org.panagrad.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.FailureReason;
import org.panagrad.file.GzipInput;

/**
 * An IDX file, plain or gzip, open for reading: its header, checked, and then its elements.
 *
 * <p>Format: two zero bytes, the type's code, the number of dimensions, each dimension as a
 * big-endian unsigned 32-bit integer, the elements big-endian, the last dimension fastest. Source:
 * "The MNIST database of handwritten digits", LeCun, Cortes, Burges.
 */
final class IdxInput implements AutoCloseable {
  // Deflate codes at most 258 bytes in 2 bits, so nothing unpacks to more than 1032 times its size.
  private static final long MOST_EXPANSION = 1032;
  static final int MOST_DIMENSIONS = 8;

  private static final int BUFFER_BYTES = 64 * 1024;
  private static final String REMEDY = "get the file again from its source";

  private final Path path;
  private final InputStream in;
  private final boolean gzip;
  private final IdxType type;
  private final long[] dimensions;
  private final long elements;

  /**
   * Opens a file and reads its header.
   *
   * @throws DataException if it cannot be read, is no IDX file, or its header promises what cannot
   *     be there
   */
  static IdxInput open(Path path) {
    requireRegular(path);
    InputStream in = null;
    try {
      long fileBytes = Files.size(path);
      BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
      in = raw;
      raw.mark(2);
      boolean gzip = GzipInput.isGzip(raw.readNBytes(2));
      raw.reset();
      if (gzip) {
        in = new BufferedInputStream(new GzipInput(raw), BUFFER_BYTES);
      }
      IdxInput input = new IdxInput(path, in, gzip, fileBytes);
      in = null;
      return input;
    } catch (IOException e) {
      throw failed(path, e);
    } finally {
      closeQuietly(in);
    }
  }

  private IdxInput(Path path, InputStream in, boolean gzip, long fileBytes) throws IOException {
    this.path = path;
    this.in = in;
    this.gzip = gzip;
    byte[] magic = header(4);
    IdxType known = magic[0] == 0 && magic[1] == 0 ? IdxType.of(magic[2]) : null;
    if (known == null) {
      throw DataException.at(
          path.toString(),
          "not an IDX file",
          "a magic number 0x0000TTNN with TT one of 08, 09, 0B, 0C, 0D, 0E",
          String.format(Locale.ROOT, "0x%08X", ByteBuffer.wrap(magic).getInt()),
          "check that this is the right file");
    }
    type = known;
    int rank = magic[3] & 0xFF;
    if (rank < 1 || rank > MOST_DIMENSIONS) {
      throw DataException.at(
          path.toString(),
          "number of dimensions",
          "1 to " + MOST_DIMENSIONS,
          Integer.toString(rank),
          REMEDY);
    }
    ByteBuffer sizes = ByteBuffer.wrap(header(4 * rank));
    dimensions = new long[rank];
    for (int d = 0; d < rank; d++) {
      dimensions[d] = sizes.getInt() & 0xFFFFFFFFL;
      if (dimensions[d] < 1 || dimensions[d] > Integer.MAX_VALUE) {
        throw DataException.at(
            path.toString(),
            "size of dimension " + (d + 1) + " of " + rank,
            "1 to " + Integer.MAX_VALUE,
            Long.toString(dimensions[d]),
            REMEDY);
      }
    }
    elements = product(dimensions, 0);
    requireLength(fileBytes);
  }

  private void requireLength(long fileBytes) {
    long headerBytes = 4 + 4L * dimensions.length;
    long promised = Math.addExact(headerBytes, Math.multiplyExact(elements, (long) type.bytes));
    String shape = Arrays.toString(dimensions) + " " + type.words;
    if (!gzip && promised != fileBytes) {
      throw DataException.at(
          path.toString(),
          "file length",
          promised + " bytes for a header of " + shape,
          fileBytes + " bytes",
          REMEDY);
    }
    if (gzip && promised / MOST_EXPANSION > fileBytes) {
      throw DataException.at(
          path.toString(),
          "length after decompression",
          promised + " bytes for a header of " + shape,
          "a gzip file of " + fileBytes + " bytes, which cannot hold them",
          REMEDY);
    }
  }

  Path path() {
    return path;
  }

  IdxType type() {
    return type;
  }

  int rank() {
    return dimensions.length;
  }

  /** The first dimension. */
  int rows() {
    return (int) dimensions[0];
  }

  /** Elements in a row: the product of all dimensions but the first. */
  long rowElements() {
    return product(dimensions, 1);
  }

  /** Which picture a row is, by its dimensions; null for none. */
  @Nullable PictureShape picture() {
    return PictureShape.ofArray(Arrays.copyOfRange(dimensions, 1, dimensions.length));
  }

  /** Bytes of all elements. */
  long dataBytes() {
    return elements * type.bytes;
  }

  /**
   * Fills the start of a buffer with the next bytes.
   *
   * @throws DataException if the file ends before
   */
  void read(byte[] to, int count) {
    int got;
    try {
      got = in.readNBytes(to, 0, count);
    } catch (IOException e) {
      throw failed(path, e);
    }
    if (got < count) {
      throw shorter();
    }
  }

  /**
   * Checks that the file ends here.
   *
   * @throws DataException if there are further bytes
   */
  void requireEnd() {
    int next;
    try {
      next = in.read();
    } catch (IOException e) {
      throw failed(path, e);
    }
    if (next >= 0) {
      throw DataException.at(
          path.toString(), "file length", "an end after " + promise(), "further bytes", REMEDY);
    }
  }

  @Override
  public void close() {
    closeQuietly(in);
  }

  private byte[] header(int bytes) throws IOException {
    byte[] header = in.readNBytes(bytes);
    if (header.length < bytes) {
      throw DataException.at(
          path.toString(),
          "IDX header",
          bytes + " more bytes",
          "the end of the file after " + header.length,
          REMEDY);
    }
    return header;
  }

  private DataException shorter() {
    return DataException.at(
        path.toString(), "file length", promise(), "an end before that", REMEDY);
  }

  private String promise() {
    return dataBytes() + " bytes of " + Arrays.toString(dimensions) + " " + type.words;
  }

  private long product(long[] factors, int from) {
    long product = 1;
    try {
      for (int i = from; i < factors.length; i++) {
        product = Math.multiplyExact(product, factors[i]);
      }
      Math.addExact(Math.multiplyExact(product, 8L), 1024L);
    } catch (ArithmeticException e) {
      throw new DataException(
          path
              + ": the dimensions multiply to more than memory can address: expected a product"
              + " below 2^60, found "
              + Arrays.toString(factors)
              + "; "
              + REMEDY,
          e);
    }
    return product;
  }

  private static void requireRegular(Path path) {
    if (!Files.exists(path)) {
      throw DataException.at(
          path.toString(), "IDX file", "a file", "nothing of that name", "check the path");
    }
    if (!Files.isRegularFile(path)) {
      throw DataException.at(
          path.toString(), "IDX file", "a file", "a directory or device", "check the path");
    }
  }

  private static DataException failed(Path path, IOException e) {
    String found =
        switch (e) {
          case EOFException _ -> "a gzip stream that is cut short";
          case ZipException _ -> "a damaged gzip stream (" + e.getMessage() + ")";
          default -> FailureReason.of(e);
        };
    String remedy =
        e instanceof FileSystemException ? "check the path and its permissions" : REMEDY;
    DataException failure =
        DataException.at(path.toString(), "reading", "an IDX file, plain or gzip", found, remedy);
    failure.initCause(e);
    return failure;
  }

  private static void closeQuietly(@Nullable InputStream in) {
    if (in != null) {
      try {
        in.close();
      } catch (IOException _) {
        // Everything wanted from it has been read.
      }
    }
  }
}

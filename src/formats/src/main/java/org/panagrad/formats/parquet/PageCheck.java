package org.panagrad.formats.parquet;

import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.ColumnMetaData;
import dev.hardwood.metadata.CompressionCodec;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Goes from page to page of a column before hardwood reads it. Hardwood 1.0.1 believes what pages
 * say of themselves: on one that goes beyond its column it goes round for ever, and Snappy's native
 * code writes as many bytes as the compressed ones claim, whatever the room.
 *
 * @param end where the data of the file ends
 */
record PageCheck(FileChannel file, long end) {
  private static final int FIRST_WINDOW = 4096;
  private static final int LAST_WINDOW = 1 << 24;

  // Numbers of fields of parquet.thrift.
  private static final int TYPE = 1;
  private static final int UNCOMPRESSED = 2;
  private static final int COMPRESSED = 3;
  private static final int DATA_HEADER = 5;
  private static final int DICTIONARY_HEADER = 7;
  private static final int DATA_HEADER_2 = 8;

  private static final int DATA = 0;
  private static final int DICTIONARY = 2;
  private static final int DATA_2 = 3;

  /** Where a page of data lies: its start and bytes with the header, and the rows before it. */
  private record Location(long offset, int bytes, long firstRow) {}

  /**
   * Checks the pages of a column of flat values.
   *
   * @param rows that it has
   * @throws IOException if a page is not as it says, or they have another number of rows
   */
  void check(ColumnChunk chunk, long rows) throws IOException {
    ColumnMetaData column = chunk.metaData();
    long start = chunk.chunkStartOffset();
    long bytes = column.totalCompressedSize();
    if (start < 4 || bytes < 0 || bytes > Integer.MAX_VALUE || start > end - bytes) {
      throw new IOException("data at " + start + " of " + bytes + " bytes, beyond the file's data");
    }
    if (column.numValues() != rows) {
      throw new IOException(column.numValues() + " values in " + rows + " rows");
    }
    List<Location> pages = new ArrayList<>();
    long at = start;
    long values = 0;
    while (at < start + bytes && values < rows) {
      ByteBuffer window = header(at, start + bytes - at);
      ThriftReader reader = new ThriftReader(window);
      Map<Integer, Object> header = reader.struct();
      int compressed = size(header, COMPRESSED);
      long body = at + reader.position();
      if (compressed > start + bytes - body) {
        throw new IOException("a page of " + compressed + " bytes that goes beyond its column");
      }
      int count = values(header, column.codec(), body, compressed, at == start);
      if (count >= 0) {
        pages.add(new Location(at, reader.position() + compressed, values));
        values += count;
      }
      at = body + compressed;
    }
    if (values != rows) {
      throw new IOException("pages of " + values + " values where " + rows + " rows are");
    }
    checkIndex(chunk, pages);
  }

  /** Enough bytes for the header of a page; most have less than a hundred. */
  private ByteBuffer header(long at, long remaining) throws IOException {
    int first = (int) Math.min(remaining, FIRST_WINDOW);
    ByteBuffer window = ParquetFooter.read(file, at, first);
    try {
      new ThriftReader(window).struct();
    } catch (EOFException _) {
      // Statistics of long texts.
      window = ParquetFooter.read(file, at, (int) Math.min(remaining, LAST_WINDOW));
    }
    return window.rewind();
  }

  /** Checks a page and returns how many values it has, -1 if it is no data. */
  private int values(
      Map<Integer, Object> header, CompressionCodec codec, long body, int compressed, boolean first)
      throws IOException {
    int uncompressed = size(header, UNCOMPRESSED);
    return switch (size(header, TYPE)) {
      case DATA -> {
        checkBody(codec, body, compressed, uncompressed);
        yield size(structure(header, DATA_HEADER), 1);
      }
      case DATA_2 -> {
        Map<Integer, Object> data = structure(header, DATA_HEADER_2);
        // Levels come first, and as they are.
        long levels = (long) size(data, 5) + size(data, 6);
        if (levels > Math.min(compressed, uncompressed)) {
          throw new IOException("levels of " + levels + " bytes that go beyond their page");
        }
        boolean packed = !Boolean.FALSE.equals(data.get(7));
        checkBody(
            packed ? codec : CompressionCodec.UNCOMPRESSED,
            body + levels,
            compressed - (int) levels,
            uncompressed - (int) levels);
        yield size(data, 1);
      }
      case DICTIONARY -> {
        if (!first) {
          throw new IOException("a dictionary after data");
        }
        checkBody(codec, body, compressed, uncompressed);
        int entries = size(structure(header, DICTIONARY_HEADER), 1);
        if (entries > uncompressed) {
          throw new IOException(
              "a dictionary of " + entries + " entries in " + uncompressed + " bytes");
        }
        yield -1;
      }
      default -> -1;
    };
  }

  /** Checks that a page can be as long as it says: by what its codec can do at most. */
  private void checkBody(CompressionCodec codec, long body, int compressed, int uncompressed)
      throws IOException {
    long most =
        switch (codec) {
          case UNCOMPRESSED -> compressed;
          // A copy of 64 bytes takes three.
          case SNAPPY -> 22L * compressed + 64;
          // 258 bytes take two bits.
          case GZIP -> 1032L * compressed + 64;
          // A block of 128 KiB takes four bytes.
          case ZSTD -> (1L << 15) * compressed + 64;
          default -> throw new IOException("compression " + codec);
        };
    if (uncompressed > most) {
      throw new IOException(
          "a page of " + compressed + " bytes, " + uncompressed + " when unpacked");
    }
    if (codec == CompressionCodec.UNCOMPRESSED && uncompressed != compressed) {
      throw new IOException("a page of " + compressed + " bytes that says " + uncompressed);
    }
    if (codec == CompressionCodec.SNAPPY && compressed > 0) {
      long claimed =
          new ThriftReader(ParquetFooter.read(file, body, Math.min(compressed, 10))).varint();
      if (claimed != uncompressed) {
        throw new IOException(
            "a page of " + uncompressed + " bytes that Snappy says has " + claimed);
      }
    }
  }

  /** If there is an index of the pages, hardwood goes by it: it must say what was found. */
  private void checkIndex(ColumnChunk chunk, List<Location> pages) throws IOException {
    Long offset = chunk.offsetIndexOffset();
    Integer length = chunk.offsetIndexLength();
    if (offset == null) {
      return;
    }
    if (length == null || offset < 4 || length < 0 || offset > end - length) {
      throw new IOException("an index of the pages beyond the file's data");
    }
    Object listed = new ThriftReader(ParquetFooter.read(file, offset, length)).struct().get(1);
    List<Location> locations = new ArrayList<>();
    if (listed instanceof List<?> list) {
      for (Object entry : list) {
        if (entry instanceof Map<?, ?> page
            && page.get(1) instanceof Long at
            && page.get(2) instanceof Integer bytes
            && page.get(3) instanceof Long firstRow) {
          locations.add(new Location(at, bytes, firstRow));
        }
      }
    }
    if (!locations.equals(pages)) {
      throw new IOException("an index of the pages that is not of these pages");
    }
  }

  private static int size(Map<Integer, Object> fields, int number) throws IOException {
    if (fields.get(number) instanceof Integer size && size >= 0) {
      return size;
    }
    throw new IOException("a header of a page without a number in field " + number);
  }

  @SuppressWarnings("unchecked") // Structures are maps of that kind.
  private static Map<Integer, Object> structure(Map<Integer, Object> fields, int number)
      throws IOException {
    if (fields.get(number) instanceof Map<?, ?> structure) {
      return (Map<Integer, Object>) structure;
    }
    throw new IOException("a header of a page without field " + number);
  }
}

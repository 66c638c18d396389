package org.panagrad.formats.parquet;

import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.schema.ColumnSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.panagrad.data.DataException;
import org.panagrad.file.OneLine;
import org.panagrad.table.RowCursor;
import org.panagrad.table.TableSource;

/**
 * A Parquet file of flat columns, uncompressed or in Snappy, Zstandard or gzip. Nulls are missing
 * values; other values are read as the texts that a CSV file would have for them. The file must not
 * be changed while it is read.
 */
public final class ParquetTable implements TableSource {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  // Of the numbers of fixed width; a decimal of 38 digits has 16. There is room for whole batches.
  private static final int MOST_WIDTH = 256;
  private static final String REMEDY = "write the file again";

  static {
    // Hardwood would look for a native library of the system's, which needs a permission that only
    // Panagrad's bindings have; without it the JDK's own inflater serves.
    if (System.getProperty("hardwood.uselibdeflate") == null) {
      System.setProperty("hardwood.uselibdeflate", "false");
    }
  }

  private final Path file;
  private final List<ColumnSchema> schema;
  private final List<String> columns;
  private final long rows;

  private ParquetTable(Path file, List<ColumnSchema> schema, long rows) {
    this.file = file;
    this.schema = schema;
    this.rows = rows;
    this.columns = schema.stream().map(ColumnSchema::name).toList();
  }

  /** Whether a file begins as Parquet files do. */
  public static boolean isParquet(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * Reads the description of the columns, and the headers of all pages.
   *
   * @throws DataException if the file is no Parquet file, or has columns that are no fields of a
   *     table, or pages that are not as they are described
   */
  public static ParquetTable open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw DataException.at(
          file.toString(),
          "Parquet file",
          "a file",
          Files.exists(file) ? "a directory or device" : "nothing of that name",
          "check the path");
    }
    if (!isParquet(file)) {
      throw DataException.at(
          file.toString(), "not a Parquet file", "a start of PAR1", "another", "check the file");
    }
    try (ParquetInput input = ParquetInput.open(file)) {
      long end = ParquetFooter.check(input.channel());
      try (ParquetFileReader reader = ParquetFileReader.open(input)) {
        List<ColumnSchema> schema = List.copyOf(reader.getFileSchema().getColumns());
        if (schema.isEmpty()) {
          throw new IOException("no columns");
        }
        for (ColumnSchema column : schema) {
          requireField(file, column);
        }
        FileMetaData described = reader.getFileMetaData();
        long rows = 0;
        for (RowGroup group : described.rowGroups()) {
          requirePages(file, new PageCheck(input.channel(), end), schema, group);
          rows += group.numRows();
        }
        if (rows != described.numRows()) {
          throw new IOException(described.numRows() + " rows, in groups of " + rows + " together");
        }
        return new ParquetTable(file, schema, rows);
      }
    } catch (DataException e) {
      throw e;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw damaged(file, "Parquet file", e);
    }
  }

  private static void requirePages(
      Path file, PageCheck pages, List<ColumnSchema> schema, RowGroup group) throws IOException {
    if (group.columns().size() != schema.size()) {
      throw new IOException(
          group.columns().size() + " columns in a group of rows, " + schema.size() + " in all");
    }
    for (int i = 0; i < schema.size(); i++) {
      ColumnChunk chunk = group.columns().get(i);
      requireCodec(file, chunk.metaData().codec());
      if (chunk.metaData().type() != schema.get(i).type()) {
        throw new IOException(chunk.metaData().type() + " in a column of " + schema.get(i).type());
      }
      try {
        pages.check(chunk, group.numRows());
      } catch (IOException e) {
        throw damaged(file, "column " + OneLine.quote(schema.get(i).name()), e);
      }
    }
  }

  private static void requireField(Path file, ColumnSchema column) {
    boolean nested =
        column.fieldPath().elements().size() > 1
            || column.maxRepetitionLevel() > 0
            || column.maxDefinitionLevel() > 1;
    if (nested) {
      throw DataException.at(
          file.toString(),
          "column " + OneLine.quote(column.fieldPath().toString()),
          "a single value a row",
          "a list, map or structure",
          "write its parts as columns of their own");
    }
    Integer width = column.typeLength();
    if (column.type() == PhysicalType.FIXED_LEN_BYTE_ARRAY
        && (width == null || width < 1 || width > MOST_WIDTH)) {
      throw DataException.at(
          file.toString(),
          "width of column " + OneLine.quote(column.name()),
          "1 to " + MOST_WIDTH + " bytes",
          width + "",
          "leave the column out or convert it");
    }
    text(file, column);
  }

  /** How the values of a column are written as text, for one thread. */
  static ValueText text(Path file, ColumnSchema column) {
    ValueText text = ValueText.of(column);
    if (text == null) {
      LogicalType type = column.logicalType();
      throw DataException.at(
          file.toString(),
          "column " + OneLine.quote(column.name()),
          "numbers, truth values, texts or dates",
          type == null ? column.type().toString() : OneLine.of(type + " in " + column.type()),
          "leave the column out or convert it");
    }
    return text;
  }

  private static void requireCodec(Path file, CompressionCodec codec) {
    switch (codec) {
      case UNCOMPRESSED, SNAPPY, ZSTD, GZIP -> {}
      default ->
          throw DataException.at(
              file.toString(),
              "compression",
              "SNAPPY, ZSTD, GZIP or none",
              codec.toString(),
              "write the file again with one of those");
    }
  }

  static DataException damaged(Path file, String what, Throwable e) {
    String message = e.getMessage();
    DataException failure =
        DataException.at(
            file.toString(),
            what,
            "a whole one",
            message == null ? e.getClass().getSimpleName() : OneLine.of(message),
            REMEDY);
    failure.initCause(e);
    return failure;
  }

  @Override
  public String name() {
    return String.valueOf(file.getFileName());
  }

  @Override
  public List<String> columns() {
    return columns;
  }

  @Override
  public RowCursor open() {
    return ParquetCursor.open(file, schema, rows);
  }
}

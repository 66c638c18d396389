package org.panagrad.formats.parquet;

import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.schema.ColumnSchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.OneLine;
import org.panagrad.table.RowCursor;

/** Goes through the rows of a Parquet file. */
final class ParquetCursor implements RowCursor {
  private final Path file;
  private final List<ColumnSchema> schema;
  private final ParquetInput input;
  private final ParquetFileReader reader;
  private final RowReader rows;
  private final long count;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private long row;

  private ParquetCursor(
      Path file,
      List<ColumnSchema> schema,
      long count,
      ParquetInput input,
      ParquetFileReader reader,
      RowReader rows) {
    this.file = file;
    this.schema = schema;
    this.count = count;
    this.input = input;
    this.reader = reader;
    this.rows = rows;
  }

  static ParquetCursor open(Path file, List<ColumnSchema> schema, long count) {
    ParquetFileReader reader = null;
    ParquetInput input = null;
    try {
      input = ParquetInput.open(file);
      reader = ParquetFileReader.open(input);
      ParquetCursor cursor =
          new ParquetCursor(file, schema, count, input, reader, reader.rowReader());
      reader = null;
      input = null;
      return cursor;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw ParquetTable.damaged(file, "Parquet file", e);
    } finally {
      close(file, reader);
      close(file, input);
    }
  }

  @Override
  public boolean next() {
    try {
      boolean more = rows.hasNext();
      if (more != row < count) {
        throw new IllegalStateException((more ? "more" : row) + " rows of " + count);
      }
      if (!more) {
        return false;
      }
      rows.next();
      row++;
      return true;
    } catch (RuntimeException e) {
      throw ParquetTable.damaged(file, "row " + (row + 1), e);
    }
  }

  @Override
  public String text(int column) {
    ColumnSchema of = schema.get(column);
    try {
      if (rows.isNull(column)) {
        return "";
      }
      return text(of, column);
    } catch (CharacterCodingException | RuntimeException e) {
      throw ParquetTable.damaged(file, "row " + row + ", column " + OneLine.quote(of.name()), e);
    }
  }

  private String text(ColumnSchema of, int column) throws CharacterCodingException {
    LogicalType type = of.logicalType();
    if (of.type() == PhysicalType.BYTE_ARRAY
        // Old files do not mark their texts.
        && (type == null || type instanceof LogicalType.StringType)) {
      return utf8.decode(ByteBuffer.wrap(rows.getBinary(column))).toString();
    }
    if (type instanceof LogicalType.IntType whole && !whole.isSigned()) {
      return of.type() == PhysicalType.INT64
          ? Long.toUnsignedString(rows.getLong(column))
          : Integer.toUnsignedString(rows.getInt(column));
    }
    return String.valueOf(rows.getValue(column));
  }

  /** The number of the row, from 1: the file has no lines. */
  @Override
  public long line() {
    return row;
  }

  @Override
  public String place() {
    return "row " + row;
  }

  @Override
  public void close() {
    try {
      rows.close();
    } finally {
      close(file, reader);
      close(file, input);
    }
  }

  private static void close(Path file, @Nullable AutoCloseable open) {
    if (open != null) {
      try {
        open.close();
      } catch (Exception e) {
        throw ParquetTable.damaged(file, "Parquet file", e);
      }
    }
  }
}

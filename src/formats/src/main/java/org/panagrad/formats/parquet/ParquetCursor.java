package org.panagrad.formats.parquet;

import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.Validity;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.ColumnSchema;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.OneLine;
import org.panagrad.table.RowCursor;

/**
 * Goes through the rows of a Parquet file, by batches of its columns. Hardwood 1.0.1 has a reader
 * of rows too, but that reads the first batch before anybody can close it, and leaves two threads a
 * column behind where it fails.
 */
final class ParquetCursor implements RowCursor {
  // Batches that keep the threads behind them busy, and of which the four that a column has at a
  // time stay small where there are thousands of columns.
  private static final long BATCH_VALUES = 1 << 20;
  private static final int LEAST_BATCH = 256;
  private static final int MOST_BATCH = 16_384;

  private final Path file;
  private final List<ColumnSchema> schema;
  private final ValueText[] texts;
  private final long count;
  private final ParquetInput input;
  private final ParquetFileReader reader;
  private final ColumnReaders columns;
  private final Validity[] validities;
  private int batchRows;
  private int batchRow = -1;
  private long row;

  private ParquetCursor(
      Path file,
      List<ColumnSchema> schema,
      ValueText[] texts,
      long count,
      ParquetInput input,
      ParquetFileReader reader,
      ColumnReaders columns) {
    this.file = file;
    this.schema = schema;
    this.texts = texts;
    this.count = count;
    this.input = input;
    this.reader = reader;
    this.columns = columns;
    this.validities = new Validity[texts.length];
  }

  static ParquetCursor open(Path file, List<ColumnSchema> schema, long count) {
    ParquetInput input = null;
    ParquetFileReader reader = null;
    ColumnReaders columns = null;
    try {
      ValueText[] texts =
          schema.stream().map(column -> ParquetTable.text(file, column)).toArray(ValueText[]::new);
      input = ParquetInput.open(file);
      reader = ParquetFileReader.open(input);
      columns =
          reader
              .buildColumnReaders(ColumnProjection.all())
              .batchSize(batchSize(count, schema.size()))
              .build();
      ParquetCursor cursor = new ParquetCursor(file, schema, texts, count, input, reader, columns);
      columns = null;
      reader = null;
      input = null;
      return cursor;
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw ParquetTable.damaged(file, "Parquet file", e);
    } finally {
      close(file, columns, reader, input);
    }
  }

  private static int batchSize(long rows, int columns) {
    long most = Math.clamp(BATCH_VALUES / columns, LEAST_BATCH, MOST_BATCH);
    return (int) Math.clamp(rows, 1, most);
  }

  @Override
  public boolean next() {
    try {
      boolean more = batchRow + 1 < batchRows || nextBatch();
      if (more != row < count) {
        throw new IllegalStateException((more ? "more" : row) + " rows of " + count);
      }
      if (!more) {
        return false;
      }
      batchRow++;
      row++;
      return true;
    } catch (RuntimeException e) {
      throw ParquetTable.damaged(file, "row " + (row + 1), e);
    }
  }

  private boolean nextBatch() {
    if (!columns.nextBatch()) {
      return false;
    }
    batchRows = columns.getRecordCount();
    batchRow = -1;
    for (int i = 0; i < validities.length; i++) {
      validities[i] = columns.getColumnReader(i).getLeafValidity();
    }
    return true;
  }

  @Override
  public String text(int column) {
    try {
      return validities[column].isNull(batchRow)
          ? ""
          : texts[column].of(columns.getColumnReader(column), batchRow);
    } catch (CharacterCodingException | RuntimeException e) {
      String name = OneLine.quote(schema.get(column).name());
      throw ParquetTable.damaged(file, "row " + row + ", column " + name, e);
    }
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
    close(file, columns, reader, input);
  }

  /** In this order: the threads of the columns end when they are closed, and use the others. */
  private static void close(
      Path file,
      @Nullable ColumnReaders columns,
      @Nullable ParquetFileReader reader,
      @Nullable ParquetInput input) {
    try (input;
        reader;
        columns) {
      // Closed at the end of this, the last named first.
    } catch (IOException | RuntimeException e) {
      throw ParquetTable.damaged(file, "Parquet file", e);
    }
  }
}

package org.panagrad.data;

import org.jspecify.annotations.Nullable;

/**
 * Rows that a reader brings one by one: they become a dataset in memory, or a record file without
 * ever being in memory all at once.
 */
public interface RowStream {
  /** What messages call it. */
  String name();

  /** What the rows are made of. */
  RowForm form();

  /** How many rows there will be; 0 if that is known only at the end. */
  int rows();

  /** How raw rows become these; null where they are as they came. */
  default @Nullable RowEncoding encoding() {
    return null;
  }

  /**
   * Adds all rows to a sink, in order.
   *
   * @return their classes, known at the latest now
   * @throws DataException if a row cannot be read
   */
  Classes copyTo(RowSink sink);

  /**
   * The rows as a dataset in memory.
   *
   * @throws DataException if a row cannot be read, or there is none
   */
  default Dataset read() {
    try (DatasetBuilder builder = new DatasetBuilder(name(), form())) {
      Classes classes = copyTo(builder);
      Dataset read =
          form().targetKind() == TargetKind.VALUES
              ? builder.build()
              : classes.names().isEmpty()
                  ? builder.build(classes.count())
                  : builder.build(classes.names());
      RowEncoding encoding = encoding();
      return encoding == null ? read : read.encodedBy(encoding);
    }
  }
}

package org.panagrad.data;

import org.jspecify.annotations.Nullable;

/** The rows of a dataset as a stream. */
record DatasetRows(Dataset dataset) implements RowStream {
  @Override
  public String name() {
    return dataset.name();
  }

  @Override
  public RowForm form() {
    return dataset.form();
  }

  @Override
  public int rows() {
    return dataset.size();
  }

  @Override
  public @Nullable RowEncoding encoding() {
    return dataset.encoding();
  }

  @Override
  public Classes copyTo(RowSink sink) {
    dataset.copyTo(sink);
    return dataset.targetKind() == TargetKind.VALUES
        ? Classes.NONE
        : new Classes(dataset.classCount(), dataset.classNames());
  }
}

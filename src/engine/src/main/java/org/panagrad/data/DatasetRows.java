package org.panagrad.data;

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
  public Classes copyTo(RowSink sink) {
    dataset.copyTo(sink);
    return dataset.targetKind() == TargetKind.VALUES
        ? Classes.NONE
        : new Classes(dataset.classCount(), dataset.classNames());
  }
}

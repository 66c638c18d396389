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
    boolean classes = dataset.targetKind() == TargetKind.CLASSES;
    boolean bytes = dataset.keepsBytes();
    byte[] byteRow = new byte[bytes ? dataset.featureCount() : 0];
    float[] floatRow = new float[bytes ? 0 : dataset.featureCount()];
    float[] targets = new float[classes ? 0 : dataset.targetCount()];
    for (int row = 0; row < dataset.size(); row++) {
      for (int t = 0; t < targets.length; t++) {
        targets[t] = dataset.target(row, t);
      }
      if (bytes) {
        dataset.copyBytes(row, byteRow);
      } else {
        dataset.copyStored(row, floatRow);
      }
      if (classes && bytes) {
        sink.addRow(byteRow, dataset.label(row));
      } else if (classes) {
        sink.addRow(floatRow, dataset.label(row));
      } else if (bytes) {
        sink.addRow(byteRow, targets);
      } else {
        sink.addRow(floatRow, targets);
      }
      if (dataset.isWeighted()) {
        sink.addWeight(dataset.weight(row));
      }
    }
    return classes ? new Classes(dataset.classCount(), dataset.classNames()) : Classes.NONE;
  }
}

package org.panagrad.formats.npy;

import org.panagrad.data.Classes;
import org.panagrad.data.DataException;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.RowForm;
import org.panagrad.data.RowSink;
import org.panagrad.data.RowStream;
import org.panagrad.data.TargetKind;

/** Rows of features from one array, their labels or target values from another. */
final class NpyRows implements RowStream {
  /** Above this, labels are taken for something else than classes. */
  private static final int MOST_CLASSES = 65_536;

  private final String name;
  private final NpyArray x;
  private final NpyArray y;
  private final RowForm form;

  /**
   * @throws DataException if the arrays do not belong together
   */
  NpyRows(String name, NpyArray x, NpyArray y) {
    this.name = name;
    this.x = x;
    this.y = y;
    if (x.rows() != y.rows()) {
      throw DataException.at(
          y.where(),
          "number of targets",
          x.rows() + ", one for each row of " + x.where(),
          Integer.toString(y.rows()),
          "check that the two arrays belong together");
    }
    boolean classes = y.type().isInteger() && y.rowElements() == 1;
    boolean bytes = x.type().isUnsignedByte();
    this.form =
        new RowForm(
            x.rowElements(),
            bytes,
            preprocessing(x),
            classes ? TargetKind.CLASSES : TargetKind.VALUES,
            y.rowElements(),
            x.picture());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public RowForm form() {
    return form;
  }

  @Override
  public int rows() {
    return x.rows();
  }

  @Override
  public Classes copyTo(RowSink sink) {
    boolean classes = form.targetKind() == TargetKind.CLASSES;
    float[] row = new float[form.bytes() ? 0 : form.featureCount()];
    float[] targets = new float[classes ? 0 : form.targetCount()];
    int highest = 0;
    try (NpyRowReader features = x.open();
        NpyRowReader aims = y.open()) {
      for (int i = 0; i < x.rows(); i++) {
        features.next();
        aims.next();
        if (!form.bytes()) {
          floats(x, features, i, row);
        }
        if (classes) {
          int label = label(aims.get(0), i);
          highest = Math.max(highest, label);
          if (form.bytes()) {
            sink.addRow(features.bytes(), label);
          } else {
            sink.addRow(row, label);
          }
        } else {
          floats(y, aims, i, targets);
          if (form.bytes()) {
            sink.addRow(features.bytes(), targets);
          } else {
            sink.addRow(row, targets);
          }
        }
      }
    }
    return classes ? Classes.count(highest + 1) : Classes.NONE;
  }

  /** What makes features of an array's numbers: unsigned bytes are grey levels. */
  static FeatureMap preprocessing(NpyArray array) {
    return array.type().isUnsignedByte() ? FeatureMap.PIXELS : FeatureMap.IDENTITY;
  }

  static void floats(NpyArray array, NpyRowReader from, int row, float[] to) {
    for (int i = 0; i < to.length; i++) {
      double exact = from.get(i);
      to[i] = (float) exact;
      if (!Float.isFinite(to[i])) {
        throw DataException.at(
            array.where() + ", row " + row,
            "element " + i,
            "a finite 32-bit float",
            Double.toString(exact),
            "remove the row or fill the value in");
      }
    }
  }

  private int label(double label, int row) {
    if (!(label >= 0 && label < MOST_CLASSES)) {
      throw DataException.at(
          y.where() + ", row " + row,
          "the label is not a class",
          "0 to " + (MOST_CLASSES - 1),
          Long.toString((long) label),
          "number the classes from 0, or save values to aim at as floats");
    }
    return (int) label;
  }
}

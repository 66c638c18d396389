package org.panagrad.data;

/** What a dataset's rows aim at. */
public enum TargetKind {
  /** One int32 class label a row. */
  CLASSES,
  /** One or more float32 values a row. */
  VALUES
}

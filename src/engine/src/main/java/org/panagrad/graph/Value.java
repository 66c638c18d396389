package org.panagrad.graph;

/** A named array in a graph: an input, a parameter, or what an operation produces. */
public final class Value {
  /** Where a value comes from. */
  public enum Kind {
    /** Fed by the caller, one row per example. */
    INPUT,
    /** Kept from step to step: learned, or a running statistic. */
    PARAMETER,
    /** Produced by an operation, one row per example. */
    ACTIVATION
  }

  private final int id;
  private final String path;
  private final Kind kind;
  private final Shape shape;
  private final boolean trained;

  Value(int id, String path, Kind kind, Shape shape, boolean trained) {
    this.id = id;
    this.path = path;
    this.kind = kind;
    this.shape = shape;
    this.trained = trained;
  }

  /** Index among the graph's values. */
  public int id() {
    return id;
  }

  /** Dotted name, unique in the graph: {@code fc1.weight}, {@code relu1}. */
  public String path() {
    return path;
  }

  /** Where it comes from. */
  public Kind kind() {
    return kind;
  }

  /** Shape of one example, or of the parameter. */
  public Shape shape() {
    return shape;
  }

  /** Whether it is a parameter that follows a gradient; a running statistic does not. */
  public boolean isTrained() {
    return trained;
  }

  @Override
  public String toString() {
    return path + " " + (kind == Kind.PARAMETER ? shape.toString() : shape.batched());
  }
}

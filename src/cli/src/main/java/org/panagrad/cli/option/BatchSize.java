package org.panagrad.cli.option;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Rows in a mini-batch; 0 for all. */
public record BatchSize(int rows) {
  /** The size for a set of so many rows. */
  public int of(int setSize) {
    return rows == 0 ? setSize : rows;
  }

  @Override
  public String toString() {
    return rows == 0 ? "full" : Integer.toString(rows);
  }

  /** Reads a number or {@code full}. */
  public static final class Converter implements ITypeConverter<BatchSize> {
    Converter() {}

    @Override
    public BatchSize convert(String text) {
      if (text.equals("full")) {
        return new BatchSize(0);
      }
      int rows = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
      if (rows < 1) {
        throw new TypeConversionException("'" + text + "': expected 1 or more rows, or 'full'");
      }
      return new BatchSize(rows);
    }
  }
}

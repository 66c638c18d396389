package org.panagrad.formats.csv;

import org.jspecify.annotations.Nullable;

/**
 * How a file is to be read.
 *
 * @param header whether its first row has names, or null to see from the data
 * @param delimiter what stands between fields, or null to see from the data
 */
public record CsvOptions(@Nullable Boolean header, @Nullable Character delimiter) {
  /** Both seen from the data. */
  public static final CsvOptions AUTO = new CsvOptions(null, null);

  /**
   * Checks the delimiter.
   *
   * @throws IllegalArgumentException if it is a quote or ends a line
   */
  public CsvOptions {
    if (delimiter != null && (delimiter == '"' || delimiter == '\n' || delimiter == '\r')) {
      throw new IllegalArgumentException(
          "a delimiter cannot be a quote or the end of a line; expected a comma, a semicolon, a tab"
              + " or the like");
    }
  }
}

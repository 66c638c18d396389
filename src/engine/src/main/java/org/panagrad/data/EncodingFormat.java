package org.panagrad.data;

import java.util.List;

/**
 * How a {@link RowEncoding} is kept in a record file, as a text. What encodings there are is for
 * packages to know that build on this one: {@link org.panagrad.data} only hands the text on.
 */
public interface EncodingFormat {
  /**
   * The text of an encoding.
   *
   * @throws IllegalArgumentException if it is of a kind that this format does not know
   */
  String write(RowEncoding encoding);

  /**
   * The encoding of a text.
   *
   * @param form of the rows that it is said to have made
   * @param classNames of these rows, in their order; none for values
   * @throws IllegalArgumentException with a line that says what is wrong, if the text is none or
   *     does not make such rows
   */
  RowEncoding read(String text, RowForm form, List<String> classNames);
}

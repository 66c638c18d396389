package org.panagrad.cli.data;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Classes;
import org.panagrad.data.DataException;
import org.panagrad.data.RowEncoding;
import org.panagrad.data.RowForm;
import org.panagrad.data.RowSink;
import org.panagrad.data.RowStream;

/** Rows of several sources of one form, one after the other. */
public record JoinedRows(List<RowStream> parts) implements RowStream {
  /** A single source is itself. */
  public static RowStream of(List<RowStream> parts) {
    return parts.size() == 1 ? parts.getFirst() : new JoinedRows(parts);
  }

  /**
   * Checks that they fit.
   *
   * @throws DataException if a form differs from the first's
   */
  public JoinedRows {
    RowStream like = parts.getFirst();
    long rows = 0;
    for (RowStream part : parts) {
      if (!Objects.equals(part.encoding(), parts.getFirst().encoding())) {
        throw DataException.at(
            part.name(),
            "encoding of the rows",
            "that of " + parts.getFirst().name(),
            "another",
            "encode all tables by one schema, with --schema-from");
      }
      if (!part.form().fits(like.form())) {
        throw DataException.at(
            part.name(),
            "form of the rows",
            words(like.form()) + " as in " + like.name(),
            words(part.form()),
            "convert them into files of their own");
      }
      // The first may not know of pictures; those that do must agree.
      like = like.form().picture() == null ? part : like;
      rows += part.rows();
    }
    if (rows > Integer.MAX_VALUE) {
      throw DataException.at(
          parts.getFirst().name(), "rows", "at most " + Integer.MAX_VALUE, rows + "", "make parts");
    }
    parts = List.copyOf(parts);
  }

  private static String words(RowForm form) {
    return form.featureCount()
        + (form.bytes() ? " bytes, " : " floats, ")
        + form.targetCount()
        + " of "
        + form.targetKind()
        + (form.picture() == null ? "" : ", pictures of " + form.picture());
  }

  @Override
  public String name() {
    return parts.getFirst().name();
  }

  /** Of pictures only where every part says so: of the others nobody knows. */
  @Override
  public RowForm form() {
    RowForm form = parts.getFirst().form();
    boolean same = parts.stream().allMatch(part -> part.form().equals(form));
    return same ? form : form.withPicture(null);
  }

  @Override
  public int rows() {
    return parts.stream().mapToInt(RowStream::rows).sum();
  }

  /** Of one encoding, as the parts have one form. */
  @Override
  public @Nullable RowEncoding encoding() {
    return parts.getFirst().encoding();
  }

  @Override
  public Classes copyTo(RowSink sink) {
    Classes all = null;
    for (RowStream part : parts) {
      Classes classes = part.copyTo(sink);
      if (all != null && !all.names().equals(classes.names())) {
        throw DataException.at(
            part.name(),
            "names of the classes",
            all.names() + " as in " + parts.getFirst().name(),
            classes.names().toString(),
            "convert them into files of their own");
      }
      all = all == null || classes.count() > all.count() ? classes : all;
    }
    return all == null ? Classes.NONE : all;
  }
}

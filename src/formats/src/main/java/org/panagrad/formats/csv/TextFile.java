package org.panagrad.formats.csv;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.file.FailureReason;
import org.panagrad.file.GzipInput;

/** Opens a text file, plain or gzip, whatever its name. */
final class TextFile {
  private static final int BUFFER_BYTES = 64 * 1024;

  private TextFile() {}

  /**
   * Opens the file.
   *
   * @throws DataException if it cannot be opened, or is a zip archive
   */
  static Utf8Text open(Path path, String name) {
    if (!Files.exists(path)) {
      throw DataException.at(name, "file", "a file", "nothing of that name", "check the path");
    }
    if (!Files.isRegularFile(path)) {
      throw DataException.at(name, "file", "a file", "a directory or device", "check the path");
    }
    InputStream in = null;
    try {
      in = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
      in.mark(4);
      byte[] start = in.readNBytes(4);
      in.reset();
      if (GzipInput.isGzip(start)) {
        in = new GzipInput(in);
      } else if (isZip(start)) {
        throw DataException.at(
            name,
            "file",
            "delimited text, plain or gzip",
            "a zip archive, as spreadsheets are",
            "unpack it, or save the sheet as CSV");
      }
      return new Utf8Text(in);
    } catch (IOException e) {
      close(in);
      DataException failure =
          DataException.at(
              name,
              "opening",
              "delimited text, plain or gzip",
              e instanceof EOFException || e instanceof ZipException
                  ? "a damaged gzip header"
                  : FailureReason.of(e),
              "check the file");
      failure.initCause(e);
      throw failure;
    } catch (RuntimeException e) {
      close(in);
      throw e;
    }
  }

  /** Begins with an entry, or with the end of an empty archive; PK alone may be a column's name. */
  private static boolean isZip(byte[] start) {
    return start.length == 4
        && start[0] == 'P'
        && start[1] == 'K'
        && ((start[2] == 3 && start[3] == 4) || (start[2] == 5 && start[3] == 6));
  }

  private static void close(@Nullable InputStream in) {
    if (in != null) {
      try {
        in.close();
      } catch (IOException _) {
        // What failed before is told.
      }
    }
  }
}

package org.panagrad.formats.csv;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.file.FailureReason;

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
      in.mark(2);
      int first = in.read();
      int second = in.read();
      in.reset();
      if (first == 0x1F && second == 0x8B) {
        in = new GZIPInputStream(in, BUFFER_BYTES);
      } else if (first == 'P' && second == 'K') {
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

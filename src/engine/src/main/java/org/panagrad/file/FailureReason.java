package org.panagrad.file;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** The reason of an I/O failure in words; the platform's exceptions often carry only a path. */
public final class FailureReason {
  private FailureReason() {}

  /** A few words without the path, as in {@code permission denied}. */
  public static String of(IOException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such file or directory";
      case ClosedByInterruptException _ -> "the thread was interrupted";
      case FileSystemException named when named.getReason() != null ->
          OneLine.of(named.getReason());
      default ->
          failure.getMessage() == null
              ? failure.getClass().getSimpleName()
              : OneLine.of(failure.getMessage());
    };
  }
}

package org.panagrad.cli.option;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a training leaves to look at. */
public final class ReportOptions {
  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "Write a page there that a browser opens without network: curves, confusion matrix, worst"
              + " mistakes, weights, timing, configuration.")
  public @Nullable Path report;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "Append a line of JSON there after every epoch.")
  public @Nullable Path log;

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description = "Write event files for TensorBoard there.")
  public @Nullable Path tensorBoard;

  /** Checks what can be known before the training. */
  public void check(FilesApart files) throws IOException {
    files.replaces("--report", report).writes("--log", log);
  }
}

package org.panagrad.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.AtomicFile;
import picocli.CommandLine.Option;

/** What a training leaves to look at. */
final class ReportOptions {
  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "Write a page there that a browser opens without network: curves, confusion matrix, worst"
              + " mistakes, weights, timing, configuration.")
  @Nullable Path report;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "Append a line of JSON there after every epoch.")
  @Nullable Path log;

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description = "Write event files for TensorBoard there.")
  @Nullable Path tensorBoard;

  /** Checks what can be known before the training. */
  void check() throws IOException {
    if (report != null) {
      AtomicFile.requireWritable(report);
    }
  }
}

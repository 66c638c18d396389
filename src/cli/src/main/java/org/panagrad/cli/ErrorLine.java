package org.panagrad.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.panagrad.data.DataException;
import org.panagrad.file.FailureReason;
import org.panagrad.file.FormatException;
import org.panagrad.file.OneLine;
import org.panagrad.graph.ShapeException;
import org.panagrad.kernel.KernelSets;
import org.panagrad.memory.NativeMemoryLimitException;
import org.panagrad.openblas.CblasLoadException;
import org.panagrad.train.NonFiniteLossException;
import org.panagrad.train.ResumeException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever was thrown into one line on standard error and an exit status. */
final class ErrorLine implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private final BooleanSupplier verbose;

  ErrorLine(BooleanSupplier verbose) {
    this.verbose = verbose;
  }

  /** Executes the command; picocli itself hands on exceptions, but lets errors through. */
  int execute(ParseResult parsed) {
    try {
      return new RunLast().execute(parsed);
    } catch (OutOfMemoryError | StackOverflowError | LinkageError e) {
      ParseResult last = parsed;
      while (last.hasSubcommand()) {
        last = last.subcommand();
      }
      return print(e, last.commandSpec().commandLine());
    }
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("panagrad: " + OneLine.of(misuse(e, command)));
    if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    if (verbose.getAsBoolean()) {
      e.printStackTrace(err);
    }
    err.flush();
    return ExitCode.USAGE;
  }

  private static String misuse(ParameterException e, CommandLine command) {
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      String argument = unmatched.getUnmatched().getFirst();
      return command.getSubcommands().isEmpty()
          ? "'" + argument + "': expected options only; each begins with --"
          : "no command '" + argument + "': expected " + Main.commands(command);
    }
    return String.valueOf(e.getMessage());
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    return print(e, command);
  }

  private int print(Throwable e, CommandLine command) {
    PrintWriter err = command.getErr();
    if (e instanceof CancellationException) {
      // The shutdown hook says so.
      return ExitCode.SOFTWARE;
    }
    err.println("panagrad: " + OneLine.of(message(e)));
    if (verbose.getAsBoolean()) {
      e.printStackTrace(err);
    }
    err.flush();
    return ExitCode.SOFTWARE;
  }

  private static String message(Throwable e) {
    return switch (e) {
      case DataException known -> known.getMessage();
      case FormatException known -> text(known);
      case ShapeException known -> text(known);
      case NonFiniteLossException known -> text(known);
      case ResumeException known ->
          // The engine names its own methods.
          text(known)
              .replace("resumeAnyway", "--resume-anyway")
              .replace("resume that one", "go on with that one by --resume");
      case NativeMemoryLimitException known ->
          // The engine names its own option.
          text(known).replace("maxNativeBytes", "--max-native-memory");
      case CblasLoadException known -> text(known).strip().replaceAll("\\s*\\R\\s*", " | ");
      case IllegalStateException kernels when text(kernels).startsWith(KernelSets.PROPERTY) ->
          text(kernels);
      case FileSystemException file when file.getFile() != null ->
          file.getFile() + ": " + FailureReason.of(file);
      case IOException io -> FailureReason.of(io);
      case UncheckedIOException wrapped when wrapped.getCause() != null ->
          message(wrapped.getCause());
      case OutOfMemoryError memory ->
          "out of memory: "
              + text(memory)
              + "; take a smaller batch or network, or raise the limit (the heap's with"
              + " PANAGRAD_JAVA_OPTS=-Xmx512m)";
      default ->
          "unexpected " + e.getClass().getSimpleName() + ": " + text(e) + "; --verbose tells where";
    };
  }

  private static String text(Throwable e) {
    return e.getMessage() == null ? "no message" : e.getMessage();
  }
}

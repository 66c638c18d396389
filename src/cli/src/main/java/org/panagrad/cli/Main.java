package org.panagrad.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command without a subcommand, and the way in. */
@Command(
    name = "panagrad",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    usageHelpAutoWidth = false,
    sortOptions = false,
    description = "Trains and runs neural networks off the Java heap, on OpenBLAS.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {" 0:done", " 1:failed while running", " 2:not used as it should be"},
    subcommands = {
      TrainCommand.class,
      SweepCommand.class,
      LrFindCommand.class,
      DoctorCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      CrossValidateCommand.class,
      InfoCommand.class,
      ConvertCommand.class
    })
public final class Main implements Runnable {
  // Picocli's.
  private static final int LEAST_HELP_WIDTH = 55;

  /** For messages. */
  static final String COMMANDS =
      "train, sweep, doctor, lr-find, evaluate, predict, cross-validate, info or convert";

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  boolean verbose;

  @Spec CommandSpec spec;

  Main() {}

  /** Runs the command and exits with its status. */
  public static void main(String[] args) {
    Interruption.announce();
    int status = commandLine().execute(args);
    Interruption.over();
    System.exit(status);
  }

  /** The command, ready to be executed any number of times. */
  static CommandLine commandLine() {
    Main main = new Main();
    ErrorLine errors = new ErrorLine(() -> main.verbose);
    return new CommandLine(main)
        .setUsageHelpWidth(Math.max(LEAST_HELP_WIDTH, Terminal.columns()))
        .setExecutionStrategy(errors::execute)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given: expected " + COMMANDS);
  }
}

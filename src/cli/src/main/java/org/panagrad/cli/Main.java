package org.panagrad.cli;

import java.util.List;
import org.panagrad.cli.command.ConvertCommand;
import org.panagrad.cli.command.CrossValidateCommand;
import org.panagrad.cli.command.DoctorCommand;
import org.panagrad.cli.command.EvaluateCommand;
import org.panagrad.cli.command.InfoCommand;
import org.panagrad.cli.command.LrFindCommand;
import org.panagrad.cli.command.PredictCommand;
import org.panagrad.cli.command.SweepCommand;
import org.panagrad.cli.command.TrainCommand;
import org.panagrad.cli.output.Version;
import org.panagrad.cli.terminal.Interruption;
import org.panagrad.cli.terminal.Terminal;
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
      DoctorCommand.class,
      LrFindCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      CrossValidateCommand.class,
      InfoCommand.class,
      ConvertCommand.class
    })
public final class Main implements Runnable {
  // Picocli's.
  private static final int LEAST_HELP_WIDTH = 55;

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

  /** The names of the subcommands, for messages. */
  static String commands(CommandLine command) {
    List<String> names = List.copyOf(command.getSubcommands().keySet());
    return String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given: expected " + commands(spec.commandLine()));
  }
}

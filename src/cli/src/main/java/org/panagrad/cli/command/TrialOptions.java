package org.panagrad.cli.command;

import java.io.PrintWriter;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.panagrad.cli.option.ColumnOptions;
import org.panagrad.cli.option.DataOptions;
import org.panagrad.cli.option.DelimitedOptions;
import org.panagrad.cli.option.FileOptions;
import org.panagrad.cli.option.LossOptions;
import org.panagrad.cli.option.NetworkOptions;
import org.panagrad.cli.option.OptimizerOptions;
import org.panagrad.cli.option.RunOptions;
import org.panagrad.cli.option.ScheduleOptions;
import org.panagrad.cli.option.SplitOptions;
import org.panagrad.cli.option.UpdateOptions;
import org.panagrad.cli.terminal.ShellWord;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options of a sweep's trainings: the train command's own, so that they have one meaning. Those
 * that say where the command writes, how it goes on and how much of the machine it may use are the
 * sweep's to decide.
 */
final class TrialOptions {
  /** What the data is; the same for all trials. */
  private static final Set<Class<?>> DATA =
      Set.of(
          DataOptions.class,
          FileOptions.class,
          DelimitedOptions.class,
          ColumnOptions.class,
          SplitOptions.class);

  /** What decides the result of a training. */
  private static final Set<Class<?>> TRAINING =
      Set.of(
          NetworkOptions.class,
          LossOptions.class,
          OptimizerOptions.class,
          ScheduleOptions.class,
          UpdateOptions.class,
          RunOptions.class);

  /** And of those that say when it ends, beside where its checkpoints go. */
  private static final Set<String> TRAINING_NAMES =
      Set.of("on-non-finite", "early-stopping", "monitor");

  /** What is drawn by the seed. */
  private static final Set<String> SPLITS = Set.of("validation-split", "test-split");

  private final PrintWriter out;
  private final CommandSpec train;

  /** Options of trainings that tell of downloads there. */
  TrialOptions(PrintWriter out) {
    this.out = out;
    this.train = commandLine().getCommandSpec();
  }

  private CommandLine commandLine() {
    return new CommandLine(new TrainCommand())
        .setOut(out)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  /**
   * The longest name of an option, without its dashes.
   *
   * @throws IllegalArgumentException if trials have none of this name: what was expected
   */
  String name(String key) {
    OptionSpec option = train.findOption("--" + key);
    if (option == null || !isOfTrials(option)) {
      throw new IllegalArgumentException(
          option == null
              ? "an option of 'panagrad train' (" + all() + ")"
              : "an option that decides what a training comes to, not --" + key);
    }
    return longName(option);
  }

  private static String longName(OptionSpec option) {
    return option.longestName().substring(2);
  }

  private String all() {
    return String.join(", ", names());
  }

  /** All names, in order. */
  SortedSet<String> names() {
    return train.options().stream()
        .filter(TrialOptions::isOfTrials)
        .map(TrialOptions::longName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean isOfTrials(OptionSpec option) {
    Class<?> owner = owner(option);
    return DATA.contains(owner)
        || TRAINING.contains(owner)
        || TRAINING_NAMES.contains(longName(option));
  }

  private static Class<?> owner(OptionSpec option) {
    return option.userObject() instanceof Field field ? field.getDeclaringClass() : Object.class;
  }

  /** Whether an option says what the data is. */
  boolean isOfData(String name) {
    OptionSpec option = train.findOption("--" + name);
    return option != null && DATA.contains(owner(option));
  }

  /** Whether rows are kept back that the seed draws. */
  boolean isSplit(Map<String, String> options) {
    return options.keySet().stream().anyMatch(SPLITS::contains);
  }

  /**
   * The train command that these options make, not yet checked.
   *
   * @throws CommandLine.ParameterException if picocli refuses one
   */
  TrainCommand parse(Map<String, String> options) {
    CommandLine line = commandLine();
    line.parseArgs(
        options.entrySet().stream()
            .map(option -> "--" + option.getKey() + "=" + option.getValue())
            .toArray(String[]::new));
    return line.getCommand();
  }

  /** The options as they are typed. */
  String typed(Map<String, String> options) {
    List<String> words = new ArrayList<>();
    options.forEach(
        (name, value) -> {
          OptionSpec option = train.findOption("--" + name);
          if (option == null || option.arity().max() > 0) {
            words.add("--" + name);
            words.add(ShellWord.of(value));
          } else if (value.equals("true")) {
            words.add("--" + name);
          }
        });
    return String.join(" ", words);
  }

  /** Options of all trials with those of one. */
  static Map<String, String> join(Map<String, String> all, Map<String, String> one) {
    Map<String, String> joined = new LinkedHashMap<>(all);
    joined.putAll(one);
    return joined;
  }
}

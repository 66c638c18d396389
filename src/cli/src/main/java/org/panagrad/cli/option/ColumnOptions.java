package org.panagrad.cli.option;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.LossFunction;
import org.panagrad.nn.Losses;
import org.panagrad.table.ColumnType;
import org.panagrad.table.Scaling;
import org.panagrad.table.TableOptions;
import org.panagrad.table.Task;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What the columns of a table are. */
public final class ColumnOptions {
  @Option(
      names = "--target",
      paramLabel = "NAME|INDEX|last",
      defaultValue = TableOptions.LAST,
      description =
          "The column to be predicted in a table: its name, its index from 0, or 'last'. Default:"
              + " ${DEFAULT-VALUE}.")
  String target;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      defaultValue = "auto",
      converter = TaskConverter.class,
      description =
          "Whether the target is a class or a number: classification, regression, or auto, seen"
              + " from the data. Default: ${DEFAULT-VALUE}.")
  Choice task;

  @Option(
      names = "--categorical",
      paramLabel = "COL,COL",
      split = ",",
      description = "Columns that are categories, by name or index, though they be numbers.")
  @Nullable List<String> categorical;

  @Option(
      names = "--numeric",
      paramLabel = "COL,COL",
      split = ",",
      description = "Columns that are numbers: another text is an error and no category.")
  @Nullable List<String> numeric;

  @Option(
      names = "--ignore",
      paramLabel = "COL,COL",
      split = ",",
      description = "Columns to leave out, such as identifiers.")
  @Nullable List<String> ignored;

  @Option(
      names = "--sample-weight",
      paramLabel = "COL",
      description =
          "A column of how much each training row counts in the loss, 0 or more; it is no feature.")
  @Nullable String sampleWeight;

  @Option(
      names = "--scaling",
      paramLabel = "NAME",
      defaultValue = "standard",
      converter = ScalingConverter.class,
      description =
          "Of numeric columns: standard (mean 0, deviation 1), min-max (0 to 1) or none. Default:"
              + " ${DEFAULT-VALUE}.")
  Scaling scaling;

  @Option(
      names = "--rare-below",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "Categories in fewer training rows than this share one feature, as do categories not seen"
              + " in training. Default: ${DEFAULT-VALUE}.")
  int rareBelow;

  @Option(
      names = "--drop-rows-without-target",
      description = "Leave out rows that miss their target; without this they are an error.")
  boolean dropsRowsWithoutTarget;

  /**
   * The options for the engine.
   *
   * @param loss that was asked for, or null; cross-entropy wants classes
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  public TableOptions options(@Nullable String loss) {
    if (rareBelow < 1) {
      throw new IllegalArgumentException("--rare-below " + rareBelow + ": expected 1 or more");
    }
    TableOptions options =
        TableOptions.defaults()
            .target(target)
            .task(task(loss))
            .scaling(scaling)
            .rareBelow(rareBelow)
            .weight(sampleWeight)
            .dropsRowsWithoutTarget(dropsRowsWithoutTarget);
    options = typed(options, categorical, ColumnType.CATEGORICAL);
    options = typed(options, numeric, ColumnType.NUMERIC);
    return typed(options, ignored, ColumnType.IGNORED);
  }

  /** Whether rows that miss their target are left out. */
  public boolean dropsRowsWithoutTarget() {
    return dropsRowsWithoutTarget;
  }

  private @Nullable Task task(@Nullable String loss) {
    if (loss == null) {
      return task.task();
    }
    LossFunction function = Losses.byName(loss).function();
    boolean classes =
        function == LossFunction.CROSS_ENTROPY || function == LossFunction.BINARY_CROSS_ENTROPY;
    if (classes && task.task() == Task.REGRESSION) {
      throw new IllegalArgumentException(
          "--loss "
              + loss
              + " with --task regression: expected a loss for numbers: mse, half-mse, mae or"
              + " huber");
    }
    return classes ? Task.CLASSIFICATION : task.task();
  }

  private static TableOptions typed(
      TableOptions options, @Nullable List<String> columns, ColumnType type) {
    TableOptions typed = options;
    if (columns != null) {
      for (String column : columns) {
        typed = typed.type(column.strip(), type);
      }
    }
    return typed;
  }

  /**
   * A task that was asked for.
   *
   * @param task null to see from the data
   */
  record Choice(@Nullable Task task) {}

  /** Reads a task. */
  static final class TaskConverter implements ITypeConverter<Choice> {
    TaskConverter() {}

    @Override
    public Choice convert(String text) {
      return switch (text) {
        case "classification" -> new Choice(Task.CLASSIFICATION);
        case "regression" -> new Choice(Task.REGRESSION);
        case "auto" -> new Choice(null);
        default ->
            throw new TypeConversionException(
                "'" + text + "': expected classification, regression or auto");
      };
    }
  }

  /** Reads a scaling. */
  static final class ScalingConverter implements ITypeConverter<Scaling> {
    ScalingConverter() {}

    @Override
    public Scaling convert(String text) {
      for (Scaling scaling : Scaling.values()) {
        if (scaling.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
          return scaling;
        }
      }
      throw new TypeConversionException("'" + text + "': expected standard, min-max or none");
    }
  }
}

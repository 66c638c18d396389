package org.panagrad.cli.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.option.ColumnOptions;
import org.panagrad.cli.option.DelimitedOptions;
import org.panagrad.cli.option.FileOptions;
import org.panagrad.cli.option.OptionUse;
import org.panagrad.data.DataException;
import org.panagrad.data.RecordFile;
import org.panagrad.infer.Model;
import org.panagrad.io.ModelFile;
import org.panagrad.io.SchemaText;
import org.panagrad.table.JoinedTables;
import org.panagrad.table.TableOptions;
import org.panagrad.table.TableProfile;
import org.panagrad.table.TableRows;
import org.panagrad.table.TableSchema;
import org.panagrad.table.TableSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Tables that are to become a record file: a pass over their rows to learn what the columns are,
 * unless a schema is given, and one to encode them. The heap holds no rows.
 */
final class TableConversion {
  /** What a schema that is given has decided. */
  private static final List<String> LEARNING =
      List.of(
          "--target",
          "--task",
          "--categorical",
          "--numeric",
          "--ignore",
          "--scaling",
          "--rare-below");

  private final List<Path> inputs;
  private final DelimitedOptions delimited;
  private final ColumnOptions columns;
  private final @Nullable Path schemaFrom;
  private final CommandSpec spec;

  TableConversion(
      List<Path> inputs,
      DelimitedOptions delimited,
      ColumnOptions columns,
      @Nullable Path schemaFrom,
      CommandSpec spec) {
    this.inputs = inputs;
    this.delimited = delimited;
    this.columns = columns;
    this.schemaFrom = schemaFrom;
    this.spec = spec;
  }

  /**
   * Whether the inputs are tables.
   *
   * @throws ParameterException if only some are, or options are for the other kind
   */
  boolean isWanted() {
    boolean wanted = FileOptions.isTable(inputs.getFirst());
    for (Path input : inputs) {
      if (FileOptions.isTable(input) != wanted && Files.exists(input)) {
        throw usage(
            inputs.getFirst() + " and " + input + ": expected tables only, or none among them");
      }
    }
    String data = inputs.getFirst().toString();
    DelimitedOptions.requireText(spec, data, wanted ? inputs : List.of());
    if (!wanted) {
      OptionUse.refuse(spec, ColumnOptions.class, data, "a table");
      if (schemaFrom != null) {
        throw usage("--schema-from " + schemaFrom + " with " + data + ": expected a table");
      }
    } else if (schemaFrom != null) {
      refuseLearning(schemaFrom);
    }
    return wanted;
  }

  private void refuseLearning(Path schema) {
    for (OptionSpec given : spec.commandLine().getParseResult().matchedOptions()) {
      if (LEARNING.contains(given.longestName())) {
        throw usage(
            given.longestName()
                + " with --schema-from "
                + schema
                + ", which says it: expected one of them");
      }
    }
  }

  /** The rows, to be encoded as they are copied; tells what was learned. */
  TableRows rows(PrintWriter out) throws IOException {
    TableOptions options = options();
    if (schemaFrom == null) {
      TableSource table = JoinedTables.of(inputs.stream().map(delimited::open).toList());
      TableProfile profile = TableProfile.of(table, options);
      profile.notes().forEach(note -> out.println("note      " + note));
      return TableRows.training(table.name(), table, profile.schema(), options, profile.rows());
    }
    TableSchema schema = schema(schemaFrom);
    TableSource table =
        JoinedTables.of(inputs.stream().map(input -> delimited.open(input, schema)).toList());
    boolean byName = schema.named() && table.isNamed();
    String target = byName ? schema.target().name() : Integer.toString(schema.target().position());
    return TableRows.training(table.name(), table, schema, options.target(target), 0);
  }

  private TableOptions options() {
    try {
      return columns.options(null);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private static TableSchema schema(Path file) throws IOException {
    if (RecordFile.isRecordFile(file)) {
      if (RecordFile.encoding(file, SchemaText.FORMAT) instanceof TableSchema schema) {
        return schema;
      }
    } else {
      try (Model model = ModelFile.read(file)) {
        TableSchema schema = model.description().table();
        if (schema != null) {
          return schema;
        }
      }
    }
    throw DataException.at(
        file.toString(),
        "--schema-from",
        "a record file made of a table, or a model trained on one",
        "no table's schema in it",
        "check the path");
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}

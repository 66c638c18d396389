package org.panagrad.cli.option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.terminal.InterruptibleTable;
import org.panagrad.cli.terminal.ShellWord;
import org.panagrad.formats.csv.CsvOptions;
import org.panagrad.formats.csv.CsvTable;
import org.panagrad.formats.parquet.ParquetTable;
import org.panagrad.table.TableSchema;
import org.panagrad.table.TableSource;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** How files of delimited text are read. */
public final class DelimitedOptions {
  @Option(
      names = "--header",
      paramLabel = "yes|no|auto",
      defaultValue = "auto",
      converter = HeaderConverter.class,
      description =
          "Whether the first row of a CSV or TSV file has the names of the columns. Default: seen"
              + " from the data.")
  Header header;

  @Option(
      names = "--delimiter",
      paramLabel = "CHAR",
      defaultValue = "auto",
      converter = DelimiterConverter.class,
      description =
          "What stands between fields: ',', ';', 'tab', or another character. Default: seen from"
              + " the data.")
  Delimiter delimiter;

  /**
   * Refuses these options where none of the tables is delimited text, of which alone they say
   * something.
   *
   * @param command whose options were parsed
   * @param data what messages call the tables
   * @param tables that are read; of what is not there nothing is known
   * @throws ParameterException if one of the options was given
   */
  public static void requireText(CommandSpec command, String data, Collection<Path> tables) {
    if (tables.stream().noneMatch(DelimitedOptions::mayBeText)) {
      OptionUse.refuse(command, DelimitedOptions.class, data, "a CSV or TSV file");
    }
  }

  private static boolean mayBeText(Path file) {
    return Files.notExists(file) || (FileOptions.isTable(file) && !ParquetTable.isParquet(file));
  }

  /** Opens a table, of the form that its content says; a Parquet file is no delimited text. */
  public TableSource open(Path file) {
    return open(file, List.of());
  }

  /** Opens a table that is to be encoded as another was: the names of that one tell a header. */
  public TableSource open(Path file, TableSchema schema) {
    List<String> known = new ArrayList<>();
    if (schema.named()) {
      schema.columns().forEach(column -> known.add(column.name()));
      known.add(schema.target().name());
    }
    return open(file, known);
  }

  private TableSource open(Path file, List<String> known) {
    return new InterruptibleTable(
        ParquetTable.isParquet(file)
            ? ParquetTable.open(file)
            : CsvTable.open(file, new CsvOptions(header.present(), delimiter.character()), known));
  }

  /** The options again, as they are typed; empty where they are left to the data. */
  @Override
  public String toString() {
    Boolean present = header.present();
    Character character = delimiter.character();
    return (present == null ? "" : " --header " + (present ? "yes" : "no"))
        + (character == null
            ? ""
            : " --delimiter " + (character == '\t' ? "tab" : ShellWord.of(character.toString())));
  }

  /**
   * Whether there is a header.
   *
   * @param present null to see from the data
   */
  record Header(@Nullable Boolean present) {}

  /**
   * What stands between fields.
   *
   * @param character null to see from the data
   */
  record Delimiter(@Nullable Character character) {}

  /** Reads {@code yes}, {@code no} or {@code auto}. */
  static final class HeaderConverter implements ITypeConverter<Header> {
    HeaderConverter() {}

    @Override
    public Header convert(String text) {
      return switch (text) {
        case "yes" -> new Header(true);
        case "no" -> new Header(false);
        case "auto" -> new Header(null);
        default -> throw new TypeConversionException("'" + text + "': expected yes, no or auto");
      };
    }
  }

  /** Reads a character, {@code tab} or {@code auto}. */
  static final class DelimiterConverter implements ITypeConverter<Delimiter> {
    DelimiterConverter() {}

    @Override
    public Delimiter convert(String text) {
      if (text.equals("auto")) {
        return new Delimiter(null);
      }
      if (text.equals("tab") || text.equals("\\t")) {
        return new Delimiter('\t');
      }
      if (text.length() != 1 || text.equals("\"") || (text.isBlank() && !text.equals("\t"))) {
        throw new TypeConversionException(
            "'" + text + "': expected one character as ',', ';' or '|', 'tab', or 'auto'");
      }
      return new Delimiter(text.charAt(0));
    }
  }
}

package org.panagrad.cli.option;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A length of time on the command line: {@code 30s}, {@code 10m}, {@code 1h}. */
public record TimeSpan(Duration duration) {
  /** Reads a number and a unit. */
  public static final class Converter implements ITypeConverter<TimeSpan> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smh])");

    Converter() {}

    @Override
    public TimeSpan convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
        throw new TypeConversionException(
            "'" + text + "': expected a number above 0 with s, m or h, as in 30s, 10m or 1h");
      }
      long count = Long.parseLong(matcher.group(1));
      return new TimeSpan(
          switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
          });
    }
  }
}

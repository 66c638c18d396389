package org.panagrad.cli.option;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes. */
public record MemorySize(long bytes) {
  /** For people: a few digits and a unit of 1024. */
  public static String text(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < 4) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %siB", value, "KMGT".charAt(unit - 1));
  }

  /** Reads {@code 512m}, as the JVM's options have it. */
  public static final class Converter implements ITypeConverter<MemorySize> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,15})([kmgt]?)(i?b)?");

    public Converter() {}

    @Override
    public MemorySize convert(String text) {
      Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
      if (matcher.matches()) {
        try {
          int shift = 10 * " kmgt".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2));
          return new MemorySize(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift));
        } catch (ArithmeticException _) {
          // Reported below.
        }
      }
      throw new TypeConversionException(
          "'" + text + "': expected bytes, or a number with k, m, g or t as in 512m");
    }
  }
}

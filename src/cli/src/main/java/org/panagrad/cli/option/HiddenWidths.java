package org.panagrad.cli.option;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Outputs of each hidden layer; none for a linear model. */
public record HiddenWidths(List<Integer> widths) {
  private static final int WIDEST = 1_000_000;

  public HiddenWidths {
    widths = List.copyOf(widths);
  }

  @Override
  public String toString() {
    return widths.isEmpty()
        ? "none"
        : String.join(",", widths.stream().map(String::valueOf).toList());
  }

  /** Reads {@code 512,256}, or nothing, or {@code none}. */
  static final class Converter implements ITypeConverter<HiddenWidths> {
    Converter() {}

    @Override
    public HiddenWidths convert(String text) {
      List<Integer> widths = new ArrayList<>();
      if (!text.isBlank() && !text.equals("none")) {
        for (String part : text.split(",", -1)) {
          widths.add(width(part.strip(), text));
        }
      }
      return new HiddenWidths(widths);
    }

    private static int width(String part, String text) {
      int width = part.matches("[0-9]{1,7}") ? Integer.parseInt(part) : 0;
      if (width < 1 || width > WIDEST) {
        throw new TypeConversionException(
            "'" + text + "': expected widths from 1 to " + WIDEST + " as in 512,256, or 'none'");
      }
      return width;
    }
  }
}

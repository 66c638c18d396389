package org.panagrad.cli.terminal;

import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How curves look on a terminal.
 *
 * @param blocks whether it can show Unicode's block elements; without them there are no curves
 * @param colour whether they are coloured
 */
record CurveStyle(boolean blocks, boolean colour) {
  /** Blue and green of the terminal's own palette, which it has made readable on its ground. */
  enum Ink {
    LOSS("\u001b[34m"),
    SCORE("\u001b[32m");

    private final String code;

    Ink(String code) {
      this.code = code;
    }
  }

  private static final String PLAIN = "\u001b[39m";

  /** What this process's terminal can show; NO_COLOR (no-color.org) is honoured. */
  static CurveStyle ofTerminal() {
    return of(
        System.getProperty("stdout.encoding"), System.getenv("NO_COLOR"), System.getenv("TERM"));
  }

  static CurveStyle of(@Nullable String encoding, @Nullable String noColor, @Nullable String term) {
    Charset charset =
        encoding != null && Charset.isSupported(encoding)
            ? Charset.forName(encoding)
            : Charset.defaultCharset();
    boolean blocks = charset.newEncoder().canEncode('\u2581');
    return new CurveStyle(
        blocks, (noColor == null || noColor.isEmpty()) && term != null && !term.equals("dumb"));
  }

  /** A curve that takes at most so many columns. */
  String curve(List<Double> values, int places, Ink ink) {
    String curve = Sparkline.of(values, places);
    return colour ? ink.code + curve + PLAIN : curve;
  }
}

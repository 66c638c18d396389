package org.panagrad.data;

import java.util.List;
import org.panagrad.random.SeededRandom;

/**
 * The embedded dataset: 28 x 28 grey images of the digits 0 to 9, drawn when asked for by a seeded
 * generator of strokes, so that nothing needs to be downloaded.
 *
 * <p>The pixels are the same on every machine. A linear model gets roughly nine in ten right, a
 * network with two hidden layers nearly all.
 */
public final class Digits {
  /** Side of an image in pixels. */
  public static final int IMAGE_SIZE = DigitPainter.SIZE;

  private static final long SEED = 20261124;
  private static final List<String> NAMES =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  private static final RowForm FORM =
      RowForm.byteClasses(DigitPainter.PIXELS, FeatureMap.PIXELS)
          .withPicture(PictureShape.grey(IMAGE_SIZE, IMAGE_SIZE));

  private Digits() {}

  /** The 12,000 rows to train on. */
  public static Dataset train() {
    return draw("digits", SeededRandom.of(SEED, "digits train"), 12_000);
  }

  /** The 2,000 rows to test on; none of them is in {@link #train()}. */
  public static Dataset test() {
    return draw("digits test", SeededRandom.of(SEED, "digits test"), 2_000);
  }

  /** Other rows of the same kind, a pure function of the seed. */
  public static Dataset generate(long seed, int count) {
    return draw("digits of seed " + seed, SeededRandom.of(seed, "digits"), count);
  }

  private static Dataset draw(String name, SeededRandom random, int count) {
    DigitPainter painter = new DigitPainter();
    byte[] pixels = new byte[DigitPainter.PIXELS];
    try (DatasetBuilder builder = new DatasetBuilder(name, FORM)) {
      for (int row = 0; row < count; row++) {
        SeededRandom own = random.split(row);
        int digit = own.nextInt(10);
        painter.paint(digit, own, pixels);
        builder.addRow(pixels, digit);
      }
      return builder.build(NAMES);
    }
  }
}

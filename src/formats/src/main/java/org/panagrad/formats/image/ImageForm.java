package org.panagrad.formats.image;

/**
 * What pictures become.
 *
 * @param width in pixels; 0 with height 0 for pictures that all have one size, which is kept
 * @param height in pixels
 * @param colour whether a pixel is red, green, blue; else it is one grey level
 */
public record ImageForm(int width, int height, boolean colour) {
  /** The most pixels that a picture may have. */
  static final int MOST_PIXELS = 50_000_000;

  /** The most of them in a line or column. */
  static final int LONGEST_SIDE = 20_000;

  static final int LONGEST_SIDE_AFTER = 2_048;

  /** Grey levels, in the size that all pictures have. */
  public static final ImageForm GREY = new ImageForm(0, 0, false);

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if it is none
   */
  public ImageForm {
    boolean kept = width == 0 && height == 0;
    if (!kept && (Math.min(width, height) < 1 || Math.max(width, height) > LONGEST_SIDE_AFTER)) {
      throw new IllegalArgumentException(
          "size "
              + width
              + "x"
              + height
              + ": expected 1x1 to "
              + LONGEST_SIDE_AFTER
              + "x"
              + LONGEST_SIDE_AFTER);
    }
  }

  boolean keepsSize() {
    return width == 0;
  }

  int channels() {
    return colour ? 3 : 1;
  }
}

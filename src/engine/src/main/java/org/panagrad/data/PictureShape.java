package org.panagrad.data;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What picture a row is. Its features are the levels of pixels, line by line from the top, a line
 * from the left; how light a level is, the row's {@link RowForm} tells: bytes are 0, black, to 255.
 *
 * @param height lines, at least 1
 * @param width pixels in a line, at least 1
 * @param channels 1 grey; 3 red, green and blue
 * @param layout how the channels lie; with one it makes no difference, and is {@link
 *     Layout#INTERLEAVED}
 */
public record PictureShape(int height, int width, int channels, Layout layout) {
  /** How the levels of a colour picture follow each other. */
  public enum Layout {
    /** The channels of a pixel lie together: (height, width, channels). */
    INTERLEAVED,
    /** A channel's pixels lie together: (channels, height, width). */
    PLANAR;

    /** As files name it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int GREY = 1;
  private static final int COLOUR = 3;

  private static final Pattern TEXT =
      Pattern.compile(
          "height=(\\d{1,9}) width=(\\d{1,9}) channels=(\\d) layout=(interleaved|planar)");

  /**
   * Checks the shape.
   *
   * @throws IllegalArgumentException if a picture cannot have it, or has more levels than a row may
   *     have features
   */
  public PictureShape {
    if (height < 1 || width < 1 || (channels != GREY && channels != COLOUR)) {
      throw new IllegalArgumentException(
          "a picture of "
              + channels
              + " channels, "
              + width
              + " pixels wide and "
              + height
              + " high: expected 1 channel or 3, and 1 pixel or more each way");
    }
    if ((long) height * width > Integer.MAX_VALUE / channels) {
      throw new IllegalArgumentException(
          "a picture of " + width + "x" + height + ": expected fewer than 2^31 levels");
    }
    if (channels == GREY) {
      layout = Layout.INTERLEAVED;
    }
  }

  /** Pictures in grey. */
  public static PictureShape grey(int height, int width) {
    return new PictureShape(height, width, GREY, Layout.INTERLEAVED);
  }

  /** Pictures in red, green and blue. */
  public static PictureShape colour(int height, int width, Layout layout) {
    return new PictureShape(height, width, COLOUR, layout);
  }

  /**
   * What the rows of an array are, by their dimensions alone: grey pictures for (height, width),
   * and with 1 or 3 for the channels (height, width, channels) or (channels, height, width). Null,
   * for no picture, where both of these could be meant, for any other number of dimensions, and
   * where a picture would be a single line or column: such rows are rather a series.
   *
   * @param row sizes of the dimensions behind the first, which counts the rows
   */
  public static @Nullable PictureShape ofArray(long... row) {
    return switch (row.length) {
      case 2 -> of(row[0], row[1], GREY, Layout.INTERLEAVED);
      case 3 -> {
        boolean channelsFirst = isChannels(row[0]);
        boolean channelsLast = isChannels(row[2]);
        yield channelsFirst == channelsLast
            ? null
            : channelsLast
                ? of(row[0], row[1], row[2], Layout.INTERLEAVED)
                : of(row[1], row[2], row[0], Layout.PLANAR);
      }
      default -> null;
    };
  }

  private static boolean isChannels(long size) {
    return size == GREY || size == COLOUR;
  }

  private static @Nullable PictureShape of(long height, long width, long channels, Layout layout) {
    boolean isPicture = Math.min(height, width) > 1 && height * width <= Integer.MAX_VALUE / 3;
    return isPicture ? new PictureShape((int) height, (int) width, (int) channels, layout) : null;
  }

  /** Whether two may be of the same pictures: they are equal, or one is not known. */
  public static boolean agree(@Nullable PictureShape one, @Nullable PictureShape other) {
    return one == null || other == null || one.equals(other);
  }

  /** Features of a row. */
  public int features() {
    return height * width * channels;
  }

  /** Whether pixels are red, green and blue. */
  public boolean isColour() {
    return channels == COLOUR;
  }

  /** Which feature the level of a pixel is, counted from the top and from the left. */
  public int feature(int line, int column, int channel) {
    return switch (layout) {
      case INTERLEAVED -> (line * width + column) * channels + channel;
      case PLANAR -> (channel * height + line) * width + column;
    };
  }

  /** As record files have it. */
  String text() {
    return "height="
        + height
        + " width="
        + width
        + " channels="
        + channels
        + " layout="
        + layout.label();
  }

  /**
   * The shape of a {@link #text}.
   *
   * @throws IllegalArgumentException with a line that says what is wrong, if it is none
   */
  static PictureShape parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no shape of a picture: " + text);
    }
    return new PictureShape(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)),
        Layout.valueOf(matcher.group(4).toUpperCase(Locale.ROOT)));
  }

  /** The width first, as of picture files: {@code 48x32 in planar colour}. */
  @Override
  public String toString() {
    return width + "x" + height + (isColour() ? " in " + layout.label() + " colour" : " in grey");
  }
}

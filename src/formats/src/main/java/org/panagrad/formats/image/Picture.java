package org.panagrad.formats.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.panagrad.data.DataException;

/**
 * A decoded picture: (height, width, channels) levels 0 to 255.
 *
 * @param levels by row, pixel and channel
 */
// Nobody compares pictures, and nobody else sees the array.
@SuppressWarnings("ArrayRecordComponent")
record Picture(int width, int height, int channels, byte[] levels) {
  private static final String REMEDY = "remove the picture or save it again";

  // A PNG has 8 pixels of one bit in a byte, which deflate makes 1032 times shorter at most. A JPEG
  // spends a bit on 64 pixels at least. Room is made for what a header says, so it must be
  // possible.
  private static final long MOST_PIXELS_PER_BYTE = 8 * 1032;

  /** The size of a picture, from its header. */
  record Size(int width, int height) {
    @Override
    public String toString() {
      return width + "x" + height;
    }
  }

  /** What is done with a reader that stands at a picture. */
  @FunctionalInterface
  private interface Use<T> {
    T of(ImageReader reader) throws IOException;
  }

  /**
   * Reads the header only.
   *
   * @throws DataException if the file is no picture, or a larger one than is decoded
   */
  static Size size(Path file) {
    return read(file, reader -> size(file, reader));
  }

  /**
   * Decodes a picture; a transparent one as if it were opaque.
   *
   * @throws DataException if the file is no picture, a larger one than is decoded, or damaged
   */
  static Picture decode(Path file, boolean colour) {
    return read(
        file,
        reader -> {
          Size size = size(file, reader);
          reader.addIIOReadWarningListener(
              new IIOReadWarningListener() {
                // A picture cut short is completed in grey, with a warning.
                @Override
                public void warningOccurred(ImageReader source, String warning) {
                  throw new IllegalStateException(warning);
                }
              });
          BufferedImage image = reader.read(0);
          return colour ? colours(image, size) : greys(image, size);
        });
  }

  private static Size size(Path file, ImageReader reader) throws IOException {
    Size size = new Size(reader.getWidth(0), reader.getHeight(0));
    if (Math.min(size.width(), size.height()) < 1
        || Math.max(size.width(), size.height()) > ImageForm.LONGEST_SIDE
        || (long) size.width() * size.height() > ImageForm.MOST_PIXELS) {
      throw DataException.at(
          file.toString(),
          "size of the picture",
          "at most " + ImageForm.MOST_PIXELS + " pixels, " + ImageForm.LONGEST_SIDE + " a side",
          size.toString(),
          "make the picture smaller");
    }
    long bytes = Files.size(file);
    if ((long) size.width() * size.height() > MOST_PIXELS_PER_BYTE * bytes) {
      throw DataException.at(
          file.toString(),
          "size of the picture",
          "at most " + MOST_PIXELS_PER_BYTE * bytes + " pixels in " + bytes + " bytes",
          size.toString(),
          REMEDY);
    }
    return size;
  }

  private static <T> T read(Path file, Use<T> use) {
    try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      ImageReader reader = readers.hasNext() ? readers.next() : null;
      String format = reader == null ? "" : reader.getFormatName().toLowerCase(Locale.ROOT);
      if (reader == null || !(format.equals("png") || format.equals("jpeg"))) {
        throw DataException.at(
            file.toString(),
            "picture",
            "PNG or JPEG",
            format.isEmpty() ? "something else" : format,
            REMEDY);
      }
      try {
        reader.setInput(in, true, true);
        return use.of(reader);
      } finally {
        reader.dispose();
      }
    } catch (DataException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The decoders throw whatever their arithmetic runs into.
      DataException failure =
          DataException.at(
              file.toString(),
              "picture",
              "a whole PNG or JPEG",
              e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(),
              REMEDY);
      failure.initCause(e);
      throw failure;
    }
  }

  private static Picture colours(BufferedImage image, Size size) {
    byte[] levels = new byte[3 * size.width() * size.height()];
    boolean grey = isGrey(image);
    int[] line = new int[size.width()];
    for (int y = 0, at = 0; y < size.height(); y++) {
      readLine(image, grey, y, line);
      for (int pixel : line) {
        levels[at++] = (byte) (grey ? pixel : pixel >> 16);
        levels[at++] = (byte) (grey ? pixel : pixel >> 8);
        levels[at++] = (byte) pixel;
      }
    }
    return new Picture(size.width(), size.height(), 3, levels);
  }

  private static Picture greys(BufferedImage image, Size size) {
    byte[] levels = new byte[size.width() * size.height()];
    boolean grey = isGrey(image);
    int[] line = new int[size.width()];
    for (int y = 0, at = 0; y < size.height(); y++) {
      readLine(image, grey, y, line);
      for (int pixel : line) {
        levels[at++] = (byte) (grey ? pixel : luma(pixel));
      }
    }
    return new Picture(size.width(), size.height(), 1, levels);
  }

  /** A line of pixels: levels of grey, or red, green and blue in one int. */
  private static void readLine(BufferedImage image, boolean grey, int y, int[] line) {
    if (grey) {
      greyLine(image.getRaster(), y, line);
    } else {
      image.getRGB(0, y, line.length, 1, line, 0, line.length);
    }
  }

  /** Grey by ITU-R BT.601, as Pillow and OpenCV have it. */
  private static int luma(int rgb) {
    int red = rgb >> 16 & 0xFF;
    int green = rgb >> 8 & 0xFF;
    int blue = rgb & 0xFF;
    return (299 * red + 587 * green + 114 * blue + 500) / 1000;
  }

  private static boolean isGrey(BufferedImage image) {
    return image.getRaster().getNumBands() <= 2
        && !(image.getColorModel() instanceof IndexColorModel);
  }

  /** The samples as they are: Java takes them for linear light and would brighten them. */
  private static void greyLine(Raster raster, int y, int[] line) {
    raster.getSamples(0, y, line.length, 1, 0, line);
    int bits = raster.getSampleModel().getSampleSize(0);
    int most = (1 << bits) - 1;
    if (bits != 8) {
      for (int i = 0; i < line.length; i++) {
        line[i] = (line[i] * 255 + most / 2) / most;
      }
    }
  }

  /** This picture in another size. */
  Picture resized(int newWidth, int newHeight) {
    if (newWidth == width && newHeight == height) {
      return this;
    }
    Resampling across = new Resampling(width, newWidth);
    Resampling down = new Resampling(height, newHeight);
    float[] wide = new float[height * newWidth * channels];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < newWidth; x++) {
        for (int c = 0; c < channels; c++) {
          float sum = 0;
          for (int i = 0; i < across.count(x); i++) {
            int from = ((y * width) + across.first(x) + i) * channels + c;
            sum = Math.fma(across.weight(x, i), (float) (levels[from] & 0xFF), sum);
          }
          wide[(y * newWidth + x) * channels + c] = sum;
        }
      }
    }
    byte[] out = new byte[newHeight * newWidth * channels];
    int line = newWidth * channels;
    for (int y = 0; y < newHeight; y++) {
      for (int k = 0; k < line; k++) {
        float sum = 0;
        for (int i = 0; i < down.count(y); i++) {
          sum = Math.fma(down.weight(y, i), wide[(down.first(y) + i) * line + k], sum);
        }
        out[y * line + k] = (byte) Math.clamp((int) (sum + 0.5f), 0, 255);
      }
    }
    return new Picture(newWidth, newHeight, channels, out);
  }
}

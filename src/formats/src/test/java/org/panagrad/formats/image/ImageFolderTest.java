package org.panagrad.formats.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.PictureShape;
import org.panagrad.data.PictureShape.Layout;
import org.panagrad.data.RowForm;
import org.panagrad.fuzz.Fuzz;
import org.panagrad.memory.NativeMemory;

class ImageFolderTest {
  @TempDir Path directory;

  /** Level of a pixel: tells lines, columns and channels apart. */
  private static int level(int x, int y, int channel) {
    return 10 * x + 40 * y + 100 * channel & 0xFF;
  }

  static byte[] encode(int width, int height, int type, String format) throws IOException {
    BufferedImage image = new BufferedImage(width, height, type);
    boolean grey = type == BufferedImage.TYPE_BYTE_GRAY;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (grey) {
          image.getRaster().setSample(x, y, 0, level(x, y, 0));
        } else {
          image.setRGB(
              x, y, 0xFF000000 | level(x, y, 0) << 16 | level(x, y, 1) << 8 | level(x, y, 2));
        }
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out));
    return out.toByteArray();
  }

  private Path put(String name, byte[] bytes) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  private static byte[] grey(int width, int height) throws IOException {
    return encode(width, height, BufferedImage.TYPE_BYTE_GRAY, "png");
  }

  @Test
  void aSubFolderIsAClass() throws IOException {
    put("b/2.PNG", grey(3, 2));
    put("b/1.png", encode(3, 2, BufferedImage.TYPE_INT_RGB, "png"));
    put("a/x.jpg", encode(3, 2, BufferedImage.TYPE_BYTE_GRAY, "jpg"));
    put("a/.hidden", new byte[1]);
    assertTrue(ImageFolder.isImageFolder(directory));
    ImageFolder folder = ImageFolder.open(directory, ImageForm.GREY);
    assertEquals(3, folder.rows());
    try (Dataset data = folder.read()) {
      assertEquals(
          RowForm.byteClasses(6, FeatureMap.PIXELS).withPicture(PictureShape.grey(2, 3)),
          data.form());
      assertEquals(List.of("a", "b"), data.classNames());
      assertEquals(1, data.label(2));
      for (int i = 0; i < 6; i++) {
        int x = i % 3;
        int y = i / 3;
        // JPEG is not exact.
        assertEquals(level(x, y, 0) / 255f, data.feature(0, i), 4 / 255f);
        int luma =
            (299 * level(x, y, 0) + 587 * level(x, y, 1) + 114 * level(x, y, 2) + 500) / 1000;
        assertEquals(luma / 255f, data.feature(1, i), 1e-6f);
        // As they are stored, and not brightened from linear light.
        assertEquals(level(x, y, 0) / 255f, data.feature(2, i), 1e-6f);
      }
    }
  }

  @Test
  void coloursAreKeptByPixel() throws IOException {
    put("a/1.png", encode(2, 2, BufferedImage.TYPE_INT_ARGB, "png"));
    put("b/2.png", grey(2, 2));
    try (Dataset data = ImageFolder.open(directory, new ImageForm(2, 2, true)).read()) {
      assertEquals(12, data.featureCount());
      assertEquals(PictureShape.colour(2, 2, Layout.INTERLEAVED), data.picture());
      for (int i = 0; i < 12; i++) {
        int x = i / 3 % 2;
        int y = i / 6;
        assertEquals(level(x, y, i % 3) / 255f, data.feature(0, i), 1e-6f);
        assertEquals(level(x, y, 0) / 255f, data.feature(1, i), 1e-6f);
      }
    }
  }

  @Test
  void theShapeIsThatOfPicturesBroughtToASize() throws IOException {
    put("a/1.png", encode(7, 5, BufferedImage.TYPE_INT_RGB, "png"));
    ImageForm form = new ImageForm(4, 3, true);
    try (Dataset data = ImageFolder.open(directory, form).read()) {
      assertEquals(PictureShape.colour(3, 4, Layout.INTERLEAVED), data.picture());
    }
  }

  @Test
  void picturesAreBroughtToOneSize() {
    // Halved: a triangle over four old pixels of which one lies outside, weights 3/7, 3/7, 1/7.
    Picture line = new Picture(4, 1, 1, new byte[] {0, 80, (byte) 160, (byte) 240});
    assertArrayEquals(new byte[] {57, (byte) 183}, line.resized(2, 1).levels());
    // Doubled: linear in between, held at the ends.
    Picture two = new Picture(1, 2, 1, new byte[] {0, 100});
    assertArrayEquals(new byte[] {0, 25, 75, 100}, two.resized(1, 4).levels());
    assertSame(line, line.resized(4, 1));
    Picture flat = new Picture(7, 5, 3, new byte[105]);
    Arrays.fill(flat.levels(), (byte) 200);
    Picture other = flat.resized(3, 11);
    assertEquals(99, other.levels().length);
    for (byte level : other.levels()) {
      assertEquals((byte) 200, level);
    }
  }

  private void assertRefused(String message, ImageForm form) {
    DataException refused =
        assertThrows(DataException.class, () -> ImageFolder.open(directory, form).read().close());
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
    assertEquals(1, refused.getMessage().lines().count());
  }

  @Test
  void saysWhatCannotBeRead() throws IOException {
    put("a/1.png", grey(3, 2));
    put("b/2.png", grey(2, 2));
    assertRefused(
        "2.png: size of the picture: expected 3x2 as of the first, found 2x2", ImageForm.GREY);
    Path text = put("b/2.png", new byte[] {1, 2, 3});
    assertRefused("2.png: picture: expected PNG or JPEG, found something else", ImageForm.GREY);
    put("b/2.png", new byte[0]);
    assertRefused("2.png: picture: expected PNG or JPEG, found something else", ImageForm.GREY);
    put("b/2.png", encode(3, 2, BufferedImage.TYPE_BYTE_GRAY, "gif"));
    assertRefused("2.png: picture: expected PNG or JPEG, found gif", ImageForm.GREY);
    Files.delete(text);
    assertRefused("b: class: expected at least 1 picture, found none", ImageForm.GREY);
    put("b/notes.txt", new byte[1]);
    assertRefused("notes.txt: folder of pictures: expected only .png", ImageForm.GREY);
    put("c.png", grey(1, 1));
    Files.delete(directory.resolve("b/notes.txt"));
    put("b/2.png", grey(3, 2));
    assertRefused(
        "c.png: folder of pictures: expected a sub-folder for each class", ImageForm.GREY);
    assertFalse(ImageFolder.isImageFolder(directory.resolve("b")));
    assertThrows(IllegalArgumentException.class, () -> new ImageForm(0, 5, false));
    assertThrows(IllegalArgumentException.class, () -> new ImageForm(5000, 5, false));
  }

  private static byte[] claiming(int width, int height) throws IOException {
    byte[] png = grey(3, 2);
    ByteBuffer.wrap(png).putInt(16, width).putInt(20, height);
    return withChecksums(png);
  }

  @Test
  void aBombIsRefusedByItsHeader() throws IOException {
    put("a/1.png", claiming(20_000, 20_000));
    assertRefused(
        "1.png: size of the picture: expected at most 50000000 pixels, 20000 a side, found"
            + " 20000x20000",
        new ImageForm(2, 2, false));
  }

  @Test
  void soIsOneThatItsBytesCannotHold() throws IOException {
    byte[] bomb = claiming(6_000, 6_000);
    put("a/1.png", bomb);
    assertRefused(
        "1.png: size of the picture: expected at most "
            + 8256 * bomb.length
            + " pixels in "
            + bomb.length
            + " bytes, found 6000x6000",
        new ImageForm(2, 2, false));
  }

  /** As small as files get for their pixels: all of one colour, in a PNG with a bit each. */
  @Test
  void theLongestPictureForItsBytesIsRead() throws IOException {
    for (String format : List.of("png", "jpg")) {
      int type =
          format.equals("png") ? BufferedImage.TYPE_BYTE_BINARY : BufferedImage.TYPE_BYTE_GRAY;
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertTrue(ImageIO.write(new BufferedImage(4_000, 4_000, type), format, out));
      Path file = put("a/1." + format, out.toByteArray());
      assertEquals(new Picture.Size(4_000, 4_000), Picture.size(file));
      assertEquals(16_000_000, Picture.decode(file, false).levels().length);
      Files.delete(file);
    }
  }

  private boolean reads(String name, byte[] bytes) throws IOException {
    put(name, bytes);
    try (Dataset data = ImageFolder.open(directory, ImageForm.GREY).read();
        Dataset again = data.stream().read()) {
      return again.size() == 1;
    } catch (DataException refused) {
      assertEquals(1, refused.getMessage().lines().count());
      return false;
    }
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] jpeg = encode(9, 7, BufferedImage.TYPE_INT_RGB, "jpg");
    for (int length = 0; length < jpeg.length; length++) {
      assertFalse(reads("a/1.jpg", Arrays.copyOf(jpeg, length)), "jpeg " + length);
    }
    Files.delete(directory.resolve("a/1.jpg"));
    byte[] png = grey(9, 7);
    byte[] levels = Picture.decode(put("a/1.png", png), false).levels();
    int refused = 0;
    for (int length = 0; length < png.length; length++) {
      if (reads("a/1.png", Arrays.copyOf(png, length))) {
        // Cut behind the last pixel.
        Path cut = directory.resolve("a/1.png");
        assertArrayEquals(levels, Picture.decode(cut, false).levels(), "png " + length);
      } else {
        refused++;
      }
    }
    assertTrue(refused >= png.length - 24, refused + " of " + png.length);
  }

  @Test
  @Tag("fuzz")
  void randomMutationsOfPngAreRefusedOrHarmless() throws IOException {
    Fuzz.of("PNG", grey(5, 4), encode(5, 4, BufferedImage.TYPE_INT_RGB, "png"))
        .repair((png, random) -> random.nextInt(3) > 0 ? withChecksums(png) : png)
        .nativeMemory(NativeMemory::processBytes, NativeMemory::processTakenBytes)
        .feed(png -> reads("a/1.png", png))
        .requireRefused(0.3);
  }

  @Test
  @Tag("fuzz")
  void randomMutationsOfJpegAreRefusedOrHarmless() throws IOException {
    Fuzz.of(
            "JPEG",
            encode(5, 4, BufferedImage.TYPE_INT_RGB, "jpg"),
            encode(19, 17, BufferedImage.TYPE_BYTE_GRAY, "jpg"))
        .nativeMemory(NativeMemory::processBytes, NativeMemory::processTakenBytes)
        .feed(jpeg -> reads("a/1.jpg", jpeg))
        .requireRefused(0.3);
  }

  /** Gives each piece of a PNG the checksum that it should have: somebody lies on purpose. */
  private static byte[] withChecksums(byte[] png) {
    ByteBuffer bytes = ByteBuffer.wrap(png);
    for (int at = 8; at + 12 <= png.length; ) {
      int length = bytes.getInt(at);
      if (length < 0 || length > png.length - at - 12) {
        break;
      }
      CRC32 crc = new CRC32();
      crc.update(png, at + 4, length + 4);
      bytes.putInt(at + 8 + length, (int) crc.getValue());
      at += 12 + length;
    }
    return png;
  }
}

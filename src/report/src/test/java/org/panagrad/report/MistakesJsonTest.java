package org.panagrad.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.PictureShape;
import org.panagrad.data.PictureShape.Layout;
import org.panagrad.data.RowForm;
import org.panagrad.io.Json;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.ClassScores;
import org.panagrad.metrics.Miss;
import org.panagrad.metrics.Mistake;
import org.panagrad.metrics.TargetScores;
import org.panagrad.metrics.ValueMetrics;

/** The worst rows: pictures where the data says so, drawn as it says. */
class MistakesJsonTest {
  private static final ClassMetrics ROW_1_IS_WRONG =
      new ClassMetrics(
          2,
          1,
          0.5,
          0.5,
          List.of(0.5),
          List.of(new ClassScores("cat", 1, 1, 1, 1), new ClassScores("dog", 1, 0, 0, 0)),
          null,
          List.of(new Mistake(1, 1, 0, 0.25, 0.75)));

  private static Map<String, Json> mistakes(Dataset set) {
    return ((Json.Obj) MistakesJson.of(set, ROW_1_IS_WRONG)).members();
  }

  private static Map<String, Json> first(Map<String, Json> mistakes) {
    Json.Arr items = (Json.Arr) Objects.requireNonNull(mistakes.get("items"));
    return ((Json.Obj) items.elements().getFirst()).members();
  }

  private static byte[] pixels(Map<String, Json> mistakes) {
    Json.Str text = (Json.Str) Objects.requireNonNull(first(mistakes).get("pixels"));
    return Base64.getDecoder().decode(text.value());
  }

  private static void assertSize(int width, int height, int channels, Map<String, Json> mistakes) {
    assertEquals(
        new Fields().put("width", width).put("height", height).put("channels", channels).json(),
        mistakes.get("picture"));
  }

  private static String caption(Map<String, Json> mistakes) {
    return ((Json.Str) Objects.requireNonNull(mistakes.get("caption"))).value();
  }

  /** Two rows, the second of which is looked at. */
  private static Dataset bytes(PictureShape shape, byte[] row) {
    RowForm form = RowForm.byteClasses(row.length, new FeatureMap(0.5f, -7)).withPicture(shape);
    try (DatasetBuilder builder = new DatasetBuilder("case", form)) {
      builder.addRow(new byte[row.length], 0);
      builder.addRow(row, 1);
      return builder.build(2);
    }
  }

  private static Dataset floats(PictureShape shape, float[] other, float... row) {
    RowForm form = RowForm.classes(row.length).withPicture(shape);
    try (DatasetBuilder builder = new DatasetBuilder("case", form)) {
      builder.addRow(other, 0);
      builder.addRow(row, 1);
      return builder.build(2);
    }
  }

  /** Whatever a network gets to see of them. */
  @Test
  void bytesAreLevels() {
    byte[] row = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, -1};
    try (Dataset set = bytes(PictureShape.colour(2, 3, Layout.INTERLEAVED), row)) {
      Map<String, Json> mistakes = mistakes(set);
      assertSize(3, 2, 3, mistakes);
      assertArrayEquals(row, pixels(mistakes));
      assertEquals(
          "What the network was most sure of and wrong about: what it said, then what it is.",
          caption(mistakes));
      assertEquals(new Json.Str("dog"), first(mistakes).get("actual"));
      assertEquals(new Json.Str("cat"), first(mistakes).get("predicted"));
      assertEquals(new Json.Real(0.75), first(mistakes).get("predictedProbability"));
    }
  }

  @Test
  void planesAreBroughtTogether() {
    byte[] row = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
    try (Dataset set = bytes(PictureShape.colour(2, 3, Layout.PLANAR), row)) {
      assertArrayEquals(
          new byte[] {1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 16, 5, 11, 17, 6, 12, 18},
          pixels(mistakes(set)));
    }
  }

  /** Of floats the set's own range is black to white, other rows included. */
  @Test
  void floatsAreShownInTheirRange() {
    try (Dataset set = floats(PictureShape.grey(2, 2), new float[] {0, -2, 0, 0}, 0, 0.5f, 2, -1)) {
      Map<String, Json> mistakes = mistakes(set);
      assertArrayEquals(new byte[] {(byte) 128, (byte) 159, (byte) 255, 64}, pixels(mistakes));
      assertTrue(
          caption(mistakes)
              .endsWith(" Black is -2 and white 2, the least and the most of the values."),
          caption(mistakes));
    }
    try (Dataset flat = floats(PictureShape.grey(1, 2), new float[] {3, 3}, 3, 3)) {
      assertArrayEquals(new byte[2], pixels(mistakes(flat)));
    }
  }

  /** A row that is shown lies within, though only some are looked at for the range. */
  @Test
  void theRangeOfALargeSetHoldsWhatIsShown() {
    int rows = 2 * LevelRange.MOST_ROWS;
    RowForm form = RowForm.classes(4).withPicture(PictureShape.grey(2, 2));
    try (DatasetBuilder builder = new DatasetBuilder("large", form)) {
      for (int row = 0; row < rows; row++) {
        builder.addRow(row == 1 ? new float[] {0, 1, 2, 4} : new float[4], row % 2);
      }
      try (Dataset set = builder.build(2)) {
        assertArrayEquals(new byte[] {0, 64, (byte) 128, (byte) 255}, pixels(mistakes(set)));
      }
    }
  }

  @Test
  void largePicturesAreReduced() {
    int width = 2 * ShownPictures.LONGEST_SIDE;
    byte[] row = new byte[3 * width];
    row[0] = 10;
    row[1] = 20;
    row[width] = 30;
    row[width + 1] = 40;
    row[2 * width] = 50;
    row[2 * width + 1] = 60;
    try (Dataset set = bytes(PictureShape.grey(3, width), row)) {
      Map<String, Json> mistakes = mistakes(set);
      assertSize(ShownPictures.LONGEST_SIDE, 2, 1, mistakes);
      byte[] pixels = pixels(mistakes);
      assertEquals(2 * ShownPictures.LONGEST_SIDE, pixels.length);
      assertEquals(25, pixels[0]);
      assertEquals(0, pixels[1]);
      // The last line has no other below it.
      assertEquals(55, pixels[ShownPictures.LONGEST_SIDE]);
      assertTrue(
          caption(mistakes).endsWith(" They are 512x3; a pixel here is the mean of 2x2."),
          caption(mistakes));
    }
  }

  /** A square number of bytes may be anything. */
  @Test
  void whatNobodyCalledAPictureIsATable() {
    RowForm form = RowForm.byteClasses(784, FeatureMap.PIXELS);
    try (DatasetBuilder builder = new DatasetBuilder("case", form)) {
      builder.addRow(new byte[784], 0);
      builder.addRow(new byte[784], 1);
      try (Dataset set = builder.build(2)) {
        Map<String, Json> mistakes = mistakes(set);
        assertNull(mistakes.get("picture"));
        assertEquals(
            new Json.Arr(List.of(new Json.Str("dog"), new Json.Str("cat"), new Json.Str("75.0 %"))),
            first(mistakes).get("cells"));
        assertTrue(caption(mistakes).endsWith(" The first 16 of 784 columns are shown."));
      }
    }
  }

  @Test
  void picturesWithValuesAreDrawnToo() {
    ValueMetrics metrics =
        new ValueMetrics(
            1,
            1,
            1,
            1,
            0,
            List.of(new TargetScores(1, 1, 0), new TargetScores(1, 1, 0)),
            List.of(new Miss(0, 1, 4, 3)));
    RowForm form = RowForm.byteValues(2, FeatureMap.PIXELS, 2);
    try (DatasetBuilder builder =
        new DatasetBuilder("case", form.withPicture(PictureShape.grey(1, 2)))) {
      builder.addRow(new byte[] {7, -2}, new float[] {1, 4});
      try (Dataset set = builder.build()) {
        Map<String, Json> mistakes = ((Json.Obj) MistakesJson.of(set, metrics)).members();
        assertArrayEquals(new byte[] {7, -2}, pixels(mistakes));
        assertEquals(new Json.Str("target 1"), first(mistakes).get("target"));
        assertEquals(new Json.Str("4.00000"), first(mistakes).get("actual"));
        assertEquals(new Json.Str("3.00000"), first(mistakes).get("predicted"));
      }
    }
  }
}

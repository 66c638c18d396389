package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.PictureShape.Layout;

class PictureShapeTest {
  private static final PictureShape WIDE = PictureShape.colour(2, 3, Layout.INTERLEAVED);
  private static final PictureShape PLANES = PictureShape.colour(2, 3, Layout.PLANAR);

  @ParameterizedTest
  @CsvSource({
    "28 28, 28x28 in grey",
    "32 48, 48x32 in grey",
    "32 48 1, 48x32 in grey",
    "32 48 3, 48x32 in interleaved colour",
    "1 32 48, 48x32 in grey",
    "3 32 48, 48x32 in planar colour",
    // Neither first nor last, both first and last.
    "32 48 2, ",
    "4 32 48, ",
    "3 32 3, ",
    "1 32 1, ",
    "1 32 3, ",
    // A series, and what is nothing at all.
    "1 784, ",
    "784 1, ",
    "784, ",
    "2 3 32 48, ",
    "2147483647 2147483647 3, ",
  })
  void anArrayTellsItsPicturesOrNone(String dimensions, String expected) {
    long[] row = Arrays.stream(dimensions.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    PictureShape found = PictureShape.ofArray(row);
    assertEquals(expected, found == null ? null : found.toString());
    assertTrue(found == null || found.features() == Arrays.stream(row).reduce(1, (a, b) -> a * b));
  }

  @Test
  void aRowWithoutDimensionsIsNoPicture() {
    assertNull(PictureShape.ofArray());
  }

  @Test
  void channelsLieAsTheLayoutSays() {
    assertEquals((1 * 3 + 2) * 3 + 1, WIDE.feature(1, 2, 1));
    assertEquals((1 * 2 + 1) * 3 + 2, PLANES.feature(1, 2, 1));
    assertEquals(18, PLANES.features());
    assertEquals(1 * 3 + 2, PictureShape.grey(2, 3).feature(1, 2, 0));
  }

  @Test
  void greyHasOneLayout() {
    assertEquals(PictureShape.grey(2, 3), new PictureShape(2, 3, 1, Layout.PLANAR));
    assertFalse(WIDE.equals(PLANES));
    assertTrue(PictureShape.agree(WIDE, null) && PictureShape.agree(null, WIDE));
    assertTrue(PictureShape.agree(WIDE, PictureShape.colour(2, 3, Layout.INTERLEAVED)));
    assertFalse(PictureShape.agree(WIDE, PLANES));
  }

  @Test
  void aTextIsReadAsItWasWritten() {
    assertEquals("height=2 width=3 channels=3 layout=planar", PLANES.text());
    for (PictureShape shape : new PictureShape[] {WIDE, PLANES, PictureShape.grey(28, 28)}) {
      assertEquals(shape, PictureShape.parse(shape.text()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "28x28",
        "height=2 width=3 channels=3",
        "height=2 width=3 channels=2 layout=planar",
        "height=0 width=3 channels=3 layout=planar",
        "height=-2 width=3 channels=3 layout=planar",
        "height=2 width=3 channels=3 layout=PLANAR",
        "height=2 width=3 channels=3 layout=planar ",
        "height=99999999999 width=3 channels=3 layout=planar",
        "height=30000 width=30000 channels=3 layout=planar",
      })
  void otherTextsAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> PictureShape.parse(text));
  }

  @Test
  void aFormRefusesAPictureOfOtherRows() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> RowForm.classes(17).withPicture(PLANES));
    assertEquals(
        "pictures of 3x2 in planar colour: expected rows of 18 features, found 17",
        refused.getMessage());
  }

  @Test
  void formsFitUnlessTheyContradict() {
    RowForm plain = RowForm.classes(18);
    assertTrue(plain.fits(plain.withPicture(WIDE)) && plain.withPicture(WIDE).fits(plain));
    assertFalse(plain.withPicture(PLANES).fits(plain.withPicture(WIDE)));
    assertFalse(plain.fits(RowForm.byteClasses(18, FeatureMap.IDENTITY)));
    assertFalse(plain.withPicture(WIDE).fits(RowForm.values(18, 1).withPicture(WIDE)));
  }

  @Test
  void partsKeepIt() {
    BitSet odd = new BitSet();
    odd.set(1);
    RowForm form = RowForm.byteClasses(18, FeatureMap.PIXELS).withPicture(WIDE);
    try (Dataset data = RecordFileTest.dataset(form, 3, false);
        Dataset selected = data.select("some", 2, 0);
        Dataset part = data.part("odd", odd);
        Dataset again = data.stream().read()) {
      for (Dataset each : new Dataset[] {data, data.subset(1, 3), selected, part, again}) {
        assertEquals(form, each.form(), each.name());
        assertEquals(WIDE, each.picture());
      }
    }
  }
}

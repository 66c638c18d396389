package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class StrataTest {
  /** 1000 rows: 700, 290, 9 and 1 of four groups, scattered. */
  private static int[] groups() {
    int[] groups = new int[1000];
    for (int row = 0; row < groups.length; row++) {
      int place = row * 377 % 1000; // each number once
      groups[row] = place < 700 ? 0 : place < 990 ? 1 : place < 999 ? 2 : 3;
    }
    return groups;
  }

  private static int count(BitSet rows, int[] groups, int group) {
    return (int) rows.stream().filter(row -> groups[row] == group).count();
  }

  @Test
  void aPartHasItsShareOfEveryGroup() {
    int[] groups = groups();
    Strata strata = Strata.of(groups);
    for (int seed = 0; seed < 20; seed++) {
      BitSet part = strata.part(strata.all(), 200, seed, "test");
      assertEquals(200, part.cardinality());
      assertEquals(140, count(part, groups, 0), 1);
      assertEquals(58, count(part, groups, 1), 1);
      assertEquals(1.8, count(part, groups, 2), 1);
      assertEquals(0, count(part, groups, 3), "the only row of its class is trained on");
    }
  }

  @Test
  void equalSeedsGiveEqualPartsAndOthersOthers() {
    Strata strata = Strata.of(groups());
    BitSet part = strata.part(strata.all(), 100, 1, "test");
    assertEquals(part, Strata.of(groups()).part(strata.all(), 100, 1, "test"));
    assertNotEquals(part, strata.part(strata.all(), 100, 2, "test"));
    assertNotEquals(part, strata.part(strata.all(), 100, 1, "validation"));
  }

  @Test
  void everyRowIsDrawnBySomeSeed() {
    Strata strata = Strata.of(new int[50]);
    BitSet drawn = new BitSet();
    for (int seed = 0; seed < 100; seed++) {
      drawn.or(strata.part(strata.all(), 10, seed, "test"));
    }
    assertEquals(50, drawn.cardinality());
  }

  @Test
  void foldsAreDisjointAndStratified() {
    int[] groups = groups();
    groups[5] = Strata.LEFT_OUT;
    Strata strata = Strata.of(groups);
    BitSet all = new BitSet();
    for (BitSet fold : strata.folds(5, 3)) {
      assertEquals(200, fold.cardinality(), 1);
      assertEquals(140, count(fold, groups, 0), 1);
      assertEquals(58, count(fold, groups, 1), 1);
      assertEquals(1.8, count(fold, groups, 2), 1);
      assertFalse(all.intersects(fold));
      all.or(fold);
    }
    BitSet others = strata.all();
    others.andNot(all);
    assertEquals(1, others.cardinality(), "the only row of its class is always trained on");
    assertEquals(1, count(others, groups, 3));
  }

  @Test
  void foldsAreTwoToTheNumberOfRows() {
    assertEquals(3, Strata.of(0, 0, 0).folds(3, 1).length);
    for (int count : new int[] {1, 4}) {
      assertTrue(
          assertThrows(DataException.class, () -> Strata.of(0, 0, 0).folds(count, 1))
              .getMessage()
              .contains("expected 2 to the 3 rows, found " + count));
    }
  }

  /** So it is in every training part. */
  @Test
  void theOnlyRowOfAGroupIsInNoFold() {
    for (BitSet fold : Strata.of(0, 1, 0, 0).folds(3, 1)) {
      assertEquals(1, fold.cardinality());
      assertFalse(fold.get(1));
    }
    assertTrue(
        assertThrows(DataException.class, () -> Strata.of(0, 1, 0, 2).folds(3, 1))
            .getMessage()
            .contains("expected 2 to the 2 rows besides 2 that are the only one of their class"));
  }

  @Test
  void chosenRowsAreCopied() {
    float[][] features = {{1, 2}, {3, 4}, {5, 6}};
    Dataset part;
    try (Dataset all = Dataset.ofClasses("all", features, new int[] {0, 1, 2}, 3)) {
      part = all.select("part", 2, 0);
      assertThrows(IndexOutOfBoundsException.class, () -> all.select("part", 3));
      assertThrows(DataException.class, () -> all.select("part"));
    }
    try (part) {
      assertEquals(2, part.size());
      assertEquals(5, part.feature(0, 0));
      assertEquals(2, part.feature(1, 1));
      assertEquals(2, part.label(0));
      assertEquals(3, part.classCount());
    }
    try (Dataset values =
            Dataset.ofValues("all", features, new float[][] {{7, 8}, {9, 1}, {2, 3}});
        Dataset chosen = values.select("part", 1)) {
      assertEquals(1, chosen.target(0, 1));
    }
  }

  @Test
  void chosenBytesStayBytes() {
    try (DatasetBuilder builder = DatasetBuilder.byteClasses("all", 2, FeatureMap.PIXELS)) {
      builder.addRow(new byte[] {0, (byte) 255}, 0);
      builder.addRow(new byte[] {51, 0}, 1);
      try (Dataset all = builder.build(2);
          Dataset part = all.select("part", 1)) {
        assertEquals(0.2f, part.feature(0, 0), 1e-7);
        assertEquals(FeatureMap.PIXELS, part.preprocessing());
      }
    }
  }
}

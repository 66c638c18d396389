package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.panagrad.kernel.Kernels;

class DatasetTest {
  private static final float[][] FEATURES = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {-1, 0, 0.5f}};
  private static final Kernels KERNELS = PlainKernels.create();

  private static Dataset classes() {
    return Dataset.ofClasses("four", FEATURES, new int[] {2, 0, 1, 2}, 3);
  }

  private static Dataset bytes() {
    try (DatasetBuilder builder = DatasetBuilder.byteClasses("b", 2, new FeatureMap(0.5f, -1))) {
      builder.addRow(new byte[] {0, (byte) 255}, 0);
      builder.addRow(new byte[] {(byte) 128, 1}, 1);
      return builder.build(List.of("zero", "one"));
    }
  }

  private static MemorySegment ints(Arena arena, int... values) {
    return arena.allocateFrom(ValueLayout.JAVA_INT, values);
  }

  @Test
  void saysWhatItHolds() {
    try (Dataset data = classes()) {
      assertEquals("four: 4 rows, 3 features, 3 classes", data.toString());
      assertEquals(4, data.size());
      assertEquals(3, data.featureCount());
      assertEquals(TargetKind.CLASSES, data.targetKind());
      assertEquals(3, data.classCount());
      assertEquals(3, data.targetCount());
      assertEquals(3, data.presentClasses());
      assertEquals(List.of(), data.classNames());
      assertEquals(FeatureMap.IDENTITY, data.preprocessing());
      assertEquals(4 * 3 * 4 + 4 * 4, data.nativeBytes());
      for (int row = 0; row < 4; row++) {
        for (int column = 0; column < 3; column++) {
          assertEquals(FEATURES[row][column], data.feature(row, column));
        }
      }
      assertEquals(1, data.label(2));
      assertEquals(1f, data.target(2, 1));
      assertEquals(0f, data.target(2, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> data.label(4));
      assertThrows(IndexOutOfBoundsException.class, () -> data.feature(0, 3));
      assertThrows(IndexOutOfBoundsException.class, () -> data.target(0, 3));
    }
  }

  @Test
  void moreRowsMayComeThanAreExpectedOrFewer() {
    for (int expected : new int[] {0, 1, 5, 100_000}) {
      try (DatasetBuilder builder = DatasetBuilder.values("some", 3, 1)) {
        builder.expect(expected);
        for (int row = 0; row < 4; row++) {
          builder.addRow(FEATURES[row], new float[] {row});
        }
        try (Dataset data = builder.build()) {
          assertEquals(4, data.size());
          assertEquals(4 * 3 * 4 + 4 * 4, data.nativeBytes());
          assertEquals(0.5f, data.feature(3, 2));
          assertEquals(3f, data.target(3, 0));
        }
      }
    }
    try (DatasetBuilder builder = DatasetBuilder.classes("none", 3)) {
      assertThrows(IllegalArgumentException.class, () -> builder.expect(-1));
    }
  }

  @Test
  void keepsBytesAndGivesThemPreprocessed() {
    try (Dataset data = bytes();
        Arena arena = Arena.ofConfined()) {
      assertEquals(2 * 2 + 2 * 4, data.nativeBytes());
      assertEquals(List.of("zero", "one"), data.classNames());
      assertEquals(-1f, data.feature(0, 0));
      assertEquals(126.5f, data.feature(0, 1));
      assertEquals(63f, data.feature(1, 0));
      MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, 4);
      data.gatherFeatures(KERNELS, ints(arena, 1, 0), 0, 2, out, 0);
      assertEquals(63f, out.getAtIndex(ValueLayout.JAVA_FLOAT, 0));
      assertEquals(-0.5f, out.getAtIndex(ValueLayout.JAVA_FLOAT, 1));
      assertEquals(-1f, out.getAtIndex(ValueLayout.JAVA_FLOAT, 2));
      assertEquals(126.5f, out.getAtIndex(ValueLayout.JAVA_FLOAT, 3));
    }
  }

  @Test
  void gathersRowsOfAViewInTheOrderOfTheIndices() {
    try (Dataset data = classes();
        Arena arena = Arena.ofConfined()) {
      Dataset view = data.subset(1, 4);
      MemorySegment indices = ints(arena, 9, 2, 0);
      MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, 7);
      view.gatherFeatures(KERNELS, indices, 1, 2, out, 4);
      float[] expected = {0, -1, 0, 0.5f, 4, 5, 6};
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], out.getAtIndex(ValueLayout.JAVA_FLOAT, i));
      }
      MemorySegment labels = arena.allocate(ValueLayout.JAVA_INT, 3);
      view.gatherLabels(indices, 1, 2, labels, 4);
      assertEquals(0, labels.getAtIndex(ValueLayout.JAVA_INT, 0));
      assertEquals(2, labels.getAtIndex(ValueLayout.JAVA_INT, 1));
      assertEquals(0, labels.getAtIndex(ValueLayout.JAVA_INT, 2));
      assertEquals(3, view.size());
      assertEquals("four[1, 4): 3 rows, 3 features, 3 classes", view.toString());
      assertEquals(2, view.subset(2, 3).label(0));
    }
  }

  @Test
  void rowsNeedNotHaveTheHighestClass() {
    try (Dataset three = classes();
        Dataset named = bytes();
        Arena arena = Arena.ofConfined()) {
      Dataset five = three.withClassCount(5);
      assertEquals(3, three.classCount());
      for (Dataset data : List.of(five, five.subset(1, 3), five.select("some", 1, 2))) {
        assertEquals(5, data.classCount());
        assertEquals(5, data.targetCount());
        assertEquals(0, data.target(0, 4));
        MemorySegment targets = arena.allocate(ValueLayout.JAVA_FLOAT, 5);
        data.gatherTargets(ints(arena, 0), 0, 1, targets, 0, 1);
        assertEquals(1, targets.getAtIndex(ValueLayout.JAVA_FLOAT, data.label(0)));
        assertEquals(0, targets.getAtIndex(ValueLayout.JAVA_FLOAT, 4));
      }
      assertEquals(three.presentClasses(), five.presentClasses());
      assertThrows(IllegalArgumentException.class, () -> three.withClassCount(2));
      assertThrows(IllegalArgumentException.class, () -> named.withClassCount(3));
    }
  }

  @Test
  void gathersTargetsFeatureMajor() {
    float[][] targets = {{1, 2}, {3, 4}, {5, 6}};
    try (Dataset values = Dataset.ofValues("v", new float[3][1], targets);
        Dataset classes = classes();
        Arena arena = Arena.ofConfined()) {
      assertEquals(TargetKind.VALUES, values.targetKind());
      assertEquals(0, values.classCount());
      assertEquals(2, values.targetCount());
      assertEquals(6f, values.target(2, 1));
      MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, 16);
      out.fill((byte) 0x7F);
      float untouched = out.getAtIndex(ValueLayout.JAVA_FLOAT, 0);
      values.gatherTargets(ints(arena, 2, 0), 0, 2, out, 4, 3);
      float[] expected = {untouched, 5, 1, untouched, 6, 2, untouched};
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], out.getAtIndex(ValueLayout.JAVA_FLOAT, i));
      }
      classes.gatherTargets(ints(arena, 1, 0), 0, 2, out, 0, 2);
      float[] oneHot = {1, 0, 0, 0, 0, 1};
      for (int i = 0; i < oneHot.length; i++) {
        assertEquals(oneHot[i], out.getAtIndex(ValueLayout.JAVA_FLOAT, i));
      }
      assertThrows(
          IllegalStateException.class, () -> values.gatherLabels(ints(arena, 0), 0, 1, out, 0));
      assertThrows(IllegalStateException.class, () -> values.label(0));
    }
  }

  @Test
  void keepsAWeightForEachRow() {
    try (DatasetBuilder builder = DatasetBuilder.values("weighed", 1, 1);
        Arena arena = Arena.ofConfined()) {
      for (int r = 0; r < 4; r++) {
        builder.addRow(new float[] {r}, new float[] {r});
        builder.addWeight(r / 2f);
      }
      try (Dataset data = builder.build()) {
        assertTrue(data.isWeighted());
        assertEquals(4 * 4 * 3, data.nativeBytes());
        Dataset view = data.subset(1, 4);
        assertTrue(view.isWeighted());
        assertEquals(1.5f, view.weight(2));
        assertThrows(IndexOutOfBoundsException.class, () -> view.weight(3));
        MemorySegment indices = arena.allocateFrom(ValueLayout.JAVA_INT, 9, 2, 0);
        MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, 3);
        view.gatherWeights(indices, 1, 2, out, 4);
        assertArrayEquals(new float[] {0, 1.5f, 0.5f}, out.toArray(ValueLayout.JAVA_FLOAT));
        assertThrows(
            IndexOutOfBoundsException.class, () -> view.gatherWeights(indices, 0, 1, out, 0));
        assertThrows(
            IndexOutOfBoundsException.class, () -> view.gatherWeights(indices, 1, 2, out, 8));
      }
    }
    try (Dataset plain = classes();
        Arena arena = Arena.ofConfined()) {
      assertFalse(plain.isWeighted());
      assertEquals(1, plain.weight(0));
      MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, 2);
      plain.gatherWeights(arena.allocateFrom(ValueLayout.JAVA_INT, 1, 0), 0, 2, out, 0);
      assertArrayEquals(new float[] {1, 1}, out.toArray(ValueLayout.JAVA_FLOAT));
    }
  }

  @Test
  void refusesWeightsThatAreNone() {
    try (DatasetBuilder builder = DatasetBuilder.classes("weighed", 1)) {
      assertThrows(IllegalStateException.class, () -> builder.addWeight(1));
      builder.addRow(new float[1], 0);
      for (float wrong : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
        DataException e = assertThrows(DataException.class, () -> builder.addWeight(wrong));
        assertTrue(String.valueOf(e.getMessage()).contains("row 0"), e.toString());
      }
      builder.addWeight(0);
      assertThrows(DataException.class, () -> builder.addWeight(1), "a second for a row");
      assertThrows(DataException.class, () -> builder.build(1), "all are 0");
      builder.addRow(new float[1], 0);
      assertThrows(DataException.class, () -> builder.build(1), "one is missing");
      builder.addWeight(2);
      builder.build(1).close();
    }
  }

  @Test
  void refusesToReadOrWriteOutside() {
    try (Dataset data = classes();
        Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.JAVA_FLOAT, 6);
      for (int wrong : new int[] {-1, 4, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        MemorySegment indices = ints(arena, wrong);
        assertThrows(
            IndexOutOfBoundsException.class,
            () -> data.gatherFeatures(KERNELS, indices, 0, 1, out, 0));
        assertThrows(
            IndexOutOfBoundsException.class, () -> data.gatherLabels(indices, 0, 1, out, 0));
        assertThrows(
            IndexOutOfBoundsException.class, () -> data.gatherTargets(indices, 0, 1, out, 0, 1));
      }
      MemorySegment indices = ints(arena, 0, 1, 2);
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> data.gatherFeatures(KERNELS, indices, 0, 3, out, 0));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> data.gatherFeatures(KERNELS, indices, 2, 2, out, 0));
      assertThrows(
          IndexOutOfBoundsException.class, () -> data.gatherLabels(indices, 0, 3, out, 16));
      assertThrows(
          IndexOutOfBoundsException.class, () -> data.gatherLabels(indices, 0, -1, out, 0));
      assertThrows(
          IndexOutOfBoundsException.class, () -> data.gatherTargets(indices, 0, 3, out, 0, 2));
      assertThrows(
          IndexOutOfBoundsException.class, () -> data.gatherTargets(indices, 0, 2, out, 4, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> data.subset(2, 5));
    }
  }

  @Test
  void aClosedDatasetSaysSoAndSoDoItsViews() {
    Dataset data = classes();
    Dataset view = data.subset(0, 2);
    view.close();
    view.close();
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> data.label(0));
    assertEquals("four: the dataset is closed", e.getMessage());
    assertThrows(IllegalStateException.class, () -> view.feature(0, 0));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(64);
      MemorySegment indices = ints(arena, 0);
      assertThrows(
          IllegalStateException.class, () -> data.gatherFeatures(KERNELS, indices, 0, 1, out, 0));
      assertThrows(IllegalStateException.class, () -> data.gatherLabels(indices, 0, 1, out, 0));
      assertThrows(IllegalStateException.class, () -> data.gatherTargets(indices, 0, 1, out, 0, 1));
    }
  }

  @Test
  void memoryIsFreedWhenTheDatasetIsUnreachable() throws InterruptedException {
    MemorySegment features = featuresOfADatasetThatIsDropped();
    for (int i = 0; i < 200 && features.scope().isAlive(); i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertTrue(!features.scope().isAlive());
  }

  private static MemorySegment featuresOfADatasetThatIsDropped() {
    try (NativeBuffer features = new NativeBuffer("f", 4);
        NativeBuffer targets = new NativeBuffer("t", 4)) {
      features.append(1f);
      targets.append(0);
      Rows rows = new Rows(1, RowForm.classes(1), 1, List.of(), features, targets, null);
      return rows.features;
    }
  }

  @Test
  void aViewKeepsTheMemoryAlive() throws InterruptedException {
    Dataset view = classes().subset(3, 4);
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(0.5f, view.feature(0, 2));
    view.close();
  }

  @Test
  void refusesBadRowsByName() {
    assertMessage(
        "d, row 1: feature 2: expected a finite number, found NaN; remove the row or fill the value"
            + " in",
        () -> Dataset.ofClasses("d", new float[][] {{1, 2, 3}, {1, 2, Float.NaN}}, new int[2], 2));
    assertMessage(
        "d, row 0: target 0: expected a finite number, found Infinity; remove the row or fill the"
            + " value in",
        () ->
            Dataset.ofValues("d", new float[][] {{1}}, new float[][] {{Float.POSITIVE_INFINITY}}));
    assertMessage(
        "d, row 1: the label is not one of the 2 classes: expected 0 to 1, found 2; correct the"
            + " label or the number of classes",
        () -> Dataset.ofClasses("d", new float[3][1], new int[] {1, 2, 0}, 2));
    assertMessage(
        "d, row 2: the label is negative: expected 0 or more, found -1; number the classes from 0",
        () -> Dataset.ofClasses("d", new float[3][1], new int[] {1, 1, -1}, 2));
    assertMessage(
        "d, row 1: number of features: expected 2, found 1; give every row the same columns",
        () -> Dataset.ofClasses("d", new float[][] {{1, 2}, {1}}, new int[2], 2));
    assertMessage(
        "d: the dataset is empty: expected at least 1 row, found 0 rows; check the source of the"
            + " data",
        () -> Dataset.ofClasses("d", new float[0][], new int[0], 2));
    assertMessage(
        "d: feature rows and labels differ in number: expected 2 labels, found 3; give one for each"
            + " row",
        () -> Dataset.ofClasses("d", new float[2][1], new int[3], 2));
    assertMessage(
        "d: number of features in a row: expected 1 or more, found 0; check the source of the data",
        () -> Dataset.ofClasses("d", new float[2][0], new int[2], 2));
    assertMessage(
        "d: number of classes: expected 1 or more, found 0; check the source of the data",
        () -> Dataset.ofClasses("d", new float[2][1], new int[2], 0));
    assertMessage(
        "four: rows [2, 2): expected at least 1 row, found 0 rows; choose a larger part of the"
            + " dataset",
        () -> classes().subset(2, 2));
  }

  @Test
  void oneClassIsLegalAndSeen() {
    try (Dataset data = Dataset.ofClasses("d", new float[2][1], new int[] {3, 3}, 5)) {
      assertEquals(5, data.classCount());
      assertEquals(1, data.presentClasses());
      assertTrue(data.isOfOneClass());
    }
    try (Dataset data = Dataset.ofClasses("d", new float[3][1], new int[] {3, 3, 0}, 5)) {
      assertFalse(data.isOfOneClass());
      assertTrue(data.subset(0, 2).isOfOneClass());
    }
  }

  @Test
  void rowsAddedTogetherAreThoseAddedOneByOne() {
    float[] rows = {1, 2, 3, 4, 5, 6};
    try (DatasetBuilder builder = DatasetBuilder.classes("d", 2)) {
      builder.addRows(new float[0], new int[0]);
      builder.addRow(new float[] {7, 8}, 4);
      builder.addRows(rows, new int[] {2, 0, 1});
      builder.addRows(new float[0], new int[0]);
      builder.addRow(new float[] {9, 10}, 3);
      assertEquals(5, builder.size());
      assertEquals(4, builder.highestLabel());
      try (Dataset data = builder.build(5)) {
        assertEquals(7, data.feature(0, 0));
        assertEquals(2, data.label(1));
        assertEquals(6, data.feature(3, 1));
        assertEquals(1, data.label(3));
        assertEquals(10, data.feature(4, 1));
      }
    }
    try (DatasetBuilder builder = DatasetBuilder.values("d", 2, 3)) {
      builder.addRows(new float[] {1, 2, 3, 4}, new float[] {10, 11, 12, 13, 14, 15});
      try (Dataset data = builder.build()) {
        assertEquals(2, data.size());
        assertEquals(3, data.feature(1, 0));
        assertEquals(13, data.target(1, 0));
      }
    }
  }

  @Test
  void ofRowsAddedTogetherNoneIsAddedIfOneIsRefused() {
    try (DatasetBuilder builder = DatasetBuilder.classes("d", 2)) {
      builder.addRow(new float[] {7, 8}, 4);
      assertMessage(
          "d, row 2: feature 1: expected a finite number, found NaN; remove the row or fill the"
              + " value in",
          () -> builder.addRows(new float[] {1, 2, 3, Float.NaN, 5, 6}, new int[] {0, 1, 2}));
      assertMessage(
          "d, row 3: the label is negative: expected 0 or more, found -2; number the classes from"
              + " 0",
          () -> builder.addRows(new float[] {1, 2, 3, 4, 5, 6}, new int[] {0, 1, -2}));
      assertMessage(
          "d, row 1: number of features of 3 rows: expected 6, found 5; give whole rows, and a"
              + " target for each",
          () -> builder.addRows(new float[5], new int[3]));
      assertEquals(1, builder.size());
      try (Dataset data = builder.build(5)) {
        assertEquals(1, data.size());
      }
    }
    try (DatasetBuilder builder = DatasetBuilder.values("d", 1, 2)) {
      assertMessage(
          "d, row 0: number of targets: expected 4, found 3; give every row the same" + " columns",
          () -> builder.addRows(new float[2], new float[3]));
      assertMessage(
          "d, row 1: target 0: expected a finite number, found Infinity; remove the row or fill the"
              + " value in",
          () -> builder.addRows(new float[2], new float[] {0, 1, Float.POSITIVE_INFINITY, 1}));
      assertEquals(0, builder.size());
    }
  }

  @Test
  void aBuilderGrowsOverManyRows() {
    try (DatasetBuilder builder = DatasetBuilder.values("grown", 3, 1)) {
      for (int i = 0; i < 50_000; i++) {
        builder.addRow(new float[] {i, -i, 0.5f * i}, new float[] {2 * i});
      }
      try (Dataset data = builder.build()) {
        assertEquals(50_000, data.size());
        assertEquals(50_000L * 16, data.nativeBytes());
        for (int i = 0; i < 50_000; i += 777) {
          assertEquals(-i, data.feature(i, 1));
          assertEquals(2f * i, data.target(i, 0));
        }
      }
    }
  }

  @Test
  void aBuilderCannotTouchWhatItHasBuilt() {
    try (DatasetBuilder builder = DatasetBuilder.classes("once", 1)) {
      builder.addRow(new float[] {1}, 0);
      try (Dataset data = builder.build(2)) {
        assertThrows(IllegalStateException.class, () -> builder.addRow(new float[] {2}, 1));
        assertThrows(IllegalStateException.class, () -> builder.build(2));
        assertEquals(1f, data.feature(0, 0));
        assertThrows(IllegalStateException.class, () -> builder.addRow(new byte[1], 1));
      }
    }
  }

  @Test
  void closingWhileOthersReadThrowsThereAndNothingElse() throws InterruptedException {
    Dataset data = Digits.generate(1, 200);
    int readers = 3;
    CountDownLatch reading = new CountDownLatch(readers);
    List<Thread> threads = new ArrayList<>();
    List<Throwable> ends = new CopyOnWriteArrayList<>();
    for (int i = 0; i < readers; i++) {
      threads.add(Thread.ofPlatform().start(() -> ends.add(readUntilItThrows(data, reading))));
    }
    reading.await();
    data.close();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(readers, ends.size());
    for (Throwable end : ends) {
      assertEquals(IllegalStateException.class, end.getClass());
    }
  }

  private static Throwable readUntilItThrows(Dataset data, CountDownLatch reading) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment indices = ints(arena, 7, 199, 0);
      MemorySegment out = arena.allocate(3L * data.featureCount() * 4, 4);
      data.gatherFeatures(KERNELS, indices, 0, 3, out, 0);
      reading.countDown();
      while (true) {
        data.gatherFeatures(KERNELS, indices, 0, 3, out, 0);
      }
    } catch (RuntimeException e) {
      return e;
    }
  }

  private static void assertMessage(
      String expected, org.junit.jupiter.api.function.Executable executable) {
    assertEquals(expected, assertThrows(DataException.class, executable).getMessage());
  }
}

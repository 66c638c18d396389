package org.panagrad.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.cli.option.MemorySize;
import org.panagrad.graph.LossFunction;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;

class DisplayTest {
  private final StringWriter written = new StringWriter();
  private final PrintWriter out = new PrintWriter(written);
  private static final TrainingScore SCORE =
      new TrainingScore(LossFunction.CROSS_ENTROPY, 10, "test");
  private static final CurveStyle ASCII = new CurveStyle(false, false);
  private static final CurveStyle BLOCKS = new CurveStyle(true, false);

  private LineDisplay lines(int epochs) {
    return new LineDisplay(out, epochs, SCORE);
  }

  private BarDisplay bars(int epochs, int columns) {
    return new BarDisplay(out, epochs, columns, SCORE, ASCII);
  }

  private static void twoEpochs(EpochDisplay display) {
    for (int epoch = 1; epoch <= 2; epoch++) {
      display.begin(epoch);
      for (int done = 10; done <= 1000; done += 10) {
        display.step(done, 1000, 0.5, 0.9);
      }
      display.end(new EpochResult(epoch, 1000, 0.5, 0.9, 0.01, 0), new Evaluation(10, 0.4, 0.8));
    }
    display.close();
  }

  @Test
  void linesAreOnePerShortEpoch() {
    twoEpochs(lines(2));
    assertEquals(
        """
        epoch 1/2  loss 0.5000  accuracy 90.00 %  test 80.00 %  100,000/s  0:00 left
        epoch 2/2  loss 0.5000  accuracy 90.00 %  test 80.00 %  100,000/s  0:00 left
        """,
        written.toString());
  }

  /** What was drawn over each other, and printed, without the line ends. */
  private String[] drawn() {
    String[] drawn = written.toString().split("[\r\n]", -1);
    for (String line : drawn) {
      assertTrue(line.length() < 80, line);
      assertFalse(line.chars().anyMatch(c -> c < ' ' || c > '~'), line);
    }
    return drawn;
  }

  @Test
  void barStaysWithinTheLineAndGivesWay() {
    twoEpochs(bars(2, 80));
    drawn();
    String text = written.toString();
    assertEquals(2, text.chars().filter(c -> c == '\n').count(), text);
    for (int epoch = 1; epoch <= 2; epoch++) {
      assertTrue(text.contains("\r" + " ".repeat(79) + "\repoch " + epoch + "/2  loss "), text);
    }
  }

  @Test
  void barIsCutWhereTheTerminalIsNarrow() {
    for (int columns : new int[] {10, 30, 50}) {
      twoEpochs(bars(2, columns));
      String[] drawn = written.toString().split("\\R|\r", -1);
      int bars = 0;
      for (String line : drawn) {
        if (!line.contains("  loss ")) {
          bars += line.isBlank() ? 0 : 1;
          assertTrue(line.length() < columns, line);
        }
      }
      assertTrue(bars >= 2, written.toString());
      written.getBuffer().setLength(0);
    }
  }

  @Test
  void barTellsLossAccuracySpeedAndTime() {
    BarDisplay display = bars(1000, 80);
    display.begin(500);
    display.step(250, 1000, 0.123456, 0.95128);
    display.close();
    display.close();
    String[] drawn = drawn();
    String last = drawn[drawn.length - 3];
    assertTrue(
        last.matches(
            "epoch  500/1000  25% \\[=*>? *] loss 0\\.1235 acc 95\\.1%"
                + " \\(\\d:\\d\\d:\\d\\d / \\d:\\d\\d:\\d\\d\\) [\\d,]*(/s?)?"),
        written.toString());
    assertEquals(79, last.length(), last);
    assertEquals(" ".repeat(79), drawn[drawn.length - 2]);
    assertEquals("", drawn[drawn.length - 1]);
  }

  @Test
  void barFillsFromLeftToRight() {
    BarDisplay display = bars(9, 120);
    display.begin(3);
    display.step(500, 1000, 0.5, 0.5);
    display.close();
    display.step(1000, 1000, 0.5, 0.5);
    display.close();
    String text = written.toString();
    assertTrue(text.matches("(?s).*epoch 3/9  50% \\[(=+)>? {10,}] .*"), text);
    assertTrue(text.matches("(?s).*epoch 3/9 100% \\[={20,}] .*"), text);
  }

  private static EpochResult epoch(int epoch, double loss) {
    return new EpochResult(epoch, 1000, loss, 0.9, 0.01);
  }

  @Test
  void curvesGrowWithTheEpochsAndStayWithinTheLine() {
    BarDisplay display = new BarDisplay(out, 100, 80, SCORE, BLOCKS);
    for (int epoch = 1; epoch <= 100; epoch++) {
      display.begin(epoch);
      display.end(epoch(epoch, 1.0 / epoch), new Evaluation(10, 0.4, 1 - 0.5 / epoch));
    }
    String[] drawn = written.toString().lines().toArray(String[]::new);
    assertEquals(100, drawn.length);
    for (String line : drawn) {
      assertTrue(line.length() < 80, line);
    }
    assertTrue(drawn[2].startsWith("epoch   3/100  loss 0.3333 \u2588\u2583\u2581 "), drawn[2]);
    assertTrue(
        drawn[99].matches(
            "epoch 100/100  loss 0\\.0100 \u2588[\u2581-\u2588]{5,11}"
                + "  test 99\\.50 % \u2581[\u2581-\u2588]{4,10}\u2588  100,000/s  0:00 left"),
        drawn[99]);
  }

  @Test
  void aNarrowTerminalHasNoCurves() {
    BarDisplay display = new BarDisplay(out, 2, 60, SCORE, BLOCKS);
    display.begin(1);
    display.end(epoch(1, 0.5), new Evaluation(10, 0.4, 0.8));
    assertEquals("epoch 1/2  loss 0.5000  test 80.00 %  0:00 left\n", written.toString());
  }

  /** First the speed is left out, then the accuracy, then the time to go, then the score. */
  @Test
  void anEpochsLineFitsWhereItCan() {
    String whole = "epoch 1/2  loss 0.5000  accuracy 90.00 %  test 80.00 %  100,000/s  0:00 left";
    for (int columns = 20; columns < 100; columns++) {
      String line =
          new EpochLine(columns, SCORE, ASCII)
              .of("epoch 1/2", epoch(1, 0.5), new Evaluation(10, 0.4, 0.8), "0:00 left");
      assertTrue(line.startsWith("epoch 1/2  loss 0.5000"), line);
      assertTrue(line.length() < Math.max(columns, 23), columns + ": " + line);
      assertEquals(columns > whole.length(), line.equals(whole), columns + ": " + line);
      assertEquals(columns > 36, line.contains("test 80.00 %"), columns + ": " + line);
      assertEquals(columns > 47, line.endsWith("  0:00 left"), columns + ": " + line);
      assertEquals(columns > 65, line.contains("accuracy 90.00 %"), columns + ": " + line);
    }
  }

  /** A bar without room to grow tells nothing: rather than that, numbers are left out. */
  @Test
  void theBarKeepsItsRoom() {
    for (int columns : new int[] {48, 60, 72, 80, 100}) {
      BarDisplay display = bars(3, columns);
      display.begin(1);
      display.step(500, 1000, 0.5, 0.9);
      display.close();
      String bar =
          written
              .toString()
              .lines()
              .flatMap(line -> java.util.Arrays.stream(line.split("\r", -1)))
              .filter(line -> line.contains("["))
              .reduce("", (first, last) -> last);
      assertTrue(bar.length() < columns, bar);
      assertTrue(
          bar.matches("epoch 1/3  50% \\[[=> ]{6,}] .*\\(0:00:\\d\\d / 0:00:\\d\\d\\).*"), bar);
      assertEquals(columns >= 72, bar.contains(" loss 0.5000 acc 90.0% "), bar);
      assertEquals(columns >= 60, bar.contains(" loss 0.5000 "), bar);
      written.getBuffer().setLength(0);
    }
  }

  @Test
  void coloursEndWithTheCurve() {
    CurveStyle style = new CurveStyle(true, true);
    assertEquals(
        "\u001b[34m\u2581\u2588\u001b[39m", style.curve(List.of(1.0, 2.0), 5, CurveStyle.Ink.LOSS));
    assertTrue(CurveStyle.of("UTF-8", null, "xterm").colour());
    assertTrue(CurveStyle.of("UTF-8", "", "xterm").colour());
    assertFalse(CurveStyle.of("UTF-8", "1", "xterm").colour());
    assertFalse(CurveStyle.of("UTF-8", null, "dumb").colour());
    assertTrue(CurveStyle.of("UTF-8", "1", "xterm").blocks());
    assertFalse(CurveStyle.of("US-ASCII", null, "xterm").blocks());
    assertFalse(CurveStyle.of("ISO-8859-1", null, "xterm").blocks());
  }

  @Test
  void curvesAreOfMeansWhereThereAreManyValues() {
    assertEquals("\u2581\u2588", Sparkline.of(List.of(0.0, 1.0), 8));
    assertEquals("\u2581\u2588", Sparkline.of(List.of(0.0, 1.0, 5.0, 7.0), 2));
    assertEquals("\u2584\u2584", Sparkline.of(List.of(3.0, 3.0), 8));
    assertEquals("\u2581 \u2588", Sparkline.of(List.of(0.0, Double.NaN, 1.0), 8));
    assertEquals("", Sparkline.of(List.of(), 8));
  }

  @Test
  void valuesHaveTheirError() {
    TrainingScore squared = new TrainingScore(LossFunction.MEAN_SQUARED_ERROR, 2, "validation");
    Evaluation evaluation = new Evaluation(10, 0.25, Double.NaN);
    assertEquals("validation RMSE 0.5000", squared.text(evaluation));
    assertEquals("loss 0.0400  RMSE 0.2000", squared.training(0.04, Double.NaN));
    assertEquals("loss 0.0400 RMSE 0.2000", squared.brief(0.04, Double.NaN));
    TrainingScore half = new TrainingScore(LossFunction.HALF_MEAN_SQUARED_ERROR, 2, "test");
    // Halved and summed over two outputs: 0.25 = 1/2 * 2 * 0.5^2.
    assertEquals("test RMSE 0.5000", half.text(evaluation));
    TrainingScore absolute = new TrainingScore(LossFunction.MEAN_ABSOLUTE_ERROR, 1, "test");
    assertEquals("test loss 0.2500", absolute.text(evaluation));
    assertEquals("loss 0.0400", absolute.training(0.04, Double.NaN));
  }

  @Test
  void downloadIsABarOnATerminalAndLinesElsewhere() {
    try (DownloadDisplay display = new DownloadDisplay(out, false)) {
      display.progress("images", 1_000_000, 8_000_000);
      display.progress("images", 3_000_000, 8_000_000);
      display.progress("labels", 4_000_000, 8_000_000);
    }
    assertEquals(String.format("downloading images%ndownloading labels%n"), written.toString());
    try (DownloadDisplay display = new DownloadDisplay(out, true)) {
      display.progress("images", 1_000_000, 8_000_000);
      display.progress("images", 3_000_000, 8_000_000);
      // A mirror has failed.
      display.progress("images", 2_000_000, 8_000_000);
    }
    String text = written.toString();
    assertTrue(text.matches("(?s).*\rdownload  25% \\[=+>? +] 2/8MB \\(0:00:0.*\r +\r"), text);
  }

  @Test
  void numbersAreShort() {
    assertEquals("0:07", TrainingClock.duration(7.4));
    assertEquals("1:02:03", TrainingClock.duration(3723));
    assertEquals("1.20e-05", TrainingClock.loss(1.2e-5));
    assertEquals("0.0000", TrainingClock.loss(0));
    assertEquals("1.0 KiB", MemorySize.text(1024));
    assertEquals("1023 B", MemorySize.text(1023));
    assertEquals("2.5 GiB", MemorySize.text(5L << 29));
  }

  @Test
  void sizesAreReadWithUnits() {
    MemorySize.Converter converter = new MemorySize.Converter();
    assertEquals(512L << 20, converter.convert("512m").bytes());
    assertEquals(1L << 30, converter.convert("1GiB").bytes());
    assertEquals(4096, converter.convert("4k").bytes());
    assertEquals(77, converter.convert("77").bytes());
  }

  @Test
  void timeLeftIsOfTheEpochsOfThisRun() {
    assertEquals(30, TrainingClock.secondsLeft(10, 0, 2.5, 10));
    // Two epochs in ten seconds, whatever came before.
    assertEquals(25, TrainingClock.secondsLeft(10, 93, 95, 100));
    assertEquals(0, TrainingClock.secondsLeft(10, 93, 100, 100));
    assertEquals(1e9, TrainingClock.secondsLeft(10, 93, 93, 100));
  }
}

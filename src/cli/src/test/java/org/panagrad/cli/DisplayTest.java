package org.panagrad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;

class DisplayTest {
  private final StringWriter written = new StringWriter();
  private final PrintWriter out = new PrintWriter(written);

  private static void twoEpochs(EpochDisplay display) {
    for (int epoch = 1; epoch <= 2; epoch++) {
      display.begin(epoch);
      for (int done = 10; done <= 1000; done += 10) {
        display.step(done, 1000, 0.5, 0.9);
      }
      display.end(new EpochResult(epoch, 1000, 0.5, 0.9, 0.01), new Evaluation(10, 0.4, 0.8));
    }
    display.close();
  }

  @Test
  void linesAreOnePerShortEpoch() {
    twoEpochs(new LineDisplay(out, 2));
    assertEquals(
        """
        epoch 1/2  loss 0.5000  accuracy 90.00 %  test 80.00 %  100,000/s  0:00 left
        epoch 2/2  loss 0.5000  accuracy 90.00 %  test 80.00 %  100,000/s  0:00 left
        """,
        written.toString());
  }

  @Test
  void barStaysWithinTheLineAndGivesWay() {
    twoEpochs(new BarDisplay(out, 2, 80));
    String text = written.toString();
    assertTrue(text.contains("100% [===="), text);
    for (String drawn : text.split("[\r\n]", -1)) {
      assertTrue(drawn.length() < 80, drawn);
      assertFalse(drawn.chars().anyMatch(c -> c < ' ' || c > '~'), drawn);
    }
    assertEquals(2, text.chars().filter(c -> c == '\n').count());
  }

  @Test
  void barFillsFromLeftToRight() {
    BarLine bar = new BarLine(out, 20);
    bar.draw("a ", 0, " b");
    bar.draw("a ", 0.5, " b");
    bar.draw("a ", 1, " b");
    bar.erase();
    assertEquals(
        "\ra [>            ] b\ra [======>      ] b\ra [=============] b\r" + " ".repeat(19) + "\r",
        written.toString());
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
}

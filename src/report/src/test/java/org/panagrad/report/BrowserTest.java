package org.panagrad.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.PictureShape;
import org.panagrad.data.RowForm;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.ClassScores;
import org.panagrad.metrics.Mistake;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Sgd;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;
import org.panagrad.train.TrainingEvent;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** The page as a browser shows it. */
class BrowserTest {
  @TempDir Path dir;

  @Test
  void theCurvesAreThoseOfTheTraining() throws Exception {
    Path file = dir.resolve("report.html");
    List<EpochRecord> epochs;
    try (SampleTraining training = new SampleTraining()) {
      TrainingHistory history = training.run();
      epochs = history.epochs();
      training.report(history).write(file);
    }
    String dom = Browser.open(file, dir);
    assertEquals(
        List.of(
            "Loss: training",
            "Loss: test",
            "Accuracy: training",
            "Accuracy: test",
            "Learning rate: of the epoch's last step",
            "Rows per second: training"),
        Browser.all(dom, "data-curve=\"([^\"]*)\""));
    curveFollows(dom, "Loss: training", epochs.stream().map(e -> e.training().loss()).toList());
    curveFollows(
        dom,
        "Accuracy: test",
        epochs.stream().map(e -> Objects.requireNonNull(e.watched()).accuracy()).toList());
    String numbers = Browser.all(dom, "<table id=\"epochs\">(.*?)</table>").getFirst();
    List<String> cells = Browser.cells(numbers).toList();
    assertEquals(7 * (SampleTraining.EPOCHS + 1), cells.size());
    for (int i = 0; i < epochs.size(); i++) {
      assertEquals(Integer.toString(i + 1), cells.get(7 * (i + 1)));
      assertEquals(
          epochs.get(i).training().loss(), Double.parseDouble(cells.get(7 * (i + 1) + 1)), 5e-6);
    }
    assertEquals(
        10 * 10,
        Browser.all(dom, "<table class=\"heat\" id=\"confusion\">(.*?)</table>").stream()
            .flatMap(table -> Browser.all(table, "(taken for)").stream().skip(1))
            .count());
    assertTrue(dom.contains("class=\"pixels\""));
    assertTrue(dom.contains("matrix products (sgemm)"));
    assertTrue(dom.contains("panagrad train --data 'a b'"));
  }

  /** Of values there are errors in place of accuracies, and gradients though none are stored. */
  @Test
  void aRegressionShowsItsErrors() throws Exception {
    Path file = dir.resolve("report.html");
    float[][] x = new float[64][2];
    float[][] y = new float[64][1];
    for (int i = 0; i < 64; i++) {
      x[i] = new float[] {i % 8 / 8f, i / 64f};
      y[i][0] = 100 * x[i][0] - 50 * x[i][1];
    }
    List<Double> errors = new ArrayList<>();
    TrainingHistory history = new TrainingHistory();
    try (Dataset set = Dataset.ofValues("slope", x, y);
        TrainingSession session =
            TrainingSession.open(
                Network.of(2, dense(8), relu(), dense(1)),
                set,
                TrainingOptions.defaults()
                    .loss(Losses.halfMeanSquaredError())
                    .optimizer(new Sgd(1e-3f))
                    .batchSize(16)
                    .threads(1))) {
      history.on(new TrainingEvent.Started(session, 4, 0));
      for (int epoch = 1; epoch <= 4; epoch++) {
        EpochResult result = session.epoch();
        Evaluation seen = session.evaluate(set);
        errors.add(Math.sqrt(2 * seen.loss()));
        history.on(new TrainingEvent.EpochEnded(result, seen, session.steps(), 1e-3f));
      }
      new HtmlReport(history, "slope", "train")
          .measured("training set", set, session.metrics(set))
          .weights(session)
          .write(file);
    }
    String dom = Browser.open(file, dir);
    assertEquals(
        List.of("Loss", "Loss", "RMSE", "RMSE", "Learning rate", "Rows per second"),
        Browser.all(dom, "data-curve=\"([^\":]*):"));
    curveFollows(dom, "RMSE: validation", errors);
    String numbers = Browser.all(dom, "<table id=\"epochs\">(.*?)</table>").getFirst();
    List<String> cells = Browser.cells(numbers).toList();
    assertEquals("validation RMSE", cells.get(4));
    assertEquals(errors.getFirst(), Double.parseDouble(cells.get(7 + 4).replace(",", "")), 5e-6);
    assertEquals(4, Browser.all(dom, ">(gradient, deviation)").size());
  }

  /** What the canvas of a picture in colour holds, pixel by pixel. */
  @Test
  void aPictureIsDrawnAsItIs() throws Exception {
    Path file = dir.resolve("report.html");
    byte[] levels = {-1, 0, 0, 0, -1, 0, 0, 0, -1, 10, 20, 30, 40, 50, 60, -56, -46, -36};
    ClassMetrics metrics =
        new ClassMetrics(
            1,
            1,
            0,
            1,
            List.of(0.0),
            List.of(new ClassScores("cat", 1, 0, 0, 0), new ClassScores("dog", 0, 0, 0, 0)),
            null,
            List.of(new Mistake(0, 0, 1, 0.125, 0.875)));
    RowForm form =
        RowForm.byteClasses(levels.length, FeatureMap.PIXELS)
            .withPicture(PictureShape.colour(2, 3, PictureShape.Layout.INTERLEAVED));
    try (DatasetBuilder builder = new DatasetBuilder("colours", form)) {
      builder.addRow(levels, 0);
      try (Dataset set = builder.build(2)) {
        new HtmlReport(new TrainingHistory(), "title", "train")
            .measured("test set", set, metrics)
            .write(file);
      }
    }
    String looks =
        "<script>{ const c = document.querySelector('canvas.pixels');"
            + " document.body.dataset.drawn = c.getContext('2d').getImageData(0, 0, 3, 2).data"
            + ".join(' '); const b = c.getBoundingClientRect();"
            + " document.body.dataset.shape = (b.width / b.height).toFixed(2); }</script></body>";
    Files.writeString(file, Files.readString(file).replace("</body>", looks));
    String dom = Browser.open(file, dir);
    assertEquals(
        List.of("255 0 0 255 0 255 0 255 0 0 255 255 10 20 30 255 40 50 60 255 200 210 220 255"),
        Browser.all(dom, "data-drawn=\"([^\"]*)\""));
    assertEquals(List.of("1.50"), Browser.all(dom, "data-shape=\"([^\"]*)\""));
    assertTrue(dom.contains("said <b>dog</b> 87.5&nbsp;%<br>is <b>cat</b> 12.5&nbsp;%"), dom);
  }

  /** Heights on the page are the values, turned over, scaled and shifted. */
  private static void curveFollows(String dom, String name, List<Double> values) {
    String path =
        Browser.all(dom, "<path [^>]*data-curve=\"" + name + "\"[^>]*? d=\"([^\"]*)\"").getFirst();
    List<double[]> points =
        Browser.all(path, "([0-9.]+ [0-9.]+)").stream()
            .map(p -> p.split(" ", -1))
            .map(p -> new double[] {Double.parseDouble(p[0]), Double.parseDouble(p[1])})
            .toList();
    assertEquals(values.size(), points.size());
    int last = values.size() - 1;
    double scale = (points.get(last)[1] - points.get(0)[1]) / (values.get(last) - values.get(0));
    assertTrue(scale < 0, name);
    for (int i = 0; i <= last; i++) {
      double expected = points.get(0)[1] + scale * (values.get(i) - values.get(0));
      // Written with two digits, here and at the ends that give the scale.
      assertEquals(expected, points.get(i)[1], 0.03, name + ", epoch " + (i + 1));
      assertTrue(i == 0 || points.get(i)[0] > points.get(i - 1)[0]);
    }
  }

  @Test
  void aHostileNameIsShownAndNotRun() throws Exception {
    String hostile = HtmlReportTest.HOSTILE;
    Path file = dir.resolve("report.html");
    List<ClassScores> classes =
        List.of(new ClassScores(hostile, 1, 1, 1, 1), new ClassScores("other", 0, 0, 0, 1));
    ClassMetrics metrics = new ClassMetrics(1, 1, 1, 1, List.of(1.0), classes, null, List.of());
    try (Dataset set = Dataset.ofClasses("case", new float[1][1], new int[1], 1)) {
      new HtmlReport(new TrainingHistory(), "title", hostile)
          .measured("test set", set, metrics)
          .facts("group", Map.of(hostile, hostile))
          .write(file);
    }
    String dom = Browser.open(file, dir);
    assertTrue(dom.contains("<title>title</title>"));
    assertFalse(dom.contains(hostile));
    assertTrue(dom.contains("&lt;/script&gt;&lt;script&gt;document.title='run'"));
    assertEquals(2, dom.split("<script", -1).length - 1, "elements that are scripts");
  }
}

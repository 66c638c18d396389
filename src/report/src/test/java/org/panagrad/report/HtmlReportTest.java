package org.panagrad.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.data.Dataset;
import org.panagrad.io.Json;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.ClassScores;
import org.panagrad.metrics.Miss;
import org.panagrad.metrics.TargetScores;
import org.panagrad.metrics.ValueMetrics;

class HtmlReportTest {
  static final String HOSTILE = "</script><script>document.title='run'</script>";

  @TempDir Path dir;

  /** The object that the page holds. */
  private static Map<String, Json> content(String page) {
    String begin = "<script type=\"application/json\" id=\"report\">";
    int from = page.indexOf(begin) + begin.length();
    return ((Json.Obj) Json.parse(page.substring(from, page.indexOf("</script>", from)))).members();
  }

  private static Map<String, Json> object(Map<String, Json> parent, String name) {
    return ((Json.Obj) Objects.requireNonNull(parent.get(name))).members();
  }

  private static List<Json> array(Map<String, Json> parent, String name) {
    return ((Json.Arr) Objects.requireNonNull(parent.get(name))).elements();
  }

  @Test
  void thePageHoldsTheTraining() throws IOException {
    Path file = dir.resolve("report.html");
    try (SampleTraining training = new SampleTraining()) {
      TrainingHistory history = training.run();
      training.report(history).write(file);
      String page = Files.readString(file);
      assertTrue(page.contains("<title>digits &lt;&amp;&gt; \"more\"</title>"));
      Map<String, Json> content = content(page);
      Map<String, Json> curves = object(content, "curves");
      assertEquals(SampleTraining.EPOCHS, array(curves, "epochs").size());
      Map<String, Json> testLoss = ((Json.Obj) array(curves, "loss").get(1)).members();
      assertEquals(new Json.Str("test"), testLoss.get("name"));
      assertEquals(
          new Json.Real(training.session.evaluate(training.test).loss()),
          array(testLoss, "values").getLast());
      assertEquals(10, array(object(content, "metrics"), "confusion").size());
      assertEquals(
          Map.of(
              "width", new Json.Int(28), "height", new Json.Int(28), "channels", new Json.Int(1)),
          object(object(content, "mistakes"), "picture"));
      assertEquals(4, array(content, "histograms").size());
      assertEquals(6, array(object(content, "timing"), "parts").size());
    }
  }

  /** Nothing is loaded: no address is in the page but the name space of its pictures. */
  @Test
  void thePageNeedsNoNetwork() throws IOException {
    try (SampleTraining training = new SampleTraining()) {
      String page = training.report(training.run()).page();
      String rest = page.replace("http://www.w3.org/2000/svg", "");
      for (String address : List.of("http:", "https:", "src=", "@import", "url(", "{{")) {
        assertFalse(rest.contains(address), address);
      }
    }
  }

  @Test
  void textIsNeverMarkup() throws IOException {
    ClassMetrics metrics =
        new ClassMetrics(
            1,
            1,
            1,
            1,
            List.of(1.0),
            List.of(new ClassScores(HOSTILE, 1, 1, 1, 1)),
            null,
            List.of());
    try (Dataset set = Dataset.ofClasses("case", new float[1][1], new int[1], 1)) {
      String page =
          new HtmlReport(new TrainingHistory(), HOSTILE + "{{json}}", HOSTILE)
              .measured(HOSTILE, set, metrics)
              .facts(HOSTILE, Map.of(HOSTILE, HOSTILE))
              .page();
      assertFalse(page.contains(HOSTILE));
      assertEquals(2, page.split("<script", -1).length - 1, "elements that are scripts");
      assertEquals(new Json.Str(HOSTILE), content(page).get("command"));
    }
  }

  @Test
  void valuesHaveRowsOfNumbers() throws IOException {
    float[][] x = {{1, 2}, {3, 4}, {5, 6}};
    try (Dataset set = Dataset.ofValues("case", x, new float[][] {{1}, {2}, {4}})) {
      ValueMetrics metrics =
          new ValueMetrics(
              3,
              0.5,
              0.25,
              0.125,
              0.75,
              List.of(new TargetScores(0.25, 0.125, 0.75)),
              List.of(new Miss(2, 0, 4, 3)));
      Map<String, Json> content =
          content(
              new HtmlReport(new TrainingHistory(), "t", "c")
                  .measured("test set", set, metrics)
                  .page());
      Json.Obj worst = (Json.Obj) array(object(content, "mistakes"), "items").getFirst();
      assertEquals(
          new Json.Arr(List.of(new Json.Real(5), new Json.Real(6))), worst.members().get("values"));
      assertNull(object(content, "mistakes").get("picture"));
    }
  }
}

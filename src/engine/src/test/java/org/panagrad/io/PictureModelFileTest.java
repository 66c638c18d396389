package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.PictureShape;
import org.panagrad.data.PictureShape.Layout;
import org.panagrad.data.RowForm;
import org.panagrad.file.FormatException;
import org.panagrad.infer.Model;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.train.ModelDescription;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** The shape of pictures in a model file. */
class PictureModelFileTest {
  private static final PictureShape PICTURE = PictureShape.colour(2, 3, Layout.PLANAR);

  @TempDir private Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void writeAModel() throws IOException {
    file = directory.resolve("model.safetensors");
    ModelDescription description =
        new ModelDescription(
            Losses.crossEntropy(), FeatureMap.PIXELS, PICTURE, List.of(), null, Map.of());
    try (Model model = new Model(Network.of(18, dense(2)).graph(), description, Long.MAX_VALUE)) {
      ModelFile.write(file, model);
    }
  }

  /** Replaces text in the JSON within the header by one as long. */
  private void edit(String from, String to) throws IOException {
    assertEquals(from.length(), to.length());
    String whole = Files.readString(file, StandardCharsets.ISO_8859_1);
    String edited = whole.replace(from.replace("'", "\\\""), to.replace("'", "\\\""));
    assertNotEquals(whole, edited);
    Files.writeString(file, edited, StandardCharsets.ISO_8859_1);
  }

  @Test
  void itIsReadAsItWasWritten() throws IOException {
    try (Model model = ModelFile.read(file)) {
      assertEquals(PICTURE, model.description().picture());
    }
  }

  @Test
  void aFileOfBeforeThereWereShapesHasNone() throws IOException {
    edit("'picture':{", "'unknown':{");
    try (Model model = ModelFile.read(file)) {
      assertNull(model.description().picture());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          'height':2   | 'height':3   | expected a picture of 18 levels, as the network has inputs, found 27, of 3x3
          'height':2   | 'height':0   | height: expected a whole number from 1
          'channels':3 | 'channels':2 | a picture of 2 channels
          'channels':3 | 'channels':4 | channels: expected a whole number from 1 to 3
          'planar'     | 'Planar'     | layout: expected interleaved or planar, found
          'layout'     | 'layers'     | picture: expected a member \"layout\"
          """)
  void aShapeThatLiesIsRefused(String from, String to, String message) throws IOException {
    edit(from, to);
    FormatException e = assertThrows(FormatException.class, () -> ModelFile.read(file));
    assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
    assertEquals(1, String.valueOf(e.getMessage()).lines().count());
  }

  private static Dataset rows(PictureShape picture) {
    RowForm form = RowForm.byteClasses(18, FeatureMap.PIXELS).withPicture(picture);
    try (DatasetBuilder builder = new DatasetBuilder("rows", form)) {
      builder.addRow(new byte[18], 0);
      builder.addRow(new byte[18], 1);
      return builder.build(2);
    }
  }

  @Test
  void aModelTakesThePicturesItWasTrainedOn() throws IOException {
    try (Model model = ModelFile.read(file);
        Dataset same = rows(PICTURE);
        Dataset other = rows(PictureShape.colour(3, 2, Layout.PLANAR))) {
      model.requireRaw(same);
      model.requireRaw("rows", FeatureMap.PIXELS, null);
      DataException refused = assertThrows(DataException.class, () -> model.requireRaw(other));
      assertEquals(
          "rows: pictures: expected 3x2 in planar colour as the model was trained on, found 2x3 in"
              + " planar colour; bring them in the same form",
          refused.getMessage());
    }
  }

  @Test
  void aTrainingHandsItOn() {
    try (Dataset data = rows(PICTURE);
        TrainingSession session =
            TrainingSession.open(
                Network.of(18, dense(2)),
                data,
                TrainingOptions.defaults().batchSize(2).threads(1))) {
      assertEquals(PICTURE, session.describe().picture());
    }
  }
}

package org.panagrad.io;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.panagrad.data.PictureShape;
import org.panagrad.data.PictureShape.Layout;
import org.panagrad.file.OneLine;

/** The shape of pictures as JSON; {@code docs/model-file.md} shows one. */
final class PictureShapeJson {
  private PictureShapeJson() {}

  static Json write(PictureShape picture) {
    Map<String, Json> json = new LinkedHashMap<>();
    json.put("height", new Json.Int(picture.height()));
    json.put("width", new Json.Int(picture.width()));
    json.put("channels", new Json.Int(picture.channels()));
    json.put("layout", new Json.Str(picture.layout().label()));
    return new Json.Obj(json);
  }

  /**
   * Reads a shape.
   *
   * @throws JsonException if a member is missing or of the wrong kind
   * @throws IllegalArgumentException if no picture can have it
   */
  static PictureShape read(JsonCursor json) {
    return new PictureShape(
        side(json.member("height")),
        side(json.member("width")),
        (int) json.member("channels").integer(1, 3),
        layout(json.member("layout")));
  }

  private static int side(JsonCursor json) {
    return (int) json.integer(1, Integer.MAX_VALUE);
  }

  private static Layout layout(JsonCursor json) {
    String label = json.string();
    return Arrays.stream(Layout.values())
        .filter(layout -> layout.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new JsonException(
                    json.path(), "interleaved or planar", "the string " + OneLine.quote(label)));
  }
}

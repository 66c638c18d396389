package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class JsonCursorTest {
  private final JsonCursor model =
      new JsonCursor(
          Json.parse("{\"name\":\"m\",\"layers\":[{\"units\":5,\"rate\":0.5,\"bias\":true}]}"),
          "model");
  private final JsonCursor layer = model.member("layers").elements().getFirst();

  @Test
  void readsEachKind() {
    assertEquals("m", model.member("name").string());
    assertEquals(5, layer.member("units").integer(1, 10));
    assertEquals(0.5, layer.member("rate").number());
    assertEquals(5.0, layer.member("units").number());
    assertTrue(layer.member("bias").bool());
    assertTrue(layer.optional("gain").isEmpty());
    assertEquals(model, model.only(Set.of("name", "layers")));
    assertEquals(List.of(), new JsonCursor(Json.parse("[]"), "x").elements());
  }

  @Test
  void namesThePathOfWhatIsWrong() {
    assertMessage(
        "model.layers[0].units: expected a whole number from 1 to 4, found 5",
        () -> layer.member("units").integer(1, 4));
    assertMessage(
        "model.layers[0].rate: expected a whole number from 0 to 9, found 0.5",
        () -> layer.member("rate").integer(0, 9));
    assertMessage(
        "model.name: expected a number, found the string \"m\"",
        () -> model.member("name").number());
    assertMessage(
        "model.layers: expected a string, found an array", () -> model.member("layers").string());
    assertMessage("model: expected an array, found an object", model::elements);
    assertMessage(
        "model.layers[0].units: expected true or false, found 5",
        () -> layer.member("units").bool());
    assertMessage(
        "model.layers[0]: expected a member \"gain\", found none", () -> layer.member("gain"));
    assertMessage(
        "model.name: expected an object, found the string \"m\"",
        () -> model.member("name").member("x"));
    assertMessage(
        "model: expected only layers, title, found \"name\"",
        () -> model.only(Set.of("title", "layers")));
  }

  private static void assertMessage(String message, Executable reading) {
    assertEquals(message, assertThrows(JsonException.class, reading).getMessage());
  }
}

package org.panagrad.io;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.panagrad.file.OneLine;

/**
 * A value in a JSON tree together with the path that led to it, so that a value of the wrong kind
 * is reported as {@code layers[2].units: expected a whole number, found a string}.
 *
 * @param value the value here
 * @param path where it stands, as in {@code layers[2].units}
 */
public record JsonCursor(Json value, String path) {
  /**
   * The member of this object.
   *
   * @throws JsonException when this is no object or has no such member
   */
  public JsonCursor member(String name) {
    return optional(name)
        .orElseThrow(() -> new JsonException(path, "a member " + OneLine.quote(name), "none"));
  }

  /**
   * The member of this object, if there is one.
   *
   * @throws JsonException when this is no object
   */
  public Optional<JsonCursor> optional(String name) {
    return Optional.ofNullable(object().members().get(name))
        .map(member -> new JsonCursor(member, path + '.' + OneLine.of(name)));
  }

  /**
   * Refuses members this reader does not know: what a file says must not be silently dropped.
   *
   * @throws JsonException when this is no object or has another member
   */
  public JsonCursor only(Set<String> names) {
    for (String name : object().members().keySet()) {
      if (!names.contains(name)) {
        throw new JsonException(
            path,
            "only " + String.join(", ", names.stream().sorted().toList()),
            OneLine.quote(name));
      }
    }
    return this;
  }

  /**
   * The names of this object's members, in their order.
   *
   * @throws JsonException when this is no object
   */
  public List<String> names() {
    return List.copyOf(object().members().keySet());
  }

  /**
   * The elements of this array.
   *
   * @throws JsonException when this is no array
   */
  public List<JsonCursor> elements() {
    if (!(value instanceof Json.Arr(var elements))) {
      throw wrong("an array");
    }
    List<JsonCursor> cursors = new ArrayList<>(elements.size());
    for (Json element : elements) {
      cursors.add(new JsonCursor(element, path + '[' + cursors.size() + ']'));
    }
    return cursors;
  }

  /**
   * This string.
   *
   * @throws JsonException when it is none
   */
  public String string() {
    if (value instanceof Json.Str(var string)) {
      return string;
    }
    throw wrong("a string");
  }

  /**
   * This whole number, within bounds that are both allowed.
   *
   * @throws JsonException when it is none or out of bounds
   */
  public long integer(long least, long most) {
    if (value instanceof Json.Int(var number) && number >= least && number <= most) {
      return number;
    }
    throw wrong("a whole number from " + least + " to " + most);
  }

  /**
   * This number, rounded to the nearest double.
   *
   * @throws JsonException when it is none
   */
  public double number() {
    return switch (value) {
      case Json.Int(var number) -> number;
      case Json.Real(var number) -> number;
      default -> throw wrong("a number");
    };
  }

  /**
   * This truth value.
   *
   * @throws JsonException when it is none
   */
  public boolean bool() {
    if (value instanceof Json.Bool(var bool)) {
      return bool;
    }
    throw wrong("true or false");
  }

  private Json.Obj object() {
    if (value instanceof Json.Obj object) {
      return object;
    }
    throw wrong("an object");
  }

  private JsonException wrong(String expected) {
    String found =
        switch (value) {
          case Json.Obj _ -> "an object";
          case Json.Arr _ -> "an array";
          case Json.Str(var string) -> "the string " + OneLine.quote(string);
          default -> value.write().toLowerCase(Locale.ROOT);
        };
    return new JsonException(path, expected, found);
  }
}

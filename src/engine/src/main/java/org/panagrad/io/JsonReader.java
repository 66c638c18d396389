package org.panagrad.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.OneLine;

/** An object of a description whose members are asked for by name and type. */
final class JsonReader {
  private final String where;
  private final Map<String, Json> members;

  private JsonReader(String where, Map<String, Json> members) {
    this.where = where;
    this.members = members;
  }

  static JsonReader of(String where, Json json) {
    if (json instanceof Json.Obj object) {
      return new JsonReader(where, object.members());
    }
    throw new IllegalArgumentException(where + ": expected an object, found " + kind(json));
  }

  IllegalArgumentException wrong(String name, String expected, String found) {
    return new IllegalArgumentException(
        where + "." + name + ": expected " + expected + ", found " + OneLine.of(found));
  }

  private static String kind(@Nullable Json json) {
    return switch (json) {
      case null -> "nothing";
      case Json.Obj o -> "an object";
      case Json.Arr a -> "an array";
      case Json.Str s -> "the string " + OneLine.quote(s.value());
      case Json.Int i -> Long.toString(i.value());
      case Json.Real r -> Double.toString(r.value());
      case Json.Bool b -> Boolean.toString(b.value());
      case Json.Null n -> "null";
    };
  }

  boolean has(String name) {
    return members.get(name) != null && !(members.get(name) instanceof Json.Null);
  }

  String string(String name) {
    return string(name, members.get(name));
  }

  private String string(String name, @Nullable Json json) {
    if (json instanceof Json.Str string) {
      return string.value();
    }
    throw wrong(name, "a string", kind(json));
  }

  float real(String name) {
    Json json = members.get(name);
    return switch (json) {
      case Json.Real real -> (float) real.value();
      case Json.Int integer -> integer.value();
      case null, default -> throw wrong(name, "a number", kind(json));
    };
  }

  private int integer(String name, Json json) {
    if (json instanceof Json.Int i && i.value() == (int) i.value()) {
      return (int) i.value();
    }
    throw wrong(name, "an integer of 32 bits", kind(json));
  }

  int integer(String name) {
    Json json = members.get(name);
    if (json == null) {
      throw wrong(name, "an integer", "nothing");
    }
    return integer(name, json);
  }

  JsonReader object(String name) {
    Json json = members.get(name);
    if (json == null) {
      throw wrong(name, "an object", "nothing");
    }
    return of(where + "." + name, json);
  }

  List<JsonReader> objects(String name, int most) {
    List<JsonReader> objects = new ArrayList<>();
    for (Json json : elements(name, most)) {
      objects.add(of(where + "." + name + "[" + objects.size() + "]", json));
    }
    return objects;
  }

  List<String> strings(String name, int most) {
    return each(name, most, json -> string(name, json));
  }

  int[] ints(String name, int most) {
    return each(name, most, json -> integer(name, json)).stream().mapToInt(i -> i).toArray();
  }

  /** All members, which are to be strings. */
  Map<String, String> stringMap() {
    Map<String, String> map = new LinkedHashMap<>();
    members.keySet().forEach(name -> map.put(name, string(name)));
    return map;
  }

  private <T> List<T> each(String name, int most, Function<Json, T> read) {
    return elements(name, most).stream().map(read).toList();
  }

  private List<Json> elements(String name, int most) {
    Json json = members.get(name);
    if (!(json instanceof Json.Arr array)) {
      throw wrong(name, "an array", kind(json));
    }
    if (array.elements().size() > most) {
      throw wrong(name, "at most " + most + " elements", array.elements().size() + " elements");
    }
    return array.elements();
  }
}

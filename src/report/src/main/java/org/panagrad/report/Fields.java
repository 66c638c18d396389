package org.panagrad.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.panagrad.io.Json;

/** A JSON object that is put together field by field. */
final class Fields {
  private final Map<String, Json> members = new LinkedHashMap<>();

  Fields put(String name, @Nullable Json value) {
    members.put(name, value == null ? new Json.Null() : value);
    return this;
  }

  Fields put(String name, String value) {
    return put(name, text(value));
  }

  Fields put(String name, long value) {
    return put(name, new Json.Int(value));
  }

  Fields put(String name, double value) {
    return put(name, number(value));
  }

  /** With the digits that tell the float from its neighbours. */
  Fields put(String name, float value) {
    return put(name, Double.parseDouble(Float.toString(value)));
  }

  Fields putAll(String name, List<? extends Json> values) {
    return put(name, new Json.Arr(List.copyOf(values)));
  }

  Json.Obj json() {
    return new Json.Obj(members);
  }

  /** JSON has no NaN and no infinity: they are written as null. */
  static Json number(double value) {
    return Double.isFinite(value) ? new Json.Real(value) : new Json.Null();
  }

  /** Half a surrogate pair, which has no UTF-8, becomes a replacement character. */
  static Json text(String value) {
    StringBuilder whole = new StringBuilder(value.length());
    value
        .codePoints()
        .map(c -> Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
        .forEach(whole::appendCodePoint);
    return new Json.Str(whole.toString());
  }

  static Json numbers(DoubleStream values) {
    return new Json.Arr(values.mapToObj(Fields::number).toList());
  }
}

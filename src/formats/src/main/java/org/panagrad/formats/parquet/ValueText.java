package org.panagrad.formats.parquet;

import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.LogicalType.TimeUnit;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.schema.ColumnSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes the values of a column as the texts that a CSV file would have for them. Source:
 * LogicalTypes.md of parquet-format.
 */
@FunctionalInterface
interface ValueText {
  /**
   * The text of a value, which is no null.
   *
   * @param column the reader, at a batch
   * @param row of the batch, from 0
   * @throws CharacterCodingException if a text is not UTF-8
   */
  String of(ColumnReader column, int row) throws CharacterCodingException;

  /** The texts of a column, for one thread; null if its values are no fields of a table. */
  static @Nullable ValueText of(ColumnSchema column) {
    LogicalType type = column.logicalType();
    if (type instanceof LogicalType.NullType) {
      return (_, _) -> {
        throw new IllegalStateException("a value in a column of nulls");
      };
    }
    return switch (column.type()) {
      case BOOLEAN -> plain(type, (reader, row) -> String.valueOf(reader.getBooleans()[row]));
      case FLOAT -> plain(type, (reader, row) -> String.valueOf(reader.getFloats()[row]));
      case DOUBLE -> plain(type, (reader, row) -> String.valueOf(reader.getDoubles()[row]));
      case INT32 -> {
        IntFunction<String> text = ofInts(type);
        yield text == null ? null : (reader, row) -> text.apply(reader.getInts()[row]);
      }
      case INT64 -> {
        LongFunction<String> text = ofLongs(type);
        yield text == null ? null : (reader, row) -> text.apply(reader.getLongs()[row]);
      }
      case BYTE_ARRAY -> ofBytes(type);
      case FIXED_LEN_BYTE_ARRAY ->
          ofFixedBytes(type, Objects.requireNonNullElse(column.typeLength(), 0));
      case INT96 -> null;
    };
  }

  private static @Nullable ValueText plain(@Nullable LogicalType type, ValueText text) {
    return type == null ? text : null;
  }

  private static @Nullable IntFunction<String> ofInts(@Nullable LogicalType type) {
    return switch (type) {
      case null -> Integer::toString;
      case LogicalType.IntType whole when !whole.isSigned() -> Integer::toUnsignedString;
      case LogicalType.IntType whole when whole.bitWidth() == Byte.SIZE ->
          value -> Byte.toString((byte) value);
      case LogicalType.IntType whole when whole.bitWidth() == Short.SIZE ->
          value -> Short.toString((short) value);
      case LogicalType.IntType _ -> Integer::toString;
      case LogicalType.DateType _ -> value -> LocalDate.ofEpochDay(value).toString();
      case LogicalType.TimeType time -> value -> time(value, time.unit());
      case LogicalType.DecimalType decimal ->
          value -> BigDecimal.valueOf(value, decimal.scale()).toString();
      default -> null;
    };
  }

  private static @Nullable LongFunction<String> ofLongs(@Nullable LogicalType type) {
    return switch (type) {
      case null -> Long::toString;
      case LogicalType.IntType whole -> whole.isSigned() ? Long::toString : Long::toUnsignedString;
      case LogicalType.TimeType time -> value -> time(value, time.unit());
      case LogicalType.TimestampType stamp ->
          value -> timestamp(value, stamp.unit(), stamp.isAdjustedToUTC());
      case LogicalType.DecimalType decimal ->
          value -> BigDecimal.valueOf(value, decimal.scale()).toString();
      default -> null;
    };
  }

  private static @Nullable ValueText ofBytes(@Nullable LogicalType type) {
    return switch (type) {
      // Old files do not mark their texts.
      case null -> utf8();
      case LogicalType.StringType _ -> utf8();
      case LogicalType.EnumType _ -> utf8();
      case LogicalType.JsonType _ -> utf8();
      case LogicalType.DecimalType decimal -> decimal(decimal.scale());
      default -> null;
    };
  }

  private static @Nullable ValueText ofFixedBytes(@Nullable LogicalType type, int width) {
    return switch (type) {
      case LogicalType.DecimalType decimal -> decimal(decimal.scale());
      case LogicalType.UuidType _ when width == 16 ->
          (reader, row) -> {
            ByteBuffer bytes = bytes(reader, row);
            return new UUID(bytes.getLong(), bytes.getLong()).toString();
          };
      case LogicalType.Float16Type _ when width == Short.BYTES ->
          // The one kind whose bytes begin with the lowest.
          (reader, row) ->
              String.valueOf(
                  Float.float16ToFloat(Short.reverseBytes(bytes(reader, row).getShort())));
      case null, default -> null;
    };
  }

  private static ValueText utf8() {
    CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    return (reader, row) -> utf8.decode(bytes(reader, row)).toString();
  }

  private static ValueText decimal(int scale) {
    return (reader, row) -> {
      int[] offsets = reader.getBinaryOffsets();
      int bytes = offsets[row + 1] - offsets[row];
      BigInteger unscaled = new BigInteger(reader.getBinaryValues(), offsets[row], bytes);
      return new BigDecimal(unscaled, scale).toString();
    };
  }

  private static ByteBuffer bytes(ColumnReader reader, int row) {
    int[] offsets = reader.getBinaryOffsets();
    return ByteBuffer.wrap(reader.getBinaryValues(), offsets[row], offsets[row + 1] - offsets[row]);
  }

  private static String time(long value, TimeUnit unit) {
    return LocalTime.ofNanoOfDay(Math.multiplyExact(value, nanos(unit))).toString();
  }

  private static String timestamp(long value, TimeUnit unit, boolean utc) {
    long second = 1_000_000_000 / nanos(unit);
    long seconds = Math.floorDiv(value, second);
    int rest = (int) (Math.floorMod(value, second) * nanos(unit));
    return utc
        ? Instant.ofEpochSecond(seconds, rest).toString()
        : LocalDateTime.ofEpochSecond(seconds, rest, ZoneOffset.UTC).toString();
  }

  private static long nanos(TimeUnit unit) {
    return switch (unit) {
      case MILLIS -> 1_000_000;
      case MICROS -> 1_000;
      case NANOS -> 1;
    };
  }
}

package org.panagrad.data;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.OneLine;

/**
 * What a record file says of its dataset in words: pairs of a key and a text.
 *
 * @param picture which a row is; null where rows are none, or that is not known
 * @param encoding how raw rows became these, in an {@link EncodingFormat}; null where they are as
 *     they came
 */
record RecordDescription(
    String name,
    List<String> classNames,
    @Nullable PictureShape picture,
    @Nullable String encoding) {
  /** Of rows that need none. */
  static final RecordDescription NONE = new RecordDescription("", List.of(), null, null);

  private static final String NAME = "name";
  private static final String CLASS = "class";
  private static final String PICTURE = "picture";
  private static final String ENCODING = "encoding";

  byte[] encode() {
    List<byte[]> parts = new ArrayList<>();
    add(parts, NAME, name);
    for (String className : classNames) {
      add(parts, CLASS, className);
    }
    if (picture != null) {
      add(parts, PICTURE, picture.text());
    }
    if (encoding != null) {
      add(parts, ENCODING, encoding);
    }
    int bytes = 0;
    for (byte[] part : parts) {
      bytes = Math.addExact(bytes, 4 + part.length);
    }
    ByteBuffer text = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] part : parts) {
      text.putInt(part.length).put(part);
    }
    return text.array();
  }

  private static void add(List<byte[]> parts, String key, String value) {
    parts.add(key.getBytes(StandardCharsets.UTF_8));
    parts.add(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Keys that are not known are left out: a later version may have more. */
  static RecordDescription decode(Path file, RecordHeader header, byte[] bytes) {
    if (checksum(bytes) != header.descriptionChecksum()) {
      throw wrong(file, "bytes of the checksum in the header", "others, it is damaged");
    }
    String name = file.toString();
    List<String> classNames = new ArrayList<>();
    String picture = null;
    String encoding = null;
    ByteBuffer text = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      while (text.hasRemaining()) {
        String key = next(text);
        String value = next(text);
        switch (key) {
          case NAME -> name = value;
          case CLASS -> classNames.add(value);
          case PICTURE -> picture = value;
          case ENCODING -> encoding = value;
          default -> {}
        }
      }
    } catch (BufferUnderflowException | CharacterCodingException e) {
      DataException failure = wrong(file, "pairs of texts in UTF-8", "something else");
      failure.initCause(e);
      throw failure;
    }
    int classes = header.targetKind() == TargetKind.CLASSES ? header.targetCount() : 0;
    if (!classNames.isEmpty() && classNames.size() != classes) {
      throw wrong(file, "names for " + classes + " classes", classNames.size() + " names");
    }
    if (header.encoded() != (encoding != null)) {
      throw wrong(
          file,
          header.encoded() ? "an encoding, as the header says" : "no encoding, as the header says",
          encoding == null ? "none" : "one");
    }
    return new RecordDescription(name, classNames, picture(file, header, picture), encoding);
  }

  private static @Nullable PictureShape picture(
      Path file, RecordHeader header, @Nullable String text) {
    if (text == null) {
      return null;
    }
    PictureShape shape;
    try {
      shape = PictureShape.parse(text);
    } catch (IllegalArgumentException e) {
      DataException failure =
          DataException.at(
              file.toString(),
              "picture in the description",
              "height=H width=W channels=1 or 3 layout=interleaved or planar",
              OneLine.quote(text),
              RecordHeader.REMEDY);
      failure.initCause(e);
      throw failure;
    }
    if (shape.features() != header.featureCount()) {
      throw DataException.at(
          file.toString(),
          "picture in the description",
          header.featureCount() + " levels, as rows have features",
          shape.features() + ", of " + shape,
          RecordHeader.REMEDY);
    }
    return shape;
  }

  /**
   * The encoding of the file's rows, or null.
   *
   * @param format null where whoever opens the file expects none
   * @throws DataException if there is one, and no format or another
   */
  @Nullable RowEncoding encoding(Path file, RecordHeader header, @Nullable EncodingFormat format) {
    if (encoding == null) {
      return null;
    }
    if (format == null) {
      throw DataException.at(
          file.toString(),
          "rows",
          "such as they came, as no format of encodings was given",
          "rows encoded from a table",
          "open it with the format, SchemaText.FORMAT of org.panagrad.io");
    }
    try {
      return format.read(encoding, header.form(), classNames);
    } catch (IllegalArgumentException e) {
      DataException failure =
          DataException.at(
              file.toString(),
              "encoding of the rows",
              "one that made them",
              String.valueOf(e.getMessage()),
              RecordHeader.REMEDY);
      failure.initCause(e);
      throw failure;
    }
  }

  private static String next(ByteBuffer text) throws CharacterCodingException {
    int length = text.getInt();
    if (length < 0 || length > text.remaining()) {
      throw new BufferUnderflowException();
    }
    String decoded =
        StandardCharsets.UTF_8.newDecoder().decode(text.slice(text.position(), length)).toString();
    text.position(text.position() + length);
    return decoded;
  }

  private static DataException wrong(Path file, String expected, String found) {
    return DataException.at(file.toString(), "description", expected, found, RecordHeader.REMEDY);
  }

  static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }
}

package org.panagrad.formats.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.panagrad.data.Classes;
import org.panagrad.data.DataException;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.PictureShape;
import org.panagrad.data.PictureShape.Layout;
import org.panagrad.data.RowForm;
import org.panagrad.data.RowSink;
import org.panagrad.data.RowStream;
import org.panagrad.file.FailureReason;

/**
 * A folder with a sub-folder of PNG and JPEG files for each class, which has the sub-folder's name.
 * A row is a picture's levels 0 to 255 by line, pixel and channel, kept as bytes. Files whose names
 * begin with a dot are left out, any others must be pictures. The heap holds one picture, and the
 * names of one class.
 */
public final class ImageFolder implements RowStream {
  private static final int MOST_CLASSES = 65_536;

  private final Path folder;
  private final List<Path> classes;
  private final ImageForm form; // with a size
  private final boolean oneSize; // and whether all pictures must have it
  private final int rows;

  private ImageFolder(Path folder, List<Path> classes, ImageForm form, boolean oneSize, int rows) {
    this.folder = folder;
    this.classes = classes;
    this.form = form;
    this.oneSize = oneSize;
    this.rows = rows;
  }

  /** Whether this is a folder that has sub-folders, the first of them with a picture. */
  public static boolean isImageFolder(Path folder) {
    try {
      if (!Files.isDirectory(folder)) {
        return false;
      }
      List<Path> found = list(folder).stream().filter(Files::isDirectory).toList();
      return !found.isEmpty() && list(found.getFirst()).stream().anyMatch(ImageFolder::isPicture);
    } catch (DataException _) {
      return false;
    }
  }

  /**
   * Lists the pictures and finds out their size.
   *
   * @throws DataException if there are none, something else is among them, or the first cannot be
   *     read
   */
  public static ImageFolder open(Path folder, ImageForm form) {
    if (!Files.isDirectory(folder)) {
      throw DataException.at(
          folder.toString(), "folder of pictures", "a folder", "none", "check the path");
    }
    List<Path> classes = new ArrayList<>();
    long rows = 0;
    Path first = null;
    for (Path entry : list(folder)) {
      if (!Files.isDirectory(entry)) {
        throw DataException.at(
            entry.toString(),
            "folder of pictures",
            "a sub-folder for each class",
            "a file",
            "move it into a sub-folder or remove it");
      }
      List<Path> pictures = pictures(entry);
      first = first == null ? pictures.getFirst() : first;
      rows += pictures.size();
      classes.add(entry);
    }
    if (first == null || classes.size() > MOST_CLASSES || rows > Integer.MAX_VALUE) {
      throw DataException.at(
          folder.toString(),
          "folder of pictures",
          "1 to " + MOST_CLASSES + " sub-folders and at most " + Integer.MAX_VALUE + " pictures",
          classes.size() + " and " + rows,
          "put the pictures of each class into a folder of its own");
    }
    ImageForm sized = form;
    if (form.keepsSize()) {
      Picture.Size size = Picture.size(first);
      if (Math.max(size.width(), size.height()) > ImageForm.LONGEST_SIDE_AFTER) {
        throw DataException.at(
            first.toString(),
            "size of the picture",
            "at most " + ImageForm.LONGEST_SIDE_AFTER + " a side where no size is given",
            size.toString(),
            "give a size that all are to have");
      }
      sized = new ImageForm(size.width(), size.height(), form.colour());
    }
    return new ImageFolder(folder, classes, sized, form.keepsSize(), (int) rows);
  }

  private static List<Path> pictures(Path folder) {
    List<Path> pictures = list(folder);
    for (Path picture : pictures) {
      if (!isPicture(picture)) {
        throw DataException.at(
            picture.toString(),
            "folder of pictures",
            "only .png, .jpg and .jpeg files",
            Files.isDirectory(picture) ? "a folder" : "another file",
            "remove it");
      }
    }
    if (pictures.isEmpty()) {
      throw DataException.at(
          folder.toString(), "class", "at least 1 picture", "none", "remove the empty folder");
    }
    return pictures;
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return Files.isRegularFile(file)
        && (name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg"));
  }

  /** In the order of the names, which is the same on every machine. */
  private static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .sorted(Comparator.comparing(entry -> entry.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      DataException failure =
          DataException.at(
              folder.toString(),
              "folder of pictures",
              "a folder that can be read",
              FailureReason.of(e),
              "check its permissions");
      failure.initCause(e);
      throw failure;
    }
  }

  @Override
  public String name() {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return name == null ? folder.toString() : name.toString();
  }

  @Override
  public RowForm form() {
    PictureShape picture =
        new PictureShape(form.height(), form.width(), form.channels(), Layout.INTERLEAVED);
    return RowForm.byteClasses(picture.features(), FeatureMap.PIXELS).withPicture(picture);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public Classes copyTo(RowSink sink) {
    for (int label = 0; label < classes.size(); label++) {
      for (Path file : pictures(classes.get(label))) {
        Picture picture = Picture.decode(file, form.colour());
        if (oneSize && (picture.width() != form.width() || picture.height() != form.height())) {
          throw DataException.at(
              file.toString(),
              "size of the picture",
              form.width() + "x" + form.height() + " as of the first",
              picture.width() + "x" + picture.height(),
              "give a size that all are to have");
        }
        sink.addRow(picture.resized(form.width(), form.height()).levels(), label);
      }
    }
    return Classes.named(classes.stream().map(path -> path.getFileName().toString()).toList());
  }
}

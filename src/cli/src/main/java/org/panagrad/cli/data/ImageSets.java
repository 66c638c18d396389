package org.panagrad.cli.data;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.option.DataOptions;
import org.panagrad.cli.terminal.DownloadDisplay;
import org.panagrad.cli.terminal.Terminal;
import org.panagrad.data.Digits;
import org.panagrad.data.Mnist;
import org.panagrad.data.TrainTest;
import org.panagrad.openblas.UserCache;

/** Sets of images that have a test set of their own: digits, MNIST, and files of MNIST's form. */
public final class ImageSets {
  private ImageSets() {}

  /** Reads, draws or fetches the data. */
  public static TrainTest load(DataOptions options) {
    String data = options.data;
    return switch (data) {
      case "digits" -> new TrainTest(Digits.train(), Digits.test());
      case "mnist" -> mnist(options.directory, options.spec.commandLine().getOut());
      default -> directoryOf(data);
    };
  }

  /** Messages and the model's record call the data by the directory's own name, not by its path. */
  private static TrainTest directoryOf(String data) {
    Path directory = Path.of(data).toAbsolutePath().normalize();
    Path name = directory.getFileName();
    return Mnist.load(Path.of(data), name == null ? data : name.toString());
  }

  /** MNIST from a directory, or from the cache, into which it is downloaded if it is not there. */
  public static TrainTest mnist(@Nullable Path directory, PrintWriter out) {
    if (directory != null) {
      return Mnist.load(directory);
    }
    Path cache = UserCache.locate().directory().resolve("mnist");
    try (DownloadDisplay display = new DownloadDisplay(out, Terminal.isInteractive())) {
      Mnist.download(cache, display);
    }
    return Mnist.load(cache);
  }
}

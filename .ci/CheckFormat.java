import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds every Java file of the repository to google-java-format: {@code --check} names the files
 * that differ and fails, {@code --replace} rewrites them. Run by the root pom.xml.
 */
final class CheckFormat {
  /** jextract's output is committed as it comes. */
  private static final Path GENERATED = Path.of("org", "panagrad", "openblas", "cblas");

  private CheckFormat() {}

  public static void main(String[] args) throws Exception {
    boolean check =
        switch (args[0]) {
          case "--check" -> true;
          case "--replace" -> false;
          default -> throw new IllegalArgumentException("--check or --replace, found " + args[0]);
        };
    List<String> command = new ArrayList<>();
    command.addAll(check ? List.of("--dry-run", "--set-exit-if-changed") : List.of("--replace"));
    List<String> files = javaFiles(Path.of(args[1]));
    if (files.isEmpty()) {
      throw new IllegalStateException("no Java file under " + args[1]);
    }
    command.addAll(files);

    StringWriter out = new StringWriter();
    PrintWriter err = new PrintWriter(System.err, true);
    int status =
        new Main(new PrintWriter(out), err, InputStream.nullInputStream())
            .format(command.toArray(String[]::new));
    if (check && !out.toString().isBlank()) {
      System.err.println("not in google-java-format's style; scripts/format rewrites them:");
      out.toString().lines().sorted().forEach(file -> System.err.println("  " + file));
    }
    System.exit(status);
  }

  private static List<String> javaFiles(Path root) throws IOException {
    List<String> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            boolean skip =
                dir.endsWith(GENERATED) || dir.endsWith("target") || dir.endsWith(".git");
            return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              files.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }
}

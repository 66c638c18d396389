package org.panagrad.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.random.SeededRandom;

/** Downloads from a server on the loopback that misbehaves as the first part of a path says. */
class MirrorDownloadTest {
  private static final byte[] CONTENT = content();
  private static final MirroredFile FILE = file("data.bin");

  @TempDir Path dir;

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private ServerSocket server = new ServerSocket();

  MirrorDownloadTest() throws IOException {}

  private static byte[] content() {
    byte[] content = new byte[200_000];
    SeededRandom random = SeededRandom.of(3);
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) random.nextLong();
    }
    return content;
  }

  private static MirroredFile file(String name) {
    var digest = MirroredFile.newDigest();
    return new MirroredFile(name, CONTENT.length, HexFormat.of().formatHex(digest.digest(CONTENT)));
  }

  private Thread acceptor = Thread.ofPlatform().unstarted(() -> {});

  @BeforeEach
  void serve() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    acceptor =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (true) {
                    try {
                      Socket socket = server.accept();
                      Thread.ofVirtual().start(() -> answer(socket));
                    } catch (IOException _) {
                      return; // The test is over.
                    }
                  }
                });
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    over.countDown();
    server.close();
    // Until the accept under way has ended, the port takes one more connection.
    acceptor.join();
  }

  private void answer(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String path = String.valueOf(in.readLine()).split(" ", -1)[1];
      requests.add(path);
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {}
      OutputStream out = socket.getOutputStream();
      switch (path.split("/", -1)[1]) {
        case "good" -> out.write(response("200 OK", CONTENT.length, CONTENT));
        case "corrupt" -> {
          byte[] corrupt = CONTENT.clone();
          corrupt[100_000] ^= 1;
          out.write(response("200 OK", corrupt.length, corrupt));
        }
        case "truncated" ->
            out.write(response("200 OK", CONTENT.length, Arrays.copyOf(CONTENT, 150_000)));
        case "short" -> out.write(response("200 OK", 5, Arrays.copyOf(CONTENT, 5)));
        case "long" -> out.write(response("200 OK", 200_001, Arrays.copyOf(CONTENT, 200_001)));
        case "stalled" -> {
          out.write(response("200 OK", CONTENT.length, Arrays.copyOf(CONTENT, 100)));
          out.flush();
          over.await();
        }
        default -> out.write(response("404 Not Found", 0, new byte[0]));
      }
    } catch (IOException | InterruptedException _) {
      // The client has seen enough.
    }
  }

  private static byte[] response(String status, int promised, byte[] body) {
    byte[] head =
        ("HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + promised + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }

  private URI mirror(String behaviour) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/" + behaviour);
  }

  private void download(DownloadListener listener, MirroredFile file, URI... mirrors) {
    new MirrorDownload("test data", List.of(file), List.of(mirrors), 500, listener)
        .into(dir.resolve("cache"));
  }

  private void assertOnlyFile(byte[] content) throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("cache"))) {
      assertEquals(List.of("data.bin"), files.map(f -> f.getFileName().toString()).toList());
    }
    assertArrayEquals(content, Files.readAllBytes(dir.resolve("cache").resolve("data.bin")));
  }

  private void assertFails(String reason, URI mirror) throws IOException {
    DataException e =
        assertThrows(DataException.class, () -> download((_, _, _) -> {}, FILE, mirror));
    assertEquals(
        "test data: data.bin could not be downloaded: tried "
            + mirror
            + "/data.bin ("
            + reason
            + "); check the network, or get the files by other means and name their folder with"
            + " --data-dir",
        e.getMessage());
    try (Stream<Path> files = Files.list(dir.resolve("cache"))) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void fetchesAFileOnceAndTellsHowItGoes() throws IOException {
    List<Long> progress = new ArrayList<>();
    DownloadListener listener =
        (name, bytes, total) -> {
          assertEquals("data.bin", name);
          assertEquals(200_000, total);
          progress.add(bytes);
        };
    download(listener, FILE, mirror("good"));
    assertOnlyFile(CONTENT);
    assertEquals(200_000, progress.getLast());
    assertTrue(progress.size() > 2);
    assertEquals(progress.stream().sorted().toList(), progress);
    download(listener, FILE, mirror("good"));
    assertEquals(List.of("/good/data.bin"), requests);
  }

  @Test
  void goesOnToTheNextMirror() throws IOException {
    download(
        (_, _, _) -> {},
        FILE,
        mirror("missing"),
        mirror("corrupt"),
        mirror("truncated"),
        mirror("short"),
        mirror("long"),
        mirror("stalled"),
        mirror("good"));
    assertOnlyFile(CONTENT);
    assertEquals(7, requests.size());
  }

  @Test
  void saysWhatEachMirrorDid() throws IOException, InterruptedException {
    assertFails("HTTP status 404", mirror("missing"));
    assertFails("its SHA-256 is not " + FILE.sha256(), mirror("corrupt"));
    assertFails("it ends after 5 of 200000 bytes", mirror("short"));
    assertFails("it is longer than 200000 bytes", mirror("long"));
    assertFails("no answer in time", mirror("stalled"));
    assertFails("it is not an http or https address", dir.toUri().resolve("x"));
    URI nobody = mirror("good");
    stop();
    assertFails("no connection", nobody);
  }

  @Test
  void replacesADamagedFileInTheCache() throws IOException {
    Files.createDirectories(dir.resolve("cache"));
    Files.write(dir.resolve("cache").resolve("data.bin"), new byte[CONTENT.length]);
    download((_, _, _) -> {}, FILE, mirror("good"));
    assertOnlyFile(CONTENT);
  }

  @Test
  void theCacheIsItsOwnersAlone() throws IOException {
    download((_, _, _) -> {}, FILE, mirror("good"));
    if (Files.getFileStore(dir).supportsFileAttributeView("posix")) {
      assertEquals(3, Files.getPosixFilePermissions(dir.resolve("cache")).size());
    }
  }

  @Test
  void aDirectoryThatCannotBeMadeIsSaid() throws IOException {
    Files.writeString(dir.resolve("cache"), "in the way");
    DataException e =
        assertThrows(DataException.class, () -> download((_, _, _) -> {}, FILE, mirror("good")));
    assertTrue(e.getMessage().contains("a file of that name is in the way"), e.getMessage());
  }
}

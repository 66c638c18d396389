package org.panagrad.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.List;
import org.panagrad.file.AtomicFile;
import org.panagrad.file.FailureReason;
import org.panagrad.file.OneLine;

/**
 * Fetches files into a cache from the first mirror that has them, whole and with the right digest.
 *
 * <p>HttpURLConnection rather than java.net.http: it gives up on a body that stalls, for which the
 * newer client of JDK 25 has no timeout.
 */
final class MirrorDownload {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final String name;
  private final List<MirroredFile> files;
  private final List<URI> mirrors;
  private final int timeoutMillis;
  private final DownloadListener listener;
  private final long totalBytes;
  private long doneBytes;

  /**
   * @param name of the dataset, for messages
   * @param mirrors to each of which a file's name is appended
   * @param timeoutMillis to connect, and between two parts of an answer
   */
  MirrorDownload(
      String name,
      List<MirroredFile> files,
      List<URI> mirrors,
      int timeoutMillis,
      DownloadListener listener) {
    this.name = name;
    this.files = files;
    this.mirrors = mirrors;
    this.timeoutMillis = timeoutMillis;
    this.listener = listener;
    this.totalBytes = files.stream().mapToLong(MirroredFile::bytes).sum();
  }

  /**
   * Fetches what is not in the directory yet.
   *
   * @throws DataException if a file is to be had from no mirror or cannot be written
   */
  void into(Path directory) {
    try {
      createPrivately(directory);
      for (MirroredFile file : files) {
        if (!file.isIn(directory)) {
          fetch(file, directory.resolve(file.name()));
        }
        doneBytes += file.bytes();
        listener.progress(file.name(), doneBytes, totalBytes);
      }
    } catch (IOException e) {
      throw new DataException(
          OneLine.of(
              name
                  + ": downloading to "
                  + directory
                  + ": "
                  + FailureReason.of(e)
                  + "; check the directory, or name a folder that has the files with --data-dir"),
          e);
    }
  }

  private void fetch(MirroredFile file, Path to) throws IOException {
    StringBuilder tried = new StringBuilder();
    DataException failure = null;
    for (URI mirror : mirrors) {
      try {
        AtomicFile.write(to, channel -> fetch(file, mirror, channel));
        return;
      } catch (MirrorException e) {
        tried.append(tried.isEmpty() ? "" : ", ").append(e.getMessage());
        failure =
            new DataException(
                OneLine.of(
                    name
                        + ": "
                        + file.name()
                        + " could not be downloaded: tried "
                        + tried
                        + "; check the network, or get the files by other means and name their"
                        + " folder with --data-dir"),
                e);
      }
    }
    throw failure == null ? new DataException(name + ": there is no mirror to try") : failure;
  }

  private void fetch(MirroredFile file, URI mirror, FileChannel to) throws IOException {
    String base = mirror.toString();
    URI address = URI.create(base + (base.endsWith("/") ? "" : "/") + file.name());
    byte[] chunk = new byte[CHUNK_BYTES];
    MessageDigest digest = MirroredFile.newDigest();
    long got = 0;
    try (Response response = Response.open(address, timeoutMillis)) {
      for (int count = response.read(chunk); count >= 0; count = response.read(chunk)) {
        got += count;
        if (got > file.bytes()) {
          throw new MirrorException(address, "it is longer than " + file.bytes() + " bytes");
        }
        digest.update(chunk, 0, count);
        for (ByteBuffer rest = ByteBuffer.wrap(chunk, 0, count); rest.hasRemaining(); ) {
          to.write(rest);
        }
        listener.progress(file.name(), doneBytes + got, totalBytes);
      }
    }
    if (got < file.bytes()) {
      throw new MirrorException(address, "it ends after " + got + " of " + file.bytes() + " bytes");
    }
    if (!file.matches(digest)) {
      throw new MirrorException(address, "its SHA-256 is not " + file.sha256());
    }
  }

  // Only the owner may plant files in a cache that is read back.
  private static void createPrivately(Path directory) throws IOException {
    boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    try {
      Files.createDirectories(directory, attributes);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("a file of that name is in the way", e);
    }
  }

  /** A mirror does not have the file, or not this one. */
  private static final class MirrorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MirrorException(URI address, String reason) {
      super(address + " (" + reason + ")");
    }

    MirrorException(URI address, String reason, IOException cause) {
      super(address + " (" + reason + ")", cause);
    }
  }

  /** The body of an answer; what goes wrong with it is the mirror's fault, not the disk's. */
  private record Response(URI address, HttpURLConnection connection, InputStream body)
      implements AutoCloseable {
    static Response open(URI address, int timeoutMillis) {
      try {
        if (!(address.toURL().openConnection() instanceof HttpURLConnection connection)) {
          throw new MirrorException(address, "it is not an http or https address");
        }
        connection.setConnectTimeout(timeoutMillis);
        connection.setReadTimeout(timeoutMillis);
        connection.setUseCaches(false);
        int status = connection.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK) {
          connection.disconnect();
          throw new MirrorException(address, "HTTP status " + status);
        }
        return new Response(address, connection, connection.getInputStream());
      } catch (IOException e) {
        throw failed(address, e);
      }
    }

    int read(byte[] to) {
      try {
        return body.read(to);
      } catch (IOException e) {
        throw failed(address, e);
      }
    }

    private static MirrorException failed(URI address, IOException e) {
      String reason =
          switch (e) {
            case UnknownHostException _ -> "the host name cannot be resolved";
            case ConnectException _ -> "no connection";
            case SocketTimeoutException _ -> "no answer in time";
            default -> FailureReason.of(e);
          };
      return new MirrorException(address, reason, e);
    }

    @Override
    public void close() {
      connection.disconnect();
    }
  }
}

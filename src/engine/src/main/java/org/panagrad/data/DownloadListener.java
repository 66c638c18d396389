package org.panagrad.data;

/** Told how a download goes on. */
@FunctionalInterface
public interface DownloadListener {
  /**
   * Called as bytes arrive; after a mirror has failed the count goes back to where it began.
   *
   * @param file the file that is being fetched
   * @param bytes of all files so far, those already in the cache included
   * @param totalBytes of all files
   */
  void progress(String file, long bytes, long totalBytes);
}

package org.panagrad.memory;

/** Native memory was asked for beyond the limit that was set; nothing was allocated. */
public final class NativeMemoryLimitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long requestedBytes;
  private final long limitBytes;

  NativeMemoryLimitException(String message, long requestedBytes, long limitBytes) {
    super(message);
    this.requestedBytes = requestedBytes;
    this.limitBytes = limitBytes;
  }

  /** What the owner would hold in all, in bytes, had the request been granted. */
  public long requestedBytes() {
    return requestedBytes;
  }

  /** The limit, in bytes. */
  public long limitBytes() {
    return limitBytes;
  }
}

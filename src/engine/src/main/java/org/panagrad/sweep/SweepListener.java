package org.panagrad.sweep;

/** Told what happens in a sweep: by several threads, one at a time. */
@FunctionalInterface
public interface SweepListener {
  /** Something has happened; an exception thrown here ends the sweep. */
  void on(SweepEvent event);
}

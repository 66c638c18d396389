package org.panagrad.cli;

/** Prints the version; the command itself takes this place. */
public final class Main {
  private Main() {}

  /** Prints the version of the module it was started from. */
  public static void main(String[] args) {
    System.out.println(
        "panagrad " + Main.class.getModule().getDescriptor().rawVersion().orElse("(unpackaged)"));
  }
}

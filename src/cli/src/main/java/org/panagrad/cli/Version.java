package org.panagrad.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the module. */
final class Version implements IVersionProvider {
  Version() {}

  @Override
  public String[] getVersion() {
    return new String[] {"panagrad " + text()};
  }

  static String text() {
    var descriptor = Version.class.getModule().getDescriptor();
    return descriptor == null ? "(unpackaged)" : descriptor.rawVersion().orElse("(unpackaged)");
  }
}

package org.panagrad.cli.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.panagrad.cli.output.Machine;
import org.panagrad.cli.output.Version;
import org.panagrad.kernel.KernelSets;
import org.panagrad.kernel.Kernels;
import org.panagrad.openblas.CblasLibrary;
import org.panagrad.openblas.CblasLoadException;
import org.panagrad.openblas.CoreType;
import org.panagrad.openblas.OpenBlas;
import org.panagrad.openblas.UserCache;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What this command runs on. */
@Command(name = "info", description = "Tells which library, kernels, JVM and limits are in use.")
public final class InfoCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  InfoCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    line(out, "panagrad", Version.text());
    try {
      Machine machine = Machine.read();
      line(out, "java", machine.java());
      line(out, "flags", machine.flags());
      line(out, "processors", machine.processors());
      line(out, "memory", machine.memory());
      line(out, "heap", machine.heap());
      UserCache cache = UserCache.locate();
      line(out, "cache", cache.directory() + " (from " + cache.chosenBy() + ")");
      Kernels kernels = KernelSets.select();
      line(out, "kernels", kernels.name() + ", " + kernels.vectorBits() + " bits");
      library(out);
    } finally {
      out.flush();
    }
    return 0;
  }

  private void library(PrintWriter out) {
    CblasLibrary library;
    try {
      library = OpenBlas.load();
    } catch (CblasLoadException e) {
      line(out, "library", "none");
      throw e;
    }
    line(out, "library", library.path());
    line(
        out,
        "chosen by",
        switch (library.origin()) {
          case BUNDLED -> "Panagrad: its own OpenBLAS, unpacked into the cache";
          case PROPERTY -> "the property " + OpenBlas.LIBRARY_PROPERTY;
          case ENVIRONMENT -> "the environment variable " + OpenBlas.LIBRARY_VARIABLE;
        });
    line(out, "version", library.version());
    line(out, "config", library.config());
    line(out, "core", library.coreName());
    line(
        out,
        "threads",
        library.threads() == 0
            ? "unknown to the library"
            : library.threads() + " in the library; Panagrad runs its own");
    CoreType.current()
        .weakCoreWarning()
        .ifPresent(warning -> spec.commandLine().getErr().println("panagrad: warning: " + warning));
  }

  private static void line(PrintWriter out, String name, String value) {
    out.println(name + " ".repeat(Math.max(1, 12 - name.length())) + value);
  }
}

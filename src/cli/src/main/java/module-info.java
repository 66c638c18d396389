/** The {@code panagrad} command. */
@org.jspecify.annotations.NullMarked
module org.panagrad.cli {
  requires static org.jspecify;
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires java.management;
  requires jdk.management;
  requires me.tongfei.progressbar;
  requires org.panagrad;
  requires org.panagrad.formats;
  requires org.panagrad.openblas;
  requires org.panagrad.report;

  // It makes commands and converters and sets the annotated fields.
  opens org.panagrad.cli to
      info.picocli;
  opens org.panagrad.cli.command to
      info.picocli;
  opens org.panagrad.cli.option to
      info.picocli;
  opens org.panagrad.cli.output to
      info.picocli;
}

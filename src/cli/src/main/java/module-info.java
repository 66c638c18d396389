/** The {@code panagrad} command. */
@org.jspecify.annotations.NullMarked
module org.panagrad.cli {
  requires static org.jspecify;
  requires org.panagrad;
}

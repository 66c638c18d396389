/** What a training leaves to look at: a page, event files for TensorBoard, a log. */
@org.jspecify.annotations.NullMarked
module org.panagrad.report {
  requires com.google.protobuf;
  requires static org.jspecify;
  requires transitive org.panagrad;

  exports org.panagrad.report;
}

# Sourced by scripts/panagrad: a class-data archive (JEP 350) of what a short training loads, which Java then need not read,
# verify, link and spin again at every start.
#
# Nothing depends on it. It is made by the run that builds, or by the first under another JDK, with no options of the user's;
# a file too old is not given to Java, one that Java finds unfit after all is passed over in silence, and one that could not
# be made is an empty file, so that it is not tried again before the next build.

cds=$root/src/cli/target/start.jsa

# Whether there is a file of this build, fit or empty, for this JDK.
cds_is_made() {
  # The directory is of the last build, by whatever command: Java minds the times of the jars.
  [ -e "$cds" ] && [ ! "$cds" -ot "$stamp" ] && [ ! "$cds" -ot "$lib" ] && [ -r "$cds.jdk" ] && [ "$(<"$cds.jdk")" = "$(cds_jdk)" ]
}

cds_jdk() {
  echo "$JAVA_HOME $(<"$JAVA_HOME/release")"
}

# make_cds JAVA-OPTION...: those that say what to run, up to the main class. Under the lock of the build.
make_cds() {
  local work
  rm -rf "$cds".??????
  work=$(mktemp -d "$cds.XXXXXX") || return 0
  "$JAVA_HOME/bin/java" -XX:ArchiveClassesAtExit="$work/jsa" "$@" train --epochs 1 --out "$work/model" \
    </dev/null >/dev/null 2>&1 || rm -f "$work/jsa"
  [ -e "$work/jsa" ] || : >"$work/jsa"
  # The archive last, and each by a rename: whoever reads meanwhile has the old one or the new one.
  cds_jdk >"$work/jdk"
  mv -f "$work/jdk" "$cds.jdk" && mv -f "$work/jsa" "$cds"
  rm -rf "$work"
}

# Sets the array start_options.
find_start_options() {
  start_options=()
  case " ${PANAGRAD_JAVA_OPTS:-}" in
    *" -XX:+Use"*GC*) ;; # the user's collector
    *)
      start_options+=(-XX:+UseSerialGC)
      # A start faults thousands of small pages in. Asked for where Java does not warn that there are no large ones,
      # which with other collectors depends on more than this file.
      local pages=/sys/kernel/mm/transparent_hugepage/enabled
      if [ -r "$pages" ] && [[ $(<"$pages") = *"[madvise]"* ]]; then start_options+=(-XX:+UseTransparentHugePages); fi
      ;;
  esac
  case " ${PANAGRAD_JAVA_OPTS:-}" in
    # The user's archive, read or written; Java refuses two.
    *" -XX:AOT"* | *" -Xshare"* | *" -XX:SharedArchiveFile"* | *" -XX:ArchiveClassesAtExit"* | *" -XX:+RecordDynamicDumpInfo"*) ;;
    *) [ ! -s "$cds" ] || start_options+=(-XX:SharedArchiveFile="$cds" -Xlog:aot*=off -Xlog:cds*=off) ;;
  esac
}

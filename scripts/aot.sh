# Sourced by scripts/panagrad: an ahead-of-time cache (JEP 483, 514, 515) of the classes loaded and the methods used by a
# short training, which Java then need not read, verify and profile again at every start.
#
# Nothing depends on it. It is made by the run that builds, or by the first under another JDK, with no options of the user's;
# a file too old is not given to Java, one that Java finds unfit after all is passed over in silence, and one that could not
# be made is an empty file, so that it is not tried again before the next build.

aot=$root/src/cli/target/start.aot

# Whether there is a file of this build, fit or empty, for this JDK.
aot_is_made() {
  # The directory is of the last build, by whatever command: Java minds the times of the jars.
  [ -e "$aot" ] && [ ! "$aot" -ot "$stamp" ] && [ ! "$aot" -ot "$lib" ] && [ -r "$aot.jdk" ] && [ "$(<"$aot.jdk")" = "$(aot_jdk)" ]
}

aot_jdk() {
  echo "$JAVA_HOME $(<"$JAVA_HOME/release")"
}

# make_aot JAVA-OPTION...: those that say what to run, up to the main class. Under the lock of the build.
make_aot() {
  local work
  rm -rf "$aot".??????
  work=$(mktemp -d "$aot.XXXXXX") || return 0
  "$JAVA_HOME/bin/java" -XX:AOTCacheOutput="$work/aot" "$@" train --epochs 1 --out "$work/model" \
    </dev/null >/dev/null 2>&1 || rm -f "$work/aot"
  [ -e "$work/aot" ] || : >"$work/aot"
  # The cache last, and each by a rename: whoever reads meanwhile has the old one or the new one.
  aot_jdk >"$work/jdk"
  mv -f "$work/jdk" "$aot.jdk" && mv -f "$work/aot" "$aot"
  rm -rf "$work"
}

# Sets the array start_options.
find_start_options() {
  start_options=()
  case " ${PANAGRAD_JAVA_OPTS:-}" in
    *" -XX:+Use"*GC*) ;; # the user's collector
    *) start_options+=(-XX:+UseSerialGC) ;;
  esac
  case " ${PANAGRAD_JAVA_OPTS:-}" in
    *" -XX:AOT"* | *" -Xshare"* | *" -XX:SharedArchiveFile"*) ;; # the user's cache
    *) [ ! -s "$aot" ] || start_options+=(-XX:AOTCache="$aot" -Xlog:aot=off -Xlog:cds=off) ;;
  esac
}

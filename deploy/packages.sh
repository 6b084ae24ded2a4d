#!/usr/bin/env bash
# Names the Debian packages that are missing, and installs them where it may (as root, with apt-get).
#
#   deploy/packages.sh run     what building and running needs: a C compiler, Python's headers and venv
#   deploy/packages.sh test    also what tests need: Chromium, a font with Cyrillic, PostgreSQL, GOST signatures, ClamAV, ffprobe
#   deploy/packages.sh fuzz    also what fuzzing needs: Clang
#   deploy/packages.sh rivals  also the servers that ours is compared with: Janus, and what makes network namespaces
#
# Each thing is looked for by itself, not by its package: a compiler or Python from elsewhere will do.
set -euo pipefail
purpose=${1:?run, test, fuzz or rivals}
python=${PYTHON:-python3}
missing=()

command -v cc >/dev/null || command -v gcc >/dev/null || missing+=(gcc libc6-dev)
command -v make >/dev/null || missing+=(make)
if ! command -v "$python" >/dev/null; then
  missing+=(python3 python3-venv python3-dev)
else
  "$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  header=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include") + "/Python.h")')
  [ -e "$header" ] || missing+=(python3-dev)
fi
# Wanted, not needed: what it does is done more slowly without it.
if [ "$(uname -m)" = x86_64 ] && ! PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q 'libIPSec_MB\.so\.1'; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    missing+=(libipsec-mb1)
  else
    echo "with Debian's libipsec-mb1 installed, encryption takes half the time" >&2
  fi
fi
if [ "$purpose" = test ]; then
  command -v chromium >/dev/null || missing+=(chromium)
  # Not the cluster that Debian's postgresql sets up: tests start a server of their own.
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
  # Looks into files; a signature of the tests' own is all it has to know.
  [ -x /usr/sbin/clamd ] || command -v clamd >/dev/null || missing+=(clamav-daemon)
  command -v setpriv >/dev/null || missing+=(util-linux)
  # ffprobe says what a broadcast is.
  command -v ffprobe >/dev/null || missing+=(ffmpeg)
  openssl engine gost >/dev/null 2>&1 || missing+=(openssl libengine-gost-openssl)
  fc-list ':lang=ru' 2>/dev/null | grep -q . || missing+=(fontconfig fonts-dejavu-core)
  # GStreamer publishes over WHIP, through the system's own Python.
  /usr/bin/python3 -c 'import gi; gi.require_version("GstWebRTC", "1.0"); gi.require_version("GstSdp", "1.0")' 2>/dev/null ||
    missing+=(python3-gi gir1.2-gstreamer-1.0 gir1.2-gst-plugins-base-1.0 gir1.2-gst-plugins-bad-1.0)
  for plugin in base:opus good:vpx bad:webrtc bad:openh264 bad:dtls good:rtp; do
    compgen -G "/usr/lib/*/gstreamer-1.0/libgst${plugin#*:}.so" >/dev/null || missing+=("gstreamer1.0-plugins-${plugin%:*}")
  done
  compgen -G '/usr/lib/*/gstreamer-1.0/libgstnice.so' >/dev/null || missing+=(gstreamer1.0-nice)
fi

if [ "$purpose" = fuzz ]; then
  found=
  for name in clang-19 clang clang-16 clang-15 clang-14; do command -v "$name" >/dev/null && found=yes; done
  [ "$found" ] || missing+=(clang-19)
fi

if [ "$purpose" = rivals ]; then
  command -v janus >/dev/null || missing+=(janus)
  PATH=$PATH:/sbin:/usr/sbin command -v ip >/dev/null || missing+=(iproute2)
  command -v nsenter >/dev/null || missing+=(util-linux)
fi

if [ ${#missing[@]} -gt 0 ]; then
  echo "missing Debian packages: ${missing[*]}" >&2
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "install them, then run make again:  sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  echo 'installing them with apt-get' >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Sfera needs Python 3.11 or newer; choose one with: make PYTHON=/path/to/python3" >&2
  exit 1
}

#!/usr/bin/env bash
# Usage: test/package/chroot.sh [FOLDER]
#
# Installs the packages of FOLDER (build/packages; made first if it has none) on a
# bare Debian 12 and tries them there: the commands of docs/install.md, a model
# that is written there, the Python module, and their removal. Needs root, the
# network and debootstrap, so no suite runs it. MIRROR names the archive, else it is
# that of this machine's own sources.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
packages=${1:-$source/build/packages}
compgen -G "$packages/*.deb" >/dev/null || "$source/tools/package.sh" "$packages"
[ "$(id -u)" = 0 ] || { echo "$0: only root can make a root" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "$0: needs debootstrap" >&2; exit 2; }

mirror=${MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -1)}
root=$(mktemp -d)
trap 'umount -l "$root/proc" "$root/dev" 2>/dev/null || true; rm -rf --one-file-system "$root"' EXIT
chmod 755 "$root"
debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" >/dev/null
# This machine's way to the network.
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
cp -r /etc/ssl/certs "$root/etc/ssl/"
cp /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/*artifact* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"
step() { echo "== $*"; }
if command -v lintian >/dev/null; then
  step "lintian finds no error"
  lintian --allow-root --fail-on=error "$packages"/*.deb
fi

mkdir "$root/packages"
cp "$packages"/*.deb "$root/packages/"
commands() { python3 "$source/test/docs/blocks.py" "$source/docs/install.md" "$1"; }
inside() {
  env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    $(env | grep -iE '^(http|https|no)_proxy=' || true) chroot "$root" bash -euo pipefail -c "cd /packages; $1"
}

inside 'apt-get -qq update'
step "the tool and the Python module"
inside "$(commands Packages)" >/dev/null 2>&1
inside '! dpkg-query -W "*llvm*" "*mlir*" "*-dev" 2>/dev/null | grep -q .' # nothing to build with
inside 'cat >model.onnxtxt <<EOF
<ir_version: 8, opset_import: ["" : 17]>
g (float[M,64] x, float[64,8] w) => (float[M,8] y) {
  y = MatMul(x, w)
}
EOF
energy-opt --version
energy-opt model.onnxtxt --dim M=10 | grep -F "5.12 kMAC"
energy-opt model.onnxtxt --target=nvidia-t4 --format=html -o report.html
energy-opt targets | wc -l'
inside 'cat >try.py <<EOF
import energy_opt
report = energy_opt.analyze("model.onnxtxt", target="nvidia-t4", dims={"M": 10})
assert report.totals.macs == 10 * 64 * 8, report.totals
print("python", energy_opt.__version__, energy_opt.__file__, report)
EOF
python3 try.py'
inside 'ls /usr/lib/python3/dist-packages/energy_opt/__pycache__ | grep -q .'
step "what compilers build on"
inside "$(commands 'For compilers')" >"$root/log" 2>&1 || { tail -40 "$root/log"; exit 1; }
grep -F 'example.name = "hoisted"' "$root/log"
grep -m1 'energy' "$root/log"
step "removal"
inside 'apt-get -qq purge -y energy-opt python3-energy-opt libenergy-opt-dev >/dev/null 2>&1
! find / -xdev \( -path /packages -o -path /proc -o -path /log \) -prune -o -iname "*energy*opt*" -print | grep .'
step "all of it works on a bare Debian 12"

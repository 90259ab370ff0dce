#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# demo.sh [IMAGE]: installs what is missing, builds kimg, and takes a kernel image and its symbols apart: IMAGE, else this
# machine's newest /boot/vmlinuz-*, else Debian's current kernel, fetched by name.
set -euo pipefail

cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

debian_kernel() {
	local cache="${XDG_CACHE_HOME:-$HOME/.cache}/kimg/demo" arch meta package
	arch=$(dpkg --print-architecture)
	case $arch in
	i386) meta=linux-image-686 ;;
	armhf) meta=linux-image-armmp ;;
	ppc64el) meta=linux-image-powerpc64le ;;
	*) meta=linux-image-$arch ;;
	esac
	mkdir -p "$cache"
	package=$(apt-cache depends --important "$meta" 2>/dev/null | awk '/Depends: linux-image/ {print $2; exit}')
	if [ -z "$package" ]; then
		tools/setup /dev/null
		local as_root=()
		[ "$(id -u)" = 0 ] || as_root=(sudo)
		"${as_root[@]}" apt-get update -qq >&2
		package=$(apt-cache depends --important "$meta" | awk '/Depends: linux-image/ {print $2; exit}')
	fi
	if [ ! -s "$cache/$package" ]; then
		echo "Fetching Debian's $package" >&2
		(cd "$out" && apt-get -o APT::Sandbox::User= download -qq "$package" >/dev/null)
		dpkg-deb --fsys-tarfile "$out/$package"_*.deb |
			tar -x -C "$out" --wildcards './boot/vm*' './boot/config-*'
		mv "$out"/boot/config-* "$cache/$package.config"
		mv "$out"/boot/vm* "$cache/$package"
	fi
	echo "$cache/$package"
}

newest_installed() {
	find /boot -maxdepth 1 -name 'vmlinuz-*' -type f -readable 2>/dev/null | sort -V | tail -n 1
}

show() {
	printf '\n$ kimg %s\n' "$*" | sed "s|$out|OUT|g"
	build/kimg "$@" | sed "s|$out|OUT|g"
}

tools/setup tools/packages-build
tools/build build
image=${1:-$(newest_installed)}
[ -n "$image" ] || image=$(debian_kernel)

show identify "$image"
show info --deep "$image"
show extract "$image" -o "$out/vmlinux"
show identify "$out/vmlinux"
du --apparent-size -h "$out/vmlinux" | sed "s|$out|OUT|"

show map "$image" -o "$out/System.map"
show sym --map "$out/System.map" start_kernel 'vfs_*write'
show vmlinux "$image" -o "$out/vmlinux.symbols"
show size --show totals "$out/vmlinux.symbols"

show oops --reports --no-search tests/data/oops/arm64-null.log

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# test.sh [--all]: installs what is missing, builds, and runs the tests: units, commands, the corpus of the fuzz
# targets, all of these also under ASan and UBSan, made images, Debian's real kernels (one an
# architecture; --all: all of them, and a kernel that is built for it), crashes in a guest, and boots with our initrd
# (--all: all rows). The last line counts them.
set -euo pipefail

cd "$(dirname "$0")"
which=--quick long=
case ${1-} in
'') ;;
--all)
	which=--all
	long=tests/long/packages
	;;
*)
	sed -n '3,6s/^# //p' "$0"
	exit 2
	;;
esac

passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The last line of every stage is "N passed, N failed, N skipped".
count() {
	local name=$1 line
	shift
	echo "== $name"
	"$@" 2>&1 | tee "$log" || true
	line=$(tail -n 1 "$log")
	if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failed=$((failed + BASH_REMATCH[2]))
		skipped=$((skipped + BASH_REMATCH[3]))
	else
		echo "$name ended without counting its tests"
		failed=$((failed + 1))
	fi
}

tools/setup tools/packages-build tools/packages-test tests/fixtures/packages tests/kernels/packages \
	tests/boot/packages tests/initrd-boot/packages $long
tools/build build -Dtests=true
tools/build build-asan -Dtests=true -Db_sanitize=address,undefined -Dbuildtype=debugoptimized -Db_lundef=false

count "units, commands, fuzz corpus, house rules" tools/run-meson-tests build
count "the same under ASan and UBSan" tools/run-meson-tests build-asan --no-suite lint
count "made images" tests/fixtures/run
count "Debian's kernels" tests/kernels/run "$which"
count "crashes of Debian's kernels" tests/oops/run "$which"
count "crashes in a guest" tests/boot/run
count "boots with our initrd" tests/initrd-boot/run "$which"
[ -z "$long" ] || count "a kernel that is built" tests/long/run

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]

#!/bin/sh
# Bring the Nu HTML checker into var/tools, from its npm package, verified by fingerprint. Not having it is no error:
# tests/test_html.py says that it was left out.
set -eu
VERSION=26.9.27
SHA256=5970d3ffca91a627cf0965e5d91bb2e4242307c29292998de0b419d6a901b2b7
TARGET=var/tools/vnu-$VERSION.jar

[ -f "$TARGET" ] && exit 0
for needed in npm java; do
    command -v "$needed" >/dev/null || { echo "HTML checker left out: $needed is not installed."; exit 0; }
done
mkdir -p var/tools
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
archive=$(npm pack --silent --ignore-scripts --pack-destination "$work" "vnu-jar@$VERSION" 2>/dev/null | tail -n 1) || archive=""
[ -f "$work/$archive" ] && [ -n "$archive" ] || { echo "HTML checker left out: npm could not bring vnu-jar $VERSION."; exit 0; }
echo "$SHA256  $work/$archive" | sha256sum --check --quiet || { echo "vnu-jar $VERSION is not the file expected."; exit 1; }
tar -xzf "$work/$archive" -C "$work" package/build/dist/vnu.jar
mv "$work/package/build/dist/vnu.jar" "$TARGET"
echo "HTML checker: $TARGET"

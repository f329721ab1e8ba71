#!/bin/sh
# Bring what some tests read our pages and calendars with into var/tools, each from its npm package, verified by fingerprint: the Nu
# HTML checker (tests/test_html.py) and ical.js (tests/meetings/test_calendar_clients.py). Not having one is no error: its tests say
# that they were left out.
set -eu

# bring PACKAGE VERSION FINGERPRINT FILE-IN-PACKAGE TARGET PROGRAM
bring() {
    [ -f "$5" ] && return
    for needed in npm "$6"; do
        command -v "$needed" >/dev/null || { echo "$1 left out: $needed is not installed."; return; }
    done
    work=$(mktemp -d)
    archive=$(npm pack --silent --ignore-scripts --pack-destination "$work" "$1@$2" 2>/dev/null | tail -n 1) || archive=""
    if [ -z "$archive" ] || [ ! -f "$work/$archive" ]; then
        echo "$1 left out: npm could not bring version $2."
    elif ! echo "$3  $work/$archive" | sha256sum --check --quiet; then
        echo "$1 $2 is not the file expected."
        exit 1
    else
        mkdir -p var/tools
        tar -xzf "$work/$archive" -C "$work" "package/$4"
        mv "$work/package/$4" "$5"
        echo "$1: $5"
    fi
    rm -rf "$work"
}

bring vnu-jar 26.9.27 5970d3ffca91a627cf0965e5d91bb2e4242307c29292998de0b419d6a901b2b7 \
    build/dist/vnu.jar var/tools/vnu-26.9.27.jar java
bring ical.js 2.2.1 36482280d62cc50f0adddb0587612cff32b96df18eb9e2071ec9929c2e7b3107 \
    dist/ical.es5.cjs var/tools/ical-2.2.1.cjs node

#!/bin/sh
# vitrine without a command opens the window; `vitrine ls`, `vitrine log …`, `vitrine --help` are the command line.
here=$(dirname -- "$(readlink -f -- "$0")")
skip=
for argument in "$@"; do
  if [ -n "$skip" ]; then skip=; continue; fi
  case "$argument" in
    --data | -m | --message) skip=1 ;;
    --help | -h | --version | -V) command=1; break ;;
    vitrine://*) ;;
    -*) ;;
    *) command=1; break ;;
  esac
done
if [ -z "${command:-}" ]; then exec "$here/vitrine-app" "$@"; fi
# The command line opens no page, so there is nothing for Chromium's sandbox to hold; without this it can't start as root.
# Its log level keeps Chromium quiet about buses and displays that a server lacks; errors of the command line are written all the same.
# Less room for young objects: a server that takes in thousands of files stays a third smaller, see build/vitrine.mjs.
exec "$here/vitrine-app" --no-sandbox --log-level=3 --js-flags=--max-semi-space-size=2 --cli -- "$@"

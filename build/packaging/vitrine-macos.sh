#!/bin/sh
# The command line of the installed app: link this file into a folder of your PATH.
self=$0
while [ -L "$self" ]; do
  target=$(readlink "$self")
  case "$target" in /*) self=$target ;; *) self=$(dirname -- "$self")/$target ;; esac
done
contents=$(cd -- "$(dirname -- "$self")/../.." && pwd)
exec "$contents/MacOS/Vitrine" --js-flags=--max-semi-space-size=2 --cli -- "$@"

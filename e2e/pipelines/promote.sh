#!/bin/sh
# Promotes a candidate once its tests pass: links it into the registry and moves the alias, refusing to overwrite a move that was made meanwhile.
#
#   promote.sh CANDIDATE COLLECTION ALIAS TEST…
#   promote.sh train/gemma:candidate wandb-registry-Models/gemma production python tests/evaluate.py
#
# The files of the candidate lie in the folder that MODEL_DIR names while the tests run. VITRINE_DATA names the catalog; `vitrine` must be on
# the path, or VITRINE say how it is started. Ends with the exit code of the tests, or with that of the step that failed.
set -eu
candidate=$1 collection=$2 alias=$3
shift 3
vitrine=${VITRINE:-vitrine}

MODEL_DIR=$(mktemp -d)
export MODEL_DIR
trap 'rm -rf "$MODEL_DIR"' EXIT
$vitrine get "$candidate" "$MODEL_DIR"

# Where the alias stands before the tests: if somebody moves it while they run, ours must not overwrite theirs.
before=$($vitrine wait --alias "$alias" --of "$collection" --timeout 1 2>/dev/null || true)
"$@"

linked=$($vitrine link "$candidate" "$collection" -m "tests passed" --json | sed 's/.*"index":\([0-9]*\).*/v\1/')
if [ -n "$before" ]; then expected=${before##*:}; else expected=none; fi
$vitrine alias set "$collection:$linked" "$alias" --expect "$expected" -m "tests passed: $*"

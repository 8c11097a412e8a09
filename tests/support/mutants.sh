#!/bin/bash
# mutants.sh - for runners of mutants: a copy of the tree with one patch, so that the
# product has no line of it, and with the objects, so that only what the patch touches is
# compiled again. Sourced; wants root, build, and what to copy: sources (below root),
# objects (below build).
# shellcheck disable=SC2154 # they are set by who sources this

# Where the objects of a copy lie: as in the tree, since dependencies are written so.
mutant_inside() {
    local inside
    inside=$(realpath -m --relative-to="$root" "$build")
    [[ $inside == ../* ]] && inside=build
    printf '%s\n' "$inside"
}

# mutant_copy TREE INSIDE
mutant_copy() {
    rm -rf "$1"
    mkdir -p "$1/$2"
    (cd "$root" && cp -a --parents "${sources[@]}" "$1") &&
        (cd "$build" && cp -a --parents "${objects[@]}" "$1/$2")
}

# mutant_make TREE PATCH TARGET…: PATCH may be empty; targets lie below build.
mutant_make() {
    local tree=$1 patch=$2 inside
    shift 2
    inside=$(mutant_inside)
    if ! mutant_copy "$tree" "$inside"; then
        echo "mutants: $tree cannot be copied" >&2
        return 1
    fi
    if [ -n "$patch" ] && ! patch -s -F0 -p1 -d "$tree" <"$patch" >&2; then
        echo "mutants: $patch does not apply any more: make it again" >&2
        return 1
    fi
    if ! make -C "$tree" -j2 BUILD="$inside" "${@/#/$inside/}" >"$tree/make.log" 2>&1; then
        echo "mutants: $tree does not build: $tree/make.log" >&2
        return 1
    fi
}

# Headings, durations and quiet commands for the scripts beside this file, which source it.

LOG=""

heading() {
    printf '\n\033[1m▸ %s\033[0m\n' "$1"
}

plain_heading() {
    printf '\n▸ %s\n' "$1"
}

# Colours only on a terminal.
[ -t 1 ] || eval "heading() { plain_heading \"\$1\"; }"

stop() {
    printf 'setup: %s\n' "$1" >&2
    exit 2
}

# quietly WHAT COMMAND...: one line with its duration; the end of its output only where it fails.
quietly() {
    local what=$1 began=$SECONDS
    shift
    printf '  %-44s' "$what"
    if "$@" >"$LOG" 2>&1; then
        printf 'done  %3d s\n' $((SECONDS - began))
    else
        local code=$?
        printf 'failed %3d s\n' $((SECONDS - began))
        tail -n 25 "$LOG" | sed 's/^/    /' >&2
        printf '  The whole output: %s\n' "$LOG" >&2
        return "$code"
    fi
}

already() {
    printf '  %-44sin place\n' "$1"
}

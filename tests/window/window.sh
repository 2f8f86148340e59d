# A window in a virtual display, and hands for it; to be sourced by a session from the root of the tree.
#
# What was passed on: a folder for screenshots and results (default: a temporary one). SETTEI names the program (default:
# target/release/settei, else target/debug/settei). SIZE=1920x1080, THEME=light; PACE=3 gives a machine that is busy with
# something else three times as long. A session that wants no tour sets TOURED=true.
me=$(basename "$0" .sh)
for tool in Xvfb xdotool import convert; do
    command -v "$tool" >/dev/null || { echo "$me: $tool is missing; it was not run" >&2; exit 77; }
done
program=${SETTEI:-target/release/settei}
[ -x "$program" ] || program=target/debug/settei
program=$(realpath "$program")
size=${SIZE:-1280x800}
out=$(realpath -m "${1:-$(mktemp -d)}")
mkdir -p "$out"

# All that the program keeps is in this folder; what it asks the system's file dialog is answered by a stand-in.
home=$(mktemp -d)
export XDG_RUNTIME_DIR="$home/run" XDG_DATA_HOME="$home/data" HOME="$home" PATH="$home/bin:$PATH"
unset DBUS_SESSION_BUS_ADDRESS WAYLAND_DISPLAY
mkdir -m 700 -p "$XDG_RUNTIME_DIR" "$home/bin" "$home/data/settei"
echo "{\"theme\": \"${THEME:-dark}\", \"toured\": ${TOURED:-false}}" >"$home/data/settei/settings.json"
cat >"$home/bin/zenity" <<'ZENITY'
#!/bin/sh
cat "$HOME/answer"
ZENITY
chmod +x "$home/bin/zenity"
answer() { printf '%s\n' "$1" >"$home/answer"; }

pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$home"
}
trap finish EXIT

display=$((100 + RANDOM % 800))
Xvfb ":$display" -screen 0 "${size}x24" -nolisten tcp >/dev/null 2>&1 &
pids+=($!)
export DISPLAY=":$display" WGPU_BACKEND="${WGPU_BACKEND:-vulkan}"
sleep 1

"$program" >"$out/log.txt" 2>&1 &
pids+=($!)
window=
for _ in $(seq 200); do
    window=$(xdotool search --onlyvisible --name 'Settei' 2>/dev/null | head -1) && [ -n "$window" ] && break
    sleep 0.1
done
[ -n "$window" ] || { echo "$me: no window came up" >&2; cat "$out/log.txt" >&2; exit 1; }
xdotool windowmove "$window" 0 0 windowsize "$window" "${size%x*}" "${size#*x}"
xdotool windowfocus --sync "$window"
sleep 3

pause() { sleep "$(awk "BEGIN { print $1 * ${PACE:-1} }")"; }
shot() { import -window "$window" "$out/$1.png"; }
key() { xdotool key --window "$window" --clearmodifiers "$1"; pause "${2:-0.7}"; }
title() { xdotool getwindowname "$window"; }
# Waits until the window has been still for a while.
still() {
    local before='' now
    for _ in $(seq 60); do
        now=$(import -window "$window" -crop '100%x96%+0+0' png:- | md5sum)
        [ "$now" = "$before" ] && return
        before=$now
        pause 0.8
    done
}
# Drags with a mouse button: button x0 y0 x1 y1.
drag() {
    xdotool mousemove --window "$window" "$2" "$3"
    pause 0.2
    xdotool mousedown "$1"
    for i in 1 2 3 4 5 6 7 8; do
        xdotool mousemove --window "$window" $(($2 + ($4 - $2) * i / 8)) $(($3 + ($5 - $3) * i / 8))
        pause 0.06
    done
    xdotool mouseup "$1"
    pause 0.3
}

# Asks for something by its name, in the list of commands.
say() {
    key ctrl+p 0.6
    [ "${PACE:-1}" = 1 ] || still
    xdotool type --window "$window" --delay 30 "$1"
    pause 0.4
    key Return 0.8
}

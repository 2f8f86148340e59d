#!/usr/bin/env bash
# A session with real mouse and keys in a virtual display: from the empty window to a saved picture.
#
#   tests/window/session.sh [FOLDER]      screenshots and results go to FOLDER (default: a temporary one)
#
# Needs: xvfb xdotool imagemagick, mesa-vulkan-drivers and the X libraries that CONTRIBUTING.md names.
# SETTEI names the program (default: target/release/settei, else target/debug/settei). SIZE=1920x1080, THEME=light;
# PACE=3 gives a machine that is busy with something else three times as long.
set -euo pipefail
cd "$(dirname "$0")/../.."

for tool in Xvfb xdotool import convert; do
    command -v "$tool" >/dev/null || { echo "session: $tool is missing; it was not run" >&2; exit 77; }
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
echo "{\"theme\": \"${THEME:-dark}\"}" >"$home/data/settei/settings.json"
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

# The character whose drawings and figure are opened: the built-in one, as files.
"$program" example --out "$home/mio" >/dev/null

"$program" >"$out/log.txt" 2>&1 &
pids+=($!)
window=
for _ in $(seq 200); do
    window=$(xdotool search --onlyvisible --name 'Settei' 2>/dev/null | head -1) && [ -n "$window" ] && break
    sleep 0.1
done
[ -n "$window" ] || { echo "session: no window came up" >&2; cat "$out/log.txt" >&2; exit 1; }
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
    xdotool type --window "$window" --delay 30 "$1"
    pause 0.4
    key Return 0.8
}

still
shot 01-tour
# The tour ends when it is skipped; the empty window says what to drop where.
key Escape
xdotool mousemove --window "$window" 5 5
key ctrl+n 1.5
still
shot 02-empty

answer "$home/mio/mio.vrm"
key ctrl+f 1
still
shot 03-figure

answer "$home/mio/front.png|$home/mio/three-quarter.png|$home/mio/side.png|$home/mio/back.png"
key ctrl+d 1
still
shot 04-sheet

# From three quarters, then a hand is pulled.
key 2 1
still
shot 05-turned
width=${size%x*} height=${size#*x}
drag 3 $((width * 45 / 100)) $((height / 2)) $((width * 40 / 100)) $((height / 2))
still
shot 06-orbit
key ctrl+z 1

answer "$out/before.png"
key ctrl+e 2
still
key ctrl+m 1
still
shot 07-flipped
answer "$out/picture.png"
key ctrl+e 2
still
shot 08-saved

# A dance plays, is painted while it does, and stands still again.
say "let the figure dance"
key F11 1
pause 4
shot 09-plays
key space 1
still

for theme in dark light; do
    say "$theme theme"
    for panel in "character sheet" pose preview "pose library" bones hands face stand-in \
        "hair and skirts" live invent udp timeline "render queue" training notes log; do
        say "$panel"
        shot "panel-$theme-${panel// /-}"
    done
done

answer "$out/project.settei"
key ctrl+s 1.5
still
shot 10-project
[ -f "$out/project.settei" ] || { echo "session: the project was not saved" >&2; exit 1; }

# A kill without warning: the work of a moment ago is offered again.
key ctrl+m 3
kill -9 "${pids[1]}"
wait "${pids[1]}" 2>/dev/null || true
ls "$home"/data/settei/sessions/*/unsaved.json >/dev/null || { echo "session: nothing was kept" >&2; exit 1; }
"$program" >>"$out/log.txt" 2>&1 &
pids+=($!)
pause 5
window=$(xdotool search --onlyvisible --name 'Settei' | head -1)
xdotool windowfocus --sync "$window"
still
shot 11-recovery

for picture in before picture; do
    [ -f "$out/$picture.png" ] || { echo "session: $picture.png was not saved" >&2; exit 1; }
    # Somebody is on it, and there is room around.
    alpha=$(convert "$out/$picture.png" -alpha extract -format '%[fx:mean]' info:)
    awk -v a="$alpha" 'BEGIN { exit !(a > 0.05 && a < 0.8) }' || { echo "session: $picture.png covers $alpha" >&2; exit 1; }
done
cmp -s "$out/before.png" "$out/picture.png" && { echo "session: flipping changed nothing" >&2; exit 1; }
grep -iE 'panick|error' "$out/log.txt" && { echo "session: the program complained" >&2; exit 1; }
echo "session: done; pictures in $out"

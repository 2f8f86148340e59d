#!/usr/bin/env bash
# A session with real mouse and keys in a virtual display: from the empty window to a saved picture.
#
#   tests/window/session.sh [FOLDER]      screenshots and results go to FOLDER (default: a temporary one)
#
# Needs: xvfb xdotool imagemagick, mesa-vulkan-drivers and the X libraries that CONTRIBUTING.md names; what else can be
# said is in window.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."

source tests/window/window.sh

# The character whose drawings and figure are opened: the built-in one, as files.
"$program" example --out "$home/mio" >/dev/null

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

#!/usr/bin/env bash
# Frames leave the house by mouse: an animated PNG and a video of a walk, both looked at frame by frame.
#
#   tests/window/export.sh [FOLDER]       screenshots, the files and a page of the frames of each go to FOLDER
#
# Needs what session.sh needs, and ffmpeg; of a window of 1280×800.
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in ffmpeg ffprobe montage compare; do
    command -v "$tool" >/dev/null || { echo "export: $tool is missing; it was not run" >&2; exit 77; }
done
SIZE=1280x800 TOURED=true
source tests/window/window.sh

click() {
    xdotool mousemove --window "$window" "$1" "$2"
    pause 0.4
    xdotool click 1
    pause 0.6
    still
}

# By the purpose that stands at this height of the list, a quarter as large as the project; the file's ending.
export_for() {
    local target="$HOME/Untitled.$2" from=$SECONDS limit
    limit=$(awk "BEGIN { print int(600 * ${PACE:-1}) }")
    click 388 540
    click 297 569
    click 622 261
    shot "$2-purposes"
    click 600 "$1"
    click 600 423
    click 600 508
    shot "$2-dialog"
    click 468 572
    shot "$2-queue"
    until [ -s "$target" ]; do
        [ $((SECONDS - from)) -lt "$limit" ] || { echo "export: $2 did not come" >&2; shot "$2-late"; exit 1; }
        sleep 1
    done
    still
    shot "$2-done"
    cp "$target" "$out/walk.$2"
}

still
say "let the figure walk"
pause 2
key space 1
still
export_for 346 png
export_for 374 mp4

fail() { echo "export: $1" >&2; exit 1; }
renders="$XDG_DATA_HOME/settei/renders"
job=0
for file in walk.png walk.mp4; do
    job=$((job + 1))
    kept=("$renders/$(printf %04d $job)/frames/"Untitled_*.png)
    read="$home/read-$job"
    mkdir "$read"
    ffmpeg -nostdin -v error -i "$out/$file" -fps_mode passthrough -pix_fmt rgba "$read/%04d.png"
    frames=("$read"/*.png)
    [ ${#frames[@]} = ${#kept[@]} ] || fail "$file has ${#frames[@]} frames instead of ${#kept[@]}"
    for i in "${!kept[@]}"; do
        # What is transparent has no colour of its own.
        for side in kept frames; do
            of="$side[$i]"
            convert "${!of}" -background white -flatten "$home/$side.png"
        done
        case $file in
        *.png)
            off=$(compare -metric AE "$home/kept.png" "$home/frames.png" null: 2>&1) || true
            [ "${off%% *}" = 0 ] || fail "frame $i of $file differs in $off pixels"
            ;;
        *)
            off=$(compare -metric RMSE "$home/kept.png" "$home/frames.png" null: 2>&1) || true
            awk -v off="${off#*(}" 'BEGIN { exit !(off + 0 < 0.03) }' || fail "frame $i of $file is off by $off"
            ;;
        esac
    done
    [ "$(md5sum "${frames[@]}" | cut -d' ' -f1 | sort -u | wc -l)" -gt $((${#frames[@]} * 3 / 4)) ] || fail "$file hardly moves"
    montage "${frames[@]}" -tile 9x -geometry +2+2 -background grey "$out/$file-frames.png"
    ffprobe -v error -show_entries stream=codec_name,width,height,r_frame_rate,pix_fmt -of csv=p=0 "$out/$file"
done
grep -iE 'panick|error' "$out/log.txt" && fail "the program complained"
echo "export: done; pictures in $out"

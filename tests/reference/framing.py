"""Writes framing.npz: what OpenCV makes of cutting squares out of images and pasting them back.

Follows the released program's rules (square around alpha > 0, zeros outside, linear enlarging, area shrinking,
area both ways on the way back) with OpenCV's own resize. Run with
    opencv-python-headless==4.10.0.84 numpy==2.4.6
"""

import sys

import cv2
import numpy as np


def blob(rng, width, height, box, holes=0.3):
    """An image whose alpha > 0 pixels have exactly the bounding box (left, top, right, bottom)."""
    left, top, right, bottom = box
    image = rng.integers(0, 256, (height, width, 4), dtype=np.uint8)
    alpha = np.zeros((height, width), np.uint8)
    inside = rng.integers(1, 256, (bottom - top, right - left), dtype=np.uint8)
    inside[rng.random(inside.shape) < holes] = 0
    inside[0, 0] = inside[-1, -1] = 200
    alpha[top:bottom, left:right] = inside
    image[:, :, 3] = alpha
    return image


def premultiply(image):
    alpha = image[:, :, 3:].astype(np.int64)
    return np.concatenate([(image[:, :, :3] * alpha // 255).astype(np.uint8), image[:, :, 3:]], 2)


def frame_of(alpha):
    ys, xs = np.nonzero(alpha > 0)
    if len(ys) == 0:
        return None
    top, bottom, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
    h, w = bottom - top, right - left
    if (h <= 1 and w <= 1) or len(ys) < 0.001 * alpha.size:
        return None
    side = max(h, w)
    return round(left - (side - w) / 2), round(top - (side - h) / 2), int(side)


def overlap(frame, shape):
    left, top, side = frame
    y0, y1, x0, x1 = max(top, 0), min(top + side, shape[0]), max(left, 0), min(left + side, shape[1])
    return slice(y0, y1), slice(x0, x1), slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)


def square(image, frame):
    side = frame[2]
    result = np.zeros((side, side) + image.shape[2:], image.dtype)
    ys, xs, sy, sx = overlap(frame, image.shape)
    result[sy, sx] = image[ys, xs]
    return result


def resize(image, size, enlarge):
    if image.shape[0] == size:
        return image
    rule = enlarge if size > image.shape[0] else cv2.INTER_AREA
    return cv2.resize(image, (size, size), interpolation=rule)


def cut(image, size):
    frame = frame_of(image[:, :, 3])
    if frame is None:
        return None, np.zeros((size, size, 4), np.uint8)
    return frame, resize(square(image, frame), size, cv2.INTER_LINEAR)


def cut_pose(udp, size):
    mask = np.clip(udp * np.float32(255), 0, 255).astype(np.uint8)
    frame = frame_of(mask[:, :, 3])
    if frame is None:
        return None, np.zeros((size, size, 4), np.float32), np.zeros((size, size), np.uint8)
    side = frame[2]
    index = np.floor((np.arange(size) + 0.5) * side / size).astype(int)
    near = square(udp, frame)[index][:, index]
    return frame, near, resize(square(mask[:, :, 3], frame), size, cv2.INTER_LINEAR)


def paste(result, frame, shape):
    back = resize(result, frame[2], cv2.INTER_AREA)
    image = np.zeros(shape[:2] + (4,), np.uint8)
    ys, xs, sy, sx = overlap(frame, shape)
    image[ys, xs] = back[sy, sx]
    return image


# name, width, height, box, working size
CASES = [
    ("enlarge_odd", 23, 19, (3, 2, 16, 17), 32),
    ("enlarge_double", 24, 30, (3, 7, 12, 23), 32),
    ("shrink_odd", 71, 57, (8, 5, 66, 52), 32),
    ("shrink_a_little", 40, 40, (2, 3, 35, 36), 32),
    ("shrink_double", 80, 76, (5, 6, 69, 60), 32),
    ("shrink_triple", 105, 50, (4, 3, 100, 45), 32),
    ("shrink_sixfold", 200, 40, (2, 3, 194, 39), 32),
    ("same_size", 44, 50, (6, 9, 38, 30), 32),
    ("at_left_top", 40, 30, (0, 0, 15, 27), 32),
    ("at_right_bottom", 45, 90, (20, 50, 45, 90), 32),
    ("wide_sticks_out", 101, 13, (1, 2, 100, 11), 32),
    ("tall_sticks_out", 14, 80, (3, 1, 13, 79), 32),
    ("one_pixel_wide", 20, 60, (13, 7, 14, 50), 32),
    ("one_pixel_high", 60, 20, (5, 10, 52, 11), 32),
    ("tiny_box", 30, 30, (11, 12, 13, 15), 32),
    ("one_pixel", 30, 30, (9, 9, 10, 10), 32),
    ("two_by_one", 30, 30, (9, 9, 11, 10), 32),
    ("hardly_covered", 60, 60, (9, 9, 11, 10), 32),
    ("rounds_to_even", 30, 40, (10, 3, 15, 31), 32),
    ("rounds_to_odd", 30, 40, (11, 3, 16, 31), 32),
    ("other_size", 50, 60, (10, 10, 40, 55), 48),
]


def main(path):
    rng = np.random.default_rng(20240917)
    arrays = {}
    for name, width, height, box, size in CASES:
        image = blob(rng, width, height, box)
        udp = image.astype(np.float32) / np.float32(255)
        frame, drawing = cut(premultiply(image), size)
        _, near, mask = cut_pose(udp, size)
        # Smooth enough that rounding counts, rough enough that positions do.
        output = cv2.resize(rng.integers(0, 256, (size // 4, size // 4, 4), dtype=np.uint8), (size, size))
        arrays[f"{name}/image"] = image
        arrays[f"{name}/frame"] = np.array(frame or (0, 0, 0), np.int64)
        arrays[f"{name}/drawing"] = drawing
        arrays[f"{name}/near"] = np.round(near * 255).astype(np.uint8)
        arrays[f"{name}/mask"] = mask
        if frame:
            arrays[f"{name}/output"] = output
            arrays[f"{name}/pasted"] = paste(output, frame, image.shape)
    np.savez_compressed(path, **arrays)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tests/reference/framing.npz")

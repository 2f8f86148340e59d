"""The CoNR networks in PyTorch, straight from their description, as the reference of tests/conr_parity.rs.

    python conr.py check FOLDER    compare with conr_128_m3.npz and conr_256_m1.npz in FOLDER
    python conr.py write           write end_to_end.npz beside this file

Run with torch==2.15.0 opencv-python-headless==4.10.0.84 numpy==2.4.6; conr_state_dict_keys.tsv lies beside this file.
"""

import os
import sys

import cv2
import numpy as np
import torch
import torch.nn.functional as F

import framing
from rule import uniform

HERE = os.path.dirname(os.path.abspath(__file__))


# --- weights that follow from a rule --------------------------------------------------------------------------------

def weights(salt):
    result = {}
    with open(os.path.join(HERE, "conr_state_dict_keys.tsv")) as table:
        for line in table:
            fields = line.split()
            if len(fields) != 3 or not fields[2][0].isdigit():
                continue
            net, key, shape = fields[0], fields[1], [int(n) for n in fields[2].split("x")]
            count = int(np.prod(shape))
            u = uniform(f"{salt}/{net}.{key}", count)
            if len(shape) > 1:
                gain = 1.5 if net == "shader" else 1.0
                value = u * np.float32(gain * np.sqrt(3 / (count // shape[0])))
            elif key.endswith("bias"):
                value = u * np.float32(0.05)
            elif net == "shader":
                value = np.float32(0.25) + u * np.float32(0.05)
            else:
                value = np.float32(1) + u * np.float32(0.1)
            result[f"{net}.{key}"] = torch.from_numpy(value.reshape(shape))
    return result


# --- the networks ---------------------------------------------------------------------------------------------------

def normed(w, name, x):
    return F.instance_norm(x, weight=w[name + ".norm.weight"], bias=w[name + ".norm.bias"], eps=1e-5)


def lerp(x, size):
    return F.interpolate(x, size=(size, size), mode="bilinear", align_corners=False)


def warp(x, flow):
    n, _, h, wd = x.shape
    rows, columns = torch.meshgrid(torch.arange(h).float(), torch.arange(wd).float(), indexing="ij")
    px, py = columns + flow[:, 0], rows + flow[:, 1]
    grid = torch.stack([px * 2 / (wd - 1) - 1, py * 2 / (h - 1) - 1], -1)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=True)


def warp_groups(x, flow, groups=16):
    pieces, flows = x.chunk(groups, 1), flow.chunk(groups, 1)
    return torch.cat([warp(p, f) for p, f in zip(pieces, flows)], 1)


def residual_layers(w, prefix, x, bottleneck):
    """Layers 4…7 of the backbone; returns their outputs."""
    outputs = []
    for layer, blocks in zip(range(4, 8), (3, 4, 6, 3) if bottleneck else (2, 2, 2, 2)):
        for block in range(blocks):
            name = f"{prefix}.backbone.{layer}.{block}"
            stride = 2 if layer > 4 and block == 0 else 1
            if bottleneck:
                y = F.relu(normed(w, name + ".bn1", F.conv2d(x, w[name + ".conv1.weight"])))
                y = F.conv2d(y, w[name + ".conv2.weight"], stride=stride, padding=1)
                y = F.relu(normed(w, name + ".bn2", y))
                y = normed(w, name + ".bn3", F.conv2d(y, w[name + ".conv3.weight"]))
            else:
                y = F.conv2d(x, w[name + ".conv1.weight"], stride=stride, padding=1)
                y = F.relu(normed(w, name + ".bn1", y))
                y = normed(w, name + ".bn2", F.conv2d(y, w[name + ".conv2.weight"], padding=1))
            if name + ".downsample.0.weight" in w:
                x = F.conv2d(x, w[name + ".downsample.0.weight"], stride=stride)
                x = normed(w, name + ".downsample.1", x)
            x = F.relu(x + y)
        outputs.append(x)
    return outputs


def stem(w, prefix, x):
    x = F.conv2d(x, w[prefix + ".backbone.0.weight"], stride=2, padding=3)
    return F.relu(normed(w, prefix + ".backbone.1", x))


def sheet_features(w, rgb):
    f4 = stem(w, "udpparsernet", (rgb - 0.6) / 0.297)
    x = F.conv2d(f4, w["udpparsernet.backbone.3.weight"], stride=2, padding=1)
    return residual_layers(w, "udpparsernet", x, True)[::-1] + [f4]


def detect(w, features):
    x = features[0]
    for i, skip in enumerate(features[1:] + [None]):
        name = f"udpparsernet.upsample_blocks.{i}"
        x = F.conv_transpose2d(x, w[name + ".up.weight"], stride=2, padding=1)
        x = F.relu(normed(w, name + ".bn1", x))
        if skip is not None:
            x = torch.cat([x, skip], 1)
        x = F.relu(normed(w, name + ".bn2", F.conv2d(x, w[name + ".conv2.weight"], padding=1)))
    x = F.conv2d(x, w["udpparsernet.final_conv.weight"], w["udpparsernet.final_conv.bias"])
    return x.clamp(0, 1)


def pose_features(w, udp, mask):
    f4 = stem(w, "target_pose_encoder", (torch.cat([udp * mask, mask], 1) - 0.6) / 0.297)
    x = F.max_pool2d(f4, 3, stride=2, padding=1)
    return residual_layers(w, "target_pose_encoder", x, False)[::-1] + [f4]


def block(w, k, x):
    name = f"shader.decoder_blocks.{k}"

    def step(conv, prelu, x, stride=1):
        x = F.conv2d(x, w[f"{name}.{conv}.weight"], w[f"{name}.{conv}.bias"], stride=stride, padding=1)
        return F.prelu(x, w[f"{name}.{prelu}.weight"])

    x = step("conv0.2", "conv0.3", step("conv0.0", "conv0.1", x, 2), 2)
    for stack in range(2 if k == 5 else 1):
        y = x
        for i in range(6):
            y = step(f"convblocks.{stack}.{2 * i}", f"convblocks.{stack}.{2 * i + 1}", y)
        x = x + y
    up, last = f"{name}.conv_last.0", f"{name}.conv_last.2"
    x = F.conv_transpose2d(x, w[up + ".weight"], w[up + ".bias"], stride=2, padding=1)
    x = F.prelu(x, w[f"{name}.conv_last.1.weight"])
    return F.conv_transpose2d(x, w[last + ".weight"], w[last + ".bias"], stride=2, padding=1)


def mean_over_views(mask, x):
    return (mask * F.softmax(mask, 0) * x).sum(0, keepdim=True)


def shade(w, references, features, target):
    m, _, size, _ = references.shape
    widths = [2048, 1024, 512, 256, 64, 64]
    here = features[0].shape[-1]
    flow = mean_flow = torch.zeros(m, 2, here, here)
    reference = mean_reference = lerp(references, here)
    feature, mean_message, local = features[0], None, None
    for k in range(6):
        shared = [x.expand(m, -1, -1, -1) for x in (mean_flow, mean_reference)]
        inputs = [flow, target[k].expand(m, -1, -1, -1) if k < 5 else None, reference, feature, *shared,
                  None if mean_message is None else mean_message.expand(m, -1, -1, -1), local]
        out = block(w, k, torch.cat([x for x in inputs if x is not None], 1))
        channels, locals_ = widths[k], widths[k] if k < 5 else 0
        parts = [2, channels, 32] + ([locals_, 32] if locals_ else []) + [2 + channels]
        parts = list(out.split(parts, 1))
        flow = flow + parts[0]
        mask = torch.sigmoid(parts[-1])
        there = features[k + 1].shape[-1] if k <= 3 else size
        grow = there / here

        def moved(x):
            return lerp(x, there) * grow

        flow, mask = moved(flow), lerp(mask, there)
        message = warp_groups(lerp(parts[1], there), moved(parts[2]))
        local = warp_groups(lerp(parts[3], there), moved(parts[4])) if locals_ else None
        reference = warp(lerp(references, there), flow)
        feature = warp(features[k + 1], flow) if k <= 3 else None
        mean_flow = mean_over_views(mask[:, :1], flow)
        mean_reference = mean_over_views(mask[:, :1], reference)
        mean_message = mean_over_views(mask[:, 2:], message)
        here = there
    return mean_message


def paint(w, x):
    name = "rgbadecodernet.bottleneck.r0"

    def conv(part, x, padding):
        return F.conv2d(x, w[f"{name}.{part}.weight"], w[f"{name}.{part}.bias"], padding=padding)

    x = x + conv("conv2", F.relu(conv("norm2", conv("conv1", F.relu(conv("norm1", x, 0)), 1), 0)), 1)
    x = torch.sigmoid(F.conv2d(x, w["rgbadecodernet.conv_rgba.0.weight"], w["rgbadecodernet.conv_rgba.0.bias"], padding=1))
    return torch.cat([x[:, :3] * x[:, 3:], x[:, 3:]], 1)


def run(w, rgb, alpha, udp, mask):
    """rgb m×3×S×S and alpha m×1×S×S in [0, 1], premultiplied; udp 1×3×S×S, mask 1×1×S×S."""
    features = sheet_features(w, rgb)
    target = pose_features(w, udp, mask)
    message = shade(w, torch.cat([rgb * alpha, alpha], 1), features, target)
    return features, target, message, paint(w, message)


# --- checking and writing -------------------------------------------------------------------------------------------

def bytes_to_unit(array):
    return torch.from_numpy(array.astype(np.float32) / np.float32(255))


def check(folder):
    w = weights("open")
    for name in ("conr_128_m3.npz", "conr_256_m1.npz"):
        case = np.load(os.path.join(folder, name))
        udp = torch.from_numpy(case["target_udp"])[None]
        rgb, alpha = bytes_to_unit(case["sheet_rgb"]), bytes_to_unit(case["sheet_alpha"])
        features, target, message, rgba = run(w, rgb, alpha, udp[:, :3], udp[:, 3:])
        ours = {"rgba": rgba[0], "detected_udp": detect(w, features)}
        for i in range(5):
            ours[f"sheet_feature_{i}_mean"] = features[i].mean((2, 3))
            ours[f"pose_feature_{i}_mean"] = target[i][0].mean((1, 2))
        theirs = case["remote_message"]
        ours["remote_message"] = message[0] if theirs.ndim == 3 else message[0].mean((1, 2))
        for key, value in ours.items():
            difference = np.abs(value.numpy() - case[key])
            print(f"{name} {key}: max {difference.max():.2e} mean {difference.mean():.2e}")


def drawing(rng, width, height, box):
    """A smooth blob on transparent ground, soft at its edge."""
    left, top, right, bottom = box
    coarse = rng.integers(0, 256, (5, 4, 3), dtype=np.uint8)
    ys, xs = np.mgrid[top:bottom, left:right]
    x, y = (xs - left + 0.5) / (right - left) * 2 - 1, (ys - top + 0.5) / (bottom - top) * 2 - 1
    edge = np.clip((1.15 - (x**2 + y**2) * (1 + 0.3 * np.sin(5 * np.arctan2(y, x)))) * 400, 0, 255)
    image = np.zeros((height, width, 4), np.uint8)
    image[:, :, :3] = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    image[top:bottom, left:right, 3] = edge
    return image


def pose(rng, width, height, box):
    """Landmarks that vary smoothly over a blob; some of its pixels hardly occupied, some not quite."""
    udp = drawing(rng, width, height, box).astype(np.float32)
    udp[:, :, :3] = np.round(udp[:, :, :3] * 4 + rng.integers(0, 3, (height, width, 3))) / 1023
    occupancy = (udp[:, :, 3:] > 40).astype(np.float32)
    occupancy[rng.random((height, width, 1)) < 0.02] *= 0.5
    occupancy[rng.random((height, width, 1)) < 0.01] = 0.003
    udp[:, :, 3:] = occupancy
    udp[:, :, :3] *= occupancy > 0
    return np.clip(udp, 0, 1)


def end_to_end(path, salt="spine", size=128):
    rng = np.random.default_rng(7)
    images = [drawing(rng, 173, 211, (31, 3, 121, 208)), drawing(rng, 91, 64, (2, 5, 90, 61))]
    target = pose(rng, 97, 150, (20, 4, 93, 149))
    cuts = [framing.cut(framing.premultiply(image), size) for image in images]
    planes = bytes_to_unit(np.stack([pixels for _, pixels in cuts]).transpose(0, 3, 1, 2))
    frame, near, mask = framing.cut_pose(target, size)
    udp = torch.from_numpy(near[:, :, :3].transpose(2, 0, 1).copy())[None]
    w = weights(salt)
    features, _, _, rgba = run(w, planes[:, :3], planes[:, 3:], udp, bytes_to_unit(mask)[None, None])
    output = (rgba[0].numpy().transpose(1, 2, 0) * np.float32(255)).astype(np.uint8)
    detected = detect(w, features)[0].numpy().transpose(1, 2, 0)
    np.savez_compressed(
        path,
        sheet_0=images[0],
        sheet_1=images[1],
        target=target,
        rendered=framing.paste(output, frame, target.shape),
        # Of the first drawing, still at the working size; in 1/65535.
        detected=np.round(detected * 65535).astype(np.uint16),
    )


def main():
    torch.set_grad_enabled(False)
    if sys.argv[1] == "check":
        check(sys.argv[2])
    else:
        end_to_end(os.path.join(HERE, "end_to_end.npz"))


if __name__ == "__main__":
    main()

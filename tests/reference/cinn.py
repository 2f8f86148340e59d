"""The renderer of CoNR's paper (section 3.4) in PyTorch with its ablations, as the reference of tests/rooms/cinn.rs: written
from the paper's text and from what src/cinn/wiring.rs says was taken where that leaves something open.

    python cinn.py        write cinn.npz beside this file

Run with torch==2.15.0 numpy==2.4.6.
"""

import math
import os

import numpy as np
import torch
import torch.nn.functional as F

from rule import uniform

SHEETS, VIEWS, SIZE = 2, 3, 32


class Renderer:
    def __init__(self, backbone, width, stem, collaborates, warps, rounds):
        self.backbone, self.width, self.stem = backbone, width, stem
        self.collaborates, self.warps, self.rounds = collaborates, warps, rounds
        self.tensors = {}

    def get(self, name, shape):
        if name not in self.tensors:
            values = torch.from_numpy(uniform(f"cinn/{name}", int(np.prod(shape))).reshape(shape).copy()).double()
            if len(shape) > 1:
                values = values * math.sqrt(6 / np.prod(shape[1:]))
            else:
                values = values * 0.2 + (1 if name.endswith("gain") else 0)
            self.tensors[name] = values.requires_grad_()
        return self.tensors[name]

    def conv(self, name, x, outputs, taps=3, stride=1):
        weight = self.get(f"{name}.weight", (outputs, x.shape[1], taps, taps))
        return F.conv2d(x, weight, self.get(f"{name}.bias", (outputs,)), stride, taps // 2)

    def leaky(self, name, x, outputs, stride=1):
        return F.leaky_relu(self.conv(name, x, outputs, 3, stride), 0.1)

    def normed(self, name, x, outputs, taps=3, stride=1):
        weight = self.get(f"{name}.weight", (outputs, x.shape[1], taps, taps))
        sums = F.conv2d(x, weight, None, stride, taps // 2)
        gain, bias = self.get(f"{name}.gain", (outputs,)), self.get(f"{name}.bias", (outputs,))
        return F.batch_norm(sums, None, None, gain, bias, training=True)

    def encoder(self, x, prefix="encoder"):
        features = []
        if self.backbone == "plain":
            for scale in range(5):
                width = self.width << scale
                x = self.leaky(f"{prefix}.{scale}.1", x, width, 1 if scale == 0 else 2)
                x = self.leaky(f"{prefix}.{scale}.2", x, width)
                features.append(x)
            return features
        for which in (1, 2, 3):
            x = F.relu(self.normed(f"{prefix}.stem.{which}", x, self.width, 3, 1 + self.stem if which == 1 else 1))
        features.append(x)
        for stage, blocks in enumerate((3, 4, 6, 3)):
            for number in range(blocks):
                x = self.residual(f"{prefix}.{stage + 1}.{number}", x, self.width << stage, number == 0)
            features.append(x)
        return features

    def residual(self, name, x, width, first):
        stride, bottleneck = 2 if first else 1, self.backbone == "r50"
        outputs = 4 * width if bottleneck else width
        shortcut = self.normed(f"{name}.shortcut", F.avg_pool2d(x, 2), outputs, 1) if first else x
        if bottleneck:
            inner = F.relu(self.normed(f"{name}.1", x, width, 1))
            inner = F.relu(self.normed(f"{name}.2", inner, width, 3, stride))
            last = self.normed(f"{name}.last", inner, outputs, 1)
        else:
            inner = F.relu(self.normed(f"{name}.1", x, width, 3, stride))
            last = self.normed(f"{name}.last", inner, outputs)
        return F.relu(last + shortcut)

    def warp(self, x, flow):
        """Grid sampling; a flow of 1 is half of the picture's width."""
        n, _, h, w = x.shape
        rows, columns = torch.meshgrid(torch.arange(h).double(), torch.arange(w).double(), indexing="ij")
        columns = columns + flow[:, 0] * w / 2
        rows = rows + flow[:, 1] * w / 2
        grid = torch.stack([2 * columns / (w - 1) - 1, 2 * rows / (h - 1) - 1], -1)
        return F.grid_sample(x, grid, "bilinear", "border", align_corners=True)

    def forward(self, drawings, target):
        """Drawings: sheets × views × 4 × side × side. Target: sheets × 4 × side × side."""
        sheets, views, channels, side, _ = drawings.shape
        if self.collaborates:
            seen = drawings.reshape(sheets * views, channels, side, side)
        else:
            seen = torch.cat([drawings.reshape(sheets, views * channels, side, side), target], 1)
        skips = self.encoder(seen)
        if self.collaborates:
            udps = [F.interpolate(target, f.shape[2:], mode="nearest").repeat_interleave(views, 0) for f in skips]
            skips = [torch.cat(pair, 1) for pair in zip(skips, udps)]
        x, said = skips[4], []

        def met(message):
            return message.reshape(sheets, views, *message.shape[1:]).sum(1) / views

        for block in range(4):
            name, channels = f"decoder.{block + 1}", self.width << (3 - block)
            x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            inner = self.leaky(f"{name}.inner", torch.cat([x, skips[3 - block]], 1), channels)
            flow = self.conv(f"{name}.flow", inner, 2) if self.warps else None
            moved = (lambda x: self.warp(x, flow)) if self.warps else (lambda x: x)
            if not self.collaborates:
                x = moved(self.leaky(f"{name}.all", inner, channels))
                continue
            remote = moved(self.conv(f"{name}.remote", inner, channels if block == 3 else channels // 2))
            values, logits = remote.chunk(2, 1)
            own = values * torch.sigmoid(logits)
            if block == 3:
                x = met(own)
                said.append(x)
                continue
            local = self.leaky(f"{name}.local", inner, channels // 2)
            if block + self.rounds >= 3:
                all_say = met(own)
                said.append(all_say)
                own = all_say.repeat_interleave(views, 0)
            x = torch.cat([local, own], 1)
        if said:
            grow = lambda y: F.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False)
            for which in range(len(said)):
                for _ in range(len(said) - 1 - which):
                    said[which] = grow(said[which])
            x = torch.cat(said, 1)
        x = self.leaky("end.inner", x, self.width)
        while x.shape[2] < side:
            x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        return 1 + self.conv("end.colours", x, 3)


    def detect(self, pictures, shared):
        """Poses × backgrounds × 4 × side × side: landmarks times occupancy, and occupancy, of each and their mean."""
        poses, count, channels, side, _ = pictures.shape
        features = self.encoder(pictures.reshape(poses * count, channels, side, side), "encoder" if shared else "detector.encoder")
        grow = lambda y: F.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False)
        layer = self.conv if self.backbone == "plain" else self.normed

        def block(name, x, width):
            shortcut = layer(f"{name}.shortcut", x, width, 1)
            inner = F.relu(layer(f"{name}.1", x, width))
            return F.relu(layer(f"{name}.2", inner, width) + shortcut)

        x = features[4]
        for which in range(4):
            x = block(f"detector.decoder.{which + 1}", torch.cat([grow(x), features[3 - which]], 1), self.width << (3 - which))
        while x.shape[2] < side:
            x = grow(x)
        found = self.conv("detector.found", block("detector.decoder.5", x, self.width), 4)
        there = torch.sigmoid(found[:, 3:])
        each = torch.cat([(found[:, :3] + 0.5) * there, there], 1).reshape(poses, count, 4, side, side)
        return each, each.mean(1)


VARIANTS = {
    "paper": Renderer("r50", 8, 1, True, True, 3),
    "flow": Renderer("plain", 8, 0, False, True, 3),
    "once": Renderer("r34", 8, 0, True, False, 1),
    "silent": Renderer("plain", 8, 0, True, True, 0),
    "joint": Renderer("r34", 8, 0, True, True, 3),
    "apart": Renderer("plain", 8, 0, True, True, 3),
}
# Those that paint what they find, with one encoder or two.
JOINT = {"joint": True, "apart": False}


def by_rule(name, *shape):
    return torch.from_numpy(uniform(f"cinn/{name}", int(np.prod(shape))).reshape(shape).copy()).double()


def write():
    drawings = by_rule("drawings", SHEETS, VIEWS, 4, SIZE, SIZE)
    target, upstream = by_rule("target", SHEETS, 4, SIZE, SIZE), by_rule("upstream", SHEETS, 3, SIZE, SIZE)
    numbers = {}
    for variant, renderer in VARIANTS.items():
        seen, extra = target, 0
        if variant in JOINT:
            each, seen = renderer.detect(by_rule("pictures", SHEETS, VIEWS, 4, SIZE, SIZE), JOINT[variant])
            numbers[f"{variant}_mean"] = seen.detach().float().numpy()[:, :, 1::2, ::2]
            extra = (each * by_rule("upstream/each", SHEETS, VIEWS, 4, SIZE, SIZE)).mean()
        picture = renderer.forward(drawings, seen)
        ((picture * upstream).mean() + extra).backward()
        numbers[f"{variant}_picture"] = picture.detach().float().numpy()[:, :, 1::2, ::2]
        # Of each tensor's gradient, in the order of the names: how long it is, and how far it goes along a rule.
        names = sorted(renderer.tensors)
        slopes = [renderer.tensors[name].grad for name in names]
        along = [by_rule(f"along/{name}", *slope.shape) for name, slope in zip(names, slopes)]
        numbers[f"{variant}_lengths"] = np.array([slope.norm().item() for slope in slopes], np.float32)
        numbers[f"{variant}_along"] = np.array([(s * a).sum().item() for s, a in zip(slopes, along)], np.float32)
        numbers[f"{variant}_names"] = np.array([len(names), sum(t.numel() for t in renderer.tensors.values())], np.float32)
        print(variant, picture.shape, float(picture.abs().max()), numbers[f"{variant}_names"])
    np.savez_compressed(os.path.join(os.path.dirname(os.path.abspath(__file__)), "cinn.npz"), **numbers)


if __name__ == "__main__":
    write()

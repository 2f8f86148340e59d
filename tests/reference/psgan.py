"""PSGAN's networks in PyTorch, straight from the papers (Hamada et al. 2018; Karras et al. 2018), as the reference of
tests/rooms/psgan.rs and of `settei bench train --psgan`.

    python psgan.py write                            write psgan.npz beside this file
    python psgan.py time [SIZE] [BATCH] [SECONDS]    a step of both networks, with PyTorch's own second derivative

Run with torch==2.15.0 numpy==2.4.6.
"""

import math
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from rule import uniform

KEYPOINTS = 20
SMALL = [128, 128, 96, 64, 32, 16, 8, 8, 8]


class Weights:
    """Tensors of both networks. Weights have deviation 1 and are scaled by He's constant whenever they are used
    (equalized learning rate)."""

    def __init__(self, widths, make):
        self.widths, self.make, self.tensors = widths, make, {}

    def at(self, size):
        return self.widths[int(math.log2(size)) - 2]

    def get(self, name, shape):
        if name not in self.tensors:
            self.tensors[name] = self.make(name, shape)
        return self.tensors[name]

    def layer(self, name, x, outputs, taps, slope, whole=False, maps=None):
        """A convolution with zeros around (`whole`: of all pixels at once), and leaky ReLU where the slope isn't 1. Those
        of pose maps, which are further channels, lie in files by themselves."""
        inputs = x.shape[1]
        if whole:  # 4×4 taps, which lie in files as those of pixels unshuffled twice
            weight = self.get(f"{name}.weight", (outputs, 16 * inputs, 1, 1))
            weight = F.pixel_shuffle(F.pixel_shuffle(weight, 2), 2)
        else:
            weight = self.get(f"{name}.weight", (outputs, inputs, taps, taps))
        if maps is not None:
            of_maps = self.get(f"{name}.maps.weight", (outputs, KEYPOINTS, taps, taps))
            x, weight = torch.cat([x, maps], 1), torch.cat([weight, of_maps], 1)
        he = math.sqrt(2 / ((1 + slope * slope) * weight[0].numel()))
        x = F.conv2d(x, he * weight, self.get(f"{name}.bias", (outputs,)), padding=0 if whole else taps // 2)
        return x if slope == 1 else F.leaky_relu(x, slope)


def scales(size):
    return [4 << i for i in range(int(math.log2(size)) - 1)]


def pose_maps(keypoints, size):
    """+1 at a keypoint's pixel, −1 elsewhere; smaller ones by max-pooling. By scale."""
    n = keypoints.shape[0]
    maps = -torch.ones(n, KEYPOINTS, size, size)
    for figure in range(n):
        for plane in range(KEYPOINTS):
            x, y = (float(v) for v in keypoints[figure, plane])
            if 0 <= x < 1 and 0 <= y < 1:
                maps[figure, plane, int(y * size), int(x * size)] = 1
    all_maps = {size: maps}
    while size > 4:
        maps, size = F.max_pool2d(maps, 2, 2), size // 2
        all_maps[size] = maps
    return all_maps


def pixel_norm(x):
    return x / torch.sqrt(x.square().mean(1, keepdim=True) + 1e-8)


def generator(w, size, share, latent, maps):
    # A dense layer; which of its numbers is which pixel is a convention of the files.
    x = w.layer("generator.4.dense", latent[:, :, None, None], 16 * w.at(4), 1, 0.2)
    x = pixel_norm(F.pixel_shuffle(F.pixel_shuffle(x, 2), 2))
    below = None
    for scale in scales(size):
        if scale > 4:
            below, x = x, F.interpolate(x, scale_factor=2, mode="nearest")
        x = pixel_norm(w.layer(f"generator.{scale}.conv1", x, w.at(scale), 3, 0.2, maps=maps[scale]))
        if scale > 4:
            x = pixel_norm(w.layer(f"generator.{scale}.conv2", x, w.at(scale), 3, 0.2))
    picture = w.layer(f"generator.{size}.rgb", x, 3, 1, 1)
    if share < 1:
        old = w.layer(f"generator.{size // 2}.rgb", below, 3, 1, 1)
        picture = (1 - share) * F.interpolate(old, scale_factor=2, mode="nearest") + share * picture
    return picture


def discriminator(w, size, share, picture, maps):
    x = w.layer(f"discriminator.{size}.rgb", picture, w.at(size), 1, 0.2)
    for scale in reversed(scales(size)[1:]):
        x = w.layer(f"discriminator.{scale}.conv1", x, w.at(scale), 3, 0.2, maps=maps[scale])
        x = w.layer(f"discriminator.{scale}.conv2", x, w.at(scale // 2), 3, 0.2)
        x = F.avg_pool2d(x, 2)
        if scale == size and share < 1:
            old = w.layer(f"discriminator.{size // 2}.rgb", F.avg_pool2d(picture, 2), w.at(size // 2), 1, 0.2)
            x = (1 - share) * old + share * x
    deviation = (x.var(0, unbiased=False) + 1e-8).sqrt().mean()
    x = torch.cat([x, deviation.expand(x.shape[0], 1, 4, 4)], 1)
    x = w.layer("discriminator.4.conv1", x, w.at(4), 3, 0.2, maps=maps[4])
    x = w.layer("discriminator.4.conv2", x, w.at(4), 4, 0.2, whole=True)
    return w.layer("discriminator.4.score", x, 1, 1, 1).flatten()


def penalty(w, size, share, between, maps):
    between = between.detach().requires_grad_()
    (slope,) = torch.autograd.grad(discriminator(w, size, share, between, maps).sum(), between, create_graph=True)
    return 10 * (slope.flatten(1).norm(dim=1) - 1).square().mean()


# --- reference numbers ----------------------------------------------------------------------------------------------

STAGES = [(4, 1.0), (8, 0.25), (16, 0.75), (32, 1.0)]
WIDTHS = [24, 20, 16, 12, 8, 8, 8, 8, 8]
PICTURES = 3


def by_rule(name, shape):
    values = torch.from_numpy(uniform(f"psgan/{name}", int(np.prod(shape))).reshape(shape))
    return values * math.sqrt(3) if len(shape) > 1 else values * 0.2


def write():
    w, numbers = Weights(WIDTHS, by_rule), {}
    latent = by_rule("latents", (PICTURES, 512))
    latent = latent / latent.norm(dim=1, keepdim=True) * math.sqrt(512)
    keypoints = by_rule("keypoints", (PICTURES, KEYPOINTS, 2)) / 3 + 0.5  # some lie outside of the picture
    with torch.no_grad():
        for size, share in STAGES:
            maps = pose_maps(keypoints, size)
            numbers[f"picture_{size}"] = generator(w, size, share, latent, maps).numpy()
            seen = by_rule(f"pictures.{size}", (PICTURES, 3, size, size))
            numbers[f"scores_{size}"] = discriminator(w, size, share, seen, maps).numpy()
    for size, share in STAGES[1:2]:
        between = by_rule(f"pictures.{size}", (PICTURES, 3, size, size))
        numbers[f"penalty_{size}"] = penalty(w, size, share, between, pose_maps(keypoints, size)).detach().numpy()
    for name, values in numbers.items():
        print(f"{name}: {values.shape}, {np.abs(values).max():.3f} at most")
    np.savez_compressed(os.path.join(os.path.dirname(os.path.abspath(__file__)), "psgan.npz"), **numbers)


# --- a step's time --------------------------------------------------------------------------------------------------

def take_time(size=128, batch=16, seconds=20):
    w = Weights(SMALL, lambda _, shape: torch.randn(shape) * (len(shape) > 1))
    maps = pose_maps(torch.rand(batch, KEYPOINTS, 2), size)
    real = torch.rand(batch, 3, size, size) * 2 - 1
    with torch.no_grad():
        discriminator(w, size, 1.0, generator(w, size, 1.0, torch.randn(batch, 512), maps), maps)
    networks = {name: [t.requires_grad_() for key, t in w.tensors.items() if key.startswith(name)]
                for name in ("generator", "discriminator")}
    optimisers = {name: torch.optim.Adam(of, 1e-3, (0.0, 0.99)) for name, of in networks.items()}
    averaged = [t.detach().clone() for t in networks["generator"]]
    times, began = [], time.time()
    while len(times) < 3 or time.time() - began < seconds:
        start = time.time()
        fake = generator(w, size, 1.0, torch.randn(batch, 512), maps)
        reals, fakes = (discriminator(w, size, 1.0, seen, maps) for seen in (real, fake.detach()))
        between = torch.lerp(real, fake.detach(), torch.rand(batch, 1, 1, 1))
        loss = fakes.mean() - reals.mean() + 0.001 * reals.square().mean() + penalty(w, size, 1.0, between, maps)
        optimisers["discriminator"].zero_grad()
        loss.backward()
        optimisers["discriminator"].step()
        optimisers["generator"].zero_grad()
        for tensor in networks["discriminator"]:
            tensor.requires_grad_(False)
        (-discriminator(w, size, 1.0, fake, maps).mean()).backward()
        for tensor in networks["discriminator"]:
            tensor.requires_grad_()
        optimisers["generator"].step()
        with torch.no_grad():
            torch._foreach_lerp_(averaged, networks["generator"], 0.001)
        times.append(time.time() - start)
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads")
    print(f"a step of {batch} pictures of {size}²: {min(times[1:]):.3f} s at best, "
          f"{sorted(times)[len(times) // 2]:.3f} s in the median")


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write()
    elif sys.argv[1:2] == ["time"]:
        take_time(*(int(argument) for argument in sys.argv[2:]))
    else:
        sys.exit(__doc__)

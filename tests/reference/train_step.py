"""One step of the detector (src/fude/wiring.rs) in PyTorch: forwards, a loss of every result, back. Prints the best and
the median of some steps, to be set beside `settei bench train` on the same machine in the same minutes.

    python tests/reference/train_step.py [SIZE] [BATCH] [SECONDS]
"""
import sys
import time
import torch
import torch.nn as nn
import torch.nn.functional as F

size, batch, seconds = (int(a) if a.isdigit() else float(a) for a in (sys.argv[1:] + ["128", "24", "10"])[:3])
FEATURES = (24, 48, 96, 144, 192)
UP = (128, 96, 56, 32)


def conv(i, o, taps=3, stride=1, relu=True):
    layers = [nn.Conv2d(i, o, taps, stride, taps // 2, bias=False), nn.BatchNorm2d(o)]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if relu else []))


class Residual(nn.Module):
    def __init__(self, i, o, halves):
        super().__init__()
        self.inner, self.outer = conv(i, o, 3, 2 if halves else 1), conv(o, o, relu=False)
        shortcut = [nn.AvgPool2d(2)] if halves else []
        self.shortcut = nn.Sequential(*shortcut, conv(i, o, 1, relu=False)) if halves or i != o else nn.Identity()

    def forward(self, x):
        return F.relu(self.outer(self.inner(x)) + self.shortcut(x))


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        f = FEATURES
        self.stem = nn.Sequential(conv(15, f[0], 3, 2), conv(f[0], f[0]))
        self.down = nn.ModuleList(nn.Sequential(Residual(a, b, True), Residual(b, b, False)) for a, b in zip(f, f[1:]))
        self.yaw = nn.Conv2d(f[4], 8, 1)
        self.up4, self.block = conv(f[4] + f[3], UP[0]), Residual(UP[0], UP[0], False)
        self.coarse = nn.Conv2d(UP[0], 49, 1)
        self.up = nn.ModuleList(conv(a + b, c) for a, b, c in zip(UP, f[2::-1], UP[1:]))
        self.fine = nn.Conv2d(UP[3], 50, 3, padding=1)

    def forward(self, x):
        grow = lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        features = [self.stem(x)]
        for down in self.down:
            features.append(down(features[-1]))
        x = self.block(self.up4(torch.cat([grow(features[4]), features[3]], 1)))
        results = [self.yaw(features[4]), self.coarse(x)]
        for up, skip in zip(self.up, features[2::-1]):
            x = up(torch.cat([grow(x), skip], 1))
        return results + [self.fine(x)]


net = Detector().to(memory_format=torch.channels_last)
x = torch.randn(batch, 15, size, size).to(memory_format=torch.channels_last)
optimiser = torch.optim.AdamW(net.parameters(), 1e-3)
times, began = [], time.time()
while len(times) < 3 or time.time() - began < seconds:
    start = time.time()
    optimiser.zero_grad(set_to_none=True)
    sum(result.square().mean() for result in net(x)).backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
    optimiser.step()
    times.append(time.time() - start)
print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {sum(p.numel() for p in net.parameters())} numbers")
print(f"a step of {batch} pictures of {size}²: {min(times[1:]):.3f} s at best, {sorted(times)[len(times) // 2]:.3f} s in the median")

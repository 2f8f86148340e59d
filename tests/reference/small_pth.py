"""Writes small.pth, a few tensors as PyTorch saves them. Run with torch==2.15.0 in this folder."""

from collections import OrderedDict

import torch

counted = torch.arange(24, dtype=torch.float32) / 4
shared = counted.clone()
tensors = OrderedDict(
    plain=counted.reshape(2, 3, 4).clone(),
    half=counted.half(),
    bfloat=counted.bfloat16(),
    parameter=torch.nn.Parameter(shared),
    tail=shared[16:],
    transposed=counted.reshape(2, 12).clone().t(),
    scalar=torch.tensor(1.5),
    whole=torch.arange(3),
)
# What Module.state_dict() leaves on its result.
tensors._metadata = OrderedDict([("", {"version": 1})])
torch.save(tensors, "small.pth")

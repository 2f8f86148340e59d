"""Writes the UDP files of this folder with NumPy itself. Made with numpy==2.3.4 (Python 3.11 or later):

    python -m venv venv && venv/bin/pip install numpy==2.3.4 && venv/bin/python make.py

The array is 3 rows of 5 pixels. Value k in C order is k / 64 (exact in float16), the occupancy 1 in columns 1 to 3, else 0.
"""

import io
import pathlib
import zipfile

import numpy as np

here = pathlib.Path(__file__).parent
udp = (np.arange(3 * 5 * 4) / 64).reshape(3, 5, 4)
udp[..., 3] = 0
udp[:, 1:4, 3] = 1
f4 = udp.astype("<f4")

# What must be read.
np.savez_compressed(here / "f4-deflated.npz", i=f4)
np.savez(here / "f4-stored.npz", i=f4)
np.savez_compressed(here / "f2.npz", i=udp.astype("<f2"))
np.savez(here / "f8.npz", i=udp.astype("<f8"))
np.savez(here / "f4-big-endian.npz", i=udp.astype(">f4"))
np.savez(here / "f4-fortran.npz", i=np.asfortranarray(f4))
np.savez(here / "f4-and-another.npz", i=f4, camera=np.eye(4))
np.savez(here / "rounding.npz", i=f4 + np.float32(0.004))

# What must be refused.
np.savez(here / "bad-name.npz", udp=f4)
np.savez(here / "bad-channels.npz", i=f4[..., :3])
np.savez(here / "bad-layout.npz", i=f4.transpose(2, 0, 1))
np.savez(here / "bad-type.npz", i=(f4 * 255).astype("u1"))
np.savez(here / "bad-nan.npz", i=np.where(f4 == f4[2, 3, 1], np.float32("nan"), f4))
np.savez(here / "bad-range.npz", i=f4 * 255)
np.savez(here / "bad-empty.npz", i=f4[:0])
np.savez(here / "bad-pickle.npz", i=np.array([{"a": 1}], dtype=object))
np.save(here / "bad-bare.npy", f4)


def archive(name, content, **kind):
    with zipfile.ZipFile(here / name, "w", zipfile.ZIP_DEFLATED, **kind) as z:
        z.writestr("i.npy", content)


def npy(array):
    file = io.BytesIO()
    np.lib.format.write_array(file, array)
    return file.getvalue()


honest = npy(f4)
archive("bad-short.npz", honest[:-40])
archive("bad-long.npz", honest + bytes(1 << 22))
archive("bad-claim.npz", honest.replace(b"(3, 5, 4), }", b"(16000, 16000, 4), }")[: len(honest)])
archive("bad-side.npz", honest.replace(b"(3, 5, 4), }", b"(99999999999, 5, 4), }")[: len(honest)])
archive("bad-brackets.npz", b"\x93NUMPY\x02\x00" + (4000).to_bytes(4, "little") + b"[" * 4000)
archive("bad-header.npz", b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + b" " * 4000)

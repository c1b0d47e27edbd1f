"""
Writes the small files beside this one, as numpy, joblib, scikit-learn, lz4 and zstandard themselves write them: python makeReal.py FOLDER

They are kept with the sources, since few machines have these packages. PyTorch's are made by makePickles.py with Python's own zipfile and pickle,
under the persistent ids that torch uses: its package is too large to be fetched for a few hundred bytes.
"""
import bz2
import gzip
import lzma
import os
import sys

import joblib
import lz4.frame
import numpy as np
import zstandard
from sklearn.linear_model import LogisticRegression

folder = sys.argv[1]
at = lambda name: os.path.join(folder, name)  # noqa: E731


class Harm:
    """Calls something when it is loaded; what it calls does nothing."""

    def __reduce__(self):
        return (os.system, ("true",))


rng = np.random.default_rng(7)
weights = rng.normal(size=(40, 30))
arrays = {"weights": weights, "again": weights[:3], "names": np.array(["a", "bé"]), "counts": np.arange(7, dtype=np.int32), "things": np.array([{"a": 1}, None], dtype=object), "empty": np.zeros((0, 4))}
harm = {**arrays, "end": Harm()}
model = LogisticRegression().fit(rng.normal(size=(60, 8)), np.arange(60) % 3)

joblib.dump(arrays, at("arrays.joblib"))
joblib.dump(harm, at("harm.joblib"))
joblib.dump(model, at("model.joblib"), compress=3)
for how in ("gzip", "bz2", "lz4", "xz", "lzma"):
    joblib.dump(harm, at(f"harm.joblib.{how}"), compress=(how, 3))
    if how != "lzma":  # nothing unpacks that
        joblib.dump(arrays, at(f"arrays.joblib.{how}"), compress=(how, 3))
with open(at("harm.joblib"), "rb") as file:
    plain = file.read()
with open(at("harm.joblib.zst"), "wb") as file:
    file.write(zstandard.ZstdCompressor(level=9).compress(plain))
# Blocks that look back into those before them, longer than one block.
with open(at("linked.pkl.lz4"), "wb") as file:
    file.write(lz4.frame.compress(b"\x80\x04\x8e" + (200_000).to_bytes(8, "little") + bytes(range(250)) * 800 + b"0" + plain, block_size=lz4.frame.BLOCKSIZE_MAX64KB, block_linked=True, content_checksum=True, block_checksum=True))
np.save(at("numbers.npy"), weights[:2])
np.save(at("things.npy"), np.array([{"a": 1}, "b"], dtype=object), allow_pickle=True)
np.save(at("harm.npy"), np.array([Harm()], dtype=object), allow_pickle=True)
np.savez_compressed(at("harm.npz"), weights=weights[:2], harm=np.array([Harm()], dtype=object))
np.savez(at("arrays.npz"), weights=weights[:2], counts=arrays["counts"])
# A text of 2 GiB, of which 1,200 MiB are there. xz makes 180 KB of that, which are packed once more to be kept.
bombs = {"bomb.pkl.bz2": bz2.BZ2Compressor(9), "bomb.pkl.xz.gz": lzma.LZMACompressor(filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 2**26}])}
for name, packer in bombs.items():
    pieces = [packer.compress(b"\x80\x04\x8e" + (2**31).to_bytes(8, "little")), *(packer.compress(bytes(2**20)) for _ in range(1200)), packer.flush()]
    packed = b"".join(pieces)
    with open(at(name), "wb") as file:
        file.write(gzip.compress(packed, 9, mtime=0) if name.endswith(".gz") else packed)

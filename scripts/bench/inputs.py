#!/usr/bin/env python3
"""Makes what the benchmarks start from, once, and copies it: inputs.py CACHE DIRECTORY WORKLOADS

base: a busybox and the program `fill`. compilers: Debian with compilers in five layers, by mmdebstrap, which needs a
mirror. many: 100 000 small files. mixed: a file of 1 GiB, half text and half noise.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

from layouts import split, write_layout
from workloads import WORKLOADS

HERE = Path(__file__).resolve().parent
PLACES = ["usr/lib/gcc", "usr/share", "usr/lib/x86_64-linux-gnu", "usr/bin"]


def call(*words):
    subprocess.run([str(word) for word in words], check=True, stdout=sys.stderr)


def layer_of_compilers(path):
    for number, place in enumerate(PLACES):
        if path.startswith(place):
            return number + 1
    return 0


def make_root(scratch):
    """A tree with busybox and fill."""
    archive, root = scratch / "busybox.tar", scratch / "root"
    root.mkdir()
    call(HERE.parent.parent / "examples/hello/make-base", archive)
    call("tar", "-xf", archive, "-C", root)
    # As in every base of a distribution; without it, each contender's mount point would be part of the result.
    for name in ("resolv.conf", "hosts", "hostname"):
        (root / "etc" / name).touch()
    call("cc", "-O2", "-static", "-o", root / "bin/fill", HERE / "fill.c")
    return root


def pack(root, archive):
    call("tar", "-cf", archive, "-C", root, "--numeric-owner", "--owner", "0", "--group", "0", "--sort", "name", ".")


def make_base(folder, scratch):
    pack(make_root(scratch), scratch / "base.tar")
    write_layout(folder, "base", [scratch / "base.tar"])


def make_many(folder, scratch):
    root = make_root(scratch)
    call(root / "bin/fill", "files", 100_000, root / "many")
    pack(root, scratch / "many.tar")
    write_layout(folder, "base", [scratch / "many.tar"])


def make_compilers(folder, scratch):
    archive = scratch / "debian.tar"
    call("mmdebstrap", "--variant", "minbase", "--include",
         "gcc,g++,gfortran,clang,make,git,python3,perl,gdb,cmake", "bookworm", archive)
    write_layout(folder, "base", split(archive, scratch, layer_of_compilers, len(PLACES) + 1))


def make_mixed(folder, scratch):
    call("cc", "-O2", "-o", scratch / "fill", HERE / "fill.c")
    folder.mkdir()
    call(scratch / "fill", "mixed", 1024, folder / "mixed")


MAKERS = {"base": make_base, "many": make_many, "compilers": make_compilers, "mixed": make_mixed}


def main():
    cache = Path(sys.argv[1])
    cache.mkdir(parents=True, exist_ok=True)
    chosen = [WORKLOADS[name] for name in sys.argv[3].split(",")]
    names = {workload.base for workload in chosen} | {Path(file).parent.name for one in chosen for file in one.files}
    for name in sorted(names):
        if not (cache / name).exists():
            print(f"making {cache / name}", file=sys.stderr)
            with tempfile.TemporaryDirectory(dir=cache) as scratch:
                made = Path(scratch) / "made"
                MAKERS[name](made, Path(scratch))
                made.rename(cache / name)
        call("cp", "-r", cache / name, Path(sys.argv[2]) / name)


if __name__ == "__main__":
    main()

"""What is measured: the step of each workload, what it starts from, and the least it takes."""
from dataclasses import dataclass, field


@dataclass
class Workload:
    title: str
    base: str                       # name of the image layout in the cache
    script: str                     # what the step runs
    floor: str                      # a shell script: the rest of what cannot be avoided; $OUT is an empty directory
    first: str                      # absolute hints, of another machine
    goal: str
    imports_base: bool = False      # whether importing the base is part of the round
    is_large: bool = False          # whether each round must start from an empty store
    files: list = field(default_factory=list)    # host files that the step sees at /stacker/imports
    compression: str = "gzip"
    images: int = 1                 # how many there are, each with this step, at the same time where a tool can
    is_cached: bool = False         # whether all of them were built before; then each stands on the one before


# openssl uses the SHA instructions of the processor, which coreutils' sha256sum does not.
PACK = ("tar -C $UPPER -cf - . | tee >(openssl dgst -sha256 >$OUT/content) | %s | "
        "tee >(openssl dgst -sha256 >$OUT/digest) >$OUT/layer")
UNPACK = ("ls -S $BASE/blobs/sha256 | head -n $LAYERS | xargs -P 2 -I {} sh -c "
          "'mkdir $OUT/{} && igzip -dc <$BASE/blobs/sha256/{} | tar -x --no-same-owner -C $OUT/{}'")

WORKLOADS = {
    "W1": Workload("one step that does nothing, base imported", "base", "true", "true", "40 ms", "15 ms"),
    "W2": Workload("ten images, nothing changed", "base", "true >/number-%d", "", "25 ms", "8 ms", images=10,
                   is_cached=True),
    "W3": Workload("import an image of compilers, five layers; `true`", "compilers", "true", UNPACK, "3.0 s", "1.6 s",
                   imports_base=True, is_large=True),
    "W4": Workload("50 000 small files, gzip", "base", "fill files 50000 /files", PACK % "igzip -1", "2.6 s", "1.8 s",
                   is_large=True),
    "W5": Workload("copy a mixed file of 1 GiB, gzip", "base", "cp /stacker/imports/mixed /mixed", PACK % "igzip -1",
                   "4.5 s", "2.8 s", is_large=True, files=["mixed/mixed"]),
    "W5z": Workload("the same, zstd", "base", "cp /stacker/imports/mixed /mixed", PACK % "zstd -q -1 -T2", "4.5 s",
                    "3.0 s", is_large=True, files=["mixed/mixed"], compression="zstd"),
    "W7": Workload("one file changed on a base of 100 000", "many", "echo changed >/many/0/file-0",
                   "ln $BASE/blobs/sha256/* $OUT/", "110 ms", "30 ms"),
    "W8": Workload("ten independent images of 500 files", "base", "fill files 500 /files", PACK % "igzip -1", "400 ms",
                   "280 ms", images=10),
}

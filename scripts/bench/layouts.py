"""Image layouts made from tar archives, for every contender the same bytes."""
import hashlib
import json
import platform
import subprocess
import tarfile

MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


def digest_of(path):
    value = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            value.update(piece)
    return "sha256:" + value.hexdigest()


def store(blobs, content):
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    (blobs / digest[7:]).write_bytes(content)
    return {"digest": digest, "size": len(content)}


def write_layout(folder, tag, archives):
    """Makes an OCI layout of one image; the layers, lowest first, are compressed by pigz at its default level."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    layers, contents = [], []
    for archive in archives:
        packed = blobs / "packing"
        with open(packed, "wb") as output:
            subprocess.run(["pigz", "--no-name", "--stdout", archive], stdout=output, check=True)
        digest = digest_of(packed)
        size = packed.stat().st_size
        packed.rename(blobs / digest[7:])
        layers.append({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest, "size": size})
        contents.append(digest_of(archive))
    machine = MACHINES.get(platform.machine(), platform.machine())
    configuration = store(blobs, json.dumps({
        "architecture": machine, "os": "linux", "config": {"Env": ["PATH=/usr/bin:/bin"]},
        "rootfs": {"type": "layers", "diff_ids": contents},
        "history": [{"created_by": "make bench"} for _ in contents]}).encode())
    manifest = store(blobs, json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **configuration}, "layers": layers}).encode())
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [{
        "mediaType": "application/vnd.oci.image.manifest.v1+json", **manifest,
        "annotations": {"org.opencontainers.image.ref.name": tag}}]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def split(archive, folder, layer_of, count):
    """Deals the members of a tar archive out to `count` layers; each gets the directories above its members.

    `layer_of` chooses by path; a hard link goes where its target is.
    """
    paths = [folder / f"layer-{number}.tar" for number in range(count)]
    layers = [tarfile.open(path, "w", format=tarfile.PAX_FORMAT) for path in paths]
    known, written = {}, [set() for _ in layers]

    def add_parents(path, number):
        parts = path.split("/")
        for depth in range(1, len(parts)):
            parent = "/".join(parts[:depth])
            if parent in known and parent not in written[number]:
                written[number].add(parent)
                layers[number].addfile(known[parent])

    with tarfile.open(archive, "r|") as source:
        for member in source:
            path = member.name.removeprefix("./").rstrip("/")
            if member.isdir():
                known[path] = member
                # Empty directories belong to the lowest layer, like all that nothing else needs.
                add_parents(path + "/x", 0)
            elif not member.isdev():
                number = layer_of(member.linkname.removeprefix("./") if member.islnk() else path)
                add_parents(path, number)
                layers[number].addfile(member, source.extractfile(member) if member.isreg() else None)
    for layer in layers:
        layer.close()
    return paths

"""The contenders: each runs one workload the way its users would."""
import json
import os
import pwd
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from commands import Broken, remove, run


def each(count, body):
    """Calls body with 0 to count - 1, as many at a time as there are processors; the first failure counts."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(body, range(count)))


class Stacker:
    def __init__(self, workload, options, directory):
        self.name, self.workload, self.program, self.directory = "stacker", workload, options.stacker, directory
        shutil.copytree(options.cache / workload.base, directory / "base", copy_function=os.link)
        for file in workload.files:
            os.link(options.cache / file, directory / Path(file).name)

    def build(self, script, *files):
        lines = []
        for place in range(self.workload.images):
            below = "{type: oci, url: 'base:base'}"
            if self.workload.is_cached and place > 0:
                below = f"{{type: built, tag: image-{place - 1}}}"
            lines += [f"image-{place}:", f"  from: {below}", f"  imports: [{', '.join(files)}]",
                      f"  run: '{script.replace('%d', str(place))}'"]
        (self.directory / "stacker.yaml").write_text("\n".join(lines) + "\n")
        chosen = [] if self.workload.compression == "gzip" else ["--compression", self.workload.compression]
        run(self.program, "build", *chosen, cwd=self.directory)

    def clear(self):
        run(self.program, "clean", cwd=self.directory)

    def import_base(self):
        self.build("true")

    def round(self, number):
        # The number makes the step a new one.
        remark = "" if self.workload.is_cached else f" # {number}"
        self.build(self.workload.script + remark, *[Path(file).name for file in self.workload.files])


class UmociCrun:
    def __init__(self, workload, options, directory):
        if workload.compression != "gzip":
            raise Broken(f"umoci packs no {workload.compression}")
        if workload.is_cached:
            raise Broken("umoci keeps no results")
        self.name, self.workload, self.directory = "umoci + crun", workload, directory
        self.cache = options.cache

    def clear(self):
        for tree in self.directory.iterdir():
            remove(tree)

    def import_base(self):
        """umoci unpacks its base for every bundle anew."""

    def round(self, number):
        if not (self.directory / "oci").exists():
            shutil.copytree(self.cache / self.workload.base, self.directory / "oci", copy_function=os.link)
        # Its layout is for one writer at a time.
        for place in range(self.workload.images):
            self.step(f"{number}-{place}")

    def step(self, number):
        bundle = self.directory / f"bundle-{number}"
        run("umoci", "unpack", "--rootless", "--image", "oci:base", bundle, cwd=self.directory)
        configuration = json.loads((bundle / "config.json").read_text())
        configuration["process"].update(terminal=False, args=["/bin/sh", "-c", self.workload.script])
        configuration["root"]["readonly"] = False
        for file in self.workload.files:
            configuration["mounts"].append({"destination": f"/stacker/imports/{Path(file).name}", "type": "bind",
                                            "source": str(self.cache / file), "options": ["bind", "ro"]})
        (bundle / "config.json").write_text(json.dumps(configuration))
        run("crun", "--root", self.directory / "state", "run", "--bundle", bundle, f"bench-{number}", cwd=self.directory)
        run("umoci", "repack", "--image", f"oci:image-{number}", bundle, cwd=self.directory)


class Buildah:
    def __init__(self, workload, options, directory, *isolation):
        self.name, self.isolation = " ".join(["buildah", *isolation]), isolation
        self.workload, self.directory, self.cache = workload, directory, options.cache
        self.environment = dict(os.environ, XDG_RUNTIME_DIR=str(self.directory))
        self.volumes = [f"--volume={self.cache / file}:/stacker/imports/{Path(file).name}:ro" for file in workload.files]

    def buildah(self, *words):
        storage = ["--storage-driver", "overlay", "--root", self.directory / "root", "--runroot", self.directory / "run"]
        return run("buildah", *storage, *words, cwd=self.directory, environment=self.environment)

    def clear(self):
        run("buildah", "unshare", "sh", "-c", 'rm -rf "$1"/*', "sh", self.directory, cwd=self.directory,
            environment=self.environment)

    def import_base(self):
        self.buildah("rm", self.start())

    def start(self):
        return self.buildah("from", f"oci:{self.cache / self.workload.base}:base").splitlines()[-1]

    def round(self, number):
        if self.workload.is_cached:
            self.build_cached()
        else:
            each(self.workload.images, lambda place: self.step(f"{number}-{place}"))

    def build_cached(self):
        """One image of as many steps, which buildah finds one by one."""
        file = self.directory / "Containerfile"
        steps = [f"RUN {self.workload.script.replace('%d', str(place))}" for place in range(self.workload.images)]
        file.write_text("\n".join([f"FROM oci:{self.cache / self.workload.base}:base", *steps]) + "\n")
        self.buildah("build", "--layers", *self.isolation, "--tag", "image", "--file", file, self.directory)

    def step(self, number):
        container = self.start()
        self.buildah("run", *self.isolation, *self.volumes, container, "/bin/sh", "-c", self.workload.script)
        name = f"oci:{self.directory}/oci:image-{number}"
        if self.workload.compression != "gzip":
            # `commit` offers gzip only; `push` recompresses.
            image = self.buildah("commit", "--rm", container).splitlines()[-1]
            self.buildah("push", "--compression-format", self.workload.compression, image, name)
        else:
            self.buildah("commit", "--rm", container, name)


class Floor:
    def __init__(self, workload, options, directory):
        if workload.is_cached:
            raise Broken("where nothing changed, nothing has to be done")
        self.name, self.workload, self.program, self.directory = "floor", workload, options.floor, directory
        self.base, self.lower = options.cache / workload.base, directory / "lower"
        manifest = self.document(json.loads((self.base / "index.json").read_text())["manifests"][0])
        self.layers = [self.base / "blobs/sha256" / layer["digest"][7:] for layer in manifest["layers"]]
        if not workload.imports_base:
            self.lower.mkdir()
            for layer in self.layers:
                run("tar", "-xzf", layer, "-C", self.lower, cwd=directory)
            for file in workload.files:
                place = self.lower / "stacker/imports" / Path(file).name
                place.parent.mkdir(parents=True)
                os.link(options.cache / file, place)
        self.ranges = [self.first(path) for path in ("/etc/subuid", "/etc/subgid")]

    def document(self, descriptor):
        return json.loads((self.base / "blobs/sha256" / descriptor["digest"][7:]).read_text())

    @staticmethod
    def first(path):
        names = (pwd.getpwuid(os.getuid()).pw_name, str(os.getuid()))
        for line in Path(path).read_text().splitlines():
            fields = line.split(":")
            if len(fields) == 3 and fields[0] in names and int(fields[2]) >= 65536:
                return fields[1]
        raise Broken(f"{path} gives {names[0]} no 65536 ids")

    def clear(self):
        for tree in self.directory.iterdir():
            if tree != self.lower:
                remove(tree)

    def import_base(self):
        """The base is unpacked once, at the beginning."""

    def round(self, number):
        each(self.workload.images, lambda place: self.step(f"{number}-{place}"))

    def step(self, number):
        scratch = self.directory / number
        for name in ("upper", "work", "root", "out"):
            (scratch / name).mkdir(parents=True)
        if not self.workload.imports_base:
            run(self.program, *self.ranges, 65536, self.lower, scratch, self.workload.script, cwd=self.directory)
        if self.workload.floor != "true":
            variables = dict(os.environ, UPPER=str(scratch / "upper"), OUT=str(scratch / "out"), BASE=str(self.base),
                             LAYERS=str(len(self.layers)))
            run("bash", "-euo", "pipefail", "-c", self.workload.floor, cwd=self.directory, environment=variables)

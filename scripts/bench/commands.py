"""Running the commands of contenders."""
import os
import shutil
import stat
import subprocess
from pathlib import Path


class Broken(Exception):
    """A command of a contender failed."""


def run(*words, cwd, environment=None):
    """Runs a command to its end; returns what it printed."""
    done = subprocess.run([str(word) for word in words], cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        lines = done.stdout.decode(errors="replace").strip().splitlines() or ["no output"]
        raise Broken(f"{Path(str(words[0])).name} {words[1] if len(words) > 1 else ''}: {lines[-1]}")
    return done.stdout.decode(errors="replace").strip()


def remove(tree):
    """Removes a tree of our own files, whatever their directories' modes are."""
    if not tree.is_dir():
        return
    for folder, _, _ in os.walk(tree):
        mode = stat.S_IMODE(os.lstat(folder).st_mode)
        if mode & 0o700 != 0o700:
            os.chmod(folder, mode | 0o700)
        # A directory that could not be read is walked once more.
        if mode & 0o500 != 0o500:
            remove(Path(folder))
    shutil.rmtree(tree, ignore_errors=True)

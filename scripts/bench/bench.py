#!/usr/bin/env python3
"""Workloads by stacker, by its peers and by the least that any tool must do, interleaved.

Every contender runs once per round, in an order that rotates; round 0 warms up and does not count. A contender that
fails is left out, with its message. Run by `make bench`, which prepares the programs, the inputs and the directory.
"""
import argparse
import os
import platform
import resource
import statistics
import sys
import time
from pathlib import Path

from commands import Broken, remove, run
from contenders import Buildah, Floor, Stacker, UmociCrun
from workloads import WORKLOADS


def prepare(workload, options, directory):
    """The contenders that can run this workload, each in a directory of its own."""
    makers = [("stacker", Stacker, []), ("umoci", UmociCrun, []), ("buildah", Buildah, []),
              ("buildah-chroot", Buildah, ["--isolation", "chroot"]), ("floor", Floor, [])]
    contenders = []
    for name, maker, extra in makers:
        if options.only and name not in options.only:
            continue
        try:
            (directory / name).mkdir()
            contender = maker(workload, options, directory / name, *extra)
            reset(workload, contender)
            contenders.append(contender)
        except (Broken, OSError) as problem:
            print(f"left out, cannot prepare {name}: {problem}", file=sys.stderr)
    return contenders


def reset(workload, contender):
    """What every round of a large workload starts from."""
    contender.clear()
    if not workload.imports_base:
        contender.import_base()


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(workload, contenders, rounds):
    """Milliseconds of each contender's rounds, by name: elapsed, and of all processors."""
    times = {contender.name: [] for contender in contenders}
    for number in range(rounds + 1):
        turn = number % len(contenders)
        for contender in contenders[turn:] + contenders[:turn]:
            if contender.name not in times:
                continue
            try:
                if workload.is_large and number > 0:
                    reset(workload, contender)
                start, worked = time.perf_counter(), processor_seconds()
                contender.round(number)
                taken = (time.perf_counter() - start) * 1000, (processor_seconds() - worked) * 1000
            except (Broken, OSError) as problem:
                print(f"left out, {contender.name}: {problem}", file=sys.stderr)
                del times[contender.name]
                continue
            if number > 0:
                times[contender.name].append(taken)
    return times


def report(name, workload, times, load):
    print(f"\n{name}: {workload.title} (elsewhere: {workload.first} first, {workload.goal} in the end)")
    print(f"load average {load[0]:.1f} before, {os.getloadavg()[0]:.1f} after\n")
    print(f"| {'contender':<28} | median ms | min ms | max ms | against stacker | cpu ms |")
    print(f"|{'-' * 30}|----------:|-------:|-------:|----------------:|-------:|")
    ours = statistics.median(taken for taken, _ in times["stacker"]) if times.get("stacker") else None
    for contender, values in times.items():
        elapsed = [taken for taken, _ in values]
        median = statistics.median(elapsed)
        ratio = f"{median / ours:.2f}" if ours else "-"
        worked = statistics.median(worked for _, worked in values)
        print(f"| {contender:<28} | {median:9.1f} | {min(elapsed):6.1f} | {max(elapsed):6.1f} | {ratio:>15} | {worked:6.0f} |",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--workloads", default="W1", help="names, separated by commas")
    parser.add_argument("--only", help="contenders, separated by commas: stacker, umoci, buildah, buildah-chroot, floor")
    parser.add_argument("--directory", type=Path, required=True, help="an empty directory on the file system to measure")
    parser.add_argument("--cache", type=Path, required=True, help="what inputs.py made, on the same file system")
    parser.add_argument("--stacker", type=Path, required=True)
    parser.add_argument("--floor", type=Path, required=True)
    options = parser.parse_args()
    kind = run("stat", "--file-system", "--format", "%T", options.directory, cwd="/")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, {kind}, {options.rounds} rounds")
    measured = True
    for name in options.workloads.split(","):
        directory = options.directory / name
        directory.mkdir()
        load = os.getloadavg()
        contenders = prepare(WORKLOADS[name], options, directory)
        times = measure(WORKLOADS[name], contenders, options.rounds) if contenders else {}
        report(name, WORKLOADS[name], times, load)
        measured = measured and bool(times.get("stacker"))
        for contender in contenders:
            contender.clear()
        remove(directory)
    return 0 if measured else 1


if __name__ == "__main__":
    sys.exit(main())

"""Whole processes, measured in turn so that what else a machine does hits all alike."""

import mmap
import statistics
import subprocess
import sys

# A process counts as its own the memory that its parent had when it was forked,
# so a small one starts and measures it: 8 MB is the least that this can see.
LAUNCHER = """
import os, signal, sys, time
null = os.open(os.devnull, os.O_WRONLY)
actions = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
start = time.perf_counter()
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ, file_actions=actions)
signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
signal.alarm(int(sys.argv[1]))
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - start, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
"""


class Result:
    """Median and least seconds, and peak MB; `failed` says why there are none."""

    def __init__(self, seconds, least, peak, failed=None):
        self.seconds, self.least, self.peak, self.failed = seconds, least, peak, failed

    def over(self, other):
        """How many times the time of `other` it takes; None if either failed."""
        return None if self.failed or other.failed else self.seconds / other.seconds


def touch(megabytes):
    """Takes so much memory and gives it back. A virtual machine gets memory from its
    host as it is first touched, which takes longer than to use it and is nobody's time
    but that of the command that comes first."""
    size = (int(megabytes) + 16) << 20
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        if hasattr(mmap, "MADV_HUGEPAGE"):
            memory.madvise(mmap.MADV_HUGEPAGE)
        for at in range(0, size, mmap.PAGESIZE):
            memory[at] = 1


def once(command, timeout):
    launch = [sys.executable, "-S", "-E", "-c", LAUNCHER, str(timeout), *map(str, command)]
    out = subprocess.run(launch, check=True, capture_output=True, text=True).stdout.split()
    return float(out[0]), int(out[1]) / 1024, int(out[2])


def in_turn(commands, rounds, timeout=300):
    """Results of {name: command}, by name: A B C, A B C, ... The first round warms
    caches and does not count, where there is more than one; in the others, each
    command finds the memory at hand that it took in the first."""
    runs = {name: [] for name in commands}
    failed = {}
    for _ in range(rounds + (rounds > 1)):
        for name, command in commands.items():
            if name in failed:
                continue
            if runs[name]:
                touch(runs[name][0][1])
            seconds, peak, code = once(command, timeout)
            runs[name].append((seconds, peak))
            if code == -9 and seconds >= timeout - 1:
                failed[name] = f"> {timeout} s"
            elif code != 0:
                failed[name] = "fails"
    results = {}
    for name, all_runs in runs.items():
        counted = all_runs[1:] or all_runs
        results[name] = Result(
            statistics.median(seconds for seconds, _ in counted),
            min(seconds for seconds, _ in counted),
            max(peak for _, peak in all_runs),
            failed.get(name),
        )
    return results

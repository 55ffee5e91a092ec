"""completion.py FOLDER: the scripts for shells complete what is typed.

Each shell that is installed is asked itself; those that are not are named.
"""

import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time

# What is typed, up to the cursor, and some of the words that are offered.
CASES = [
    (["che"], {"check", "checks"}),
    (["check", "--form"], {"--format"}),
    (["check", "--format="], {"text", "json", "markdown", "junit", "sarif"}),
    (["diff", "--format="], {"text", "json", "markdown", "html"}),
    (["--precision="], {"as-is", "fp16", "int4"}),
    (["--target=nvidia-h100"], {"nvidia-h100-pcie", "nvidia-h100-sxm"}),
    (["--target=nvidia-t4,nvidia-l4"], {"nvidia-t4,nvidia-l4", "nvidia-t4,nvidia-l40s"}),
    (["compare", "--cloud-region=gcp-europe-west1"], {"gcp-europe-west1", "gcp-europe-west10", "gcp-europe-west12"}),
    (["targets", "google-tpu-v5"], {"google-tpu-v5e", "google-tpu-v5p"}),
    (["checks", "exact-dead"], {"exact-dead-code"}),
    (["optimize", "--apply=prune-ch"], {"prune-channels"}),
    (["completion", ""], {"bash", "zsh", "fish"}),
    (["help", "cal"], {"calibrate"}),
    (["check", "mod"], {"model.onnx", "models"}),
]
# What must not be offered.
NEVER = {"notes.txt", "--no-such-option"}


def script(shell):
    return subprocess.run(["energy-opt", "completion", shell], check=True, capture_output=True, text=True).stdout


def ask_bash(folder, words):
    # Readline breaks words at "=".
    parts = [part for word in words for part in re.split(r"(=)", word)]
    if parts[-1] == "" and len(parts) > 1 and parts[-2] == "=":
        parts.pop()
    text = 'source "$1"; shift; COMP_WORDS=(energy-opt "$@"); COMP_CWORD=$#; _energy_opt; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "--norc", "-c", text, "-", folder / "energy-opt.bash", *parts],
                          cwd=folder / "work", capture_output=True, text=True, check=True)
    errors = [line for line in done.stderr.splitlines() if "compopt" not in line]
    assert not errors, errors
    return {word.rstrip("= ") if word.startswith("--") else word.rstrip() for word in done.stdout.split("\n") if word.strip()}


def ask_fish(folder, words):
    home = folder / "fish"
    home.mkdir(exist_ok=True)
    done = subprocess.run(["fish", "--no-config", "-c", f"source {folder}/energy-opt.fish; complete -C 'energy-opt {' '.join(words)}'"],
                          cwd=folder / "work", capture_output=True, text=True, check=True, env=dict(os.environ, HOME=str(home)))
    offered = {line.split("\t")[0] for line in done.stdout.splitlines()}
    return {word.split("=", 1)[1] if "=" in word and not word.endswith("=") else word.rstrip("=/") for word in offered}


class Zsh:
    """An interactive zsh on a terminal, asked with the key that lists choices."""

    def __init__(self, folder):
        self.child, self.terminal = pty.fork()
        if not self.child:
            os.chdir(folder / "work")
            os.environ.update(TERM="vt100", HOME=str(folder), ZDOTDIR=str(folder))
            os.execvp("zsh", ["zsh", "-f", "-i"])
        self.type(f"fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=0; bindkey '^T' list-choices; print set''up\r")
        self.shows({"setup"})

    def type(self, text):
        os.write(self.terminal, text.encode())

    def shows(self, words, seconds=300):
        """What appears until all words have, without what moves the cursor."""
        seen, limit = "", time.monotonic() + seconds
        while time.monotonic() < limit:
            if select.select([self.terminal], [], [], 0.2)[0]:
                seen += os.read(self.terminal, 65536).decode(errors="replace")
            plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\0", "", seen)
            found = set(plain.split())
            if words <= found:
                return found
        raise AssertionError(f"zsh shows not all of {words}: {plain!r}")

    def ask(self, words, expected):
        self.type("energy-opt " + " ".join(words) + "\x14")
        found = self.shows(expected)
        self.type("\x15print cl''ean\r")  # empties the line
        self.shows({"clean"})
        return found

    def close(self):
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.terminal)


def ask_shell(shell, folder):
    """A function from words, and the words to wait for, to all that are offered."""
    if shell == "zsh":
        terminal = Zsh(folder)
        return terminal.ask, terminal.close
    ask = {"bash": ask_bash, "fish": ask_fish}[shell]
    return (lambda words, _: ask(folder, words)), (lambda: None)


SHELLS = {"bash": ("energy-opt.bash", ["bash", "-n"]), "zsh": ("_energy-opt", ["zsh", "-n"]),
          "fish": ("energy-opt.fish", ["fish", "--no-execute"])}


def main(folder):
    folder = pathlib.Path(folder).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "work" / "models").mkdir(parents=True)
    for name in ("model.onnx", "notes.txt", "modify.txt"):
        (folder / "work" / name).touch()
    for shell, (name, syntax) in SHELLS.items():
        (folder / name).write_text(script(shell))
        if not shutil.which(shell):
            print(f"{shell} is not installed")
            continue
        subprocess.run([*syntax, folder / name], check=True)
        ask, close = ask_shell(shell, folder)
        for words, expected in CASES:
            if shell != "bash":  # these show the last part of a list
                expected = {word.split(",")[-1] for word in expected}
            if shell == "zsh":
                expected = {word + "/" if word == "models" else word for word in expected}
            offered = ask(words, expected)
            if shell == "fish":
                offered = {word.split(",")[-1] for word in offered}
            assert expected <= offered, (shell, words, sorted(expected), sorted(offered)[:40])
            assert not offered & (NEVER | {"modify.txt"}), (shell, words, offered)
        close()
        print(f"{shell} completes")


main(sys.argv[1])

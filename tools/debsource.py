"""Debian's source packages: fetched over apt from the mirrors that this machine uses, checked by apt's signatures.

The build never copies others' code into the tree; what it needs of it comes from here. Nothing of /etc/apt is touched and
nothing is installed: lists and downloads live in a directory of the build, which asks for `deb-src` where the machine's own
configuration has only `deb`.
"""

import glob
import os
import re
import shutil
import subprocess

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
DEFAULT_MIRROR = ("http://deb.debian.org/debian", "bookworm")


class SourceError(Exception):
    """A package could not be had; the text says why."""


def fetch(name, folder):
    """Unpacks the newest version that apt finds into folder/name, with Debian's patches applied; returns its version."""
    for tool in ("apt-get", "dpkg-source"):
        if not shutil.which(tool):
            raise SourceError(f"there is no {tool} here; Debian has it in {'apt' if tool == 'apt-get' else 'dpkg-dev'}")
    options = _apt(os.path.join(folder, "apt"))
    _run(["apt-get", *options, "update"], folder)
    for old in glob.glob(os.path.join(folder, name + "_*")):
        os.remove(old)
    _run(["apt-get", *options, "--download-only", "source", name], folder)
    found = glob.glob(os.path.join(folder, name + "_*.dsc"))
    if len(found) != 1:
        raise SourceError(f"apt-get source {name} left {len(found)} .dsc files in {folder}, expected 1")
    # apt has checked the signature of the list that this file's hash is from.
    _run(["dpkg-source", "--no-check", "-x", found[0], name], folder, fresh=name)
    with open(found[0], encoding="utf-8") as description:
        return re.search(r"^Version: (\S+)", description.read(), re.M)[1]


def _apt(state):
    """apt's options for a state of its own, which it makes."""
    parts = os.path.join(state, "sources.list.d")
    for part in (parts, os.path.join(state, "lists", "partial"), os.path.join(state, "cache", "archives", "partial")):
        os.makedirs(part, exist_ok=True)
    with open(os.path.join(parts, "source.sources"), "w", encoding="utf-8") as out:
        for address, suite in _mirrors():
            signed = f"Signed-By: {KEYRING}\n" if os.path.exists(KEYRING) else ""
            out.write(f"Types: deb-src\nURIs: {address}\nSuites: {suite}\nComponents: main\n{signed}\n")
    settings = {"Dir::Etc::sourcelist": "/dev/null", "Dir::Etc::sourceparts": parts, "Dir::Cache": os.path.join(state, "cache"),
                "Dir::State::lists": os.path.join(state, "lists"), "APT::Sandbox::User": "root", "Acquire::Languages": "none"}
    return ["-qq"] + [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def _mirrors():
    """(address, suite) of Debian's archives as this machine's own configuration names them."""
    asked = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"],
                           capture_output=True, text=True, check=False).stdout
    lines = {tuple(line.split()) for line in asked.splitlines()}
    found = {line[:2] for line in lines if len(line) == 3 and line[2] == "main" and re.search(r"/debian(-security)?/?$", line[0])}
    return sorted(found) or [DEFAULT_MIRROR]


def _run(command, folder, fresh=None):
    """Runs it there, after removing what it is to make anew; its words are shown only if it fails."""
    if fresh:
        shutil.rmtree(os.path.join(folder, fresh), ignore_errors=True)
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "LC_ALL": "C"}, text=True, errors="replace", check=False)
    if done.returncode:
        raise SourceError(f"`{' '.join(command)}` failed:\n{done.stdout.rstrip()}")

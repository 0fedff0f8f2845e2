#!/usr/bin/python3
"""Checks a manifest of services and compiles it for servers/root.

  tools/manifest.py --out build/x86_64/debug/manifest servers/root/manifest.toml
  tools/manifest.py --check servers/root/manifest.toml

A service is a table [service.NAME]:

  program = "servers/memory"      its program in the bundle
  priority = 50                   0 to 62
  memory = "2M"                   its pool on top of its program: a size, or "rest": all RAM that no other service asks for
  cells = 64                      kernel objects in its pool
  slice_us = 10000                its round-robin slice of processor time
  restart = "always"              when it ends: "always", "on-failure" or "never"
  restarts = 10                   at most so often
  essential = true                without it the machine stops
  bundle = true                   the bundle is mapped for it
  power = true                    may stop the machine
  arguments = ["key=value"]       what it finds by service_argument()

and its capabilities by name, in [service.NAME.capabilities]:

  memory = { service = "memory", quota = "64M" }   another service's; quota in the server's units (a size: in pages), or "75%" of RAM
  uart = { device = "uart" }                       a device's registers: uart
  uart-irq = { irq = "uart" }                      its interrupt
  log = { machine = ["log"] }                      functions of the machine: log, time
  deaths = { notification = "deaths" }             signalled by root when a service has ended
  root = { supervisor = true }                     lib/proto/supervisor.capnp

Exits 1 and says in which line what is wrong, and what was expected."""

import argparse
import difflib
import os
import re
import struct
import sys
import tomllib

PAGE = 4096
NAME_bytes, PROGRAM_bytes, ARGUMENT_bytes = 24, 64, 64
MAGIC, VERSION = 0x6D74736973, 1
SERVICES_most, CAPS_most, ARGUMENTS_most = 32, 256, 64
SERVICE_CAPS_most = 56                 # slots of lib/service/service.h
RESTARTS = {"never": 0, "on-failure": 1, "always": 2}
FLAGS = {"essential": 1, "bundle": 2, "power": 4}
KINDS = {"service": 1, "device": 2, "irq": 3, "machine": 4, "notification": 5, "supervisor": 6}
MACHINE = {"log": 1, "time": 2}
DEVICES = {"uart": 0}
NOTIFICATIONS = {"deaths": 0}
SIZES = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}

SERVICE_KEYS = {"program", "priority", "memory", "cells", "slice_us", "restart", "restarts", "arguments", "capabilities", *FLAGS}
SERVICE = struct.Struct(f"<{NAME_bytes}s{PROGRAM_bytes}sQIIIIIIIIIII4x")
CAP = struct.Struct(f"<{NAME_bytes}sIIQQ")
HEADER = struct.Struct("<QIIII")


class ManifestError(Exception):
    """What is wrong, with the line where it is."""


class Source:
    """The manifest's text, to find the line of a key. TOML's parser of the standard library does not tell it."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            data = file.read()
        try:
            self.text = data.decode()
            self.table = tomllib.loads(self.text)
        except UnicodeDecodeError as error:
            raise ManifestError(f"{path}:{data.count(10, 0, error.start) + 1}: not UTF-8") from None
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"^(.*) \(at line (\d+), column \d+\)$", str(error))
            line, what = (place[2], place[1]) if place else (len(self.text.splitlines()), str(error))
            raise ManifestError(f"{path}:{line}: {what}") from None

    def line(self, *keys):
        """The line of a key in nested tables, or of the nearest table around it."""
        section, best, best_depth = (), 1, -1
        for number, line in enumerate(self.text.splitlines(), 1):
            header = re.match(r"\s*\[([^\[\]]+)\]", line)
            entry = re.match(r"\s*([\w.\"'-]+)\s*=", line)
            if header:
                section = found = self._split(header[1])
            elif entry:
                found = section + self._split(entry[1])
            else:
                continue
            depth = len(os.path.commonprefix([found, keys]))
            if depth > best_depth and depth == min(len(found), len(keys)):
                best, best_depth = number, depth
        return best

    @staticmethod
    def _split(text):
        return tuple(part.strip().strip("\"'") for part in text.split("."))

    def error(self, keys, what):
        """An error at a key."""
        return ManifestError(f"{self.path}:{self.line(*keys)}: {what}")


def known(source, keys, name, names, what):
    """Refuses a name that is none of `names`."""
    if name not in names:
        near = difflib.get_close_matches(str(name), sorted(names), 1)
        hint = f"; did you mean '{near[0]}'?" if near else f"; expected one of {', '.join(sorted(names))}"
        raise source.error(keys, f"unknown {what} '{name}'{hint}")


def typed(source, keys, value, kind, what):
    """Refuses a value of another type. True is no integer here."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise source.error(keys, f"{keys[-1]} is {value!r}, expected {what}")
    return value


def number(source, keys, value, most):
    """An integer in 0..most."""
    typed(source, keys, value, int, f"a number from 0 to {most}")
    if not 0 <= value <= most:
        raise source.error(keys, f"{keys[-1]} is {value}, expected a number from 0 to {most}")
    return value


def text(source, keys, value, most):
    """A string that fits, with its zero, into `most` bytes."""
    typed(source, keys, value, str, "text")
    data = value.encode()
    if not data or len(data) >= most or b"\0" in data:
        raise source.error(keys, f"{keys[-1]} '{value}' has {len(data)} bytes, expected 1 to {most - 1}, none of them zero")
    return data


def size(source, keys, value):
    """Bytes of a size such as 512K or 8M; None if it is none."""
    match = re.fullmatch(r"([1-9][0-9]{0,5})([KMG])", value) if isinstance(value, str) else None
    if not match:
        return None
    if int(match[1]) * SIZES[match[2]] >= 1 << 40:
        raise source.error(keys, f"{keys[-1]} is '{value}', expected less than 1024G")
    return int(match[1]) * SIZES[match[2]]


class Capability:
    """One line of [service.NAME.capabilities]."""

    def __init__(self, source, keys, value, services):
        self.name = text(source, keys, keys[-1], NAME_bytes)
        typed(source, keys, value, dict, "a table such as { service = \"memory\" }")
        for key in value:
            known(source, keys, key, {*KINDS, "quota"}, "key")
        kinds = [k for k in value if k in KINDS]
        if len(kinds) != 1:
            raise source.error(keys, f"{keys[-1]} has {len(kinds)} of the keys {', '.join(KINDS)}, expected one")
        self.kind, self.target, self.value, self.percent = KINDS[kinds[0]], 0, 0, 0
        getattr(self, "_" + kinds[0])(source, keys, value[kinds[0]], services)
        if "quota" in value:
            if kinds[0] != "service":
                raise source.error(keys, f"{keys[-1]} has a quota; only a service's clients have one")
            self._quota(source, keys, value["quota"])

    def _service(self, source, keys, value, services):
        if value not in services:
            known(source, keys, value, services, "service")
        self.target = list(services).index(value)

    def _device(self, source, keys, value, _):
        known(source, keys, value, DEVICES, "device")
        self.target = DEVICES[value]

    def _irq(self, source, keys, value, _):
        known(source, keys, value, DEVICES, "device")
        self.target = DEVICES[value]

    def _machine(self, source, keys, value, _):
        for function in typed(source, keys, value, list, "a list of functions"):
            known(source, keys, function, MACHINE, "function")
            self.value |= MACHINE[function]
        if not self.value:
            raise source.error(keys, f"{keys[-1]} names no function of the machine; expected some of {', '.join(MACHINE)}")

    def _notification(self, source, keys, value, _):
        known(source, keys, value, NOTIFICATIONS, "notification")
        self.target = NOTIFICATIONS[value]

    def _supervisor(self, source, keys, value, _):
        if value is not True:
            raise source.error(keys, f"supervisor is {value!r}, expected true, or leave the line out")

    def _quota(self, source, keys, value):
        percent = re.fullmatch(r"([1-9][0-9]?|100)%", value) if isinstance(value, str) else None
        if percent:
            self.percent = int(percent[1])
        elif size(source, keys, value) is not None:
            self.value = size(source, keys, value) // PAGE
        elif isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 40:
            self.value = value
        else:
            raise source.error(keys, f"quota is {value!r}, expected a number, a size such as '64M', or a share such as '75%'")

    def pack(self):
        return CAP.pack(self.name, self.kind, self.target, self.value, self.percent)


class Service:
    """[service.NAME]."""

    def __init__(self, source, name, value, services):
        keys = ("service", name)
        typed(source, keys, value, dict, "a table")
        for key in value:
            known(source, keys + (key,), key, SERVICE_KEYS, "key")
        if "program" not in value:
            raise source.error(keys, f"service {name} has no program; expected program = \"servers/{name}\"")
        self.key = name
        self.name = text(source, keys, name, NAME_bytes)
        self.program = text(source, keys + ("program",), value["program"], PROGRAM_bytes)
        self.numbers = [number(source, keys + (key,), value.get(key, default), most) for key, default, most in
                        (("priority", 32, 62), ("cells", 64, 1 << 20), ("slice_us", 10000, 10 ** 6), ("restarts", 10, 1000))]
        known(source, keys + ("restart",), value.get("restart", "never"), RESTARTS, "policy")
        self.restart = RESTARTS[value.get("restart", "never")]
        self.flags = sum(bit for flag, bit in FLAGS.items()
                         if typed(source, keys + (flag,), value.get(flag, False), bool, "true or false"))
        self.memory = self._memory(source, keys + ("memory",), value.get("memory", "256K"))
        self.arguments = [self._argument(source, keys + ("arguments",), a) for a in
                          typed(source, keys + ("arguments",), value.get("arguments", []), list, "a list of key=value")]
        caps = typed(source, keys + ("capabilities",), value.get("capabilities", {}), dict, "a table")
        self.caps = [Capability(source, keys + ("capabilities", n), v, services) for n, v in caps.items()]
        if len(self.caps) > SERVICE_CAPS_most:
            raise source.error(keys, f"service {name} has {len(self.caps)} capabilities, at most {SERVICE_CAPS_most}")

    @staticmethod
    def _memory(source, keys, value):
        """Bytes; 0 is the rest."""
        if value == "rest":
            return 0
        bytes_ = size(source, keys, value)
        if bytes_ is None:
            raise source.error(keys, f"memory is {value!r}, expected a size such as '512K' or '8M', or 'rest'")
        return bytes_

    @staticmethod
    def _argument(source, keys, value):
        if not re.fullmatch(r"[a-z][a-z0-9_-]*=.*", value if isinstance(value, str) else "", re.S):
            raise source.error(keys, f"argument {value!r}, expected text such as 'key=value'")
        return text(source, keys, value, ARGUMENT_bytes)

    def needs(self, services):
        """The names of the services that it calls."""
        return [list(services)[c.target] for c in self.caps if c.kind == KINDS["service"]]

    def pack(self, first_cap, first_argument):
        priority, cells, slice_us, restarts = self.numbers
        return SERVICE.pack(self.name, self.program, self.memory, priority, self.restart, restarts, self.flags, cells, slice_us,
                            first_cap, len(self.caps), first_argument, len(self.arguments), 0)


def start_order(source, services):
    """Services so that each comes after those that it calls. A server calls only servers below it, so a circle is an error."""
    order, trail = [], []

    def visit(service):
        if service.key in trail:
            circle = trail[trail.index(service.key):] + [service.key]
            raise source.error(("service", circle[0], "capabilities"), f"services call each other in a circle: {' -> '.join(circle)}")
        if service in order:
            return
        trail.append(service.key)
        for name in service.needs(services):
            visit(services[name])
        trail.pop()
        order.append(service)
    for service in services.values():
        visit(service)
    return order


def load(path):
    """The services in the order of their start."""
    source = Source(path)
    for key in source.table:
        known(source, (key,), key, {"service"}, "table")
    tables = typed(source, ("service",), source.table.get("service", {}), dict, "tables [service.NAME]")
    if not tables:
        raise ManifestError(f"{path}:1: no service; expected tables [service.NAME]")
    if len(tables) > SERVICES_most:
        raise ManifestError(f"{path}:1: {len(tables)} services, at most {SERVICES_most}")
    services = {name: None for name in tables}
    for name, value in tables.items():
        services[name] = Service(source, name, value, services)
    rest = [s.key for s in services.values() if s.memory == 0]
    if len(rest) > 1:
        raise source.error(("service", rest[1], "memory"), f"both {rest[0]} and {rest[1]} ask for the rest of memory")
    order = start_order(source, services)
    for service in order:
        for cap in service.caps:
            if cap.kind == KINDS["service"]:
                cap.target = [s.key for s in order].index(list(services)[cap.target])
    return order


def compile_manifest(path):
    """The table that servers/root/manifest.h describes."""
    order = load(path)
    services, caps, arguments = b"", [], []
    for service in order:
        services += service.pack(len(caps), len(arguments))
        caps += [c.pack() for c in service.caps]
        arguments += [a.ljust(ARGUMENT_bytes, b"\0") for a in service.arguments]
    if len(caps) > CAPS_most or len(arguments) > ARGUMENTS_most:
        raise ManifestError(f"{path}:1: {len(caps)} capabilities and {len(arguments)} arguments, at most {CAPS_most} and "
                            f"{ARGUMENTS_most}")
    return HEADER.pack(MAGIC, VERSION, len(order), len(caps), len(arguments)) + services + b"".join(caps) + b"".join(arguments)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifest", metavar="FILE.toml")
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--out", metavar="FILE", help="where the compiled table goes")
    group.add_argument("--check", action="store_true", help="only check")
    options = parser.parse_args()
    try:
        table = compile_manifest(options.manifest)
    except (ManifestError, OSError) as error:
        sys.exit(str(error))
    if options.out:
        with open(options.out, "wb") as out:
            out.write(table)


if __name__ == "__main__":
    main()

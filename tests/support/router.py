#!/usr/bin/env python3
"""A network in a box: hosts in network namespaces, joined by a userspace router that shapes the paths between them.

No netem (not every kernel has it): every host has a TUN device whose other end is here.

    router.py --hosts a,b,boot [--prefix tm] [--rate-mbit 20] [--rtt-ms 30] [--loss 0.01] [--queue-ms 100]
              [--jitter-ms 5] [--reorder 0.01] [--shape a:b] [--nat a:cone,b:symmetric] [--seed 1]

Namespaces are called PREFIX-HOST and have the address 10.77.0.N, N counted from 1 in the order of --hosts. Only paths named
by --shape (both directions) are shaped; all others pass at once. A host behind a NAT is seen by the others as 10.78.0.N, and
reached by them as its kind allows: `cone` (whoever knows the port), `restricted` (whom it has written to, address and port),
`symmetric` (the same, and every destination sees another port). Every path has dice of its own, so that what one of them loses
does not depend on what passes on another.

Prints "ready" when everything is up. Commands on standard input, one a line, each answered with "ok":

    cut a, join a                                     a host's cable
    shape a b RATE_MBIT RTT_MS LOSS JITTER_MS REORDER the path between two hosts is like this from now on
    move a                                            a host behind a NAT has another public address from now on
    stats, quit

End of input quits, too; the namespaces are removed then.
"""
import argparse
import collections
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
MTU = 1500
TCP, UDP = 6, 17
# How long a NAT remembers a flow without a packet, in seconds: that of UDP is short in cheap routers.
FORGOTTEN = {UDP: 60, TCP: 3600}
REORDERED = (0.005, 0.04)


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


class Path:
    """One direction between two hosts: rate, delay, jitter, loss, and a queue that drops what does not fit."""

    def __init__(self, args, shaped, name):
        self.dice = random.Random(f"{args.seed} {name}")
        self.shaped = shaped
        self.queue = args.queue_ms / 1e3
        self.free_at = 0.0
        self.last = 0.0
        self.counts = collections.Counter()
        self.shape(args.rate_mbit, args.rtt_ms, args.loss, args.jitter_ms, args.reorder)

    def shape(self, rate_mbit, rtt_ms, loss, jitter_ms, reorder):
        self.rate = rate_mbit * 1e6 / 8 if self.shaped and rate_mbit else None
        self.delay = rtt_ms / 2e3 if self.shaped else 0.0
        self.loss = loss if self.shaped else 0.0
        self.jitter = jitter_ms / 1e3
        self.reorder = reorder

    def due(self, now, length):
        """When this packet comes out at the other end; None if it is lost."""
        self.counts["in"] += 1
        if self.loss and self.dice.random() < self.loss:
            self.counts["lost"] += 1
            return None
        start = max(now, self.free_at)
        if self.rate:
            if start - now > self.queue:
                self.counts["overflow"] += 1
                return None
            self.free_at = start + length / self.rate
            start = self.free_at
        self.counts["bytes"] += length
        due = start + self.delay
        if self.jitter:
            due += self.dice.random() * self.jitter
        if self.reorder and self.dice.random() < self.reorder:
            self.counts["reordered"] += 1
            return due + self.dice.uniform(*REORDERED)
        # Jitter alone overtakes nothing.
        self.last = max(self.last, due)
        return self.last


def replaced(packet, at, new, checksums):
    """Puts `new` (an even number of bytes) into `packet`, and keeps the checksums there right (RFC 1624)."""
    old = packet[at:at + len(new)]
    packet[at:at + len(new)] = new
    for where in checksums:
        total = ~struct.unpack_from("!H", packet, where)[0] & 0xFFFF
        for a, b in zip(struct.unpack(f"!{len(new) // 2}H", old), struct.unpack(f"!{len(new) // 2}H", new)):
            total += (~a & 0xFFFF) + b
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        struct.pack_into("!H", packet, where, ~total & 0xFFFF)


class Nat:
    """The home router in front of one host."""

    def __init__(self, kind, inside, number, seed):
        self.kind, self.inside, self.number = kind, inside, number
        self.dice = random.Random(f"{seed} nat {number}")
        self.moves = -1
        self.move()

    def move(self):
        """The provider gives it another address, and it has forgotten every flow."""
        self.moves += 1
        self.outside = bytes((10, 78, self.moves % 250, self.number))
        self.ports, self.flows = {}, {}

    def free_port(self, protocol, wanted):
        port = wanted
        while port is None or (protocol, port) in self.flows:
            port = self.dice.randrange(20000, 60000)
        return port

    def tidy(self, now):
        for (protocol, port), flow in list(self.flows.items()):
            if now - flow["used"] > FORGOTTEN[protocol]:
                del self.flows[protocol, port]
                del self.ports[flow["key"]]

    def leaves(self, packet, now):
        """A packet of the host, as the world sees it; None if it cannot be translated."""
        protocol, head = packet[9], (packet[0] & 15) * 4
        if protocol not in FORGOTTEN or len(packet) < head + 8:
            return None
        self.tidy(now)
        source = packet[head:head + 2]
        there = bytes(packet[16:20] + packet[head + 2:head + 4])
        symmetric = self.kind == "symmetric"
        key = (protocol, bytes(source), there if symmetric else None)
        port = self.ports.get(key)
        if port is None:
            wanted = None if symmetric else struct.unpack("!H", source)[0]
            port = self.ports[key] = self.free_port(protocol, wanted)
            self.flows[protocol, port] = {"source": bytes(source), "there": set(), "key": key}
        flow = self.flows[protocol, port]
        flow["used"] = now
        flow["there"].add(there)
        translated(packet, 12, self.outside, head, struct.pack("!H", port))
        return packet

    def enters(self, packet, now):
        """A packet to the public address, as the host sees it; None if nobody waits for it."""
        protocol, head = packet[9], (packet[0] & 15) * 4
        if protocol not in FORGOTTEN or len(packet) < head + 8 or bytes(packet[16:20]) != self.outside:
            return None
        self.tidy(now)
        flow = self.flows.get((protocol, struct.unpack_from("!H", packet, head + 2)[0]))
        whence = bytes(packet[12:16] + packet[head:head + 2])
        if flow is None or (self.kind != "cone" and whence not in flow["there"]):
            return None
        flow["used"] = now
        translated(packet, 16, self.inside, head, flow["source"])
        return packet


def translated(packet, at, address, head, port):
    """Another address (source at 12, destination at 16) with its port."""
    if packet[9] == UDP:
        # Needs none in IPv4 (RFC 768).
        packet[head + 6:head + 8] = b"\0\0"
        inner = []
    else:
        inner = [head + 16]
    replaced(packet, at, address, [10, *inner])
    replaced(packet, head + (0 if at == 12 else 2), port, inner)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", required=True)
    parser.add_argument("--prefix", default="tm")
    parser.add_argument("--rate-mbit", type=float, default=0)
    parser.add_argument("--rtt-ms", type=float, default=0)
    parser.add_argument("--loss", type=float, default=0)
    parser.add_argument("--jitter-ms", type=float, default=0)
    parser.add_argument("--reorder", type=float, default=0)
    parser.add_argument("--queue-ms", type=float, default=100)
    parser.add_argument("--shape", default="")
    parser.add_argument("--nat", default="")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    hosts = args.hosts.split(",")
    pairs = [tuple(p.split(":")) for p in args.shape.split(",") if p]
    kinds = dict(p.split(":") for p in args.nat.split(",") if p)
    devices, made = {}, []
    try:
        for number, host in enumerate(hosts, 1):
            space = f"{args.prefix}-{host}"
            run("ip", "netns", "add", space)
            made.append(space)
            fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            name = f"{args.prefix}{number}"[:15]
            fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
            run("ip", "link", "set", name, "netns", space)
            inside = ("ip", "-n", space)
            run(*inside, "link", "set", name, "name", "home0")
            run(*inside, "address", "add", f"10.77.0.{number}/24", "dev", "home0")
            run(*inside, "link", "set", "home0", "mtu", str(MTU), "txqueuelen", "10000", "up")
            run(*inside, "route", "add", "10.78.0.0/16", "dev", "home0")
            run(*inside, "link", "set", "lo", "up")
            devices[host] = fd
        numbers = {number: host for number, host in enumerate(hosts, 1)}
        nats = {
            host: Nat(kinds[host], bytes((10, 77, 0, number)), number, args.seed)
            for number, host in numbers.items() if host in kinds
        }
        paths = {
            (a, b): Path(args, (a, b) in pairs or (b, a) in pairs, f"{a}>{b}")
            for a in hosts for b in hosts if a != b
        }
        forward(devices, numbers, paths, nats)
    finally:
        for space in made:
            subprocess.run(("ip", "netns", "delete", space))


def obey(words, paths, nats, unplugged):
    if words[0] == "cut":
        unplugged.add(words[1])
    elif words[0] == "join":
        unplugged.discard(words[1])
    elif words[0] == "move":
        nats[words[1]].move()
    elif words[0] == "shape":
        a, b = words[1:3]
        for path in paths[a, b], paths[b, a]:
            path.shaped = True
            path.shape(*map(float, words[3:8]))
    elif words[0] == "stats":
        print({f"{a}>{b}": dict(p.counts) for (a, b), p in paths.items() if p.counts})


def forward(devices, numbers, paths, nats):
    by_fd = {fd: host for host, fd in devices.items()}
    waiting, order, unplugged = [], 0, set()

    def deliver(target, packet):
        if target in unplugged:
            return
        if target in nats:
            packet = nats[target].enters(bytearray(packet), time.monotonic())
        if packet is None:
            return
        try:
            os.write(devices[target], packet)
        except OSError:
            pass

    poll = select.poll()
    for fd in by_fd:
        poll.register(fd, select.POLLIN)
    poll.register(0, select.POLLIN)
    print("ready", flush=True)
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, target, packet = heapq.heappop(waiting)
            deliver(target, packet)
        timeout = None if not waiting else max(0.0, (waiting[0][0] - time.monotonic()) * 1000)
        for fd, _ in poll.poll(timeout if timeout is None else timeout + 0.05):
            if fd == 0:
                line = sys.stdin.readline()
                words = line.split()
                if not line or words[:1] == ["quit"]:
                    return
                obey(words, paths, nats, unplugged)
                print("ok", flush=True)
                continue
            host = by_fd[fd]
            for _ in range(64):
                try:
                    packet = os.read(fd, 65535)
                except BlockingIOError:
                    break
                if len(packet) < 20 or packet[0] >> 4 != 4 or packet[16:18] not in (b"\x0a\x4d", b"\x0a\x4e"):
                    continue  # IPv6 chatter, broadcasts
                target = numbers.get(packet[19])
                if target is None or target == host or host in unplugged or target in unplugged:
                    continue
                if (packet[17] == 78) != (target in nats):
                    continue  # the address inside of somebody's home, or of no home
                if host in nats:
                    packet = nats[host].leaves(bytearray(packet), time.monotonic())
                    if packet is None:
                        continue
                path = paths[host, target]
                due = path.due(time.monotonic(), len(packet))
                if due is None:
                    continue
                if not path.shaped:
                    deliver(target, packet)
                    continue
                order += 1
                heapq.heappush(waiting, (due, order, target, packet))


if __name__ == "__main__":
    main()

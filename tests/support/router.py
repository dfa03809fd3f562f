#!/usr/bin/env python3
"""A network in a box: hosts in network namespaces, joined by a userspace router that shapes the paths between them.

No netem (not every kernel has it): every host has a TUN device whose other end is here.

    router.py --hosts a,b,boot [--prefix tm] [--rate-mbit 20] [--rtt-ms 30] [--loss 0.01] [--queue-ms 100]
              [--shape a:b] [--seed 1]

Namespaces are called PREFIX-HOST and have the address 10.77.0.N, N counted from 1 in the order of --hosts. Only paths named
by --shape (both directions) are shaped; all others pass at once. Prints "ready" when everything is up. Commands on standard
input, one a line, each answered with "ok": `cut a`, `join a` (a host's cable), `stats`, `quit`. End of input quits, too;
the namespaces are removed then.
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


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


class Path:
    """One direction between two hosts: rate, delay, loss, and a queue that drops what does not fit."""

    def __init__(self, args, shaped):
        self.shaped = shaped
        self.rate = args.rate_mbit * 1e6 / 8 if shaped and args.rate_mbit else None
        self.delay = args.rtt_ms / 2e3 if shaped else 0.0
        self.loss = args.loss if shaped else 0.0
        self.queue = args.queue_ms / 1e3
        self.free_at = 0.0
        self.counts = collections.Counter()

    def due(self, now, length, dice):
        """When this packet comes out at the other end; None if it is lost."""
        self.counts["in"] += 1
        if self.loss and dice.random() < self.loss:
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
        return start + self.delay


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", required=True)
    parser.add_argument("--prefix", default="tm")
    parser.add_argument("--rate-mbit", type=float, default=0)
    parser.add_argument("--rtt-ms", type=float, default=0)
    parser.add_argument("--loss", type=float, default=0)
    parser.add_argument("--queue-ms", type=float, default=100)
    parser.add_argument("--shape", default="")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    hosts = args.hosts.split(",")
    pairs = [tuple(p.split(":")) for p in args.shape.split(",") if p]
    dice = random.Random(args.seed)
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
            run(*inside, "link", "set", "lo", "up")
            devices[host] = fd
        numbers = {number: host for number, host in enumerate(hosts, 1)}
        paths = {
            (a, b): Path(args, (a, b) in pairs or (b, a) in pairs)
            for a in hosts for b in hosts if a != b
        }
        forward(devices, numbers, paths, dice)
    finally:
        for space in made:
            subprocess.run(("ip", "netns", "delete", space))


def forward(devices, numbers, paths, dice):
    by_fd = {fd: host for host, fd in devices.items()}
    waiting, order, unplugged = [], 0, set()
    poll = select.poll()
    for fd in by_fd:
        poll.register(fd, select.POLLIN)
    poll.register(0, select.POLLIN)
    print("ready", flush=True)
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, target, packet = heapq.heappop(waiting)
            if target not in unplugged:
                try:
                    os.write(devices[target], packet)
                except OSError:
                    pass
        timeout = None if not waiting else max(0.0, (waiting[0][0] - time.monotonic()) * 1000)
        for fd, _ in poll.poll(timeout if timeout is None else timeout + 0.05):
            if fd == 0:
                line = sys.stdin.readline()
                words = line.split()
                if not line or words[:1] == ["quit"]:
                    return
                if words[:1] == ["cut"]:
                    unplugged.add(words[1])
                elif words[:1] == ["join"]:
                    unplugged.discard(words[1])
                elif words[:1] == ["stats"]:
                    print({f"{a}>{b}": dict(p.counts) for (a, b), p in paths.items() if p.counts})
                print("ok", flush=True)
                continue
            host = by_fd[fd]
            for _ in range(64):
                try:
                    packet = os.read(fd, 65535)
                except BlockingIOError:
                    break
                if len(packet) < 20 or packet[0] >> 4 != 4 or packet[16:19] != b"\x0a\x4d\x00":
                    continue  # IPv6 chatter, broadcasts
                target = numbers.get(packet[19])
                if target is None or target == host or host in unplugged or target in unplugged:
                    continue
                path = paths[host, target]
                due = path.due(time.monotonic(), len(packet), dice)
                if due is None:
                    continue
                if not path.shaped:
                    os.write(devices[target], packet)
                    continue
                order += 1
                heapq.heappush(waiting, (due, order, target, packet))


if __name__ == "__main__":
    main()

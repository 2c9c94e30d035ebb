"""A daemon on one interface, whose machine the tests change."""
import json

import lab

CONFIG = """
create host
set host personality "Linux 3.2 - 4.9"
set host default tcp action reset
add host tcp port 7 "cat"
add host tcp port 9 "sh large.sh"
bind 10.0.0.5 host
bind 10.0.0.6 host
bind 10.0.0.7 host
"""
EVENTS = "events.jsonl"
# Sends data immediately, and again for a word.
LARGE = """#!/bin/sh
head -c 200000 /dev/zero
read word
head -c 200000 /dev/zero
read word
"""


class Interfaces(lab.LabTest):
    arguments = ("-i", "inside", "10.0.0.0/24")

    @classmethod
    def prepare(cls):
        cls.lab.add_file("large.sh", LARGE)

    def start(self, *arguments, config=CONFIG, answers="10.0.0.5"):
        self.control = self.lab.folder / f"control-{len(lab.logs)}"
        daemon = self.lab.start_daemon(config, *(arguments or self.arguments), "--control",
                                       self.control, answers=answers)
        self.addCleanup(daemon.stop)
        return daemon

    def ctl(self, *words):
        return lab.run(lab.BINARY, "ctl", "--socket", self.control, *words, check=False).stdout

    def interface(self, name):
        for interface in json.loads(self.ctl("--json", "status"))["interfaces"]:
            if interface["name"] == name:
                return interface
        return None

    def ping(self, address="10.0.0.5", *options):
        return self.attacker.run("ping", "-c1", "-W1", *options, address, check=False)

    def answers(self, address="10.0.0.5"):
        return self.ping(address).returncode == 0

    def wait(self, condition, daemon, timeout=10):
        self.assertTrue(lab.wait_until(condition, timeout), daemon.log())

    def make_wire(self):
        lab.connect_wire(self.attacker, "outside", self.honeynet, "inside")
        self.attacker.ip("address", "replace", "192.0.2.2/24", "dev", "outside")
        self.honeynet.ip("address", "replace", "192.0.2.1/24", "dev", "inside")
        self.attacker.ip("route", "replace", "10.0.0.0/8", "via", "192.0.2.1")

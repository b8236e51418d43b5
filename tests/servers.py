"""A real Elasticsearch of a test's own and the doors before it, by the scripts of deploy/elasticsearch."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1] / "deploy" / "elasticsearch"


def script(*words):
    """Run one of the scripts; return what it prints as NAME=value lines."""
    ran = subprocess.run([SCRIPTS / words[0], *words[1:]], capture_output=True, encoding="utf-8", timeout=300)
    assert ran.returncode == 0, ran.stderr
    return dict(line.split("=", 1) for line in ran.stdout.splitlines())


class Cluster:
    """Nodes that can be killed and brought back."""

    def __init__(self, name, nodes):
        self.name, self.nodes = name, nodes
        self.url = script("up", str(nodes), "--name", name)["SEARCH_URL"]

    def status(self):
        """Also of a cluster that is only partly there, for which the script ends with 3."""
        command = [SCRIPTS / "status", "--json", "--name", self.name]
        return json.loads(subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60).stdout)

    def kill_master(self):
        """SIGKILL, and the name of the node that is gone."""
        seen = self.status()
        (master,) = [node for node in seen["nodes"] if node["name"] == seen["master"]]
        os.kill(master["pid"], signal.SIGKILL)
        return master["name"]

    def bring_back(self):
        script("up", str(self.nodes), "--name", self.name)

    def stop(self):
        script("down", "--name", self.name)


class Door:
    """Stands before a server and fails when told: `door.set("delay 2")`."""

    def __init__(self, url):
        command = [sys.executable, SCRIPTS / "fault_proxy.py", url]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", bufsize=1
        )
        self.url = self.process.stdout.readline().strip().partition("=")[2]

    def set(self, mode):
        """It is in force when this returns."""
        self.process.stdin.write(f"{mode}\n")
        assert self.process.stdout.readline().strip() == mode

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()

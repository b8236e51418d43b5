"""Start, stop and show a real Elasticsearch of one or three nodes on this machine, for tests and CI."""

import argparse
import http.client
import json
import os
import re
import sys
import time
from pathlib import Path

import assemble
import jdk
import state as states
from processes import Fault, alive, free_ports, interrupts, last_lines, run_command, say, spawn, this_process

KIND = "elasticsearch"
GREEN_SECONDS = 120
TRIES = 3
NOT_RUNNING = 3
PORT_TAKEN = re.compile(r"BindHttpException|BindTransportException|Address already in use")
MODULES = "ALL-MODULE-PATH,jdk.net,jdk.management.agent,jdk.incubator.vector"
NATIVE = "org.elasticsearch.nativeaccess,org.elasticsearch.foreign,org.apache.lucene.core,ALL-UNNAMED"


class PortTaken(Exception):
    """Somebody took a port between our look and the server's."""


# --- the commands -----------------------------------------------------------------------------------


def up(name: str, count: int) -> dict:
    """Start an instance, or what is dead of it, and wait until it can be used."""
    heap()
    state = states.read(name, KIND)
    if state and states.is_starting(state):
        raise Fault(states.MISUSE, f"»{name}« er ved at blive startet.")
    if state and not all(Path(state[folder]).is_dir() for folder in ("folder", "home")):
        states.remove(state)
        state = None
    if not state:
        return start_new(name, count)
    if len(state["nodes"]) != count:
        raise Fault(states.MISUSE, f"»{name}« kører med et andet antal knuder. Stop den først: down --name {name}")
    return start_again(state)


def down(name: str) -> None:
    state = states.read(name, KIND)
    if not state:
        say(f"»{name}« kører ikke.")
        return
    if states.is_starting(state):
        raise Fault(
            states.MISUSE, f"»{name}« er ved at blive startet: afbryd det først (pid {state['starter']['pid']})."
        )
    states.remove(state)
    say(f"»{name}« er stoppet, og dens data er slettet.")


def status(name: str, as_json: bool) -> None:
    state = states.read(name, KIND)
    if not state:
        raise Fault(NOT_RUNNING, f"»{name}« kører ikke.")
    seen = look(state)
    print(json.dumps(seen, indent=1) if as_json else in_words(seen))
    if not all(node["alive"] for node in seen["nodes"]) or seen["health"] not in ("green", "yellow"):
        sys.exit(NOT_RUNNING)


# --- starting ---------------------------------------------------------------------------------------


def start_new(name: str, count: int) -> dict:
    java = jdk.newest()
    home = assemble.home(states.cache(), java)
    for left in reversed(range(TRIES)):
        try:
            return start_once(name, count, java, home)
        except FileExistsError:
            raise Fault(states.MISUSE, f"»{name}« er ved at blive startet.") from None
        except PortTaken:
            if not left:
                raise Fault(1, "Der kunne ikke findes ledige porte.") from None
    raise AssertionError


def start_once(name: str, count: int, java: Path, home: Path) -> dict:
    ports = free_ports(2 * count)
    nodes = [
        {"name": f"node-{number}", "http": ports.pop(), "transport": ports.pop(), "process": None}
        for number in range(1, count + 1)
    ]
    state = states.claim(name, KIND, java=str(java), home=str(home), nodes=nodes)
    try:
        start_dead_nodes(state)
        wait_until_ready(state, ("green",))
    except BaseException:
        states.remove(state)
        raise
    return state


def start_again(state: dict) -> dict:
    """The dead nodes come back on their ports and their data. Yellow will do: data may want more copies than nodes."""
    state["starter"] = this_process()
    start_dead_nodes(state)
    try:
        wait_until_ready(state, ("green", "yellow"))
    except PortTaken:
        raise Fault(1, f"En anden bruger nu en af portene. Begynd forfra: down --name {state['name']}") from None
    return state


def start_dead_nodes(state: dict) -> None:
    for node in state["nodes"]:
        if alive(node["process"]):
            continue
        with interrupts.held():
            (folder_of(state, node) / "tmp").mkdir(parents=True, exist_ok=True)
            node["process"] = spawn(command(state, node), log_of(state, node), Path(state["home"]))
            states.write(state)


def command(state: dict, node: dict) -> list[str]:
    """The paths are relative to the home folder, where the server is started: a colon in one would split it in two."""
    return [
        str(Path(state["java"]) / "bin" / "java"),
        f"-Xms{heap()}",
        f"-Xmx{heap()}",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-UsePerfData",
        "-Dlog4j.shutdownHookEnabled=false",
        "-Dlog4j2.disable.jmx=true",
        "-Dio.netty.noUnsafe=true",
        f"-Djava.io.tmpdir={folder_of(state, node) / 'tmp'}",
        f"-Des.path.home={state['home']}",
        # The library with the vector instructions is only in the distribution.
        "-Dorg.elasticsearch.nativeaccess.enableVectorLibrary=false",
        "--module-path=app",
        f"--add-modules={MODULES}",
        f"--enable-native-access={NATIVE}",
        "-cp",
        "classes",
        "SearchServer",
        *(f"{key}={value}" for key, value in settings(state, node).items()),
    ]


def settings(state: dict, node: dict) -> dict:
    folder = folder_of(state, node)
    chosen = {
        "cluster.name": f"forkant-{state['name']}",
        "node.name": node["name"],
        "network.host": "127.0.0.1",
        "http.port": node["http"],
        "transport.port": node["transport"],
        # The server reads each value as YAML, where a colon in a path would mean something: JSON quotes it.
        "path.data": json.dumps(str(folder / "data"), ensure_ascii=False),
        "path.logs": json.dumps(str(folder / "logs"), ensure_ascii=False),
        # A test must not depend on how full the machine's disk is.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    if len(state["nodes"]) == 1:
        return chosen | {"discovery.type": "single-node"}
    return chosen | {
        "discovery.seed_hosts": ",".join(f"127.0.0.1:{other['transport']}" for other in state["nodes"]),
        "cluster.initial_master_nodes": ",".join(other["name"] for other in state["nodes"]),
    }


def heap() -> str:
    wanted = os.environ.get("FORKANT_ES_HEAP") or "512m"
    if not re.fullmatch(r"[1-9]\d*[mgMG]", wanted):
        raise Fault(states.MISUSE, "FORKANT_ES_HEAP skal være et tal med m eller g, fx 512m.")
    return wanted


def wait_until_ready(state: dict, healths: tuple[str, ...]) -> None:
    until = time.monotonic() + GREEN_SECONDS
    while not all(is_ready(node, len(state["nodes"]), healths) for node in state["nodes"]):
        dead = [node for node in state["nodes"] if not alive(node["process"])]
        if dead:
            raise cause_of_death(log_of(state, dead[0]))
        if time.monotonic() > until:
            show_logs(state)
            raise Fault(1, f"Elasticsearch blev ikke klar på {GREEN_SECONDS} sekunder.")
        time.sleep(0.2)


def is_ready(node: dict, count: int, healths: tuple[str, ...]) -> bool:
    health = ask(node["http"], "/_cluster/health?timeout=1s")
    return bool(health) and health.get("status") in healths and health.get("number_of_nodes") == count


def cause_of_death(log: Path) -> Exception:
    words = list(last_lines(log, 300))
    if PORT_TAKEN.search("\n".join(words)):
        return PortTaken()
    say("\n".join(words[-30:]))
    return Fault(1, "Elasticsearch startede ikke.")


def show_logs(state: dict) -> None:
    for node in state["nodes"]:
        for line in last_lines(log_of(state, node)):
            say(line)


# --- looking ----------------------------------------------------------------------------------------


def look(state: dict) -> dict:
    """What stands and what answers; the engine's own figures are None when no node answers."""
    ports = [node["http"] for node in state["nodes"] if alive(node["process"])]
    health = first_answer(ports, "/_cluster/health?timeout=1s") or {}
    # GET / is refused by this server, so the version is read where it is also told.
    stats = first_answer(ports, "/_cluster/stats?filter_path=nodes.versions") or {}
    master = first_answer(ports, "/_cat/master?format=json&h=node") or [{}]
    return {
        "name": state["name"],
        "url": url(state),
        "health": health.get("status"),
        "version": ", ".join(stats.get("nodes", {}).get("versions", [])) or None,
        "master": master[0].get("node"),
        "folder": state["folder"],
        "java": state["java"],
        "nodes": [node_seen(node) for node in state["nodes"]],
    }


def node_seen(node: dict) -> dict:
    pid = node["process"]["pid"] if node["process"] else None
    address = f"http://127.0.0.1:{node['http']}"
    return {"name": node["name"], "url": address, "pid": pid, "alive": alive(node["process"])}


def in_words(seen: dict) -> str:
    lines = [
        f"{seen['name']}: Elasticsearch {seen['version'] or '(svarer ikke)'}, helbred: {seen['health'] or 'ukendt'}",
        f"data: {seen['folder']}",
    ]
    for node in seen["nodes"]:
        life = "kører" if node["alive"] else "død"
        role = " (mester)" if node["name"] == seen["master"] else ""
        lines.append(f"{node['name']}: {node['url']} pid {node['pid']}, {life}{role}")
    return "\n".join(lines)


def first_answer(ports: list[int], path: str):
    return next((answer for port in ports if (answer := ask(port, path))), None)


def ask(port: int, path: str):
    """The JSON that a node answers with, or None when it does not answer 200 within three seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        words = answer.read()
        return json.loads(words) if answer.status == 200 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def url(state: dict) -> str:
    return ",".join(f"http://127.0.0.1:{node['http']}" for node in state["nodes"])


def folder_of(state: dict, node: dict) -> Path:
    return Path(state["folder"]) / node["name"]


def log_of(state: dict, node: dict) -> Path:
    return folder_of(state, node) / "server.log"


# --- the command line -------------------------------------------------------------------------------


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="elasticsearch", description="En rigtig Elasticsearch til test.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, help_ in (("up", "start"), ("down", "stop og slet data"), ("status", "vis, hvad der kører")):
        command_parser = verbs.add_parser(verb, help=help_)
        command_parser.add_argument("--name", default="dev", help="hvilken (forvalgt: dev)")
        if verb == "up":
            command_parser.add_argument("nodes", nargs="?", type=int, choices=(1, 3), default=1, help="antal knuder")
        if verb == "down":
            command_parser.add_argument("--all", action="store_true", help="alle, også nginx foran dem")
        if verb == "status":
            command_parser.add_argument("--json", action="store_true", help="til programmer")
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    if asked.verb == "up":
        print("SEARCH_URL=" + url(up(asked.name, asked.nodes)))
    elif asked.verb == "down" and asked.all:
        say(f"Stoppet: {', '.join(states.remove_all()) or 'ingen'}.")
    elif asked.verb == "down":
        down(asked.name)
    else:
        status(asked.name, asked.json)


if __name__ == "__main__":
    run_command(main)

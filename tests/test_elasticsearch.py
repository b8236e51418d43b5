"""The scripts that start a real Elasticsearch keep what their README promises."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from elastic_transport import TlsError
from elasticsearch import AuthenticationException, ConnectionTimeout, Elasticsearch
from elasticsearch import ConnectionError as NoConnection

from tests.servers import SCRIPTS

NEWEST = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import jdk, processes
jdk.FOLDERS = (sys.argv[2],)
processes.run_command(lambda: print(jdk.newest()))
"""


def jdk(folder, version, programs=("java", "javac")):
    (folder / "bin").mkdir(parents=True)
    (folder / "release").write_text(f'IMPLEMENTOR="X"\nJAVA_VERSION="{version}"\n')
    for program in programs:
        (folder / "bin" / program).write_text("#!/bin/sh\n")
        (folder / "bin" / program).chmod(0o755)
    return folder


def newest(folder, **environment):
    command = [sys.executable, "-B", "-c", NEWEST, SCRIPTS, folder]
    return subprocess.run(command, env={"PATH": "/nowhere", **environment}, capture_output=True, encoding="utf-8")


def test_the_newest_jdk_is_taken_whatever_java_home_says(tmp_path):
    old = jdk(tmp_path / "java-17", "17.0.15")
    jdk(tmp_path / "java-9", "9.0.4")
    best = jdk(tmp_path / "java-25", "25.0.3")
    jdk(tmp_path / "jre-26", "26", programs=("java",))
    assert newest(tmp_path, JAVA_HOME=str(old)).stdout.strip() == str(best)


def test_without_a_jdk_of_21_it_is_one_plain_sentence_and_4(tmp_path):
    jdk(tmp_path / "java-17", "17.0.15")
    ran = newest(tmp_path)
    assert (ran.returncode, ran.stdout) == (4, "")
    assert ran.stderr == "Elasticsearch kræver en JDK 21 eller nyere, og den er ikke på maskinen.\n"


def test_a_name_that_is_a_path_is_refused():
    ran = subprocess.run([SCRIPTS / "down", "--name", "../dev"], capture_output=True, encoding="utf-8")
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr


def test_the_version_is_the_one_of_the_recipe(elasticsearch_url):
    versions = Elasticsearch(elasticsearch_url.split(",")).cluster.stats()["nodes"]["versions"]
    assert versions == ["9.5.3"]


def test_a_cluster_lives_on_without_its_master_and_takes_it_back(cluster):
    client = Elasticsearch(cluster.url.split(","), request_timeout=10, retry_on_timeout=True, max_retries=3)
    client.indices.create(index="words", settings={"number_of_replicas": 2})
    client.cluster.health(wait_for_status="green")
    client.index(index="words", id="1", document={"word": "borg"})
    gone = cluster.kill_master()
    client.index(index="words", id="2", document={"word": "borger"}, refresh=True)
    assert client.count(index="words")["count"] == 2
    assert cluster.status()["master"] not in (gone, None)
    cluster.bring_back()
    assert all(node["alive"] for node in cluster.status()["nodes"])
    assert client.count(index="words")["count"] == 2


def test_down_leaves_no_process_and_no_folder(cluster):
    seen = cluster.status()
    cluster.stop()
    assert not Path(seen["folder"]).exists()
    for node in seen["nodes"]:
        stat = Path(f"/proc/{node['pid']}/stat")
        # Where nobody buries the dead a zombie stays.
        assert not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_the_front_lets_in_the_key_and_nobody_else(front):
    trusted = {"hosts": front["SEARCH_URL"], "ca_certs": front["SEARCH_CA"]}
    assert Elasticsearch(**trusted, api_key=front["SEARCH_API_KEY"]).cluster.health()["status"]
    with pytest.raises(AuthenticationException):
        Elasticsearch(**trusted, api_key=front["SEARCH_API_KEY"].swapcase()).cluster.health()


def test_the_front_is_not_trusted_without_its_authority(front):
    with pytest.raises(TlsError):
        Elasticsearch(front["SEARCH_URL"], api_key=front["SEARCH_API_KEY"], max_retries=0).cluster.health()


def test_the_door_fails_as_told_and_heals(door):
    client = Elasticsearch(door.url, request_timeout=1, max_retries=0)
    for mode, fault in (("hang", ConnectionTimeout), ("delay 2", ConnectionTimeout), ("cut 150", NoConnection)):
        door.set(mode)
        with pytest.raises(fault):
            client.cluster.health()
    door.set("refuse")
    with pytest.raises(NoConnection):
        client.cluster.health()
    door.set("ok")
    assert client.cluster.health()["status"]


def test_an_up_that_is_interrupted_leaves_nothing(elasticsearch_url, tmp_path):
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    command = [SCRIPTS / "up", "--name", f"half-{os.getpid()}"]
    starting = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    while not list(tmp_path.glob("forkant-es-*/node-1/server.log")) and starting.poll() is None:
        pass
    starting.terminate()
    assert starting.wait(timeout=60) == 143
    assert list(tmp_path.iterdir()) == []
    assert starting.stdout.read() == b""
    starting.stdout.close()

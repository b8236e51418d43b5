"""nginx in front of a running Elasticsearch: TLS by an authority of our own, and an API key. For tests and CI.

The server of this folder has no security of its own; a real installation has it inside.
"""

import argparse
import base64
import http.client
import os
import secrets
import shutil
import ssl
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import state as states
from processes import Fault, alive, free_ports, interrupts, last_lines, run, run_command, say, spawn

KIND = "front"
NO_NGINX, NO_OPENSSL = 8, 9
START_SECONDS = 15
DAYS = "30"

# The paths are relative to nginx's own folder: the temporary folder's name may hold a space.
CONF = """\
{user}
daemon off;
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    client_max_body_size 100m;
    proxy_http_version 1.1;
    proxy_connect_timeout 2s;

    upstream elasticsearch {{
{servers}
        keepalive 16;
    }}
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate server.pem;
        ssl_certificate_key server.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        # A key that is refused is answered as Elasticsearch itself does.
        error_page 401 @refused;
        location @refused {{
            internal;
            default_type application/json;
            add_header WWW-Authenticate ApiKey always;
            add_header X-Elastic-Product Elasticsearch always;
            return 401 '{{"error":{{"type":"security_exception","reason":"unknown API key"}},"status":401}}';
        }}
        location / {{
            if ($http_authorization != "ApiKey {key}") {{ return 401; }}
            proxy_set_header Authorization "";
            proxy_set_header Connection "";
            proxy_pass http://elasticsearch;
        }}
    }}
}}
"""

OPENSSL = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = Forkant test
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = IP:127.0.0.1, DNS:localhost
"""


def up(urls: list[str], name: str) -> dict[str, str]:
    """Start nginx before those servers; return what the site needs to reach it."""
    nginx, openssl = program("nginx", NO_NGINX), program("openssl", NO_OPENSSL)
    servers = [server(url) for url in urls]
    forget_dead(name)
    (port,) = free_ports(1)
    try:
        state = states.claim(name, KIND, process=None)
    except FileExistsError:
        raise Fault(states.MISUSE, f"»{name}« er i brug. Stop den først: front down --name {name}") from None
    try:
        folder = Path(state["folder"])
        make_certificates(folder, openssl)
        key = new_key()
        write_conf(folder, servers, key, port)
        start(state, nginx)
        wait_until_ready(state, port, key)
    except BaseException:
        states.remove(state)
        raise
    return {
        "SEARCH_URL": f"https://127.0.0.1:{port}",
        "SEARCH_CA": str(folder / "ca.pem"),
        "SEARCH_API_KEY": key,
    }


def down(name: str) -> None:
    state = states.read(name, KIND)
    if not state:
        say(f"»{name}« kører ikke.")
        return
    states.remove(state)
    say(f"»{name}« er stoppet.")


def forget_dead(name: str) -> None:
    state = states.read(name, KIND)
    if state and not alive(state["process"]) and not states.is_starting(state):
        states.remove(state)


def program(name: str, code: int) -> str:
    # Debian keeps nginx where only root looks.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    if found := shutil.which(name, path=path):
        return found
    raise Fault(code, f"Programmet {name} mangler (apt install {name}).")


def server(url: str) -> str:
    parts = urlsplit(url)
    try:
        if parts.scheme == "http" and parts.hostname and parts.port:
            return f"{parts.hostname}:{parts.port}"
    except ValueError:
        pass
    raise Fault(states.MISUSE, f"»{url}« er ikke en adresse som http://127.0.0.1:9200.")


def new_key() -> str:
    """In the form Elasticsearch gives out: base64 of the key's id, a colon, and the secret."""
    return base64.b64encode(f"{secrets.token_hex(10)}:{secrets.token_hex(16)}".encode()).decode()


def make_certificates(folder: Path, openssl: str) -> None:
    (folder / "openssl.conf").write_text(OPENSSL, encoding="utf-8")
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", "openssl.conf"]
    signed = ["-extfile", "openssl.conf", "-extensions", "server", "-CA", "ca.pem", "-CAkey", "ca.key"]
    for arguments in (
        ["req", "-x509", *new, "-extensions", "authority", "-days", DAYS, "-keyout", "ca.key", "-out", "ca.pem"],
        ["req", *new, "-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "server.csr"],
        ["x509", "-req", "-in", "server.csr", *signed, "-CAcreateserial", "-days", DAYS, "-out", "server.pem"],
    ):
        code, words = run([openssl, *arguments], folder, 60)
        if code:
            say(words)
            raise Fault(1, "openssl kunne ikke lave et certifikat.")


def write_conf(folder: Path, servers: list[str], key: str, port: int) -> None:
    text = CONF.format(
        # The folder is closed to others, so as root the workers must be root too.
        user="user root;" if os.geteuid() == 0 else "",
        servers="\n".join(f"        server {server} max_fails=1 fail_timeout=1s;" for server in servers),
        key=key,
        port=port,
    )
    (folder / "nginx.conf").write_text(text, encoding="utf-8")


def start(state: dict, nginx: str) -> None:
    folder = Path(state["folder"])
    command = [nginx, "-p", f"{folder}/", "-c", "nginx.conf", "-e", "error.log"]
    with interrupts.held():
        state["process"] = spawn(command, folder / "nginx.log", folder)
        states.write(state)


def wait_until_ready(state: dict, port: int, key: str) -> None:
    """Until the door is shut to a stranger and open to us."""
    folder = Path(state["folder"])
    until = time.monotonic() + START_SECONDS
    while (seen := (ask(folder, port, "wrong"), ask(folder, port, key))) != (401, 200):
        if not alive(state["process"]) or time.monotonic() > until:
            for log in ("nginx.log", "error.log"):
                for line in last_lines(folder / log):
                    say(line)
            raise Fault(1, f"nginx svarer ikke som ventet: {seen[0]} uden nøgle og {seen[1]} med.")
        time.sleep(0.1)


def ask(folder: Path, port: int, key: str) -> int | None:
    trust = ssl.create_default_context(cafile=folder / "ca.pem")
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=3, context=trust)
    try:
        connection.request("GET", "/_cluster/health", headers={"Authorization": f"ApiKey {key}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="front", description="nginx med TLS og API-nøgle foran Elasticsearch.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, help_ in (("up", "start"), ("down", "stop")):
        command = verbs.add_parser(verb, help=help_)
        command.add_argument("--name", default="front", help="hvilken (forvalgt: front)")
        if verb == "up":
            command.add_argument("url", help="en eller flere adresser med komma imellem")
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    if asked.verb == "down":
        down(asked.name)
        return
    for name, value in up(asked.url.split(","), asked.name).items():
        sys.stdout.write(f"{name}={value}\n")


if __name__ == "__main__":
    run_command(main)

"""A door between the site and a server that can be made to fail, for fault tests.

    python3 fault_proxy.py http://127.0.0.1:9200

prints `SEARCH_URL=http://127.0.0.1:PORT`, and then reads one mode a line from stdin and repeats it on stdout when it
is in force. It ends when stdin does, so it never outlives the test that holds it.

    ok          everything passes
    delay 1.5   each answer waits that many seconds
    hang        questions pass, answers do not (they come when the mode changes)
    cut 20      each answer breaks off after that many bytes
    refuse      nobody listens, and connections that were open are broken
"""

import asyncio
import signal
import socket
import struct
import sys
from urllib.parse import urlsplit

CHUNK = 65536
LIMIT = 1e6
MODES = ("ok", "hang", "refuse")
MODES_WITH_NUMBER = ("delay", "cut")


class FaultProxy:
    def __init__(self, host: str, port: int):
        self.target = (host, port)
        self.mode, self.number = "ok", 0.0
        self.changed = asyncio.Event()
        self.open = set()
        self.serving = set()
        self.listener = None
        self.port = 0

    async def listen(self):
        """On the same port each time, after the first."""
        self.listener = await asyncio.start_server(self.serve, "127.0.0.1", self.port)
        self.port = self.listener.sockets[0].getsockname()[1]

    async def set(self, line: str):
        """Raises ValueError when the line is no mode."""
        self.mode, self.number = parse(line)
        self.changed.set()
        self.changed = asyncio.Event()
        if self.mode == "refuse" and self.listener:
            self.listener.close()
            self.listener = None
            for writer in list(self.open):
                reset(writer)
        elif self.mode != "refuse" and not self.listener:
            await self.listen()

    async def end(self):
        await self.set("refuse")
        await asyncio.gather(*self.serving)

    async def serve(self, reader, writer):
        serving = asyncio.current_task()
        self.serving.add(serving)
        serving.add_done_callback(self.serving.discard)
        try:
            server_reader, server_writer = await asyncio.open_connection(*self.target)
        except OSError:
            reset(writer)
            return
        if self.mode == "refuse":
            reset(writer)
            server_writer.close()
            return
        self.open |= {writer, server_writer}
        asked = asyncio.Event()
        asking = asyncio.create_task(self.ask(reader, server_writer, asked))
        answering = asyncio.create_task(self.answer(server_reader, writer, asked))
        # When one side has said its last word the connection is over: HTTP never half-closes.
        _, left = await asyncio.wait({asking, answering}, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        await asyncio.gather(asking, answering, return_exceptions=True)
        self.open -= {writer, server_writer}
        for end in (writer, server_writer):
            end.close()

    async def ask(self, reader, writer, asked):
        while question := await reader.read(CHUNK):
            asked.set()
            writer.write(question)
            await writer.drain()

    async def answer(self, reader, writer, asked):
        while answer := await reader.read(CHUNK):
            # Once for each answer, however many parts it comes in.
            if self.mode == "delay" and asked.is_set():
                await asyncio.sleep(self.number)
            asked.clear()
            while self.mode == "hang":
                await self.changed.wait()
            if self.mode == "cut":
                writer.write(answer[: int(self.number)])
                await writer.drain()
                writer.close()
                return
            writer.write(answer)
            await writer.drain()


def parse(line: str) -> tuple[str, float]:
    """The mode and its number: seconds of delay, bytes before the cut."""
    word, _, rest = line.strip().partition(" ")
    if word in MODES_WITH_NUMBER and 0 <= (number := float(rest)) < LIMIT:
        return word, number
    if word in MODES and not rest:
        return word, 0.0
    raise ValueError(line)


def reset(writer):
    """Break a connection so that the other end notices at once, as when a machine dies."""
    end = writer.get_extra_info("socket")
    if end is not None and end.fileno() >= 0:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def main(url: str):
    parts = urlsplit(url)
    proxy = FaultProxy(parts.hostname, parts.port)
    await proxy.listen()
    print(f"SEARCH_URL={parts.scheme}://127.0.0.1:{proxy.port}", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        try:
            await proxy.set(line)
        except ValueError:
            print(f"? {line.strip()}", flush=True)
        else:
            print(line.strip(), flush=True)
    await proxy.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Brug: fault_proxy.py http://127.0.0.1:9200")
    # Without this Ctrl-C would wait for the thread that waits for a line.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    asyncio.run(main(sys.argv[1]))

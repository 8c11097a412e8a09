"""A mail server and a web server that do what a file says, for the tests of the courier.

    sinks.py mail DIR [CERTIFICATE KEY]   SMTP; with a certificate STARTTLS, and AUTH
    sinks.py web DIR [CERTIFICATE KEY]    HTTP, with a certificate HTTPS

DIR/port is written when it listens. DIR/mode has lines "WHO MODE", WHO a recipient or a
path, or * for all others; it is read for every message, and without it all are taken.
What was taken lies in DIR/0001, DIR/0002, … as it came, and DIR/log has a line for
every attempt: "taken 0001 id", "450 id", … written before the answer goes out.

Modes of both: take, stall (no answer), cut (the connection, without an answer), late
(taken, then cut before the answer). Others are the number to answer with.
"""

import asyncio
import http.server
import os
import re
import ssl
import sys
import threading
import time

FOR_EVER = 3600


class Record:
    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.count = len([name for name in os.listdir(folder) if re.fullmatch(r"\d{4}", name)])

    def mode(self, who):
        found = "take"
        try:
            with open(os.path.join(self.folder, "mode"), encoding="utf-8") as lines:
                for line in lines:
                    name, mode = line.split()
                    if name in (who, "*"):
                        found = mode
                        if name == who:
                            break
        except FileNotFoundError:
            pass
        return found

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path + ".new", "wb") as out:
            out.write(data)
        os.rename(path + ".new", path)

    def say(self, what, ident):
        with self.lock, open(os.path.join(self.folder, "log"), "a", encoding="utf-8") as log:
            log.write("%s %s\n" % (what, ident))

    def take(self, data, ident):
        with self.lock:
            self.count += 1
            name = "%04d" % self.count
            self.write(name, data)
        self.say("taken " + name, ident)


def mail(record, certificate):
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    class Sink:
        async def handle_RCPT(self, server, session, envelope, address, options):
            mode = record.mode(address)
            if mode.isdigit():
                record.say(mode, "rcpt")
                return mode + " not now <%s>" % address
            envelope.rcpt_tos.append(address)
            return "250 fine"

        async def handle_DATA(self, server, session, envelope):
            found = re.search(rb"^Message-ID: (\S+)", envelope.content, re.M | re.I)
            ident = found.group(1).decode() if found else "-"
            mode = record.mode(envelope.rcpt_tos[0])
            if mode.startswith("data"):
                record.say(mode, ident)
                return mode[4:] + " no"
            if mode in ("take", "late"):
                heads = "".join("X-Envelope-To: %s\r\n" % to for to in envelope.rcpt_tos).encode()
                record.take(heads + envelope.original_content, ident)
            else:
                record.say(mode, ident)
            if mode == "stall":
                await asyncio.sleep(FOR_EVER)
            if mode in ("cut", "late"):
                server.transport.abort()
            return "250 taken"

    def login(server, session, envelope, mechanism, data):
        good = data.login == b"dondoc" and data.password == b"the password of the test"
        if not good:
            record.say("535", "auth")
        return AuthResult(success=good, handled=False)

    more = {}
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
        more = {"tls_context": context, "require_starttls": True, "authenticator": login, "auth_required": True}
    controller = Controller(Sink(), hostname="127.0.0.1", port=0, **more)
    # Port 0 cannot be asked for by connecting to it, as Controller.start does.
    loop = controller.loop
    asyncio.set_event_loop(loop)
    server = loop.run_until_complete(
        loop.create_server(controller._factory_invoker, host="127.0.0.1", port=0))
    record.write("port", str(server.sockets[0].getsockname()[1]).encode())
    loop.run_forever()


def web(record, certificate):
    class Sink(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            ident = self.headers["X-Dondoc-Id"]
            mode = record.mode(self.path)
            if mode in ("take", "late"):
                head = "".join("%s: %s\n" % item for item in self.headers.items())
                record.take((head + "\n").encode() + body, ident)
            else:
                record.say(mode, ident)
            if mode == "stall":
                time.sleep(FOR_EVER)
            if mode in ("cut", "late"):
                self.close_connection = True
                self.connection.close()
                return
            answer = b"a word for whoever reads it\n"
            self.send_response(204 if mode == "take" else int(mode))
            if mode != "take":
                self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            if mode != "take":
                self.wfile.write(answer)

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    record.write("port", str(server.server_address[1]).encode())
    server.serve_forever()


if __name__ == "__main__":
    {"mail": mail, "web": web}[sys.argv[1]](Record(sys.argv[2]), sys.argv[3:5])

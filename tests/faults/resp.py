"""resp - as much of a Redis client as the rounds need: blocking, one Unix socket."""

import socket


class Lost(Exception):
    """The connection is gone; the outcome of the last call is unknown."""


class Wrong(Exception):
    """Redis answered with an error."""


class Redis:
    """The first command is a write whose answer is awaited: what a killed Redis had written and not synced is read
    back by the next one, and may still be lost before that write is on disk."""

    def __init__(self, path, timeout=3.0, user=None, password_file=None):
        self.data = b""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(path)
            if user is None:
                self.call("INCR", "faults:hello")
            else:
                with open(password_file, encoding="ascii") as text:
                    self.call("AUTH", user, text.readline().strip())
                self.call("INCR", "dondoc:ops:hello")
        except (OSError, Lost, Wrong) as why:
            self.socket.close()
            raise Lost(str(why)) from why

    def close(self):
        self.socket.close()

    def put(self, *words):
        out = [b"*%d\r\n" % len(words)]
        for word in words:
            data = word if isinstance(word, bytes) else str(word).encode()
            out.append(b"$%d\r\n%s\r\n" % (len(data), data))
        try:
            self.socket.sendall(b"".join(out))
        except OSError as why:
            raise Lost(str(why)) from why

    def _more(self):
        try:
            got = self.socket.recv(1 << 20)
        except OSError as why:
            raise Lost(str(why)) from why
        if not got:
            raise Lost("closed")
        self.data += got

    def _line(self):
        while b"\r\n" not in self.data:
            self._more()
        line, self.data = self.data.split(b"\r\n", 1)
        return line

    def _bytes(self, size):
        if len(self.data) < size + 2:
            parts, have = [self.data], len(self.data)
            while have < size + 2:
                self.data = b""
                self._more()
                parts.append(self.data)
                have += len(self.data)
            self.data = b"".join(parts)
        out, self.data = self.data[:size], self.data[size + 2:]
        return out

    def take(self):
        line = self._line()
        kind, rest = line[:1], line[1:]
        if kind == b"-":
            return Wrong(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest
        if kind == b"$":
            return None if rest == b"-1" else self._bytes(int(rest))
        if kind == b"*":
            return None if rest == b"-1" else [self.take() for _ in range(int(rest))]
        raise Lost("not RESP: %r" % line[:40])

    def call(self, *words):
        self.put(*words)
        answer = self.take()
        if isinstance(answer, Wrong):
            raise answer
        return answer

    def together(self, commands):
        """All of them in one MULTI: one instant of the province."""
        self.put("MULTI")
        for one in commands:
            self.put(*one)
        self.put("EXEC")
        for _ in range(len(commands) + 1):
            answer = self.take()
            if isinstance(answer, Wrong):
                raise answer
        answers = self.take()
        if isinstance(answers, Wrong):
            raise answers
        return answers

"""peers - the limits and the other systems: each started with its own files in a private directory, as its package
ships it but for what is said here, and ended after its measurement.
"""

import contextlib
import hashlib
import json
import os
import secrets
import signal
import subprocess
import time

from machine import BENCH, ROOT, free_port

# mode: connections, window
FLOODS = {"c1 w1000": (1, 1000), "c64 w1": (64, 1), "c1 w1": (1, 1)}


def peer_flood(machine, name, mode, seconds, started, **more):
    reporters, window = FLOODS[mode]
    return machine.program("peer", name, address=started["address"], reporters=reporters, window=window,
                           seconds=seconds, processes="server=%d" % started["pid"], **more)


# --- Limits ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def nothing(machine):
    yield machine


def disk(machine):
    """fdatasync of 4 KiB, again and again. (Others' time is the kernel's own work for it.)"""
    def run(m):
        row = m.program("load", "disk", dir=m.scratch)
        row["noise_limit_pct"] = 90
        return row
    return machine.measure(lambda: nothing(machine), run)


def oneway(machine, seconds):
    return machine.measure(lambda: nothing(machine),
                           lambda m: m.program("load", "oneway", rate=1000, reports=1000 * seconds))


@contextlib.contextmanager
def floor(machine, mode):
    path = machine.directory("floor")
    subprocess.run([machine.build / "bin/dondoc", "keys", "new", path / "server"], check=True, capture_output=True)
    subprocess.run([machine.build / "bin/dondoc", "keys", "new", path / "reporter"], check=True, capture_output=True)
    child = machine.spawn([machine.build / "bench/floor", "--key-file", path / "server.key", "--file", path / "reports",
                           "--ready-file", path / "ready", "--mode", mode], path / "log")
    ready = path / "ready"
    machine.until("floor", lambda: ready.exists() and ready.read_text().endswith("\n"), child, path / "log")
    public = [line.split()[1] for line in (path / "server.key").read_text().splitlines() if line.startswith("public")]
    try:
        yield {"server": ready.read_text().split("=", 1)[1].strip(), "server_key": public[0],
               "key": path / "reporter.key", "processes": "floor=%d" % child.pid}
    finally:
        machine.end(child)
        machine.remove(path)


def floor_flood(machine, mode, reports):
    reporters, window = FLOODS[mode]
    return machine.measure(lambda: floor(machine, "store"),
                           lambda f: machine.program("load", "flood", plan="days", units=64, reporters=reporters,
                                                     window=window, reports=reports, until="acked", **f))


def echo_flood(machine, mode, reports):
    reporters, window = FLOODS[mode]
    return machine.measure(lambda: floor(machine, "echo"),
                           lambda f: machine.program("load", "echo", units=64, reporters=reporters, window=window,
                                                     reports=reports, **f))


@contextlib.contextmanager
def redis(machine):
    """As shipped, with its users, and one more who may do what is measured."""
    path = machine.directory("redis")
    password = secrets.token_hex(16)
    subprocess.run([ROOT / "etc/redis-users", path, path / "passwords"], check=True, capture_output=True)
    with open(path / "users.acl", "a", encoding="ascii") as acl:
        acl.write("user bench on #%s resetchannels ~bench:* ~dondoc:* +xadd +fcall +function|load +hset +hget +hmget "
                  "+ping\n" % hashlib.sha256(password.encode()).hexdigest())
    child = machine.spawn([ROOT / "etc/redis-start", path, ROOT / "etc/redis.conf"], path / "log")
    machine.until("redis", (path / "redis.sock").exists, child, path / "log")
    machine.until_text("redis", path / "redis.pid", child, path / "log")
    (path / "password").write_text(password + "\n")
    try:
        yield {"address": "unix:%s/redis.sock" % path, "pid": int((path / "redis.pid").read_text()), "user": "bench",
               "password_file": path / "password", "dir": path}
    finally:
        machine.end(child)
        machine.remove(path)


def redis_flood(machine, mode, seconds, function):
    """XADD of each report; or one call for 250 reports, four of them on their way."""
    def run(r):
        more = {"user": r["user"], "password_file": r["password_file"]}
        if not function:
            return peer_flood(machine, "redis-xadd", mode, seconds, r, **more)
        if mode != "c1 w1000":
            return peer_flood(machine, "redis-fcall", mode, seconds, r, **more)
        return machine.program("peer", "redis-fcall", address=r["address"], reporters=1, window=4, batch=250,
                               seconds=seconds, processes="server=%d" % r["pid"], **more)
    return machine.measure(lambda: redis(machine), run)


# --- Peers ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def rabbitmq(machine):
    """One node, its own name server for Erlang; nothing else is set but where it listens."""
    path = machine.directory("rabbitmq")
    port, dist, names = free_port(), free_port(), free_port()
    (path / "rabbitmq.conf").write_text("listeners.tcp.local = 127.0.0.1:%d\n" % port)
    (path / "enabled_plugins").write_text("[].\n")
    env = {"HOME": str(path), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "ERL_EPMD_PORT": str(names),
           "ERL_EPMD_ADDRESS": "127.0.0.1", "RABBITMQ_NODENAME": "bench%d@localhost" % port,
           "RABBITMQ_CONFIG_FILE": str(path / "rabbitmq.conf"), "RABBITMQ_CONF_ENV_FILE": "/dev/null",
           "RABBITMQ_ENABLED_PLUGINS_FILE": str(path / "enabled_plugins"), "RABBITMQ_MNESIA_BASE": str(path / "mnesia"),
           "RABBITMQ_LOG_BASE": str(path / "log"), "RABBITMQ_DIST_PORT": str(dist),
           "RABBITMQ_PID_FILE": str(path / "pid"), "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
           "-kernel inet_dist_use_interface {127,0,0,1}"}
    epmd = machine.spawn(["epmd", "-port", names, "-address", "127.0.0.1"], path / "epmd.log")
    shell = machine.spawn(["/usr/lib/rabbitmq/bin/rabbitmq-server"], path / "out.log", env=env, start_new_session=True)
    try:
        machine.until_port("rabbitmq", port, shell, path / "out.log")
        machine.until_text("rabbitmq", path / "pid", shell, path / "out.log")
        time.sleep(1)  # it opens its port before it is idle
        yield {"address": "127.0.0.1:%d" % port, "pid": int((path / "pid").read_text())}
    finally:
        # The whole session of that shell is ours: Erlang and its helpers.
        for sig in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, sig)
            time.sleep(0.5)
        machine.end(shell)
        machine.end(epmd)
        machine.remove(path)


@contextlib.contextmanager
def nats(machine, synchronous):
    """As shipped JetStream writes and does not sync before it answers. Debian's version has no setting for that, so the
    second form has its directory made synchronous (chattr +S): each write waits for the disk."""
    path = machine.directory("nats")
    store = path / "store"
    store.mkdir()
    if synchronous:
        subprocess.run(["chattr", "+S", store], check=True, capture_output=True)
    port = free_port()
    (path / "nats.conf").write_text('listen: "127.0.0.1:%d"\njetstream { store_dir: "%s" }\n' % (port, store))
    child = machine.spawn(["nats-server", "-c", path / "nats.conf"], path / "log")
    try:
        machine.until_port("nats-server", port, child, path / "log")
        yield {"address": "127.0.0.1:%d" % port, "pid": child.pid}
    finally:
        machine.end(child)
        machine.remove(path)


@contextlib.contextmanager
def beanstalkd(machine):
    path = machine.directory("beanstalkd")
    port = free_port()
    child = machine.spawn(["beanstalkd", "-l", "127.0.0.1", "-p", port, "-b", path, "-f0"], path / "log")
    try:
        machine.until_port("beanstalkd", port, child, path / "log")
        yield {"address": "127.0.0.1:%d" % port, "pid": child.pid}
    finally:
        machine.end(child)
        machine.remove(path)


@contextlib.contextmanager
def mosquitto(machine):
    """Persistence on, and the limits off that would make it drop messages."""
    path = machine.directory("mosquitto")
    port = free_port()
    (path / "conf").write_text(
        "listener %d 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location %s/\n"
        "max_queued_messages 0\nmax_inflight_messages 0\nuser root\n" % (port, path))
    child = machine.spawn(["mosquitto", "-c", path / "conf"], path / "log")
    try:
        machine.until_port("mosquitto", port, child, path / "log")
        yield {"address": "127.0.0.1:%d" % port, "pid": child.pid}
    finally:
        machine.end(child)
        machine.remove(path)


SYSTEMS = {
    "rabbitmq": (rabbitmq, "rabbitmq"),
    "jetstream-sync": (lambda m: nats(m, True), "nats"),
    "jetstream": (lambda m: nats(m, False), "nats"),
    "beanstalkd": (beanstalkd, "beanstalkd"),
    "mosquitto": (mosquitto, "mosquitto"),
}


def flood(machine, system, mode, seconds):
    begin, client = SYSTEMS[system]
    return machine.measure(lambda: begin(machine), lambda s: peer_flood(machine, client, mode, seconds, s))


# --- Whole jobs -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def department(machine):
    """bench/department.py on the same Redis, driven by the same bench/load."""
    with redis(machine) as r:
        path = machine.directory("department")
        for name in ("server", "reporter"):
            subprocess.run([machine.build / "bin/dondoc", "keys", "new", path / name], check=True, capture_output=True)
        subprocess.run(["protoc", "--proto_path", ROOT / "proto", "--python_out", path, ROOT / "proto/report.proto"],
                       check=True)
        child = machine.spawn(["/usr/bin/python3", BENCH / "department.py", "--messages", path, "--key-file",
                               path / "server.key", "--redis", r["dir"] / "redis.sock", "--user", r["user"],
                               "--password-file", r["dir"] / "password", "--ready-file", path / "ready"], path / "log")
        ready = path / "ready"
        try:
            machine.until_text("department.py", ready, child, path / "log")
            public = [line.split()[1] for line in (path / "server.key").read_text().splitlines()
                      if line.startswith("public")]
            yield {"server": ready.read_text().strip(), "server_key": public[0], "key": path / "reporter.key",
                   "redis": r["address"], "redis_user": r["user"], "redis_password_file": r["dir"] / "password",
                   "processes": "python=%d,redis=%d" % (child.pid, r["pid"])}
        finally:
            machine.end(child)
            machine.remove(path)


def department_flood(machine, mode, reports):
    reporters, window = FLOODS[mode]
    return machine.measure(lambda: department(machine),
                           lambda d: machine.program("load", "flood", plan="days", units=64, reporters=reporters,
                                                     window=window, reports=reports, until="scored", **d))


def strace_says(machine, system, seconds=2):
    """How often a system syncs while it answers one message after the other: is an answer a promise?"""
    begin, client = SYSTEMS[system]
    with begin(machine) as started:
        log = machine.scratch / "strace"
        tracer = machine.spawn(["strace", "-f", "-q", "-c", "-e", "trace=fsync,fdatasync,sync_file_range,pwrite64",
                                "-o", log, "-p", started["pid"]], machine.scratch / "strace.log")
        time.sleep(0.5)
        row = peer_flood(machine, client, "c1 w1", seconds, started)
        machine.end(tracer, signal.SIGINT)
        calls = {}
        for line in log.read_text().splitlines():
            words = line.split()
            if len(words) >= 5 and words[-1] in ("fsync", "fdatasync", "pwrite64", "sync_file_range"):
                calls[words[-1]] = int(words[3])
        log.unlink()
    return {"what": "strace", "messages": row["reports"], **{f"calls_{k}": v for k, v in calls.items()}}




def prometheus(machine, alerts):
    path = machine.directory("prometheus")
    subprocess.run(["/usr/bin/python3", BENCH / "peer_prometheus.py", "--dir", path, "--alerts", str(alerts), "--out",
                    path / "out.json"], check=True, timeout=120 + 2 * alerts)
    row = json.loads((path / "out.json").read_text())
    machine.remove(path)
    return row

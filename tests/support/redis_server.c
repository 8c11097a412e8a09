#define _XOPEN_SOURCE 700 /* nftw */

#include "tests/support/redis_server.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/mem.h"

#define READY_US 20000000 /* a sanitized build on a busy machine */
#define STOP_US 10000000
#define PATH_BYTES 512
#define ARGS_MAX 40

struct redis_server {
    char dir[PATH_BYTES];
    char address[PATH_BYTES + 16];
    char log[PATH_BYTES + 16];
    char conf[PATH_BYTES];
    const char *options[ARGS_MAX];
    const char *const *environment; /* of its wrapper; NULL: it has none */
    pid_t pid;                      /* 0: not running */
};

static const char *wrap_parent;
static const char *const *wrap_environment;

static void
pause_ms(long ms)
{
    struct timespec ts = {ms / 1000, ms % 1000 * 1000000};

    (void)nanosleep(&ts, NULL); /* shortened by a signal: the caller looks again */
}

static void
server_fatal(const struct redis_server *s, const char *what)
{
    diag_fatal(70, "redis_server", "failed=\"%s\" errno=\"%s\" look_at=%s", what,
               strerror(errno), s->log);
}

/* Debian's redis-tools holds the server under another name; argv[0] decides. */
static const char *
server_program(char *out, size_t bytes)
{
    static const char *const names[] = {"redis-server", "redis-check-rdb"};
    const char *path = getenv("PATH");
    size_t i;

    for (i = 0; i < 2; i++) {
        const char *at = path == NULL ? "/usr/bin" : path;

        while (*at != '\0') {
            size_t len = strcspn(at, ":");

            (void)snprintf(out, bytes, "%.*s/%s", (int)len, at, names[i]);
            if (access(out, X_OK) == 0) {
                return out;
            }
            at += len + (at[len] == ':');
        }
    }
    diag_fatal(70, "redis_server",
               "failed=\"no redis-server in PATH\" remedy=\"make deps\"");
}

static const char *
script_path(char out[PATH_BYTES])
{
    const char *root = getenv("DONDOC_ROOT");

    (void)snprintf(out, PATH_BYTES, "%s/etc/redis-start", root == NULL ? "." : root);
    return out;
}

/* In the child: the log is its output, and it does not outlive the test program. */
static void
server_exec(const struct redis_server *s)
{
    char program[PATH_BYTES];
    char script[PATH_BYTES];
    const char *argv[ARGS_MAX + 16] = {"redis-server", s->conf, "--dir", s->dir};
    size_t n = 4;
    size_t i;
    int log = open(s->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int null = open("/dev/null", O_RDONLY);

    if (log < 0 || null < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 ||
        dup2(null, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) {
        _exit(127);
    }
    (void)server_program(program, sizeof program);
    if (s->environment != NULL) {
        const char *const wrapped[] = {"bash", script_path(script), "--supervise",
                                       s->dir, s->conf};

        (void)snprintf(program, sizeof program, "/bin/bash");
        n = sizeof wrapped / sizeof *wrapped;
        memcpy(argv, wrapped, sizeof wrapped);
        for (i = 0; s->environment[i] != NULL; i += 2) {
            (void)setenv(s->environment[i], s->environment[i + 1], 1);
        }
    }
    argv[n++] = "--unixsocket";
    argv[n++] = s->address + strlen("unix:");
    argv[n++] = "--maxmemory";
    argv[n++] = "256mb";
    for (i = 0; s->options[i] != NULL; i++) {
        argv[n++] = s->options[i];
    }
    argv[n] = NULL;
    /* execv takes the vector without const and does not change it. */
    (void)execv(program, (char **)(void *)argv);
    _exit(127);
}

/* What etc/redis-start does before every start. */
static void
server_check_files(const struct redis_server *s)
{
    char script[PATH_BYTES];
    int status = -1;
    pid_t pid;

    (void)script_path(script);
    pid = fork();
    if (pid == 0) {
        int log = open(s->log, O_WRONLY | O_CREAT | O_APPEND, 0600);

        if (log >= 0 && dup2(log, 1) >= 0 && dup2(log, 2) >= 0) {
            (void)execl("/bin/bash", "bash", script, "--check", s->dir, (char *)NULL);
        }
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        server_fatal(s, "etc/redis-start --check refused the files");
    }
}

/* Until a write is answered: loaded, synced, ready. */
static void
server_wait_ready(struct redis_server *s)
{
    const struct redis_settings settings = {.address = s->address, .timeout_ms = 1000};
    struct redis *r = redis_new(&settings);
    struct mono start = mono_now();
    int status;

    while (redis_connect(r, "dondoc:ops:hello", NULL) != ST_OK) {
        if (waitpid(s->pid, &status, WNOHANG) == s->pid) {
            s->pid = 0;
            server_fatal(s, "redis-server ended at once");
        }
        if (mono_since_us(start) > READY_US) {
            server_fatal(s, redis_error(r));
        }
        pause_ms(2);
    }
    redis_free(&r);
}

void
redis_server_launch(struct redis_server *s)
{
    MUST(s->pid == 0);
    if (s->environment == NULL) {
        server_check_files(s);
    }
    s->pid = fork();
    if (s->pid == 0) {
        server_exec(s);
    }
    if (s->pid < 0) {
        server_fatal(s, "fork");
    }
}

void
redis_server_again(struct redis_server *s)
{
    redis_server_launch(s);
    server_wait_ready(s);
}

static void
server_paths(struct redis_server *s)
{
    const char *tmp = wrap_parent != NULL ? wrap_parent : getenv("TMPDIR");
    const char *root = getenv("DONDOC_ROOT");
    int len;

    /* A socket's path has at most 107 bytes. */
    if (tmp == NULL || tmp[0] != '/' || strlen(tmp) > 70) {
        tmp = "/tmp";
    }
    (void)snprintf(s->dir, sizeof s->dir, "%s/dondoc-redis-XXXXXX", tmp);
    if (mkdtemp(s->dir) == NULL) {
        server_fatal(s, "mkdtemp");
    }
    (void)snprintf(s->address, sizeof s->address, "unix:%s/redis.sock", s->dir);
    (void)snprintf(s->log, sizeof s->log, "%s/redis.log", s->dir);
    if (wrap_parent != NULL) { /* its disk may become full */
        (void)snprintf(s->log, sizeof s->log, "%s%s.log",
                       getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp",
                       strrchr(s->dir, '/'));
    }
    len = snprintf(s->conf, sizeof s->conf, "%s/etc/redis.conf",
                   root == NULL ? "." : root);
    if (len <= 0 || len >= (int)sizeof s->conf || access(s->conf, R_OK) != 0) {
        server_fatal(s, "no etc/redis.conf here: set DONDOC_ROOT to the source");
    }
}

void
redis_server_wrap(const char *parent, const char *const *environment)
{
    wrap_parent = parent;
    wrap_environment = environment;
}

struct redis_server *
redis_server_start(const char *const *options)
{
    struct redis_server *s = mem_alloc(sizeof *s);
    size_t i;

    server_paths(s);
    s->environment = wrap_environment;
    for (i = 0; options != NULL && options[i] != NULL; i++) {
        MUST(i + 1 < ARGS_MAX);
        s->options[i] = options[i];
    }
    redis_server_again(s);
    return s;
}

void
redis_server_kill(struct redis_server *s)
{
    if (s->pid > 0) {
        (void)kill(s->pid, SIGKILL);    /* ESRCH: gone already, and that is wanted */
        (void)waitpid(s->pid, NULL, 0); /* ECHILD: the same */
        s->pid = 0;
    }
}

static int
server_remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

/* TERM again and again: Redis ignores it while it writes its first append-only file. */
static void
server_stop(struct redis_server *s)
{
    struct mono start = mono_now();

    do {
        (void)kill(s->pid, SIGTERM); /* waitpid sees what came of it */
        pause_ms(5);
    } while (waitpid(s->pid, NULL, WNOHANG) == 0 && mono_since_us(start) < STOP_US);
    redis_server_kill(s);
}

void
redis_server_stop(struct redis_server **s, bool passed)
{
    const char *keep = getenv("DONDOC_KEEP");

    if (*s == NULL) {
        return;
    }
    if ((*s)->pid > 0) {
        server_stop(*s);
    }
    if (passed && (keep == NULL || strcmp(keep, "1") != 0)) {
        (void)nftw((*s)->dir, server_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    } else {
        diag_info("kept", "dir=%s", (*s)->dir);
    }
    mem_free(s);
}

const char *
redis_server_address(const struct redis_server *s)
{
    return s->address;
}

const char *
redis_server_dir(const struct redis_server *s)
{
    return s->dir;
}

int
redis_server_pid(const struct redis_server *s)
{
    return s->pid;
}

const char *
redis_server_log(const struct redis_server *s)
{
    return s->log;
}

struct redis *
redis_server_client(const struct redis_server *s)
{
    const struct redis_settings settings = {.address = s->address, .timeout_ms = 5000};
    struct redis *r = redis_new(&settings);

    if (redis_connect(r, "dondoc:ops:hello", NULL) != ST_OK ||
        redis_load_functions(r) != ST_OK) {
        server_fatal(s, redis_error(r));
    }
    return r;
}

/*
 * A Redis, a scorer and a notifier for one replay: in a directory of their own, on Unix
 * sockets, without disk.
 */
#include "cli/replay_private.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/keypair.h"
#include "cli/language.h"
#include "lib/crypto.h"

#define READY_US 20000000
#define TIMEOUT_MS 60000
#define PAUSE_MS 2
#define PROGRAM_BYTES 1024
#define ARGS_MAX 32

/* --- Redis --- */

/* Debian's redis-tools holds the server under another name; argv[0] decides. */
static bool
server_find(char out[PROGRAM_BYTES])
{
    static const char *const names[] = {"redis-server", "redis-check-rdb"};
    const char *path = getenv("PATH");
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++) {
        const char *at = path == NULL ? "/usr/local/bin:/usr/bin:/bin" : path;

        while (*at != '\0') {
            size_t len = strcspn(at, ":");

            (void)snprintf(out, PROGRAM_BYTES, "%.*s/%s", (int)len, at, names[i]);
            if (len > 0 && access(out, X_OK) == 0) {
                return true;
            }
            at += len + (at[len] == ':');
        }
    }
    return false;
}

/* Nothing here has to outlive a power cut: no file is written but the log. */
static int
server_settings(const struct scratch *s, char conf[SCRATCH_NAME_BYTES])
{
    FILE *f;
    bool good;

    scratch_path(s, "redis.conf", conf);
    f = fopen(conf, "w");
    if (f == NULL) {
        return replay_failed(conf);
    }
    (void)fprintf(f,
                  "port 0\nunixsocket \"%s/redis.sock\"\nunixsocketperm 700\n"
                  "dir \"%s\"\ndaemonize no\nappendonly no\nsave \"\"\n"
                  "maxmemory 0\nmaxmemory-policy noeviction\n",
                  s->dir, s->dir);
    good = ferror(f) == 0;
    good = fclose(f) == 0 && good;
    return good ? EXIT_DONE : replay_failed(conf);
}

static int
server_await(struct scratch *s)
{
    struct mono start = mono_now();

    while (board_connect(s->redis) != ST_OK) {
        if (scratch_ended(&s->server)) {
            return scratch_lost(s, "redis.log", "redis-server");
        }
        if (mono_since_us(start) > READY_US) {
            (void)fprintf(stderr,
                          words("Redis tạm không trả lời: %s\n",
                                "The Redis for computing does not answer: %s\n"),
                          redis_error(s->redis));
            scratch_tail(s, "redis.log");
            return EXIT_UNAVAILABLE;
        }
        replay_pause_ms(PAUSE_MS);
    }
    if (redis_load_functions(s->redis) != ST_OK) {
        (void)fprintf(stderr, "redis: %s\n", redis_error(s->redis));
        return EXIT_UNAVAILABLE;
    }
    return EXIT_DONE;
}

int
scratch_open(struct scratch *s)
{
    char conf[SCRATCH_NAME_BYTES];
    char address[SCRATCH_NAME_BYTES];
    char program[PROGRAM_BYTES];
    const char *argv[] = {"redis-server", conf, NULL};
    struct redis_settings settings = {.address = address, .timeout_ms = TIMEOUT_MS};
    int code;

    if (!server_find(program)) {
        (void)fputs(words("Không thấy redis-server trong PATH; đề nghị cài gói "
                          "redis-server hoặc redis-tools (7.0 trở lên) trên máy này.\n",
                          "There is no redis-server in PATH; please install the "
                          "package redis-server or redis-tools (7.0 or later) here.\n"),
                    stderr);
        return EXIT_UNAVAILABLE;
    }
    code = scratch_dir(s);
    if (code == EXIT_DONE) {
        code = server_settings(s, conf);
    }
    if (code == EXIT_DONE) {
        code = scratch_start(s, "redis.log", program, argv, &s->server);
    }
    if (code == EXIT_DONE) {
        (void)snprintf(address, sizeof address, "unix:%s/redis.sock", s->dir);
        s->redis = redis_new(&settings);
        code = server_await(s);
    }
    return code;
}

/* --- services --- */

/* Those that were installed with this program: one release computes and compares. */
static int
service_find(const char *name, char out[PROGRAM_BYTES])
{
    char *slash;
    ssize_t len = readlink("/proc/self/exe", out, PROGRAM_BYTES - 32);

    if (len > 0) {
        out[len] = '\0';
        slash = strrchr(out, '/');
        if (slash != NULL) {
            (void)snprintf(slash + 1, 32, "%s", name);
            if (access(out, X_OK) == 0) {
                return EXIT_DONE;
            }
        }
    } else {
        (void)snprintf(out, PROGRAM_BYTES, "%s", name);
    }
    (void)fprintf(stderr,
                  words("Không có %s: lệnh này cần dondoc-scorer và dondoc-notifier "
                        "cùng phiên bản, đặt cạnh dondoc.\nĐề nghị chạy trên máy chủ, "
                        "hoặc cài đủ gói (make install).\n",
                        "%s is not there: this needs dondoc-scorer and dondoc-notifier "
                        "of the same release beside dondoc.\nPlease run it on the "
                        "server, or install all of it (make install).\n"),
                  out);
    return EXIT_UNAVAILABLE;
}

static int
service_start(const struct scratch *s, const char *name, const char *provinces,
              bool simulated, pid_t *out)
{
    bool scorer = strcmp(name, "dondoc-scorer") == 0;
    char program[PROGRAM_BYTES];
    char address[SCRATCH_NAME_BYTES];
    char key[SCRATCH_NAME_BYTES];
    char listen[SCRATCH_NAME_BYTES];
    const char *argv[ARGS_MAX] = {name,      "--redis",
                                  address,   "--province",
                                  provinces, "--key-file",
                                  key,       scorer ? "--listen-hints" : "--listen",
                                  listen,    "--hints-from",
                                  "",        "--sweep-ms",
                                  "10",      "--redis-timeout-ms",
                                  "60000"};
    size_t count = 15;
    int code = service_find(name, program);

    if (code != EXIT_DONE) {
        return code;
    }
    (void)snprintf(address, sizeof address, "unix:%s/redis.sock", s->dir);
    (void)snprintf(listen, sizeof listen, "ipc://%s/%s.ipc", s->dir,
                   scorer ? "s" : "n");
    scratch_path(s, "key", key);
    if (simulated) {
        argv[count++] = "--simulated";
    }
    argv[count] = NULL;
    return scratch_start(s, name, program, argv, out);
}

int
scratch_services(struct scratch *s, const char *provinces, bool simulated)
{
    char key[SCRATCH_NAME_BYTES];
    struct bus_keys keys;
    int code;

    scratch_path(s, "key", key);
    code = keypair_write(key, "", &keys);
    if (code == EXIT_DONE) {
        code = service_start(s, "dondoc-scorer", provinces, simulated, &s->scorer);
    }
    if (code == EXIT_DONE) {
        code = service_start(s, "dondoc-notifier", provinces, simulated, &s->notifier);
    }
    return code;
}

int
scratch_alive(struct scratch *s)
{
    if (scratch_ended(&s->server)) {
        return scratch_lost(s, "redis.log", "redis-server");
    }
    if (scratch_ended(&s->scorer)) {
        return scratch_lost(s, "dondoc-scorer", "dondoc-scorer");
    }
    if (scratch_ended(&s->notifier)) {
        return scratch_lost(s, "dondoc-notifier", "dondoc-notifier");
    }
    return EXIT_DONE;
}

void
scratch_close(struct scratch *s)
{
    redis_free(&s->redis);
    scratch_end(&s->notifier, SIGTERM);
    scratch_end(&s->scorer, SIGTERM);
    scratch_end(&s->server, SIGKILL); /* it holds nothing that anybody needs */
    if (s->hold >= 0) {
        (void)close(s->hold);
        s->hold = -1;
    }
    if (s->cleaner > 0) {
        (void)waitpid(s->cleaner, NULL, 0);
        s->cleaner = 0;
    }
}

#define _GNU_SOURCE /* prctl, mkdtemp beside POSIX */
#include "tests/support/stack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/crypto.h"
#include "lib/instant.h"
#include "lib/keyfile.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "tests/support/stack_acl.h"

#define START_MS 10000
#define SETTLE_MS 20000

static const char *const part_names[PART_COUNT] = {"ingest", "scorer", "notifier"};

void
nap_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};

    (void)nanosleep(&t, NULL);
}

static const char *
build_dir(void)
{
    const char *dir = getenv("DONDOC_BUILD");

    return dir != NULL ? dir : "build";
}

void
stack_init(struct stack *s, const char *province, bool simulated)
{
    const char *tmp = getenv("TMPDIR");
    char path[200];
    char why[200];

    memset(s, 0, sizeof *s);
    crypto_init();
    s->province = province;
    s->simulated = simulated;
    s->acl = stack_acl_asked();
    (void)snprintf(s->dir, sizeof s->dir, "%s/stack.XXXXXX",
                   tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(s->dir));
    assert_int_equal(bus_keys_new(&s->service_keys), ST_OK);
    (void)snprintf(path, sizeof path, "%s/service.key", s->dir);
    assert_int_equal(keyfile_write(path, &s->service_keys, "services", why, sizeof why),
                     ST_OK);
}

const struct bus_keys *
stack_key(struct stack *s, const char *name, const char *rest)
{
    struct stack_key *k = &s->keys[s->key_count++];
    char path[200];
    FILE *f;

    assert_true(s->key_count <= STACK_KEYS_MAX);
    (void)snprintf(k->name, sizeof k->name, "%s", name);
    assert_int_equal(bus_keys_new(&k->keys), ST_OK);
    (void)snprintf(path, sizeof path, "%s/keyring", s->dir);
    f = fopen(path, "a");
    assert_non_null(f);
    (void)fprintf(f, "%s %s\n", k->keys.public_key, rest);
    assert_int_equal(fclose(f), 0);
    return &k->keys;
}

void
stack_endpoint(const struct stack *s, const char *where, char out[200])
{
    if (s->units_port != 0 && strcmp(where, "units") == 0) {
        (void)snprintf(out, 200, "tcp://127.0.0.1:%u", s->units_port);
    } else {
        (void)snprintf(out, 200, "ipc://%s/%s.ipc", s->dir, where);
    }
}

static void
part_exec(const struct stack *s, enum stack_part part)
{
    char program[300];
    char log[200];
    char units[200], ops[200], leaders[200], hints_in[200], hints_out[200];
    char key[200], keyring[200], ready[200];
    char password[200];
    const char *argv[48];
    size_t n = 0;
    int fd;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)snprintf(program, sizeof program, "%s/bin/dondoc-%s", build_dir(),
                   part_names[part]);
    (void)snprintf(log, sizeof log, "%s/%s.log", s->dir, part_names[part]);
    (void)snprintf(key, sizeof key, "%s/service.key", s->dir);
    (void)snprintf(keyring, sizeof keyring, "%s/keyring", s->dir);
    (void)snprintf(ready, sizeof ready, "%s/%s.ready", s->dir, part_names[part]);
    stack_endpoint(s, "units", units);
    stack_endpoint(s, "ops", ops);
    stack_endpoint(s, "leaders", leaders);
    stack_endpoint(s, "hints-in", hints_in);
    stack_endpoint(s, "hints-out", hints_out);
    argv[n++] = program;
#define FLAG(name, value)                                                              \
    argv[n++] = (name);                                                                \
    argv[n++] = (value)
    FLAG("--redis", redis_server_address(s->redis));
    FLAG("--province", s->province);
    FLAG("--key-file", key);
    FLAG("--keyring", keyring);
    FLAG("--ready-file", ready);
    if (part == PART_INGEST) {
        FLAG("--listen", units);
        FLAG("--listen-ops", ops);
        FLAG("--listen-hints", hints_in);
    } else if (part == PART_SCORER) {
        FLAG("--hints-from", hints_in);
        FLAG("--hints-from-key", s->service_keys.public_key);
        FLAG("--listen-hints", hints_out);
    } else {
        FLAG("--hints-from", hints_out);
        FLAG("--hints-from-key", s->service_keys.public_key);
        FLAG("--listen", leaders);
    }
    if (s->acl) {
        stack_acl_password(s, part_names[part], password);
        FLAG("--redis-user", part_names[part]);
        FLAG("--redis-password-file", password);
    }
#undef FLAG
    if (s->simulated) {
        argv[n++] = "--simulated";
    }
    argv[n] = NULL;
    fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    (void)dup2(fd, STDERR_FILENO);
    (void)dup2(fd, STDOUT_FILENO);
    (void)execv(program, (char *const *)argv);
    _exit(127);
}

void
stack_part_spawn(struct stack *s, enum stack_part part)
{
    char ready[200];
    pid_t pid;

    (void)snprintf(ready, sizeof ready, "%s/%s.ready", s->dir, part_names[part]);
    (void)unlink(ready);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        part_exec(s, part);
    }
    s->pids[part] = pid;
}

void
stack_part_start(struct stack *s, enum stack_part part)
{
    char ready[200];
    int waited;

    (void)snprintf(ready, sizeof ready, "%s/%s.ready", s->dir, part_names[part]);
    stack_part_spawn(s, part);
    for (waited = 0; access(ready, F_OK) != 0; waited += 5) {
        if (waited >= START_MS || waitpid(s->pids[part], NULL, WNOHANG) != 0) {
            fail_msg("dondoc-%s did not become ready; see %s/%s.log", part_names[part],
                     s->dir, part_names[part]);
        }
        nap_ms(5);
    }
}

void
stack_part_signal(struct stack *s, enum stack_part part, int sig)
{
    assert_int_equal(kill(s->pids[part], sig), 0);
}

void
stack_part_kill(struct stack *s, enum stack_part part)
{
    if (s->pids[part] > 0) {
        (void)kill(s->pids[part], SIGKILL);
        (void)waitpid(s->pids[part], NULL, 0);
        s->pids[part] = 0;
    }
}

void
stack_start(struct stack *s)
{
    char path[200];
    FILE *f;
    int part;

    /* The services hear each other's hints. */
    (void)snprintf(path, sizeof path, "%s/keyring", s->dir);
    f = fopen(path, "a");
    assert_non_null(f);
    (void)fprintf(f, "%s role=service name=services\n", s->service_keys.public_key);
    assert_int_equal(fclose(f), 0);
    s->redis = s->acl ? stack_acl_redis(s) : redis_server_start(NULL);
    for (part = 0; part < PART_COUNT; part++) {
        stack_part_start(s, (enum stack_part)part);
    }
}

/* As an operator does, so that tools in the process (coverage, sanitizers) can write
 * what they saw; what does not end then is killed. */
static void
part_end(struct stack *s, enum stack_part part)
{
    int wait_ms;

    for (wait_ms = 2000; s->pids[part] > 0 && wait_ms > 0; wait_ms -= 5) {
        if (waitpid(s->pids[part], NULL, WNOHANG) == s->pids[part]) {
            s->pids[part] = 0;
            return;
        }
        nap_ms(5);
    }
    stack_part_kill(s, part);
}

void
stack_stop(struct stack *s, bool passed)
{
    int part;

    for (part = 0; part < PART_COUNT; part++) {
        if (s->pids[part] > 0) {
            (void)kill(s->pids[part], SIGTERM);
        }
    }
    for (part = 0; part < PART_COUNT; part++) {
        part_end(s, (enum stack_part)part);
    }
    if (s->acl && passed && s->redis != NULL) {
        stack_acl_want_clean(s);
    }
    if (s->redis != NULL) {
        redis_server_stop(&s->redis, passed);
    }
    if (!passed) {
        print_message("kept: %s\n", s->dir);
    }
}

static bool
settled(struct redis *r, const char *province)
{
    static const char *const pairs[2][2] = {{KEY_REPORTS, "scorer"},
                                            {KEY_ALERTS, "notifier"}};
    bool all = true;
    int i;

    for (i = 0; i < 2; i++) {
        char stream[KEY_BYTES];
        char checkpoint[KEY_BYTES];
        const char *last[] = {"XREVRANGE", stream, "+", "-", "COUNT", "1"};
        const char *seq[] = {"HGET", checkpoint, "seq"};
        struct reply *a = NULL;
        struct reply *b = NULL;

        key_make(stream, province, pairs[i][0]);
        key_make2(checkpoint, province, KEY_CHECKPOINT, pairs[i][1]);
        assert_int_equal(redis_call(r, 6, last, NULL, &a), ST_OK);
        assert_int_equal(redis_call(r, 3, seq, NULL, &b), ST_OK);
        all = all && strtoull(reply_str(reply_at(reply_at(a, 0), 0), NULL), NULL, 10) ==
                         strtoull(reply_str(b, NULL), NULL, 10);
        reply_free(&a);
        reply_free(&b);
    }
    return all;
}

void
stack_settle(struct stack *s)
{
    struct redis *r = redis_server_client(s->redis);
    int waited;

    for (waited = 0; !settled(r, s->province); waited += 10) {
        if (waited >= SETTLE_MS) {
            fail_msg("scorer or notifier did not catch up; see %s", s->dir);
        }
        nap_ms(10);
    }
    redis_free(&r);
}

#include "tests/support/courier_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/keyfile.h"
#include "tests/support/child.h"

#define FILE_BYTES_MAX (1u << 20)

static void
file_write(const char *dir, const char *name, const char *text, mode_t mode)
{
    char path[SCENE_PATH_BYTES + 32];
    char half[SCENE_PATH_BYTES + 40];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    (void)snprintf(half, sizeof half, "%s.new", path);
    f = fopen(half, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(half, mode), 0);
    assert_int_equal(rename(half, path), 0);
}

/* NULL: it is not there. */
static char *
file_read(const char *dir, const char *name)
{
    char path[SCENE_PATH_BYTES + 32];
    char *text;
    size_t len;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "r");
    if (f == NULL) {
        return NULL;
    }
    text = mem_alloc(FILE_BYTES_MAX + 1);
    len = fread(text, 1, FILE_BYTES_MAX, f);
    text[len] = '\0';
    (void)fclose(f); /* only read */
    return text;
}

static size_t
times(const char *text, const char *part)
{
    size_t count = 0;

    while (text != NULL && (text = strstr(text, part)) != NULL) {
        text += strlen(part);
        count++;
    }
    return count;
}

/* ---- sinks ---- */

static void
sink_exec(const struct courier_scene *c, const struct sink *k)
{
    const char *root = getenv("DONDOC_ROOT");
    char program[SCENE_PATH_BYTES];
    char log[SCENE_PATH_BYTES + 32];
    char cert[SCENE_PATH_BYTES + 32];
    char key[SCENE_PATH_BYTES + 32];
    int fd;

    (void)snprintf(program, sizeof program, "%.200s/tests/support/sinks.py",
                   root == NULL ? "." : root);
    (void)snprintf(log, sizeof log, "%s/output", k->dir);
    (void)snprintf(cert, sizeof cert, "%s/cert.pem", c->dir);
    (void)snprintf(key, sizeof key, "%s/cert.key", c->dir);
    fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || dup2(fd, 2) < 0 || dup2(fd, 1) < 0) {
        _exit(127);
    }
    (void)execl("/usr/bin/python3", "python3", program,
                k->kind == SINK_MAIL ? "mail" : "web", k->dir, c->tls ? cert : NULL,
                c->tls ? key : NULL, (char *)NULL);
    _exit(127);
}

static void
sink_start(struct courier_scene *c, struct sink *k, enum sink_kind kind)
{
    struct mono start = mono_now();
    char *port;

    k->kind = kind;
    (void)snprintf(k->dir, sizeof k->dir, "%.200s/%s", c->dir,
                   kind == SINK_MAIL ? "mail" : "web");
    assert_int_equal(mkdir(k->dir, 0700), 0);
    k->pid = child_begin();
    if (k->pid == 0) {
        sink_exec(c, k);
    }
    while ((port = file_read(k->dir, "port")) == NULL) {
        if (mono_since_us(start) > DEADLINE_US) {
            fail_msg("no sink; see %s/output", k->dir);
        }
        child_pause_us(5000);
    }
    k->port = (int)strtol(port, NULL, 10);
    mem_free(&port);
}

static void
sink_end(struct sink *k)
{
    if (k->pid > 0) {
        (void)kill(k->pid, SIGKILL);
        (void)child_end(k->pid);
        k->pid = 0;
    }
}

void
sink_mode(const struct sink *k, const char *lines)
{
    file_write(k->dir, "mode", lines, 0600);
}

char *
sink_log(const struct sink *k)
{
    char *text = file_read(k->dir, "log");

    return text == NULL ? mem_copy_text("") : text;
}

size_t
sink_count(const struct sink *k)
{
    char *log = sink_log(k);
    size_t count = times(log, "taken ");

    mem_free(&log);
    return count;
}

void
sink_took_least(const struct sink *k, size_t count)
{
    struct mono start = mono_now();

    while (sink_count(k) < count) {
        if (mono_since_us(start) > DEADLINE_US) {
            fail_msg("took %zu, want %zu; see %s", sink_count(k), count, k->dir);
        }
        child_pause_us(1000);
    }
}

void
sink_took(const struct sink *k, size_t count)
{
    sink_took_least(k, count);
    assert_int_equal(sink_count(k), count);
}

void
sink_logged(const struct sink *k, const char *text)
{
    struct mono start = mono_now();
    char *log = sink_log(k);

    while (strstr(log, text) == NULL) {
        if (mono_since_us(start) > DEADLINE_US) {
            fail_msg("no \"%s\" in %s/log", text, k->dir);
        }
        mem_free(&log);
        child_pause_us(5000);
        log = sink_log(k);
    }
    mem_free(&log);
}

char *
sink_read(const struct sink *k, size_t n)
{
    char name[16];
    char *text;

    (void)snprintf(name, sizeof name, "%04zu", n);
    text = file_read(k->dir, name);
    assert_non_null(text);
    return text;
}

void
sink_holds(const struct sink *k, size_t n, const char *text)
{
    char *got = sink_read(k, n);

    if (strstr(got, text) == NULL) {
        fail_msg("no \"%s\" in %s/%04zu:\n%s", text, k->dir, n, got);
    }
    mem_free(&got);
}

/* ---- settings ---- */

void
channels_write(struct courier_scene *c, const char *text)
{
    struct buf out;

    buf_init(&out, FILE_BYTES_MAX);
    for (; text[0] != '\0'; text++) {
        if (text[0] != '$') {
            buf_char(&out, text[0]);
            continue;
        }
        text++;
        if (text[0] == 'D') {
            buf_text(&out, c->dir);
        } else {
            buf_format(&out, "%d", text[0] == 'M' ? c->mail.port : c->web.port);
        }
    }
    file_write(c->dir, "courier.yaml", buf_str(&out), 0600);
    buf_fini(&out);
}

void
channels_plain(struct courier_scene *c, const char *offices)
{
    struct buf out;

    buf_init(&out, FILE_BYTES_MAX);
    buf_text(&out, "smtp: {host: 127.0.0.1, port: $M, starttls: never, "
                   "from: dondoc@tinh.example}\n"
                   "retry: {first: 50ms, max: 200ms, dead-after: 1h}\n"
                   "timeout: 2s\n"
                   "offices:\n");
    buf_text(&out, offices);
    channels_write(c, buf_str(&out));
    buf_fini(&out);
}

/* ---- the courier ---- */

static void
courier_exec(const struct courier_scene *c, int number, const char *more)
{
    const char *build = getenv("DONDOC_BUILD");
    char program[SCENE_PATH_BYTES], log[SCENE_PATH_BYTES + 32];
    char key[SCENE_PATH_BYTES + 32], ready[SCENE_PATH_BYTES + 32];
    char channels[SCENE_PATH_BYTES + 32], at[SCENE_PATH_BYTES];
    char instance[16];
    int fd;

    (void)snprintf(program, sizeof program, "%s/bin/dondoc-courier",
                   build == NULL ? "build" : build);
    (void)snprintf(log, sizeof log, "%s/courier.log", c->dir);
    (void)snprintf(instance, sizeof instance, "%d", number + 1);
    (void)snprintf(key, sizeof key, "%s/courier.key", c->dir);
    (void)snprintf(ready, sizeof ready, "%.255s/courier.ready.%d", c->dir, number);
    (void)snprintf(channels, sizeof channels, "%s/courier.yaml", c->dir);
    scene_endpoint(c->s, 0, at);
    fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || dup2(fd, 2) < 0) {
        _exit(127);
    }
    (void)execl(program, program, "--redis", c->redis, "--province", c->s->province,
                "--instance", instance, "--key-file", key, "--notifier", at,
                "--notifier-key", scene_server_keys.public_key, "--channels", channels,
                "--ready-file", ready, more, (char *)NULL);
    _exit(127);
}

static void
start(struct courier_scene *c, int number)
{
    struct mono start = mono_now();
    char ready[SCENE_PATH_BYTES + 32];

    (void)snprintf(ready, sizeof ready, "%.255s/courier.ready.%d", c->dir, number);
    (void)unlink(ready); /* of a life before that was killed */
    c->couriers[number] = child_begin();
    if (c->couriers[number] == 0) {
        courier_exec(c, number, c->simulated ? "--simulated" : NULL);
    }
    while (access(ready, F_OK) != 0) {
        if (mono_since_us(start) > DEADLINE_US) {
            fail_msg("courier is not ready; see %s/courier.log", c->dir);
        }
        child_pause_us(2000);
    }
}

void
courier_start(struct courier_scene *c)
{
    start(c, 0);
}

void
courier_start_second(struct courier_scene *c)
{
    start(c, 1);
}

int
courier_check_config(struct courier_scene *c)
{
    pid_t pid = child_begin();

    if (pid == 0) {
        (void)close(1);
        courier_exec(c, 0, "--check-config");
    }
    return child_end(pid);
}

static void
end(struct courier_scene *c, int number, int sig)
{
    if (c->couriers[number] > 0) {
        (void)kill(c->couriers[number], sig);
        assert_int_equal(child_end(c->couriers[number]), sig == SIGTERM ? 0 : -1);
        c->couriers[number] = 0;
    }
}

void
courier_end(struct courier_scene *c, int sig)
{
    end(c, 0, sig);
}

void
courier_end_second(struct courier_scene *c, int sig)
{
    end(c, 1, sig);
}

size_t
courier_says(const struct courier_scene *c, const char *text)
{
    char *log = file_read(c->dir, "courier.log");
    size_t count = times(log, text);

    mem_free(&log);
    return count;
}

void
courier_said(const struct courier_scene *c, const char *text)
{
    struct mono start = mono_now();

    while (courier_says(c, text) == 0) {
        if (mono_since_us(start) > DEADLINE_US) {
            fail_msg("no \"%s\" in %s/courier.log", text, c->dir);
        }
        child_pause_us(5000);
    }
}

/* ---- fixtures ---- */

/* A certificate for 127.0.0.1 that is its own authority, made for this run. */
static void
certificate_make(const struct courier_scene *c)
{
    char key[SCENE_PATH_BYTES + 32];
    char cert[SCENE_PATH_BYTES + 32];
    pid_t pid = child_begin();

    (void)snprintf(key, sizeof key, "%s/cert.key", c->dir);
    (void)snprintf(cert, sizeof cert, "%s/cert.pem", c->dir);
    if (pid == 0) {
        (void)close(2);
        (void)execlp("openssl", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                     "/CN=sink", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                     key, "-out", cert, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(child_end(pid), 0);
}

static int
setup(void **state, bool tls)
{
    static struct courier_scene c;
    static int number;
    char path[SCENE_PATH_BYTES + 32];
    char why[256];

    memset(&c, 0, sizeof c);
    assert_int_equal(scene_setup(state), 0);
    c.s = *state;
    c.tls = tls;
    (void)snprintf(c.dir, sizeof c.dir, "%.150s/courier-%d", c.s->dir, number++);
    assert_int_equal(mkdir(c.dir, 0700), 0);
    (void)snprintf(c.redis, sizeof c.redis, "%s", redis_server_address(scene_server));
    (void)snprintf(path, sizeof path, "%s/courier.key", c.dir);
    assert_int_equal(keyfile_write(path, &scene_keys[COURIER], "", why, sizeof why),
                     ST_OK);
    file_write(c.dir, "secret", "a secret of sixteen and more\n", 0600);
    file_write(c.dir, "password", "the password of the test\n", 0600);
    if (tls) {
        certificate_make(&c);
    }
    sink_start(&c, &c.mail, SINK_MAIL);
    sink_start(&c, &c.web, SINK_WEB);
    notifier_start(c.s, 0);
    *state = &c;
    return 0;
}

int
courier_setup(void **state)
{
    return setup(state, false);
}

int
courier_setup_tls(void **state)
{
    return setup(state, true);
}

int
courier_teardown(void **state)
{
    struct courier_scene *c = *state;

    courier_end(c, SIGTERM);
    courier_end_second(c, SIGTERM);
    sink_end(&c->mail);
    sink_end(&c->web);
    *state = c->s;
    return scene_teardown(state);
}

#include "tests/support/notifier_scene.h"

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
#include <unistd.h>

#include "lib/calendar.h"
#include "lib/keyfile.h"
#include "lib/keys.h"
#include "lib/sealed.h"
#include "tests/support/alert_programme.h"
#include "tests/support/child.h"

#define CLIENT_ARENA_BYTES (4u * 1024u * 1024u)

struct redis_server *scene_server;
struct bus *scene_bus;
struct bus_keys scene_server_keys;
struct bus_keys scene_keys[WHO_COUNT];
bool scene_seals;

static const char *const lines[WHO_COUNT] = {
    [HEAD_B] = "role=leader name=head-21040",
    [HEAD_C] = "role=leader name=head-21043",
    [HEAD_G] = "role=leader name=head-21046",
    [DISTRICT_D] = "role=leader name=head-530",
    [CHAIR] = "role=leader name=chair-province",
    [UNIT] = "role=unit name=21040 scope=21040",
    [STRANGER] = "role=leader name=not-an-office",
    [COURIER] = "role=courier name=courier-1",
    [UP_530] = "role=leader name=up-530",
    [OPS] = "role=ops name=ops-1",
};

/* ---- files, processes ---- */

static void
keyring_write(const char *path)
{
    FILE *f = fopen(path, "w");
    int i;

    assert_non_null(f);
    for (i = 0; i < WHO_COUNT; i++) {
        if (lines[i] != NULL) {
            (void)fprintf(f, "%s %s\n", scene_keys[i].public_key, lines[i]);
        }
    }
    assert_int_equal(fclose(f), 0);
}

int
scene_group_setup(void **state)
{
    char path[SCENE_PATH_BYTES];
    char why[256];
    int i;

    (void)state;
    scene_server = redis_server_start(NULL);
    assert_int_equal(bus_new(NULL, NULL, &scene_bus), ST_OK);
    assert_int_equal(bus_keys_new(&scene_server_keys), ST_OK);
    for (i = 0; i < WHO_COUNT; i++) {
        assert_int_equal(bus_keys_new(&scene_keys[i]), ST_OK);
    }
    (void)snprintf(path, sizeof path, "%s/service.key", redis_server_dir(scene_server));
    assert_int_equal(keyfile_write(path, &scene_server_keys, "", why, sizeof why),
                     ST_OK);
    (void)snprintf(path, sizeof path, "%s/keyring", redis_server_dir(scene_server));
    keyring_write(path);
    return 0;
}

void
scene_group_teardown(bool passed)
{
    bus_free(&scene_bus);
    redis_server_stop(&scene_server, passed);
}

void
scene_endpoint(const struct scene *s, int instance, char out[SCENE_PATH_BYTES])
{
    (void)snprintf(out, SCENE_PATH_BYTES, "ipc://%.160s/%s-%d.ipc", s->dir, s->province,
                   instance);
}

static void
exec_notifier(const struct scene *s, int instance)
{
    const char *build = getenv("DONDOC_BUILD");
    char program[SCENE_PATH_BYTES], log[SCENE_PATH_BYTES], key[SCENE_PATH_BYTES],
        ring[SCENE_PATH_BYTES];
    char ready[SCENE_PATH_BYTES], listen[SCENE_PATH_BYTES], name[8];
    int fd;

    (void)snprintf(program, sizeof program, "%s/bin/dondoc-notifier",
                   build == NULL ? "build" : build);
    (void)snprintf(log, sizeof log, "%.160s/%s-%d.log", s->dir, s->province, instance);
    (void)snprintf(key, sizeof key, "%.160s/service.key", s->dir);
    (void)snprintf(ring, sizeof ring, "%.160s/keyring", s->dir);
    (void)snprintf(ready, sizeof ready, "%.160s/%s-%d.ready", s->dir, s->province,
                   instance);
    (void)snprintf(name, sizeof name, "%d", instance);
    scene_endpoint(s, instance, listen);
    fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || dup2(fd, 2) < 0) {
        _exit(127);
    }
    (void)execl(program, program, "--redis", redis_server_address(scene_server),
                "--province", s->province, "--key-file", key, "--keyring", ring,
                "--ready-file", ready, "--listen", listen, "--instance", name,
                "--sweep-ms", "20", "--hints-from", "",
                scene_seals ? "--seal=on" : "--seal=off", (char *)NULL);
    _exit(127);
}

void
notifier_start(struct scene *s, int instance)
{
    struct mono start = mono_now();
    char ready[SCENE_PATH_BYTES];

    (void)snprintf(ready, sizeof ready, "%.160s/%s-%d.ready", s->dir, s->province,
                   instance);
    (void)unlink(ready); /* of a life before that was killed */
    s->pids[instance] = child_begin();
    if (s->pids[instance] == 0) {
        exec_notifier(s, instance);
    }
    while (access(ready, F_OK) != 0) {
        if (mono_since_us(start) > DEADLINE_US) {
            fail_msg("notifier is not ready; see %s/%s-%d.log", s->dir, s->province,
                     instance);
        }
        child_pause_us(2000);
    }
}

void
notifier_end(struct scene *s, int instance, int sig)
{
    if (s->pids[instance] > 0) {
        (void)kill(s->pids[instance], sig); /* below is seen what came of it */
        /* Asked to stop it ends well; a sanitizer's find would show here. */
        assert_int_equal(child_end(s->pids[instance]), sig == SIGTERM ? 0 : -1);
        s->pids[instance] = 0;
    }
}

/* ---- the scorer's side ---- */

void
scene_commit(struct scene *s)
{
    assert_int_equal(follow_apply(&s->scorer, s->r, &s->effects, s->scorer.checkpoint,
                                  s->scorer.programme, s->scorer.tick),
                     ST_OK);
    effects_clear(&s->effects, &s->scorer);
}

void
scene_offices(struct scene *s, const char *offices, bool urgent)
{
    struct programme_record rec = {.by = "test"};
    char digest[65];
    char key[KEY_BYTES];
    const char *argv[3] = {"SET", key, NULL};
    size_t lens[3] = {3, 0, 0};
    struct reply *rep = NULL;
    struct buf text;
    struct buf body;

    buf_init(&text, 1u << 20);
    buf_init(&body, 1u << 16);
    alert_programme_pack_with(offices, urgent, &text, digest);
    key_make2(key, s->province, KEY_PROGRAMME, digest);
    argv[2] = buf_str(&text);
    lens[1] = strlen(key);
    lens[2] = text.len;
    assert_int_equal(redis_call(s->r, 3, argv, lens, &rep), ST_OK);
    reply_free(&rep);
    rec.digest = digest;
    arena_reset(s->arena);
    programme_encode(&rec, s->arena, &body);
    effects_alert(&s->effects, &s->scorer, JOURNAL_PROGRAMME, buf_str(&body), body.len);
    scene_commit(s);
    buf_fini(&text);
    buf_fini(&body);
}

static void
tick_put(struct scene *s, const struct tick_record *tick)
{
    struct buf body;

    buf_init(&body, 1u << 16);
    tick_encode(tick, &body);
    effects_alert(&s->effects, &s->scorer, JOURNAL_TICK, buf_str(&body), body.len);
    scene_commit(s);
    buf_fini(&body);
}

void
tell_tick(struct scene *s, const char *day, int hour, bool caught_up)
{
    struct tick_record tick = {.caught_up = caught_up};
    int32_t d;

    assert_int_equal(day_parse(day, &d), ST_OK);
    tick.hour = (int64_t)d * 24 + hour;
    tick_put(s, &tick);
}

void
tell_act(struct scene *s, const struct wire_act *act)
{
    struct buf body;

    arena_reset(s->arena);
    buf_init(&body, 1u << 16);
    act_encode(act, s->arena, &body);
    effects_alert(&s->effects, &s->scorer, JOURNAL_ACT, buf_str(&body), body.len);
    scene_commit(s);
    buf_fini(&body);
}

void
settle(const struct scene *s)
{
    char last[24];

    (void)snprintf(last, sizeof last, "%llu", (unsigned long long)s->scorer.out_seq);
    wait_for(s, "HGET dondoc:{%s}:checkpoint:notifier seq", last);
}

static void
put_programme(struct scene *s)
{
    scene_offices(s, "", false);
    tick_put(s, &(struct tick_record){.hour = 400000});
}

struct alert_event
event_of(const char *code, uint32_t number, const char *reason, const char *subject)
{
    struct alert_event e = {.code = code,
                            .number = number,
                            .kind = "behind",
                            .reason = reason,
                            .target = "7c",
                            .subject = subject,
                            .year = 2023,
                            .window = "2023-09",
                            .numerator = 1130,
                            .denominator = 2386,
                            .required = {18235, 365},
                            .step = {55, 1},
                            .step_before = {35, 1},
                            .step_before_year = 2022,
                            .need_now = 63,
                            .need_year = 183,
                            .since_window = "2023-08",
                            .windows = 2,
                            .old_window = "",
                            .at_ms = 1696827600000,
                            .opened_at_ms = 1696827600000};

    return e;
}

void
tell(struct scene *s, const struct alert_event *events, size_t count)
{
    struct buf body;

    arena_reset(s->arena);
    buf_init(&body, 1u << 20);
    alert_events_encode(events, count, s->arena, &body);
    effects_alert(&s->effects, &s->scorer, JOURNAL_ALERTS, buf_str(&body), body.len);
    scene_commit(s);
    buf_fini(&body);
}

void
tell_one(struct scene *s, const char *code, uint32_t number, const char *reason,
         const char *subject)
{
    struct alert_event e = event_of(code, number, reason, subject);

    tell(s, &e, 1);
}

int
scene_setup(void **state)
{
    static struct scene s;
    static int number;

    memset(&s, 0, sizeof s);
    (void)snprintf(s.province, sizeof s.province, "p%d", number++);
    (void)snprintf(s.dir, sizeof s.dir, "%s", redis_server_dir(scene_server));
    s.arena = arena_new(CLIENT_ARENA_BYTES);
    s.r = redis_server_client(scene_server);
    follow_init(&s.scorer, s.province, "scorer", KEY_REPORTS);
    assert_int_equal(follow_take_over(&s.scorer, s.r), ST_OK);
    effects_init(&s.effects);
    effects_clear(&s.effects, &s.scorer);
    put_programme(&s);
    *state = &s;
    return 0;
}

int
scene_setup_sealed(void **state)
{
    scene_seals = true;
    return scene_setup(state);
}

int
scene_teardown(void **state)
{
    struct scene *s = *state;

    scene_seals = false;

    notifier_end(s, 0, SIGTERM);
    notifier_end(s, 1, SIGTERM);
    effects_fini(&s->effects);
    redis_free(&s->r);
    arena_free(&s->arena);
    return 0;
}

/* ---- a leader's side ---- */

void
client_open(struct client *c, const struct scene *s, int instance, enum who who)
{
    char at[SCENE_PATH_BYTES];

    memset(c, 0, sizeof *c);
    c->who = who;
    scene_endpoint(s, instance, at);
    c->arena = arena_new(CLIENT_ARENA_BYTES);
    assert_int_equal(bus_connect_dealer(scene_bus, at, scene_server_keys.public_key,
                                        &scene_keys[who], &c->socket),
                     ST_OK);
}

void
client_close(struct client *c)
{
    bus_close(&c->socket);
    arena_free(&c->arena);
}

void
client_send_bytes(struct client *c, const void *p, size_t bytes)
{
    struct mono start = mono_now();

    while (bus_send(c->socket, p, bytes) != ST_OK) {
        struct bus_poll_item item = {.socket = c->socket};

        assert_true(mono_since_us(start) < DEADLINE_US);
        assert_int_equal(bus_poll(scene_bus, &item, 1, 5), ST_OK);
    }
}

void
client_send(struct client *c, const struct scene *s, struct leader_request *q)
{
    struct buf out;

    buf_init(&out, BUS_MESSAGE_MAX);
    q->version = q->version == 0 ? WIRE_VERSION : q->version;
    q->province = q->province == NULL ? s->province : q->province;
    leader_request_encode(q, c->arena, &out);
    client_send_bytes(c, buf_str(&out), out.len);
    buf_fini(&out);
}

enum status
client_try(struct client *c, int64_t us)
{
    struct mono start = mono_now();
    struct bus_message m;
    enum status st;

    while (bus_receive(c->socket, &m) != ST_OK) {
        struct bus_poll_item item = {.socket = c->socket};

        if (mono_since_us(start) > us) {
            return ST_AGAIN;
        }
        assert_int_equal(bus_poll(scene_bus, &item, 1, 50), ST_OK);
    }
    arena_reset(c->arena);
    st = leader_reply_decode(m.body, m.body_bytes, c->arena, &c->reply);
    bus_message_close(&m);
    c->sealed = st == ST_OK && c->reply.kind == LEADER_REPLY_SEALED;
    return st == ST_OK ? sealed_open(&c->reply, scene_keys[c->who].public_key,
                                     scene_keys[c->who].secret_key, c->arena)
                       : st;
}

void
want_kind(struct client *c, enum leader_reply_kind kind)
{
    if (client_try(c, DEADLINE_US) != ST_OK || c->reply.kind != kind) {
        fail_msg("got message of kind %d (%s), want %d", (int)c->reply.kind,
                 c->reply.kind == LEADER_REPLY_ALERT     ? c->reply.alert.id
                 : c->reply.kind == LEADER_REPLY_REFUSAL ? c->reply.refusal.code
                                                         : "",
                 (int)kind);
    }
}

void
want_alert(struct client *c, const char *id)
{
    want_kind(c, LEADER_REPLY_ALERT);
    if (strcmp(c->reply.alert.id, id) != 0) {
        fail_msg("got %s, want %s", c->reply.alert.id, id);
    }
}

void
want_refusal(struct client *c, const char *code)
{
    want_kind(c, LEADER_REPLY_REFUSAL);
    assert_string_equal(c->reply.refusal.code, code);
    assert_true(c->reply.refusal.message_vi[0] != '\0');
    assert_true(c->reply.refusal.message_en[0] != '\0');
}

void
want_quiet(struct client *c, const struct scene *s)
{
    struct leader_request q = {.kind = LEADER_REQUEST_BEAT};

    client_send(c, s, &q);
    want_kind(c, LEADER_REPLY_BEAT);
}

void
subscribe(struct client *c, const struct scene *s, uint32_t credit, uint64_t waiting)
{
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE, .credit = credit};

    client_send(c, s, &q);
    want_kind(c, LEADER_REPLY_SUBSCRIBED);
    assert_int_equal(c->reply.subscribed.waiting, waiting);
}

void
received(struct client *c, const struct scene *s, uint64_t position)
{
    struct leader_request q = {.kind = LEADER_REQUEST_RECEIVED, .received = position};

    client_send(c, s, &q);
}

void
acknowledge(struct client *c, const struct scene *s, const char *id, const char *alert,
            const char *note, const char *until)
{
    struct leader_request q = {.kind = LEADER_REQUEST_ACKNOWLEDGE, .request_id = 7};

    q.acknowledge.id = id;
    q.acknowledge.alert = alert;
    q.acknowledge.note = note;
    q.acknowledge.until = until;
    client_send(c, s, &q);
}

void
wait_for(const struct scene *s, const char *format, const char *want)
{
    struct mono start = mono_now();
    char command[512];
    char *got;

    /* The format is a literal of this file with one %s for the province. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(command, sizeof command, format, s->province);
#pragma GCC diagnostic pop
    for (;;) {
        got = redis_ask(s->r, command);
        if (strcmp(got, want) == 0) {
            mem_free(&got);
            return;
        }
        if (mono_since_us(start) > DEADLINE_US) {
            fail_msg("%s: got %s, want %s", command, got, want);
        }
        mem_free(&got);
        child_pause_us(2000);
    }
}

void
want_now(const struct scene *s, const char *format, const char *want)
{
    wait_for(s, format, want); /* true at once, or not at all */
}

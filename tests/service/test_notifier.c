/*
 * dondoc-notifier as a real process on a real Redis: the test plays the scorer (entries of
 * the alerts journal) and the leaders (clients on the bus). Each test has a province of
 * its own, so that one Redis serves them all.
 */
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
#include <sys/wait.h>
#include <unistd.h>

#include "lib/bus.h"
#include "lib/diag.h"
#include "lib/follow.h"
#include "lib/keyfile.h"
#include "lib/keyring.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/wire.h"
#include "tests/support/alert_programme.h"
#include "tests/support/child.h"
#include "tests/support/redis_server.h"

#define DEADLINE_US 20000000
#define PATH_BYTES 256
#define CLIENT_ARENA_BYTES (4u * 1024u * 1024u)

enum who { HEAD_B, HEAD_C, HEAD_G, DISTRICT_D, CHAIR, UNIT, STRANGER, NOBODY, WHO_COUNT };

static const char *const lines[WHO_COUNT] = {
    [HEAD_B] = "role=leader name=head-21040", [HEAD_C] = "role=leader name=head-21043",
    [HEAD_G] = "role=leader name=head-21046", [DISTRICT_D] = "role=leader name=head-530",
    [CHAIR] = "role=leader name=chair-province",
    [UNIT] = "role=unit name=21040 scope=21040",
    [STRANGER] = "role=leader name=not-an-office",
};

/* Of the whole program. */
static struct redis_server *server;
static struct bus *bus;
static struct bus_keys server_keys;
static struct bus_keys keys[WHO_COUNT];

/* Of one test. */
struct scene {
    char province[32];
    char dir[PATH_BYTES];
    struct redis *r;
    struct follow scorer;
    struct effects effects;
    struct arena *arena;
    pid_t pids[2];
};

struct client {
    struct bus_socket *socket;
    struct arena *arena; /* the last message */
    struct leader_reply reply;
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
            (void)fprintf(f, "%s %s\n", keys[i].public_key, lines[i]);
        }
    }
    assert_int_equal(fclose(f), 0);
}

static int
group_setup(void **state)
{
    char path[PATH_BYTES];
    char why[256];
    int i;

    (void)state;
    server = redis_server_start(NULL);
    assert_int_equal(bus_new(NULL, NULL, &bus), ST_OK);
    assert_int_equal(bus_keys_new(&server_keys), ST_OK);
    for (i = 0; i < WHO_COUNT; i++) {
        assert_int_equal(bus_keys_new(&keys[i]), ST_OK);
    }
    (void)snprintf(path, sizeof path, "%s/service.key", redis_server_dir(server));
    assert_int_equal(keyfile_write(path, &server_keys, "", why, sizeof why), ST_OK);
    (void)snprintf(path, sizeof path, "%s/keyring", redis_server_dir(server));
    keyring_write(path);
    return 0;
}

static bool all_passed = true;

static int
group_teardown(void **state)
{
    (void)state;
    bus_free(&bus);
    redis_server_stop(&server, all_passed);
    return 0;
}

static void
endpoint(const struct scene *s, int instance, char out[PATH_BYTES])
{
    (void)snprintf(out, PATH_BYTES, "ipc://%.160s/%s-%d.ipc", s->dir, s->province,
                   instance);
}

static void
exec_notifier(const struct scene *s, int instance)
{
    const char *build = getenv("DONDOC_BUILD");
    char program[PATH_BYTES], log[PATH_BYTES], key[PATH_BYTES], ring[PATH_BYTES];
    char ready[PATH_BYTES], listen[PATH_BYTES], name[8];
    int fd;

    (void)snprintf(program, sizeof program, "%s/bin/dondoc-notifier",
                   build == NULL ? "build" : build);
    (void)snprintf(log, sizeof log, "%.160s/%s-%d.log", s->dir, s->province, instance);
    (void)snprintf(key, sizeof key, "%.160s/service.key", s->dir);
    (void)snprintf(ring, sizeof ring, "%.160s/keyring", s->dir);
    (void)snprintf(ready, sizeof ready, "%.160s/%s-%d.ready", s->dir, s->province,
                   instance);
    (void)snprintf(name, sizeof name, "%d", instance);
    endpoint(s, instance, listen);
    fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || dup2(fd, 2) < 0) {
        _exit(127);
    }
    (void)execl(program, program, "--redis", redis_server_address(server), "--province",
                s->province, "--key-file", key, "--keyring", ring, "--ready-file", ready,
                "--listen", listen, "--instance", name, "--sweep-ms", "20",
                "--hints-from", "", (char *)NULL);
    _exit(127);
}

static void
notifier_start(struct scene *s, int instance)
{
    struct mono start = mono_now();
    char ready[PATH_BYTES];

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

static void
notifier_end(struct scene *s, int instance, int sig)
{
    if (s->pids[instance] > 0) {
        (void)kill(s->pids[instance], sig); /* child_end sees what came of it */
        (void)child_end(s->pids[instance]);
        s->pids[instance] = 0;
    }
}

/* ---- the scorer's side ---- */

static void
commit(struct scene *s)
{
    assert_int_equal(follow_apply(&s->scorer, s->r, &s->effects, s->scorer.checkpoint,
                                  s->scorer.programme, s->scorer.tick),
                     ST_OK);
    effects_clear(&s->effects, &s->scorer);
}

static void
put_programme(struct scene *s)
{
    struct programme_record rec = {.by = "test"};
    struct tick_record tick = {.hour = 400000};
    char digest[65];
    char key[KEY_BYTES];
    const char *argv[3] = {"SET", key, NULL};
    size_t lens[3] = {3, 0, 0};
    struct reply *rep = NULL;
    struct buf text;
    struct buf body;

    buf_init(&text, 1u << 20);
    buf_init(&body, 1u << 16);
    alert_programme_pack(&text, digest);
    key_make2(key, s->province, KEY_PROGRAMME, digest);
    argv[2] = buf_str(&text);
    lens[1] = strlen(key);
    lens[2] = text.len;
    assert_int_equal(redis_call(s->r, 3, argv, lens, &rep), ST_OK);
    reply_free(&rep);
    rec.digest = digest;
    programme_encode(&rec, s->arena, &body);
    effects_alert(&s->effects, &s->scorer, JOURNAL_PROGRAMME, buf_str(&body), body.len);
    buf_clear(&body);
    tick_encode(&tick, &body);
    effects_alert(&s->effects, &s->scorer, JOURNAL_TICK, buf_str(&body), body.len);
    commit(s);
    buf_fini(&text);
    buf_fini(&body);
}

static struct alert_event
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

/* One entry with these events, in one commit. */
static void
tell(struct scene *s, const struct alert_event *events, size_t count)
{
    struct buf body;

    arena_reset(s->arena);
    buf_init(&body, 1u << 20);
    alert_events_encode(events, count, s->arena, &body);
    effects_alert(&s->effects, &s->scorer, JOURNAL_ALERTS, buf_str(&body), body.len);
    commit(s);
    buf_fini(&body);
}

static void
tell_one(struct scene *s, const char *code, uint32_t number, const char *reason,
         const char *subject)
{
    struct alert_event e = event_of(code, number, reason, subject);

    tell(s, &e, 1);
}

static int
setup(void **state)
{
    static struct scene s;
    static int number;

    memset(&s, 0, sizeof s);
    (void)snprintf(s.province, sizeof s.province, "p%d", number++);
    (void)snprintf(s.dir, sizeof s.dir, "%s", redis_server_dir(server));
    s.arena = arena_new(CLIENT_ARENA_BYTES);
    s.r = redis_server_client(server);
    follow_init(&s.scorer, s.province, "scorer", KEY_REPORTS);
    assert_int_equal(follow_take_over(&s.scorer, s.r), ST_OK);
    effects_init(&s.effects);
    effects_clear(&s.effects, &s.scorer);
    put_programme(&s);
    *state = &s;
    return 0;
}

static int
teardown(void **state)
{
    struct scene *s = *state;

    notifier_end(s, 0, SIGTERM);
    notifier_end(s, 1, SIGTERM);
    effects_fini(&s->effects);
    redis_free(&s->r);
    arena_free(&s->arena);
    return 0;
}

/* ---- a leader's side ---- */

static void
client_open(struct client *c, const struct scene *s, int instance, enum who who)
{
    char at[PATH_BYTES];

    memset(c, 0, sizeof *c);
    endpoint(s, instance, at);
    c->arena = arena_new(CLIENT_ARENA_BYTES);
    assert_int_equal(bus_connect_dealer(bus, at, server_keys.public_key, &keys[who],
                                        &c->socket),
                     ST_OK);
}

static void
client_close(struct client *c)
{
    bus_close(&c->socket);
    arena_free(&c->arena);
}

static void
client_send_bytes(struct client *c, const void *p, size_t bytes)
{
    struct mono start = mono_now();

    while (bus_send(c->socket, p, bytes) != ST_OK) {
        struct bus_poll_item item = {.socket = c->socket};

        assert_true(mono_since_us(start) < DEADLINE_US);
        assert_int_equal(bus_poll(bus, &item, 1, 5), ST_OK);
    }
}

static void
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

/* The next message; ST_AGAIN: none came before the deadline. */
static enum status
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
        assert_int_equal(bus_poll(bus, &item, 1, 50), ST_OK);
    }
    arena_reset(c->arena);
    st = leader_reply_decode(m.body, m.body_bytes, c->arena, &c->reply);
    bus_message_close(&m);
    return st;
}

static void
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

static void
want_alert(struct client *c, const char *id)
{
    want_kind(c, LEADER_REPLY_ALERT);
    if (strcmp(c->reply.alert.id, id) != 0) {
        fail_msg("got %s, want %s", c->reply.alert.id, id);
    }
}

static void
want_refusal(struct client *c, const char *code)
{
    want_kind(c, LEADER_REPLY_REFUSAL);
    assert_string_equal(c->reply.refusal.code, code);
    assert_true(c->reply.refusal.message_vi[0] != '\0');
    assert_true(c->reply.refusal.message_en[0] != '\0');
}

/* Answers come in order: what did not come before the beat was not sent. */
static void
want_quiet(struct client *c, const struct scene *s)
{
    struct leader_request q = {.kind = LEADER_REQUEST_BEAT};

    client_send(c, s, &q);
    want_kind(c, LEADER_REPLY_BEAT);
}

static void
subscribe(struct client *c, const struct scene *s, uint32_t credit, uint64_t waiting)
{
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE, .credit = credit};

    client_send(c, s, &q);
    want_kind(c, LEADER_REPLY_SUBSCRIBED);
    assert_int_equal(c->reply.subscribed.waiting, waiting);
}

static void
received(struct client *c, const struct scene *s, uint64_t position)
{
    struct leader_request q = {.kind = LEADER_REQUEST_RECEIVED, .received = position};

    client_send(c, s, &q);
}

static void
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

/* "HGET KEY field" of the province until it is `want`. */
static void
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

static void
want_now(const struct scene *s, const char *format, const char *want)
{
    wait_for(s, format, want); /* true at once, or not at all */
}

/* ---- the tests ---- */

static void
an_alert_reaches_the_leaders_in_scope_once_and_in_order(void **state)
{
    struct scene *s = *state;
    struct alert_event events[] = {
        event_of("A-7c-21040", 1, "new", "21040"),
        event_of("A-7c-21043", 1, "new", "21043"),
        event_of("A-9c-commune", 1, "new", "level-commune"),
    };
    struct client head;
    struct client district;
    struct client chair;
    struct client other;

    notifier_start(s, 0);
    client_open(&head, s, 0, HEAD_B);
    client_open(&district, s, 0, DISTRICT_D);
    client_open(&chair, s, 0, CHAIR);
    client_open(&other, s, 0, HEAD_G);
    subscribe(&head, s, 0, 0);
    assert_string_equal(head.reply.subscribed.leader, "head-21040");
    assert_string_equal(head.reply.subscribed.title_vi, "Chủ tịch UBND xã B");
    want_kind(&head, LEADER_REPLY_BACKLOG_END);
    subscribe(&other, s, 0, 0);
    want_kind(&other, LEADER_REPLY_BACKLOG_END);
    tell(s, events, 3);
    tell_one(s, "A-7c-21040", 2, "worse", "21040");

    want_alert(&head, "A-7c-21040/1");
    assert_string_equal(head.reply.alert.code, "A-7c-21040");
    assert_string_equal(head.reply.alert.reason, "new");
    assert_non_null(strstr(head.reply.alert.text_vi, "đạt 47,35% (1.130/2.386 kết quả)"));
    assert_non_null(strstr(head.reply.alert.text_en, "47.35%"));
    assert_non_null(strstr(head.reply.alert.subject_vi, "Xã B"));
    assert_false(head.reply.alert.acknowledged);
    want_alert(&head, "A-7c-21040/2");
    want_quiet(&head, s);

    /* Later comers get the same from their inbox, in order. */
    subscribe(&district, s, 0, 3);
    want_alert(&district, "A-7c-21040/1");
    want_alert(&district, "A-7c-21043/1");
    want_alert(&district, "A-7c-21040/2");
    want_kind(&district, LEADER_REPLY_BACKLOG_END);
    subscribe(&chair, s, 0, 1);
    want_alert(&chair, "A-9c-commune/1");
    want_kind(&chair, LEADER_REPLY_BACKLOG_END);
    want_quiet(&chair, s);

    want_quiet(&other, s); /* nothing of all this lies in its scope */
    tell_one(s, "A-7c-21046", 1, "new", "21046");
    want_alert(&other, "A-7c-21046/1");
    client_close(&head);
    client_close(&district);
    client_close(&chair);
    client_close(&other);
}

static void
a_later_message_goes_to_exactly_those_who_were_told(void **state)
{
    struct scene *s = *state;
    struct client head;
    struct client district;

    notifier_start(s, 0);
    tell_one(s, "B-1", 1, "new", "21040");
    wait_for(s, "HGET dondoc:{%s}:alert:B-1 told:head-21040", "1/3-0");
    /* As if the district had not been in the programme then. */
    want_now(s, "HDEL dondoc:{%s}:alert:B-1 told:head-530", "1");
    tell_one(s, "B-1", 2, "withdrawn", "21040");
    wait_for(s, "HGET dondoc:{%s}:alert:B-1 told:head-21040", "2/4-0");
    want_now(s, "HGET dondoc:{%s}:alert:B-1 told:head-530", "-");
    client_open(&head, s, 0, HEAD_B);
    subscribe(&head, s, 0, 2);
    want_alert(&head, "B-1/1");
    want_alert(&head, "B-1/2");
    assert_non_null(strstr(head.reply.alert.subject_vi, "[Thu hồi cảnh báo]"));
    client_open(&district, s, 0, DISTRICT_D);
    subscribe(&district, s, 0, 1);
    want_alert(&district, "B-1/1");
    want_kind(&district, LEADER_REPLY_BACKLOG_END);
    client_close(&head);
    client_close(&district);
}

static void
killed_between_sending_and_received_it_sends_again_with_the_same_id(void **state)
{
    struct scene *s = *state;
    struct client c;
    uint64_t position;

    notifier_start(s, 0);
    tell_one(s, "C-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 1);
    want_alert(&c, "C-1/1");
    position = c.reply.alert.position;
    notifier_end(s, 0, SIGKILL);
    client_close(&c);
    tell_one(s, "C-1", 2, "worse", "21040"); /* while nobody is there */

    notifier_start(s, 0);
    client_open(&c, s, 0, HEAD_B);
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
    subscribe(&c, s, 0, 2);
    want_alert(&c, "C-1/1");
    assert_int_equal(c.reply.alert.position, position);
    want_alert(&c, "C-1/2");
    assert_true(c.reply.alert.position > position);
    client_close(&c);
}

static void
the_cursor_is_durable_and_each_key_has_its_own(void **state)
{
    struct scene *s = *state;
    char field[64];
    char command[200];
    char want[24];
    struct client c;
    uint64_t position;

    notifier_start(s, 0);
    tell_one(s, "D-1", 1, "new", "21040");
    tell_one(s, "D-2", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "2");
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 2);
    want_alert(&c, "D-1/1");
    position = c.reply.alert.position;
    want_alert(&c, "D-2/1");
    received(&c, s, position);
    keyring_fingerprint(keys[HEAD_B].public_key, field);
    (void)snprintf(command, sizeof command, "HGET dondoc:{%%s}:cursor head-21040/%s",
                   field);
    (void)snprintf(want, sizeof want, "%llu", (unsigned long long)position);
    wait_for(s, command, want);
    notifier_end(s, 0, SIGKILL);
    client_close(&c);

    notifier_start(s, 0);
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 1);
    assert_int_equal(c.reply.subscribed.position, position);
    want_alert(&c, "D-2/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    received(&c, s, UINT64_MAX); /* never beyond what was sent */
    (void)snprintf(want, sizeof want, "%llu", (unsigned long long)(4 * 1024));
    wait_for(s, command, want);
    received(&c, s, position); /* never back */
    want_quiet(&c, s);
    wait_for(s, command, want);
    client_close(&c);
}

static void
from_start_gives_the_whole_inbox_and_leaves_the_cursor(void **state)
{
    struct scene *s = *state;
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE, .from_start = true};
    struct client c;

    notifier_start(s, 0);
    tell_one(s, "E-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 0, 1);
    want_alert(&c, "E-1/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    received(&c, s, c.reply.backlog_position);
    wait_for(s, "HLEN dondoc:{%s}:cursor", "1");
    subscribe(&c, s, 0, 0);
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    client_send(&c, s, &q);
    want_kind(&c, LEADER_REPLY_SUBSCRIBED);
    assert_int_equal(c.reply.subscribed.waiting, 0);
    want_alert(&c, "E-1/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    client_close(&c);
}

static void
no_more_is_in_flight_than_the_credit(void **state)
{
    struct scene *s = *state;
    struct client c;
    struct client other;
    int i;
    char code[16];
    uint64_t position = 0;

    notifier_start(s, 0);
    for (i = 0; i < 5; i++) {
        (void)snprintf(code, sizeof code, "F-%d", i);
        tell_one(s, code, 1, "new", "21040");
    }
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "5");
    client_open(&c, s, 0, HEAD_B);
    subscribe(&c, s, 2, 5);
    want_alert(&c, "F-0/1");
    position = c.reply.alert.position;
    want_alert(&c, "F-1/1");
    want_quiet(&c, s);
    received(&c, s, position);
    want_alert(&c, "F-2/1");
    want_quiet(&c, s);
    /* Its slowness is nobody else's. */
    client_open(&other, s, 0, DISTRICT_D);
    subscribe(&other, s, 0, 5);
    for (i = 0; i < 5; i++) {
        want_kind(&other, LEADER_REPLY_ALERT);
    }
    received(&c, s, UINT64_MAX);
    want_alert(&c, "F-3/1");
    want_alert(&c, "F-4/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    client_close(&c);
    client_close(&other);
}

static void
an_acknowledgement_is_an_act_once(void **state)
{
    struct scene *s = *state;
    struct wire_act act = {.id = "ack-0001-x",
                           .kind = "acknowledge",
                           .subject = "G-1",
                           .note = "Đã giao phòng Văn hóa",
                           .until = "2023-11-30",
                           .by = "head-21040",
                           .at_ms = 1696900000000};
    struct client c;
    struct buf body;

    notifier_start(s, 0);
    tell_one(s, "G-1", 1, "new", "21040");
    client_open(&c, s, 0, HEAD_B);
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    subscribe(&c, s, 0, 1);
    want_alert(&c, "G-1/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    acknowledge(&c, s, act.id, "G-1", act.note, act.until);
    want_kind(&c, LEADER_REPLY_ACKNOWLEDGED);
    assert_int_equal(c.reply.request_id, 7);
    assert_string_equal(c.reply.acknowledged.alert, "G-1");
    assert_int_equal(c.reply.acknowledged.entry, 1);
    want_now(s, "XLEN dondoc:{%s}:reports", "1");
    want_now(s, "HGET dondoc:{%s}:acts ack-0001-x", "1");
    acknowledge(&c, s, act.id, "G-1", act.note, act.until);
    want_kind(&c, LEADER_REPLY_ACKNOWLEDGED);
    assert_int_equal(c.reply.acknowledged.entry, 0);
    want_now(s, "XLEN dondoc:{%s}:reports", "1");
    /* What the test's scorer passes on shows in the alert's hash and the next message. */
    buf_init(&body, 4096);
    arena_reset(s->arena);
    act_encode(&act, s->arena, &body);
    effects_alert(&s->effects, &s->scorer, JOURNAL_ACT, buf_str(&body), body.len);
    commit(s);
    buf_fini(&body);
    tell_one(s, "G-1", 2, "worse", "21040");
    want_alert(&c, "G-1/2");
    assert_true(c.reply.alert.acknowledged);
    want_now(s, "HGET dondoc:{%s}:alert:G-1 ack_by", "head-21040");
    want_now(s, "HGET dondoc:{%s}:alert:G-1 ack_note", "da giao phong van hoa");
    want_now(s, "HGET dondoc:{%s}:alert:G-1 ack_until", "2023-11-30");
    tell_one(s, "G-1", 3, "new", "21040"); /* opened again: nobody has taken it on */
    want_alert(&c, "G-1/3");
    assert_false(c.reply.alert.acknowledged);
    client_close(&c);
}

static void
an_acknowledgement_that_may_not_be_leaves_no_trace(void **state)
{
    struct scene *s = *state;
    struct client c;

    notifier_start(s, 0);
    tell_one(s, "H-1", 1, "new", "21040");
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    client_open(&c, s, 0, HEAD_G);
    acknowledge(&c, s, "ack-0002", "H-1", "", "");
    want_refusal(&c, "not_yours");
    acknowledge(&c, s, "ack-0002", "H-9", "", "");
    want_refusal(&c, "not_yours");
    client_close(&c);
    client_open(&c, s, 0, HEAD_B);
    acknowledge(&c, s, "short", "H-1", "", "");
    want_refusal(&c, "bad_act");
    acknowledge(&c, s, "ack-0003", "H-1", "", "30/11/2023");
    want_refusal(&c, "bad_act");
    acknowledge(&c, s, "ack-0003", "H-1", "a\x01z", "");
    want_refusal(&c, "bad_act");
    want_now(s, "EXISTS dondoc:{%s}:reports", "0");
    want_now(s, "EXISTS dondoc:{%s}:acts", "0");
    client_close(&c);
}

static void
want_sight(const struct scene *s, enum who who, enum bus_sight want)
{
    struct mono start = mono_now();
    struct client c;

    client_open(&c, s, 0, who);
    while (bus_sight_now(c.socket) != want) {
        struct bus_poll_item item = {.socket = c.socket};

        if (mono_since_us(start) > DEADLINE_US) {
            fail_msg("got sight %d, want %d", (int)bus_sight_now(c.socket), (int)want);
        }
        assert_int_equal(bus_poll(bus, &item, 1, 5), ST_OK);
    }
    client_close(&c);
}

static void
only_leaders_keys_get_in(void **state)
{
    struct scene *s = *state;
    struct client c;
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE};

    notifier_start(s, 0);
    want_sight(s, HEAD_B, SIGHT_READY);
    want_sight(s, NOBODY, SIGHT_KEY_REFUSED);
    want_sight(s, UNIT, SIGHT_KEY_REFUSED);
    client_open(&c, s, 0, STRANGER); /* registered, but no office of the programme */
    client_send(&c, s, &q);
    want_refusal(&c, "unknown_office");
    client_close(&c);
}

static void
what_cannot_be_read_is_refused_and_the_others_go_on(void **state)
{
    struct scene *s = *state;
    struct leader_request q = {.kind = LEADER_REQUEST_BEAT, .version = 9};
    struct client bad;
    struct client good;

    notifier_start(s, 0);
    client_open(&good, s, 0, HEAD_B);
    subscribe(&good, s, 0, 0);
    want_kind(&good, LEADER_REPLY_BACKLOG_END);
    client_open(&bad, s, 0, HEAD_C);
    client_send_bytes(&bad, "\xff\xff\xff\xff", 4);
    want_refusal(&bad, "bad_frame");
    client_send_bytes(&bad, "", 0);
    want_refusal(&bad, "wrong_version");
    client_send(&bad, s, &q);
    want_refusal(&bad, "wrong_version");
    q = (struct leader_request){.kind = LEADER_REQUEST_NONE};
    client_send(&bad, s, &q);
    want_refusal(&bad, "bad_frame");
    q = (struct leader_request){.kind = LEADER_REQUEST_SUBSCRIBE, .province = "nowhere"};
    client_send(&bad, s, &q);
    want_refusal(&bad, "unknown_province");
    tell_one(s, "I-1", 1, "new", "21040");
    want_alert(&good, "I-1/1");
    client_close(&bad);
    client_close(&good);
}

static void
an_entry_nobody_can_apply_is_parked_and_the_next_one_told(void **state)
{
    struct scene *s = *state;
    struct alert_event events[] = {
        event_of("J-1", 1, "new", "no-such-unit"),
        event_of("J-2", 1, "new", "21040"),
    };
    struct client c;

    notifier_start(s, 0);
    effects_alert(&s->effects, &s->scorer, JOURNAL_ALERTS, "\xff\xff\xff", 3);
    commit(s);
    tell(s, events, 2);
    client_open(&c, s, 0, HEAD_B);
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    subscribe(&c, s, 0, 1);
    want_alert(&c, "J-2/1");
    want_now(s, "XRANGE dondoc:{%s}:parked:notifier - +",
             "[[3-0 [stream alerts at 3:0 reason undecodable]] "
             "[4-0 [stream alerts at 4:0 reason unknown_subject]]]");
    client_close(&c);
}

static void
one_that_was_overtaken_stands_by_until_the_others_heartbeat_is_gone(void **state)
{
    struct scene *s = *state;
    struct client first;
    struct client second;
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE};
    struct mono start;

    notifier_start(s, 0);
    client_open(&first, s, 0, HEAD_B);
    subscribe(&first, s, 0, 0);
    want_kind(&first, LEADER_REPLY_BACKLOG_END);
    notifier_start(s, 1);
    client_open(&second, s, 1, HEAD_B);
    subscribe(&second, s, 0, 0);
    want_kind(&second, LEADER_REPLY_BACKLOG_END);
    tell_one(s, "K-1", 1, "new", "21040");
    want_alert(&second, "K-1/1");
    want_refusal(&first, "not_ready"); /* and its session is over */
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    want_now(s, "GET dondoc:{%s}:owner:notifier", "1");

    notifier_end(s, 1, SIGKILL);
    redis_want(s->r, "DEL dondoc:ops:heartbeat:notifier:1", "1"); /* sooner than 15 s */
    start = mono_now();
    do { /* it looks every two seconds */
        client_send(&first, s, &q);
        assert_int_equal(client_try(&first, DEADLINE_US), ST_OK);
        assert_true(mono_since_us(start) < DEADLINE_US);
        child_pause_us(20000);
    } while (first.reply.kind == LEADER_REPLY_REFUSAL);
    assert_int_equal(first.reply.kind, LEADER_REPLY_SUBSCRIBED);
    want_alert(&first, "K-1/1");
    client_close(&first);
    client_close(&second);
}

static void
without_redis_nobody_is_told_wrong_things_and_then_it_goes_on(void **state)
{
    struct scene *s = *state;
    struct client c;
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE};
    struct mono start;

    notifier_start(s, 0);
    tell_one(s, "L-1", 1, "new", "21040");
    client_open(&c, s, 0, HEAD_B);
    wait_for(s, "XLEN dondoc:{%s}:inbox:head-21040", "1");
    subscribe(&c, s, 0, 1);
    want_alert(&c, "L-1/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    redis_server_kill(server);
    acknowledge(&c, s, "ack-0004", "L-1", "", "");
    want_refusal(&c, "not_ready");
    redis_server_again(server);
    redis_free(&s->r);
    s->r = redis_server_client(server);
    start = mono_now();
    do {
        client_send(&c, s, &q);
        assert_int_equal(client_try(&c, DEADLINE_US), ST_OK);
        assert_true(mono_since_us(start) < DEADLINE_US);
        child_pause_us(20000);
    } while (c.reply.kind == LEADER_REPLY_REFUSAL);
    want_alert(&c, "L-1/1");
    want_kind(&c, LEADER_REPLY_BACKLOG_END);
    assert_int_equal(follow_take_over(&s->scorer, s->r), ST_OK);
    effects_clear(&s->effects, &s->scorer);
    tell_one(s, "L-1", 2, "worse", "21040");
    want_alert(&c, "L-1/2");
    client_close(&c);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_alert_reaches_the_leaders_in_scope_once_and_in_order),
        TEST(a_later_message_goes_to_exactly_those_who_were_told),
        TEST(killed_between_sending_and_received_it_sends_again_with_the_same_id),
        TEST(the_cursor_is_durable_and_each_key_has_its_own),
        TEST(from_start_gives_the_whole_inbox_and_leaves_the_cursor),
        TEST(no_more_is_in_flight_than_the_credit),
        TEST(an_acknowledgement_is_an_act_once),
        TEST(an_acknowledgement_that_may_not_be_leaves_no_trace),
        TEST(only_leaders_keys_get_in),
        TEST(what_cannot_be_read_is_refused_and_the_others_go_on),
        TEST(an_entry_nobody_can_apply_is_parked_and_the_next_one_told),
        TEST(one_that_was_overtaken_stands_by_until_the_others_heartbeat_is_gone),
        TEST(without_redis_nobody_is_told_wrong_things_and_then_it_goes_on),
    };
    int failed = cmocka_run_group_tests(tests, group_setup, NULL);

    all_passed = failed == 0;
    (void)group_teardown(NULL);
    return failed;
}

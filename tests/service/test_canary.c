/*
 * Canaries: every alert carries a number of its own in its text, `may` says which
 * readers it is for, and every message that anybody receives is searched for all of
 * them; sealed, no number may be seen at all until the reader's own key opens it. The
 * leaders read what is theirs. Hostile peers ask meanwhile for what is not: others'
 * offices, others' cursors, cursors beyond the head, others' alerts; by good keys of
 * other offices and roles, by raw peers with routing ids that look like an office,
 * without a key, without a mechanism, with half a handshake. Afterwards no number
 * stands in a log, nor under any ops key.
 * DONDOC_CANARIES is how many deliveries (2.000 here, 100.000 in `make canaries`), half
 * of them sealed.
 *
 * Seen to fail on notifier/send.c with: alert_send to sessions[0]->peer, whoever it is
 * for ("reader: the number of alert 1, about 21043"); sealed to sessions[0]->key ("a
 * box that its reader cannot open", "a box that opens with another's key"); rows out of
 * the inbox of sessions[0]->leader; the text in a line of the log, and in `last_error`.
 * And on notifier/request.c with a Subscribe that believes the office it names
 * ("hostile: the number of alert 0, about 21040").
 */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/sealed.h"
#include "tests/support/notifier_scene.h"
#include "tests/support/raw_peer.h"

#define NUMBER_FIRST 700000000u /* "700.000.000" in the text of the first */
#define NUMBER_DIGITS 9
#define NUMBER_OF 9999999999
#define EVENTS_AN_ENTRY 24
#define AHEAD_ALERTS 480u /* told before the readers have come as far */
#define CREDIT 256
#define HOSTILE_EVERY 16 /* rounds */
#define RAW_EVERY 256
#define HALF_PEERS 8
#define BOX_EVERY 16 /* deliveries whose box is tried with everybody's key */

/* Alert i is about subject i % SUBJECTS; who may hear of which, by programme. */
#define SUBJECTS 4
static const char *const subjects[SUBJECTS] = {"21040", "21043", "21046", "530"};
#define PAIRS 6 /* deliveries of SUBJECTS alerts */

struct reader {
    enum who who;
    bool hostile;
    bool may[SUBJECTS];
    size_t got, want;
    uint64_t position;
    unsigned unconfirmed;
    struct client client;
};

static const struct reader scripts[] = {
    {.who = HEAD_B, .may = {true, false, false, false}},
    {.who = HEAD_C, .may = {false, true, false, false}},
    {.who = HEAD_G, .may = {false, false, true, false}},
    {.who = DISTRICT_D, .may = {true, true, false, true}},
    {.who = CHAIR},
    {.who = HEAD_G, .hostile = true, .may = {false, false, true, false}},
    {.who = STRANGER, .hostile = true},
    {.who = OPS, .hostile = true},
};
#define READERS (sizeof scripts / sizeof *scripts)
#define HONEST 5 /* the first of them */

static struct reader readers[READERS];
static struct raw_peer halves[HALF_PEERS]; /* whose handshakes have stopped */
static size_t alerts;
static size_t leaks;
static size_t refusals;
static size_t boxes; /* tried with everybody's key */
static size_t turned_away;

static size_t
deliveries(void)
{
    const char *text = getenv("DONDOC_CANARIES");

    return text == NULL ? 2000 : (size_t)strtoul(text, NULL, 10);
}

/* ---- looking for canaries ---- */

/* The alert whose number stands at `p`, with points between its thousands or without;
 * SIZE_MAX: none does. */
static size_t
number_at(const uint8_t *p, size_t bytes, bool points)
{
    size_t number = 0;
    size_t digits = 0;
    size_t i;

    for (i = 0; i < bytes && digits < NUMBER_DIGITS; i++) {
        if (points && digits > 0 && digits % 3 == 0 && i % 4 == 3) {
            if (p[i] != '.' && p[i] != ',') {
                return SIZE_MAX;
            }
        } else if (p[i] < '0' || p[i] > '9') {
            return SIZE_MAX;
        } else {
            number = number * 10 + (size_t)(p[i] - '0');
            digits++;
        }
    }
    if (digits < NUMBER_DIGITS || (i < bytes && p[i] >= '0' && p[i] <= '9')) {
        return SIZE_MAX;
    }
    return number >= NUMBER_FIRST && number - NUMBER_FIRST < alerts
               ? number - NUMBER_FIRST
               : SIZE_MAX;
}

/* Every canary in these bytes is one that `may` be there. How many there were. */
static size_t
canaries_in(const void *text, size_t bytes, const bool may[SUBJECTS], const char *where)
{
    const uint8_t *p = text;
    size_t count = 0;
    size_t i;

    for (i = 0; i + NUMBER_DIGITS <= bytes; i++) {
        size_t alert;

        if (p[i] != '7' || (i > 0 && p[i - 1] >= '0' && p[i - 1] <= '9')) {
            continue;
        }
        alert = number_at(p + i, bytes - i, true);
        if (alert == SIZE_MAX) {
            alert = number_at(p + i, bytes - i, false);
        }
        if (alert != SIZE_MAX) {
            count++;
            if (!may[alert % SUBJECTS]) {
                leaks++;
                print_error("%s: the number of alert %zu, about %s\n", where, alert,
                            subjects[alert % SUBJECTS]);
            }
        }
    }
    return count;
}

static void
leak(const char *what)
{
    leaks++;
    print_error("%s\n", what);
}

static const bool nothing[SUBJECTS];

/* A box is for one key: its reader's, and nobody else's who is here. */
static void
box_open(struct reader *r, struct leader_reply *reply)
{
    size_t i;

    if (boxes++ % BOX_EVERY == 0) {
        for (i = 0; i < READERS; i++) {
            struct leader_reply tried = *reply;
            enum who who = readers[i].who;

            if (who != r->who &&
                sealed_open(&tried, scene_keys[who].public_key,
                            scene_keys[who].secret_key, r->client.arena) == ST_OK) {
                leak("a box that opens with another's key");
            }
        }
    }
    if (sealed_open(reply, scene_keys[r->who].public_key, scene_keys[r->who].secret_key,
                    r->client.arena) != ST_OK) {
        leak("a box that its reader cannot open");
    }
}

/* ---- reading ---- */

static void
alert_take(struct reader *r, const struct scene *s, const struct wire_alert *alert)
{
    const char *where = r->hostile ? "hostile" : "reader";
    size_t seen = canaries_in(alert->text_vi, strlen(alert->text_vi), r->may, where);

    seen += canaries_in(alert->text_en, strlen(alert->text_en), r->may, where);
    assert_true(seen >= 2); /* else this test sees nothing */
    if (alert->position > r->position) {
        r->position = alert->position;
        r->got++;
    }
    if (!r->hostile && ++r->unconfirmed >= 32) {
        r->unconfirmed = 0;
        received(&r->client, s, r->position);
    }
}

static void
reader_take(struct reader *r, const struct scene *s, const struct bus_message *m)
{
    struct leader_reply reply;

    (void)canaries_in(m->body, m->body_bytes, scene_seals ? nothing : r->may,
                      r->hostile ? "hostile" : "reader");
    arena_reset(r->client.arena);
    assert_int_equal(
        leader_reply_decode(m->body, m->body_bytes, r->client.arena, &reply), ST_OK);
    refusals += reply.kind == LEADER_REPLY_REFUSAL;
    if (reply.kind == LEADER_REPLY_SEALED) {
        box_open(r, &reply);
    } else {
        assert_false(scene_seals && reply.kind == LEADER_REPLY_ALERT);
    }
    if (reply.kind == LEADER_REPLY_ALERT) {
        alert_take(r, s, &reply.alert);
    }
}

static bool
readers_turn(const struct scene *s, int ms)
{
    struct bus_poll_item items[READERS];
    bool any = false;
    size_t i;

    for (i = 0; i < READERS; i++) {
        items[i] = (struct bus_poll_item){.socket = readers[i].client.socket};
    }
    assert_int_equal(bus_poll(scene_bus, items, READERS, ms), ST_OK);
    for (i = 0; i < READERS; i++) {
        struct bus_message m;

        while (bus_receive(readers[i].client.socket, &m) == ST_OK) {
            reader_take(&readers[i], s, &m);
            bus_message_close(&m);
            any = true;
        }
        if (!any && readers[i].unconfirmed > 0) {
            readers[i].unconfirmed = 0;
            received(&readers[i].client, s, readers[i].position);
        }
    }
    return any;
}

/* ---- hostile ---- */

static void
ask(struct reader *r, const struct scene *s, struct leader_request q)
{
    client_send(&r->client, s, &q);
}

/* A round of everything that a key which is good for something else can say. */
static void
hostile_turn(struct reader *r, const struct scene *s, size_t round)
{
    static const uint64_t cursors[] = {UINT64_MAX, INT64_MAX, 1u << 30, 1};
    struct leader_request q = {.kind = LEADER_REQUEST_SUBSCRIBE,
                               .leader = "head-21040",
                               .credit = CREDIT,
                               .from_start = true};
    char id[64];
    char alert[64];

    ask(r, s, q);
    q.channel = "mail";
    ask(r, s, q);
    if (r->who == HEAD_G) { /* its own, from the start, and "I have all of it" */
        ask(r, s,
            (struct leader_request){.kind = LEADER_REQUEST_SUBSCRIBE,
                                    .credit = UINT32_MAX,
                                    .from_start = round % 2 == 0});
    }
    ask(r, s,
        (struct leader_request){.kind = LEADER_REQUEST_RECEIVED,
                                .request_id = 9,
                                .received = cursors[round % 4]});
    ask(r, s,
        (struct leader_request){.kind = LEADER_REQUEST_RECEIVED,
                                .received = readers[round % 4].position});
    if (r->who != OPS) { /* who may look at anybody's digest */
        ask(r, s,
            (struct leader_request){.kind = LEADER_REQUEST_PREVIEW,
                                    .leader = "head-21040"});
    }
    (void)snprintf(id, sizeof id, "hostile-%d-%zu", (int)r->who, round);
    (void)snprintf(alert, sizeof alert, "C%06zu-21040", round * SUBJECTS);
    acknowledge(&r->client, s, id, alert, "mine", "");
}

/* Whatever it hears, nothing of it is an alert's. */
static void
raw_hear(struct raw_peer *p, const char *who)
{
    static uint8_t in[BUS_MESSAGE_MAX];
    long got = raw_receive(p, in, sizeof in, 20);

    if (got > 0) {
        (void)canaries_in(in, (size_t)got, nothing, who);
    }
}

/* Peers that announce an office's name, or a routing id as libzmq gives them. */
static void
routing_ids_turn(const char *endpoint)
{
    static const struct {
        const char *id;
        size_t bytes;
    } ids[] = {{"head-21040", 10}, {"\0\0\0\0\1", 5}, {"\0\x6b\x8b\x45\x67", 5}};
    struct raw_peer p;
    size_t i;

    for (i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (raw_open(&p, endpoint, scene_server_keys.public_key, &scene_keys[HEAD_C],
                     "CURVE", ids[i].id, ids[i].bytes, RAW_INITIATE)) {
            raw_hear(&p, "routing id");
        }
        raw_close(&p);
    }
}

/* Keys that this door does not know, and no key. */
static void
strangers_turn(const char *endpoint)
{
    static const struct {
        enum who who;
        const char *mechanism;
    } tries[] = {
        {UNIT, "CURVE"}, {NOBODY, "CURVE"}, {HEAD_B, "NULL"}, {HEAD_B, "PLAIN"}};
    struct raw_peer p;
    size_t i;

    for (i = 0; i < sizeof tries / sizeof *tries; i++) {
        bool in = raw_open(&p, endpoint, scene_server_keys.public_key,
                           &scene_keys[tries[i].who], tries[i].mechanism, "head-21040",
                           10, RAW_INITIATE);

        assert_false(in);
        turned_away++;
        raw_close(&p);
    }
}

/* One stops in the middle of its handshake, one talks nonsense under a good key. */
static void
halves_turn(const char *endpoint, size_t round)
{
    static const char nonsense[] = "\x0a\xff\xff\xff\xff\x0f head-21040";
    struct raw_peer *half = &halves[round % HALF_PEERS];
    struct raw_peer p;

    raw_close(half);
    (void)raw_open(half, endpoint, scene_server_keys.public_key, &scene_keys[HEAD_C],
                   "CURVE", "", 0, RAW_HELLO);
    if (raw_open(&p, endpoint, scene_server_keys.public_key, &scene_keys[HEAD_C],
                 "CURVE", "", 0, RAW_INITIATE)) {
        (void)raw_send(&p, RAW_MORE, "", 0);
        (void)raw_send(&p, 0, nonsense, sizeof nonsense);
        raw_hear(&p, "nonsense");
    }
    raw_close(&p);
}

static void
all_hostile_turn(const struct scene *s, size_t round)
{
    char endpoint[SCENE_PATH_BYTES];
    size_t i;

    if (round % HOSTILE_EVERY != 0) {
        return;
    }
    for (i = HONEST; i < READERS; i++) {
        hostile_turn(&readers[i], s, round / HOSTILE_EVERY);
    }
    if (round % RAW_EVERY == 0) {
        scene_endpoint(s, 0, endpoint);
        routing_ids_turn(endpoint);
        strangers_turn(endpoint);
        halves_turn(endpoint, round / RAW_EVERY);
    }
}

/* ---- where nothing of it may stand ---- */

static void
log_is_clean(const char *path)
{
    char text[4096];
    FILE *f = fopen(path, "re");

    assert_non_null(f);
    while (fgets(text, sizeof text, f) != NULL) {
        (void)canaries_in(text, strlen(text), nothing, "log");
    }
    (void)fclose(f); /* only read */
}

static void
logs_are_clean(const struct scene *s)
{
    char path[SCENE_PATH_BYTES * 2];
    size_t count = 0;
    struct dirent *entry;
    DIR *d = opendir(s->dir);

    assert_non_null(d);
    while ((entry = readdir(d)) != NULL) {
        const char *end = strrchr(entry->d_name, '.');

        if (end != NULL && strcmp(end, ".log") == 0) {
            (void)snprintf(path, sizeof path, "%.160s/%.200s", s->dir, entry->d_name);
            log_is_clean(path);
            count++;
        }
    }
    (void)closedir(d); /* only read */
    assert_true(count >= 1);
}

/* What it has seen so far stands there, too. */
static void
ops_written(const struct scene *s)
{
    static const char beat[] = "GET dondoc:ops:heartbeat:notifier:0";
    char *before = redis_ask(s->r, beat);
    struct mono began = mono_now();
    bool same = true;

    while (same) {
        char *now = redis_ask(s->r, beat);

        same = strcmp(now, before) == 0;
        mem_free(&now);
        assert_true(mono_since_us(began) < DEADLINE_US);
        (void)readers_turn(s, 20);
    }
    mem_free(&before);
}

/* Of all that operators look at: heartbeats, metrics, errors. */
static void
ops_keys_are_clean(const struct scene *s)
{
    char *keys = redis_ask(s->r, "KEYS dondoc:ops:*");
    size_t count = 0;
    char *rest = keys;
    char *key;

    while ((key = strtok_r(rest, "[] ", &rest)) != NULL) {
        char command[SCENE_PATH_BYTES];
        char *type;
        char *text;

        (void)snprintf(command, sizeof command, "TYPE %.200s", key);
        type = redis_ask(s->r, command);
        (void)snprintf(command, sizeof command, "%s %.200s",
                       strcmp(type, "hash") == 0 ? "HGETALL" : "GET", key);
        text = redis_ask(s->r, command);
        assert_int_not_equal(text[0], '!'); /* a type that this does not read */
        (void)canaries_in(text, strlen(text), nothing, key);
        count++;
        mem_free(&type);
        mem_free(&text);
    }
    mem_free(&keys);
    assert_true(count >= 2); /* a heartbeat and metrics are there */
}

/* ---- the whole ---- */

static void
entry_tell(struct scene *s, size_t first)
{
    struct alert_event events[EVENTS_AN_ENTRY];
    char codes[EVENTS_AN_ENTRY][32];
    size_t count = 0;

    for (; first < alerts && count < EVENTS_AN_ENTRY; first++) {
        (void)snprintf(codes[count], sizeof codes[0], "C%06zu-%s", first,
                       subjects[first % SUBJECTS]);
        events[count] = event_of(codes[count], 1, "new", subjects[first % SUBJECTS]);
        events[count].numerator = (int64_t)(NUMBER_FIRST + first);
        events[count].denominator = NUMBER_OF;
        count++;
    }
    tell(s, events, count);
}

static size_t
got_all(void)
{
    size_t total = 0;
    size_t i;

    for (i = 0; i < HONEST; i++) {
        total += readers[i].got;
    }
    return total;
}

static void
readers_open(const struct scene *s)
{
    size_t i;
    size_t k;

    memcpy(readers, scripts, sizeof readers);
    leaks = refusals = boxes = turned_away = 0;
    for (i = 0; i < HALF_PEERS; i++) {
        halves[i].fd = -1;
    }
    for (i = 0; i < READERS; i++) {
        client_open(&readers[i].client, s, 0, readers[i].who);
        for (k = 0; k < SUBJECTS; k++) {
            readers[i].want += readers[i].may[k] ? alerts / SUBJECTS : 0;
        }
        if (!readers[i].hostile) {
            subscribe(&readers[i].client, s, CREDIT, 0);
        }
    }
}

static void
readers_close(void)
{
    size_t i;

    for (i = 0; i < READERS; i++) {
        if (!readers[i].hostile) {
            assert_int_equal(readers[i].got, readers[i].want);
        }
        client_close(&readers[i].client);
    }
    for (i = 0; i < HALF_PEERS; i++) {
        raw_close(&halves[i]);
    }
}

static void
nobody_receives_a_word_that_is_anothers(void **state)
{
    struct scene *s = *state;
    struct mono began = mono_now();
    struct mono quiet = mono_now();
    size_t told = 0;
    size_t came = 0;
    size_t round;
    size_t all;

    alerts = (deliveries() / 2 + PAIRS - 1) / PAIRS * SUBJECTS;
    all = alerts / SUBJECTS * PAIRS;
    notifier_start(s, 0);
    readers_open(s);
    for (round = 0; told < alerts || got_all() < all; round++) {
        if (told < alerts && told * PAIRS / SUBJECTS - got_all() < AHEAD_ALERTS) {
            entry_tell(s, told);
            told = told + EVENTS_AN_ENTRY < alerts ? told + EVENTS_AN_ENTRY : alerts;
        }
        all_hostile_turn(s, round);
        (void)readers_turn(s, 2);
        if (got_all() > came) {
            came = got_all();
            quiet = mono_now();
        }
        if (mono_since_us(quiet) > DEADLINE_US) {
            fail_msg("%zu deliveries are missing, %zu leaks; see the log", all - came,
                     leaks);
        }
        if (leaks > 20) {
            fail_msg("%zu leaks", leaks);
        }
    }
    ops_written(s);
    logs_are_clean(s);
    ops_keys_are_clean(s);
    readers_close();
    print_message("%zu deliveries%s in %lld ms, %zu hostile questions refused, %zu "
                  "strangers turned away, %zu leaks\n",
                  all, scene_seals ? ", sealed," : "",
                  (long long)mono_since_us(began) / 1000, refusals, turned_away, leaks);
    assert_int_equal(leaks, 0);
    assert_true(refusals > 20 && turned_away > 0); /* they did try */
    assert_int_equal(scene_seals, boxes > 0);
}

/* Half a million deliveries are as much as this Redis may hold. */
static int
teardown(void **state)
{
    struct scene *s = *state;
    char *gone;

    notifier_end(s, 0, SIGTERM);
    if (leaks == 0) { /* else it is kept to be looked at */
        gone = redis_ask(s->r, "FLUSHDB");
        assert_string_equal(gone, "OK");
        mem_free(&gone);
    }
    return scene_teardown(state);
}

static int
group_teardown(void **state)
{
    (void)state;
    scene_group_teardown(leaks == 0);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_receives_a_word_that_is_anothers,
                                        scene_setup, teardown),
        {"sealed_nobody_sees_a_word_without_its_readers_key",
         nobody_receives_a_word_that_is_anothers, scene_setup_sealed, teardown, NULL},
    };

    return cmocka_run_group_tests(tests, scene_group_setup, group_teardown);
}

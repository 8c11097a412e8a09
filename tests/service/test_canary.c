/*
 * Canaries: every alert carries a number of its own in its text, and every message that
 * anybody receives is searched for all of them. Leaders read what is theirs; hostile
 * peers with good keys ask meanwhile for what is not: others' offices, others' cursors,
 * cursors beyond the head, others' alerts, routing ids that look like an office.
 * DONDOC_CANARIES is how many deliveries (2.000 here, 100.000 in `make canaries`).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/notifier_scene.h"
#include "tests/support/raw_peer.h"

#define NUMBER_FIRST 100000000u /* "100.000.000" in the text of the first */
#define EVENTS_AN_ENTRY 24
#define AHEAD_ALERTS 480u /* told before the readers have come as far */

/* Alert i is about commune i % 3; who may hear of which, by programme and keyring. */
static const char *const communes[] = {"21040", "21043", "21046"};

struct reader {
    enum who who;
    bool hostile;
    bool may[3];
    size_t got, want;
    uint64_t position;
    unsigned unconfirmed;
    struct client client;
};

static struct reader readers[] = {
    {.who = HEAD_B, .may = {true, false, false}},
    {.who = HEAD_C, .may = {false, true, false}},
    {.who = HEAD_G, .may = {false, false, true}},
    {.who = DISTRICT_D, .may = {true, true, false}},
    {.who = CHAIR},
    {.who = HEAD_G, .hostile = true, .may = {false, false, true}},
    {.who = STRANGER, .hostile = true},
    {.who = OPS, .hostile = true},
};
#define READERS (sizeof readers / sizeof *readers)

static size_t leaks;
static size_t refusals;

static size_t
deliveries(void)
{
    const char *text = getenv("DONDOC_CANARIES");

    return text == NULL ? 2000 : (size_t)strtoul(text, NULL, 10);
}

/* ---- looking for canaries ---- */

/* The alert whose number stands at `p` as "1dd.ddd.ddd"; SIZE_MAX: none does. */
static size_t
number_at(const uint8_t *p, size_t bytes)
{
    size_t number = 0;
    size_t i;

    if (bytes < 11 || p[0] != '1' || p[3] != '.' || p[7] != '.') {
        return SIZE_MAX;
    }
    for (i = 0; i < 11; i++) {
        if (i != 3 && i != 7) {
            if (p[i] < '0' || p[i] > '9') {
                return SIZE_MAX;
            }
            number = number * 10 + (size_t)(p[i] - '0');
        }
    }
    return number - NUMBER_FIRST;
}

/* Every canary in these bytes is one that `may` be there. How many there were. */
static size_t
canaries_in(const uint8_t *p, size_t bytes, const bool may[3], const char *where)
{
    size_t count = 0;
    size_t i;

    for (i = 0; i < bytes; i++) {
        size_t alert = number_at(p + i, bytes - i);

        if (alert != SIZE_MAX) {
            count++;
            if (!may[alert % 3]) {
                leaks++;
                print_error("%s: the number of alert %zu, about %s\n", where, alert,
                            communes[alert % 3]);
            }
        }
    }
    return count;
}

/* ---- reading ---- */

static void
reader_take(struct reader *r, const struct scene *s, const struct bus_message *m)
{
    struct leader_reply reply;
    size_t seen;

    seen =
        canaries_in(m->body, m->body_bytes, r->may, r->hostile ? "hostile" : "reader");
    arena_reset(r->client.arena);
    assert_int_equal(
        leader_reply_decode(m->body, m->body_bytes, r->client.arena, &reply), ST_OK);
    if (reply.kind == LEADER_REPLY_REFUSAL) {
        refusals++;
    }
    if (reply.kind != LEADER_REPLY_ALERT) {
        return;
    }
    assert_true(seen >= 1); /* else this test sees nothing */
    r->got += reply.alert.position > r->position;
    r->position =
        reply.alert.position > r->position ? reply.alert.position : r->position;
    if (!r->hostile && ++r->unconfirmed >= 32) {
        r->unconfirmed = 0;
        received(&r->client, s, r->position);
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
                               .credit = 256,
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
    (void)snprintf(alert, sizeof alert, "C%06zu-21040", round * 3);
    acknowledge(&r->client, s, id, alert, "mine", "");
}

/* Peers that announce an office's name, or a routing id as libzmq gives them. */
static void
routing_ids_turn(const struct scene *s)
{
    static const struct {
        const char *id;
        size_t bytes;
    } ids[] = {{"head-21040", 10}, {"\0\0\0\0\1", 5}, {"\0\x6b\x8b\x45\x67", 5}};
    static const bool nothing[3];
    static uint8_t in[BUS_MESSAGE_MAX];
    char endpoint[SCENE_PATH_BYTES];
    struct raw_peer p;
    size_t i;

    scene_endpoint(s, 0, endpoint);
    for (i = 0; i < sizeof ids / sizeof *ids; i++) {
        if (raw_open(&p, endpoint, scene_server_keys.public_key, &scene_keys[HEAD_C],
                     "CURVE", ids[i].id, ids[i].bytes, RAW_INITIATE)) {
            long got = raw_receive(&p, in, sizeof in, 20);

            if (got > 0) {
                (void)canaries_in(in, (size_t)got, nothing, "routing id");
            }
        }
        raw_close(&p);
    }
}

/* ---- the whole ---- */

static void
entry_tell(struct scene *s, size_t first, size_t end)
{
    struct alert_event events[EVENTS_AN_ENTRY];
    char codes[EVENTS_AN_ENTRY][32];
    size_t count = 0;

    for (; first < end && count < EVENTS_AN_ENTRY; first++) {
        (void)snprintf(codes[count], sizeof codes[0], "C%06zu-%s", first,
                       communes[first % 3]);
        events[count] = event_of(codes[count], 1, "new", communes[first % 3]);
        events[count].numerator = (int64_t)(NUMBER_FIRST + first);
        events[count].denominator = 999999999;
        count++;
    }
    tell(s, events, count);
}

static void
sinks_are_clean(const struct scene *s)
{
    static const bool nothing[3];
    char path[SCENE_PATH_BYTES * 2];
    char text[4096];
    FILE *f;

    (void)snprintf(path, sizeof path, "%.160s/%s-0.log", s->dir, s->province);
    f = fopen(path, "re");
    assert_non_null(f);
    while (fgets(text, sizeof text, f) != NULL) {
        (void)canaries_in((const uint8_t *)text, strlen(text), nothing, "log");
        for (size_t i = 0; text[i] != '\0'; i++) { /* nor without its points */
            if (strncmp(text + i, "1000", 4) == 0 &&
                strspn(text + i, "0123456789") == 9) {
                leaks++;
                print_error("log: %s", text);
                break;
            }
        }
    }
    (void)fclose(f); /* only read */
}

static size_t
reader_misses(void)
{
    size_t missing = 0;
    size_t i;

    for (i = 0; i < READERS; i++) {
        if (!readers[i].hostile && readers[i].got < readers[i].want) {
            missing += readers[i].want - readers[i].got;
        }
    }
    return missing;
}

static void
readers_open(const struct scene *s, size_t alerts)
{
    size_t i;
    size_t k;

    for (i = 0; i < READERS; i++) {
        client_open(&readers[i].client, s, 0, readers[i].who);
        for (k = 0; k < 3; k++) {
            readers[i].want += readers[i].may[k] ? alerts / 3 : 0;
        }
        if (!readers[i].hostile) {
            subscribe(&readers[i].client, s, 256, 0);
        }
    }
}

static void
nobody_receives_a_word_that_is_anothers(void **state)
{
    struct scene *s = *state;
    size_t alerts = (deliveries() * 3 / 5 + 2) / 3 * 3; /* five deliveries of three */
    struct mono quiet = mono_now();
    size_t told = 0;
    size_t round = 0;
    size_t total = 0;
    size_t i;

    notifier_start(s, 0);
    readers_open(s, alerts);
    while (told < alerts || reader_misses() > 0) {
        size_t behind = told * 5 / 3 - (readers[0].got + readers[1].got +
                                        readers[2].got + readers[3].got);

        if (told < alerts && behind < AHEAD_ALERTS) {
            entry_tell(s, told, alerts);
            told = told + EVENTS_AN_ENTRY < alerts ? told + EVENTS_AN_ENTRY : alerts;
        }
        if (round % 16 == 0) {
            for (i = 0; i < READERS; i++) {
                if (readers[i].hostile) {
                    hostile_turn(&readers[i], s, round / 16);
                }
            }
            if (round % 256 == 0) {
                routing_ids_turn(s);
            }
        }
        round++;
        if (readers_turn(s, 2)) {
            quiet = mono_now();
        } else if (mono_since_us(quiet) > DEADLINE_US) {
            fail_msg("%zu deliveries are missing", reader_misses());
        }
    }
    sinks_are_clean(s);
    for (i = 0; i < READERS; i++) {
        total += readers[i].hostile ? 0 : readers[i].got;
        if (!readers[i].hostile) {
            assert_int_equal(readers[i].got, readers[i].want);
        }
        client_close(&readers[i].client);
    }
    print_message("%zu deliveries, %zu hostile questions refused, %zu leaks\n", total,
                  refusals, leaks);
    assert_int_equal(leaks, 0);
    assert_true(refusals > 20); /* they did try */
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
                                        scene_setup, scene_teardown),
    };

    return cmocka_run_group_tests(tests, scene_group_setup, group_teardown);
}

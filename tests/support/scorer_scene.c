#include "tests/support/scorer_scene.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/programme.h"
#include "tests/support/specimen_programme.h"

struct scorer_scene scene;

int
scorer_setup(void **state)
{
    static int provinces;
    const struct redis_settings settings = {
        .address = redis_server_address(scene.server), .timeout_ms = 5000};

    (void)state;
    scene.client = redis_server_client(scene.server);
    (void)snprintf(scene.province, sizeof scene.province, "p%d", ++provinces);
    memset(&scene.scorer, 0, sizeof scene.scorer);
    scene.scorer.instance = "1";
    scene.scorer.arena = arena_new(4 * WIRE_ARENA_BYTES);
    scene.scorer.event_arena = arena_new(64 * WIRE_ARENA_BYTES);
    buf_init(&scene.scorer.line, 4096);
    buf_init(&scene.scorer.body, JOURNAL_PROGRAMME_MAX + 65536);
    state_init(&scene.s, &scene.scorer, scene.province, redis_new(&settings));
    journal_append_init(&scene.append);
    buf_init(&scene.body, JOURNAL_PROGRAMME_MAX);
    scene.arena = arena_new(WIRE_ARENA_BYTES);
    assert_true(state_work(&scene.s));
    return journal_head_read(scene.client, scene.province, &scene.head) == ST_OK ? 0
                                                                                 : -1;
}

int
scorer_teardown(void **state)
{
    (void)state;
    state_fini(&scene.s);
    arena_free(&scene.scorer.arena);
    arena_free(&scene.scorer.event_arena);
    buf_fini(&scene.scorer.line);
    buf_fini(&scene.scorer.body);
    journal_append_fini(&scene.append);
    buf_fini(&scene.body);
    arena_free(&scene.arena);
    redis_free(&scene.client);
    return 0;
}

void
want(const char *command, const char *answer)
{
    redis_want_in(scene.client, scene.province, command, answer);
}

/* --- writing an entry, and applying it --- */

void
put(enum journal_kind kind)
{
    journal_append_begin(&scene.append, scene.province, &scene.head, kind,
                         buf_str(&scene.body), scene.body.len);
    assert_int_equal(journal_append_call(&scene.append, scene.client, NULL, 0, NULL),
                     ST_OK);
    scene.head = scene.append.next;
    buf_clear(&scene.body);
}

enum status
apply(bool *barrier)
{
    struct journal_read rd;
    enum status st;

    journal_read_init(&rd);
    assert_int_equal(journal_read_one(scene.client, scene.province, KEY_REPORTS,
                                      scene.head.seq, &rd),
                     ST_OK);
    st = entry_apply(&scene.s, &rd.entries[0], barrier);
    (void)snprintf(scene.s.chain, sizeof scene.s.chain, "%s", rd.entries[0].chain);
    journal_read_fini(&rd);
    return st;
}

void
commit(void)
{
    effects_seal(&scene.s.effects, scene.s.chain);
    assert_int_equal(follow_apply(&scene.s.follow, scene.s.redis, &scene.s.effects,
                                  scene.s.seen, scene.s.programme, scene.s.tick),
                     ST_OK);
    effects_clear(&scene.s.effects, &scene.s.follow);
}

void
take(enum journal_kind kind)
{
    bool barrier = true;

    put(kind);
    assert_int_equal(apply(&barrier), ST_OK);
    assert_false(barrier);
    commit();
}

static const uint8_t hash[16] = {1};

void
record_add(const char *unit, const char *group, const char *period,
           const struct figure_record *figures, size_t count, uint32_t revision)
{
    const struct report_record r = {.unit = unit,
                                    .group = group,
                                    .period = period,
                                    .revision = revision,
                                    .figures = figures,
                                    .figure_count = count,
                                    .received_at_ms = 1696406400000,
                                    .hash = hash};

    report_record_encode(&r, scene.arena, &scene.body);
}

const struct figure_record ordinary[2] = {{"results", 100, false},
                                          {"results_digitised", 50, false}};

void
ordinary_add(const char *period, uint32_t revision)
{
    record_add("101", "digitisation", period, ordinary, 2, revision);
}

/* Where a restart finds it; ingest puts it there with the entry. */
static void
text_put(const char *digest, const struct buf *bundle)
{
    char key[KEY_BYTES];
    const char *argv[] = {"SET", key, buf_str(bundle)};
    size_t lens[] = {3, 0, bundle->len};
    struct reply *rep = NULL;

    key_make2(key, scene.province, KEY_PROGRAMME, digest);
    lens[1] = strlen(key);
    assert_int_equal(redis_call(scene.client, 3, argv, lens, &rep), ST_OK);
    reply_free(&rep);
}

void
programme_body(const char *by)
{
    struct catalogue_file files[SPECIMEN_FILES];
    struct programme_record r = {
        .by = by, .at_ms = scene.at_ms != 0 ? scene.at_ms : 1688144400000};
    struct buf bundle;
    char digest[65];

    memcpy(files, scene.files == NULL ? SPECIMEN : scene.files, sizeof files);
    buf_init(&bundle, JOURNAL_PROGRAMME_MAX);
    programme_pack(files, SPECIMEN_FILES, &bundle);
    programme_digest(buf_str(&bundle), bundle.len, digest);
    r.digest = digest;
    r.bundle = (const uint8_t *)buf_str(&bundle);
    r.bundle_bytes = bundle.len;
    programme_encode(&r, scene.arena, &scene.body);
    text_put(digest, &bundle);
    buf_fini(&bundle);
}

void
programme_take(const char *by)
{
    programme_body(by);
    take(JOURNAL_PROGRAMME);
}

void
act_put(const char *kind, const char *subject)
{
    const struct wire_act act = {"id", kind, subject, "", "", "ops", 12, ""};

    act_encode(&act, scene.arena, &scene.body);
    put(JOURNAL_ACT);
}

void
act_take(const char *kind, const char *subject)
{
    bool barrier = true;

    act_put(kind, subject);
    assert_int_equal(apply(&barrier), ST_OK);
    commit();
}

void
tick_take(int64_t hour)
{
    const struct tick_record tick = {.hour = hour, .simulated = scene.scorer.simulated};

    tick_encode(&tick, &scene.body);
    take(JOURNAL_TICK);
}

int64_t
hour_at(int year, int month, int mday, int hour)
{
    return (int64_t)day_from_civil(year, month, mday) * 24 + hour;
}

int
scorer_tests(const char *name, int (*tests)(void))
{
    int failed;

    diag_init(name);
    crypto_init();
    scene.server = redis_server_start(NULL);
    failed = tests();
    redis_server_stop(&scene.server, failed == 0);
    return failed;
}

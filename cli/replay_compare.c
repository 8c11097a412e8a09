/*
 * What is stored beside what was computed. The services may be at work: each key is
 * read together with the places where scorer and notifier stand, and the computation is
 * brought to that very place first, so that a difference is one. Streams that only grow
 * are compared entry by entry as far as both sides have come.
 */
#include "cli/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/calendar.h"
#include "lib/diag.h"
#include "lib/score.h"

#define ENTRIES_A_PAGE 256u
#define NOTIFIER_WAIT_US 5000000
#define ID_BYTES 48
#define SCORES "scores:"

/* --- places --- */

static int
went_back(void)
{
    (void)fputs(words("Scorer của Redis này đã lùi lại (vừa được phục hồi?); đề nghị "
                      "chạy lại lệnh này.\n",
                      "The scorer of this Redis went back (was it restored just now?); "
                      "please run this again.\n"),
                stderr);
    return EXIT_AGAIN;
}

/* The computation to where the stored value was read. */
static int
bring_to(struct replay *x, const struct computed_place *at)
{
    int code = EXIT_DONE;

    if (at->scorer > x->done) {
        code = feed_to(x, at->scorer);
        code = code == EXIT_DONE ? feed_await(x) : code;
    }
    return code == EXIT_DONE && at->scorer < x->done ? went_back() : code;
}

static bool
settled(const struct computed_place *at)
{
    return at->notifier == at->out;
}

/* Reads a key once notifier has come as far as scorer, or not within some seconds. */
static int
stored_read(struct replay *x, const struct computed_key *key, struct computed_place *at,
            struct computed_lines *out)
{
    static const struct timespec pause = {0, 20000000L};
    const struct reading *r = &x->reading;
    struct mono start = mono_now();

    for (;;) {
        enum status st = computed_read(r->redis, r->province, key, at, out);

        if (st != ST_OK) {
            return reading_broken(r);
        }
        if (!key->family->notifier || settled(at) || x->notifier_behind) {
            return EXIT_DONE;
        }
        if (mono_since_us(start) > NOTIFIER_WAIT_US) {
            x->notifier_behind = true; /* once is enough */
            return EXIT_DONE;
        }
        (void)nanosleep(&pause, NULL); /* shorter does no harm */
    }
}

/* --- lines --- */

static bool
line_same(const struct computed_line *a, const struct computed_line *b)
{
    return a->bytes == b->bytes && memcmp(a->value, b->value, a->bytes) == 0;
}

/* A release before this one stamped every line anew with the programme put in force;
 * the line says the same all the same. */
static bool
score_same(const struct computed_key *key, const struct computed_line *a,
           const struct computed_line *b)
{
    return strncmp(key->name, SCORES, sizeof SCORES - 1) == 0 &&
           strlen(a->value) == a->bytes && strlen(b->value) == b->bytes &&
           score_line_same(a->value, b->value);
}

static void
line_compare(struct replay *x, const struct computed_key *key, const char *field,
             const struct computed_line *stored, const struct computed_line *computed)
{
    x->lines++;
    if (stored != NULL && computed != NULL && line_same(stored, computed)) {
        return;
    }
    if (stored != NULL && computed != NULL && score_same(key, stored, computed)) {
        x->other_programme++;
        return;
    }
    say_difference(x, key->name, field, stored, computed);
}

static bool
left_out(const struct replay *x, const struct computed_key *key, const char *field)
{
    return x->notifier_behind && key->family->notifier &&
           computed_field_notifier(field);
}

/* Ids are "57-3"; fields of hashes are sorted as texts. */
static int
field_order(const struct computed_key *key, const char *a, const char *b)
{
    char *end_a;
    char *end_b;
    uint64_t x;
    uint64_t y;

    if (key->family->type != COMPUTED_STREAM) {
        return strcmp(a, b);
    }
    x = strtoull(a, &end_a, 10);
    y = strtoull(b, &end_b, 10);
    if (x == y && *end_a == '-' && *end_b == '-') {
        x = strtoull(end_a + 1, NULL, 10);
        y = strtoull(end_b + 1, NULL, 10);
    }
    return x < y ? -1 : x > y;
}

static void
lines_compare(struct replay *x, const struct computed_key *key,
              const struct computed_lines *stored,
              const struct computed_lines *computed)
{
    size_t i = 0;
    size_t k = 0;

    while (i < stored->count || k < computed->count) {
        const struct computed_line *a = i < stored->count ? &stored->items[i] : NULL;
        const struct computed_line *b =
            k < computed->count ? &computed->items[k] : NULL;
        int order = a == NULL   ? 1
                    : b == NULL ? -1
                                : field_order(key, a->field, b->field);

        const char *field;

        MUST(a != NULL || b != NULL);
        field = order <= 0 ? a->field : b->field;
        i += order <= 0;
        k += order >= 0;
        if (!left_out(x, key, field)) {
            line_compare(x, key, field, order <= 0 ? a : NULL, order >= 0 ? b : NULL);
        }
    }
}

static void
other_type_say(struct replay *x, const struct computed_key *key)
{
    static char words_of[] = "(another type of key)";
    const struct computed_line line = {words_of, words_of, sizeof words_of - 1};

    say_difference(x, key->name, "", &line, NULL);
}

static int
key_compare(struct replay *x, const struct computed_key *key)
{
    struct computed_lines stored = {0};
    struct computed_lines computed = {0};
    struct computed_place at;
    struct computed_place ours;
    int code = stored_read(x, key, &at, &stored);

    if (code == EXIT_DONE && !key->family->grows) {
        code = bring_to(x, &at);
    }
    if (code == EXIT_DONE && computed_read(x->scratch.redis, x->sides[0].slug, key,
                                           &ours, &computed) != ST_OK) {
        code = say_scratch_broken(x);
    }
    if (code == EXIT_DONE && stored.other_type) {
        other_type_say(x, key);
    } else if (code == EXIT_DONE && key->family->type == COMPUTED_TEXT &&
               computed.count == 0) {
        x->keys--; /* put in force behind the last entry that was scored */
    } else if (code == EXIT_DONE) {
        lines_compare(x, key, &stored, &computed);
    }
    computed_lines_fini(&stored);
    computed_lines_fini(&computed);
    return code;
}

/* --- streams that only grow --- */

struct walk {
    struct redis *redis; /* borrowed, as the others */
    const char *province;
    const struct computed_key *key;
    uint64_t limit; /* entries of the alerts journal up to this one */
    struct computed_lines page;
    size_t at;
    char after[ID_BYTES];
    bool end;
};

static void
walk_init(struct walk *w, struct redis *r, const char *province,
          const struct computed_key *key, uint64_t limit)
{
    memset(w, 0, sizeof *w);
    w->redis = r;
    w->province = province;
    w->key = key;
    w->limit = limit;
    (void)snprintf(w->after, sizeof w->after, "0-0");
}

/* The entry in hand, NULL behind the last one. */
static enum status
walk_line(struct walk *w, const struct computed_line **out)
{
    enum status st = ST_OK;

    *out = NULL;
    if (!w->end && w->at == w->page.count) {
        st = computed_page(w->redis, w->province, w->key, w->after, ENTRIES_A_PAGE,
                           &w->page);
        w->at = 0;
        w->end = st != ST_OK || w->page.count == 0;
        if (!w->end) {
            (void)snprintf(w->after, sizeof w->after, "%s",
                           w->page.items[w->page.count - 1].field);
        }
    }
    if (!w->end && strtoull(w->page.items[w->at].field, NULL, 10) > w->limit) {
        w->end = true;
    }
    if (!w->end) {
        *out = &w->page.items[w->at];
    }
    return st;
}

/* An inbox that is full has lost its oldest rows: those are not looked for. */
static int
walk_join(struct replay *x, struct walk *stored, struct walk *computed, bool full)
{
    const struct computed_line *a;
    const struct computed_line *b;
    bool begun = !full;

    for (;;) {
        int order;

        if (walk_line(stored, &a) != ST_OK) {
            return reading_broken(&x->reading);
        }
        if (walk_line(computed, &b) != ST_OK) {
            return say_scratch_broken(x);
        }
        if (a == NULL && b == NULL) {
            return EXIT_DONE;
        }
        order = a == NULL   ? 1
                : b == NULL ? -1
                            : field_order(stored->key, a->field, b->field);
        if (begun || order <= 0) {
            begun = true;
            line_compare(x, stored->key, order <= 0 ? a->field : b->field,
                         order <= 0 ? a : NULL, order >= 0 ? b : NULL);
        }
        stored->at += order <= 0;
        computed->at += order >= 0;
    }
}

static int
stream_compare(struct replay *x, const struct computed_key *key)
{
    const struct reading *r = &x->reading;
    struct replay_side *side = &x->sides[0];
    struct computed_place at;
    struct walk stored;
    struct walk computed;
    uint64_t length = 0;
    uint64_t limit;
    int code = EXIT_DONE;

    if (computed_place(r->redis, r->province, &at) != ST_OK ||
        (strncmp(key->name, "inbox:", 6) == 0 &&
         computed_length(r->redis, r->province, key, &length) != ST_OK)) {
        return reading_broken(r);
    }
    if (x->until == DAY_OPEN) {
        code = bring_to(x, &at);
    }
    /* A journal that is shorter than it should be must not end the comparison. */
    limit = at.out > side->scorer.out ? at.out : side->scorer.out;
    if (x->until != DAY_OPEN) {
        limit = side->scorer.out;
    }
    if (key->family->notifier && at.notifier < limit) {
        limit = at.notifier;
        x->notifier_behind |= at.notifier < at.out && x->until == DAY_OPEN;
    }
    walk_init(&stored, r->redis, r->province, key, limit);
    walk_init(&computed, x->scratch.redis, side->slug, key, limit);
    if (code == EXIT_DONE) {
        code = walk_join(x, &stored, &computed, length >= COMPUTED_INBOX_MAX);
    }
    computed_lines_fini(&stored.page);
    computed_lines_fini(&computed.page);
    return code;
}

/* --- all of it --- */

int
compare_all(struct replay *x)
{
    const struct reading *r = &x->reading;
    struct computed_keys keys = {0};
    int code = EXIT_DONE;
    size_t i;

    if (computed_list(r->redis, r->province, &keys) != ST_OK) {
        code = reading_broken(r);
    } else if (computed_list(x->scratch.redis, x->sides[0].slug, &keys) != ST_OK) {
        code = say_scratch_broken(x);
    }
    for (i = 0; code == EXIT_DONE && i < keys.count; i++) {
        const struct computed_key *key = &keys.items[i];

        if (key->family->type == COMPUTED_STREAM && key->family->grows) {
            code = stream_compare(x, key);
        } else if (x->until == DAY_OPEN || key->family->grows) {
            code = key_compare(x, key);
        } else {
            continue; /* it speaks of another moment */
        }
        x->keys++;
    }
    computed_keys_fini(&keys);
    return code;
}

/* What stands in inboxes behind an event: climbs, repeats, digests, what was held. */
#include <stdlib.h>
#include <string.h>

#include "cli/history.h"
#include "lib/instant.h"

static void
post_add(struct life *l, size_t office, const struct board_row *row)
{
    struct moment *m;

    mem_array_room((void **)&l->posts, l->post_count, &l->post_room, sizeof *l->posts);
    m = &l->posts[l->post_count++];
    memset(m, 0, sizeof *m);
    m->kind = MOMENT_POST;
    m->entry = row->entry;
    m->index = row->index;
    m->row = *row;
    m->office = office;
}

enum status
life_posts_read(struct life *l, const char *code)
{
    enum status st = ST_OK;
    size_t i;
    size_t k;

    for (i = 0; st == ST_OK && i < l->office_count; i++) {
        struct board_rows rows;

        if (l->offices[i].told[0] == '\0') {
            continue; /* who was told something stands in the alert's hash */
        }
        st = board_inbox_rows(l->reading.redis, l->reading.province, l->offices[i].id,
                              code, &rows);
        for (k = 0; st == ST_OK && k < rows.count; k++) {
            post_add(l, i, &rows.items[k]);
        }
        board_rows_fini(&rows);
    }
    return st;
}

/* When the entry was made, as far as it says so. */
static int64_t
entry_ms(const struct journal_entry *e, struct arena *a)
{
    struct alert_event *events;
    struct tick_record tick;
    struct wire_act act;
    size_t count;

    arena_reset(a);
    if (e->kind == JOURNAL_TICK &&
        tick_decode(e->body, e->body_bytes, &tick) == ST_OK) {
        return hour_start(tick.hour).ms;
    }
    if (e->kind == JOURNAL_ACT &&
        act_decode(e->body, e->body_bytes, a, &act) == ST_OK) {
        return act.at_ms;
    }
    if (e->kind == JOURNAL_ALERTS &&
        alert_events_decode(e->body, e->body_bytes, a, &events, &count) == ST_OK &&
        count > 0) {
        return events[0].at_ms;
    }
    return 0;
}

void
life_post_times(struct life *l, const struct journal_entry *e, struct arena *a)
{
    int64_t at_ms = 0;
    size_t i;

    for (i = 0; i < l->post_count; i++) {
        if (l->posts[i].entry == e->seq) {
            at_ms = at_ms != 0 ? at_ms : entry_ms(e, a);
            l->posts[i].at_ms = at_ms;
        }
    }
}

const struct moment *
life_post_at(const struct life *l, const struct moment *m, size_t office)
{
    size_t i;

    for (i = 0; i < l->post_count; i++) {
        const struct moment *p = &l->posts[i];

        if (p->office == office && p->entry == m->entry && p->index == m->index &&
            p->row.digest[0] == '\0') {
            return p;
        }
    }
    return NULL;
}

/* In the order in which they came; what an entry says before what it caused. */
static int
moment_compare(const void *a, const void *b)
{
    const struct moment *x = a;
    const struct moment *y = b;

    if (x->entry != y->entry) {
        return x->entry < y->entry ? -1 : 1;
    }
    if ((x->kind == MOMENT_POST) != (y->kind == MOMENT_POST)) {
        return x->kind == MOMENT_POST ? 1 : -1;
    }
    if (x->index != y->index) {
        return x->index < y->index ? -1 : 1;
    }
    return x->office < y->office ? -1 : x->office > y->office;
}

/* A row at its event's own place is told with the event. */
static bool
with_its_event(const struct life *l, const struct moment *post, size_t messages)
{
    size_t i;

    for (i = 0; i < messages; i++) {
        const struct moment *m = &l->moments[i];

        if (m->kind == MOMENT_MESSAGE && m->entry == post->entry &&
            m->index == post->index && post->row.digest[0] == '\0') {
            return true;
        }
    }
    return false;
}

void
life_posts_merge(struct life *l)
{
    size_t messages = l->count;
    size_t i;

    for (i = 0; i < l->post_count; i++) {
        if (!with_its_event(l, &l->posts[i], messages)) {
            mem_array_room((void **)&l->moments, l->count, &l->room,
                           sizeof *l->moments);
            l->moments[l->count++] = l->posts[i];
        }
    }
    if (l->count > 0) {
        qsort(l->moments, l->count, sizeof *l->moments, moment_compare);
    }
}

/*
 * Who was told of an alert: the fields told:<leader> of its hash, and what the batch in
 * hand adds.
 */
#include "notifier/batch.h"

#include <string.h>

#include "lib/diag.h"
#include "lib/keys.h"
#include "lib/mem.h"

bool
alert_code_fits(const char *code)
{
    return code[0] != '\0' && strlen(code) < ALERT_CODE_BYTES;
}

struct leaders *
told_of(struct batch *b, const char *code)
{
    struct leaders *l = table_pointer(b->told, code, strlen(code));

    if (l == NULL) {
        l = mem_alloc(sizeof *l);
        MUST(table_put_pointer(b->told, code, strlen(code), l) == ST_OK);
    }
    return l;
}

void
told_free(struct batch *b)
{
    struct table_item item;
    size_t at = 0;

    while (table_next(b->told, &at, &item)) {
        leaders_fini(item.value.pointer);
        mem_free(&item.value.pointer);
    }
    table_free(&b->told);
}

/*
 * Asks for the alert's hash once; later messages of a code go to those it names. One
 * that opens again asks too: who hears of it now may be others than before.
 */
static void
told_ask(struct batch *b, const struct alert_event *e, size_t *asked)
{
    char key[KEY_BYTES];
    const char *argv[2] = {"HGETALL", key};

    if ((route_opens(e) && e->number <= 1) || !alert_code_fits(e->code) ||
        table_pointer(b->told, e->code, strlen(e->code)) != NULL) {
        return;
    }
    (void)told_of(b, e->code);
    key_make2(key, b->p->slug, KEY_ALERT, e->code);
    redis_put(b->p->redis, 2, argv, NULL);
    (*asked)++;
}

static void
told_take(struct leaders *told, const struct reply *rep)
{
    static const size_t prefix = sizeof FIELD_TOLD - 1;
    size_t i;

    for (i = 0; i + 1 < reply_count(rep); i += 2) {
        const char *field = reply_str(reply_at(rep, i), NULL);

        if (strncmp(field, FIELD_TOLD, prefix) == 0 &&
            strlen(field) - prefix < LEADER_ID_BYTES) {
            leaders_add(told, field + prefix);
        }
    }
}

/* Alerts of the entries in hand, decoded; none for other kinds and broken ones. */
static size_t
events_of(struct province *p, const struct journal_entry *entry,
          const struct alert_event **events)
{
    size_t count = 0;

    if (entry->kind != JOURNAL_ALERTS ||
        event_cache_put(p->events, entry->seq, entry->body, entry->body_bytes, events,
                        &count) != ST_OK) {
        return 0;
    }
    return count;
}

/* Two passes in the same order: put all questions, then take all answers. */
enum status
told_read(struct batch *b)
{
    struct province *p = b->p;
    const struct alert_event *events = NULL;
    const char **codes = NULL;
    size_t room = 0;
    size_t asked = 0;
    size_t before;
    enum status st = ST_OK;
    size_t i;
    size_t j;

    for (i = 0; i < p->read.count; i++) {
        size_t count = events_of(p, &p->read.entries[i], &events);

        for (j = 0; j < count; j++) {
            before = asked;
            told_ask(b, &events[j], &asked);
            if (asked > before) {
                mem_array_room((void **)&codes, before, &room, sizeof *codes);
                codes[before] = events[j].code;
            }
        }
    }
    for (i = 0; i < asked && st == ST_OK; i++) {
        struct reply *rep = NULL;

        st = redis_next(p->redis, &rep);
        if (st == ST_OK) {
            st = reply_status(rep);
        }
        if (st == ST_OK) {
            told_take(told_of(b, codes[i]), rep);
        }
        reply_free(&rep);
    }
    mem_free(&codes);
    return st;
}

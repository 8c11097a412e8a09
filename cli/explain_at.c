/*
 * dondoc explain --at: the reports that stood at the end of a day. What stands now and
 * came by then is taken as it is; what came later is left out, or, when it corrected
 * something, the revision that stood then is looked up by its receipt and read from the
 * journal. A report that was offered again after a loss came when it came again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/explain.h"
#include "cli/language.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/receipt.h"
#include "lib/subject.h"

#define REVISIONS_A_QUESTION 500u

static bool
came_by(const struct explain *x, int64_t received_at_ms)
{
    return instant_day((struct instant){received_at_ms}) <= x->at;
}

/* --- a revision that a later one replaced --- */

/* The newest of the revisions first … first + count - 1 that came by the day. */
static enum status
receipts_look(const struct explain *x, const char *key, uint32_t first, size_t count,
              struct receipt *out)
{
    char fields[REVISIONS_A_QUESTION][RECEIPT_FIELD_BYTES];
    const char *asked[REVISIONS_A_QUESTION] = {NULL};
    struct reply *rep = NULL;
    enum status st;
    size_t i;

    for (i = 0; i < count; i++) {
        receipt_field(key, first + (uint32_t)i, fields[i]);
        asked[i] = fields[i];
    }
    audit_receipts_put(x->reading.redis, x->reading.province, asked, count);
    st = audit_take(x->reading.redis, &rep);
    out->revision = 0;
    for (i = count; st == ST_OK && i > 0 && out->revision == 0; i--) {
        const struct reply *line = reply_at(rep, i - 1);

        if (reply_type(line) == REPLY_STRING &&
            receipt_line_parse(reply_str(line, NULL), out) == ST_OK &&
            !receipt_is_placeholder(out) && came_by(x, out->received_at_ms)) {
            out->revision = first + (uint32_t)i - 1;
        } else {
            out->revision = 0;
        }
    }
    reply_free(&rep);
    return st;
}

/* revision 0: none came by the day. */
static enum status
receipt_then(const struct explain *x, int unit, int group, const struct fact *now,
             struct receipt *out)
{
    char key[128];
    uint32_t end = now->revision; /* revisions below it are not looked at yet */
    enum status st = ST_OK;

    memset(out, 0, sizeof *out);
    (void)snprintf(key, sizeof key, "%s/%s/%s", x->c->units[unit].id,
                   x->c->groups[group].code, now->window.code);
    while (st == ST_OK && end > 1 && out->revision == 0) {
        uint32_t first =
            end - 1 > REVISIONS_A_QUESTION ? end - REVISIONS_A_QUESTION : 1;

        st = receipts_look(x, key, first, end - first, out);
        end = first;
    }
    return st;
}

static bool
record_take(const struct catalogue *c, int group, const struct report_record *r,
            struct fact *out)
{
    const struct group *g = &c->groups[group];
    size_t i;

    for (i = 0; i < r->figure_count; i++) {
        int measure = catalogue_measure(c, r->figures[i].measure);
        int place = measure == NONE ? NONE : group_measure_place(g, measure);

        if (place != NONE) { /* a measure of an older programme is passed over */
            out->figures[place].state =
                r->figures[i].not_applicable ? FIGURE_NOT_APPLICABLE : FIGURE_NUMBER;
            out->figures[place].scaled = r->figures[i].scaled;
        }
    }
    return strcmp(r->period, out->window.code) == 0;
}

/* 0, or the exit status, said. */
static int
fact_then(struct explain *x, int unit, int group, const struct fact *now,
          struct facts *then)
{
    struct fact fact = {.window = now->window};
    const struct journal_entry *e = NULL;
    char why[DAMAGE_BYTES] = "";
    struct receipt receipt;
    struct report_record r;
    struct arena *a;
    bool holds = false;
    enum status st = receipt_then(x, unit, group, now, &receipt);

    if (st != ST_OK) {
        return reading_broken(&x->reading);
    }
    if (receipt.revision == 0) {
        return EXIT_DONE;
    }
    a = arena_new(WIRE_ARENA_BYTES);
    st = history_one(&x->history, receipt.entry, &e, &holds, why);
    if (st == ST_OK && explain_record(e, receipt.index, a, &r) == ST_OK &&
        record_take(x->c, group, &r, &fact)) {
        fact.revision = receipt.revision;
        fact.entry = receipt.entry;
        fact.index = receipt.index;
        fact.received_at_ms = receipt.received_at_ms;
        (void)(facts_put(then, unit, group, &fact, NULL) == ST_OK); /* the only one */
    } else {
        (void)fprintf(stderr,
                      words("Không đọc được báo cáo %s %s lần %" PRIu32 ", mục %" PRIu64
                            ":%" PRIu32 ". %s\n",
                            "The report %s %s revision %" PRIu32
                            " cannot be read, entry %" PRIu64 ":%" PRIu32 ". %s\n"),
                      x->c->units[unit].id, now->window.code, receipt.revision,
                      receipt.entry, receipt.index,
                      st == ST_AGAIN ? redis_error(x->reading.redis) : why);
        arena_free(&a);
        return st == ST_OK ? EXIT_DATA : EXIT_UNAVAILABLE;
    }
    arena_free(&a);
    return EXIT_DONE;
}

/* --- all of them --- */

static int
series_then(struct explain *x, int unit, int group, struct facts *then)
{
    const struct series *s = facts_series(x->reading.facts, unit, group);
    int code = EXIT_DONE;
    size_t i;

    for (i = 0; i < s->count && code == EXIT_DONE; i++) {
        const struct fact *fact = &s->facts[i];

        if (came_by(x, fact->received_at_ms)) {
            (void)(facts_put(then, unit, group, fact, NULL) == ST_OK); /* all differ */
        } else if (fact->revision > 1) {
            code = fact_then(x, unit, group, fact, then);
        }
    }
    return code;
}

/* Does a version of the target read the group? Others are not worth the look. */
static bool
is_read(const struct catalogue *c, const char *target, int group)
{
    size_t i;

    for (i = 0; i < c->target_count; i++) {
        if (strcmp(c->targets[i].id, target) == 0 &&
            c->indicators[c->targets[i].indicator].group == group) {
            return true;
        }
    }
    return false;
}

int
explain_at(struct explain *x, const char *target)
{
    struct facts *then = facts_new(x->c);
    int code = EXIT_DONE;
    size_t u;
    size_t g;

    for (g = 0; g < x->c->group_count; g++) {
        if (!is_read(x->c, target, (int)g)) {
            continue;
        }
        for (u = 0; u < x->c->unit_count && code == EXIT_DONE; u++) {
            code = series_then(x, (int)u, (int)g, then);
        }
    }
    x->now = x->reading.facts;
    x->reading.facts = then;
    return code;
}

/* --- what that makes of the subject's reports --- */

static bool
is_there(const struct series *s, const struct fact *fact)
{
    size_t i;

    for (i = 0; i < s->count; i++) {
        if (strcmp(s->facts[i].window.code, fact->window.code) == 0) {
            return true;
        }
    }
    return false;
}

void
explain_at_count(struct explain *x)
{
    int group = x->c->indicators[x->t->indicator].group;
    bool whole = subject_is_whole(x->c, x->t, x->subject);
    size_t u;
    size_t i;

    for (u = 0; x->now != NULL && u < x->c->unit_count; u++) {
        const struct series *s = facts_series(x->now, (int)u, group);
        const struct series *then = facts_series(x->reading.facts, (int)u, group);

        if (whole ? !subject_has_member(x->c, x->t, x->subject, (int)u)
                  : (int)u != x->subject.unit) {
            continue;
        }
        for (i = 0; i < s->count && s->facts[i].window.last <= x->at; i++) {
            if (!came_by(x, s->facts[i].received_at_ms)) {
                x->later++;
                x->earlier += is_there(then, &s->facts[i]) ? 1 : 0;
            }
        }
    }
}

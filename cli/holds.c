#include "cli/holds.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/flow.h"
#include "cli/language.h"
#include "cli/league.h"
#include "cli/reading.h"

#define LEVEL_PREFIX "level-"
#define NOT_KNOWN "-"

/* --- the cause --- */

static const char *
level_said(const char *level)
{
    int i;

    for (i = LEVEL_PROVINCE; i <= LEVEL_ALL; i++) {
        if (strcmp(level, level_name((enum level)i)) == 0) {
            return league_level_words((enum level)i);
        }
    }
    return level;
}

/* What stands behind "name:" in the id; NULL: another kind of hold. */
static const char *
brake_of(const struct board_hold *h, const char *name)
{
    size_t len = strlen(name);

    return strncmp(h->id, name, len) == 0 && h->id[len] == ':' ? h->id + len + 1 : NULL;
}

static void
brake_words(const struct board_hold *h, struct buf *out)
{
    const char *programme = brake_of(h, "programme");
    const char *key = brake_of(h, "key");
    const char *tick = brake_of(h, "tick");
    char hour[WHEN_BYTES];

    if (programme != NULL) {
        buf_format(out,
                   words("áp dụng chương trình %s", "putting programme %s in force"),
                   programme);
    } else if (key != NULL) {
        buf_format(out,
                   words("báo cáo của khóa %s trong vòng một giờ",
                         "the reports of the key %s within an hour"),
                   key);
    } else if (tick != NULL) {
        hour_say(strtoll(tick, NULL, 10), hour);
        buf_format(out, words("lần tính %s", "the hour %s"), hour);
    } else {
        flow_plain(out, h->id, true);
    }
    if (h->of > 0) {
        buf_format(out,
                   words(" làm mở cảnh báo cùng lúc cho %" PRId64 "/%" PRId64
                         " đơn vị (%s)",
                         " would open alerts for %" PRId64 " of %" PRId64
                         " units at once (%s)"),
                   h->units, h->of, level_said(h->level));
    }
}

void
hold_cause_words(const struct board_hold *h, struct buf *out)
{
    if (!board_hold_of_person(h)) {
        brake_words(h, out);
        return;
    }
    buf_text(out, words("do ", "set by "));
    flow_plain(out, h->by[0] == '\0' ? NOT_KNOWN : h->by, true);
    buf_text(out, words(" đặt: ", ": "));
    flow_plain(out, h->reason[0] == '\0' ? NOT_KNOWN : h->reason, true);
}

/* --- how many --- */

static const struct board_alert *
alert_find(const struct board_alerts *l, const char *code)
{
    size_t from = 0;
    size_t to = l->count;

    while (from < to) { /* sorted by code */
        size_t middle = from + (to - from) / 2;
        int order = strcmp(l->items[middle].code, code);

        if (order == 0) {
            return &l->items[middle];
        }
        if (order < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return NULL;
}

static const char *
level_of(const struct catalogue *c, const char *subject)
{
    size_t prefix = sizeof LEVEL_PREFIX - 1;
    int unit;

    if (strncmp(subject, LEVEL_PREFIX, prefix) == 0) {
        return subject + prefix;
    }
    unit = c == NULL ? NONE : catalogue_unit(c, subject);
    return unit == NONE ? NOT_KNOWN : level_name(c->units[unit].level);
}

static struct hold_count *
count_of(struct hold_counts *n, const char *kind, const char *level)
{
    struct hold_count *at;
    size_t i;

    for (i = 0; i < n->count; i++) {
        at = &n->items[i];
        if (strcmp(at->kind, kind) == 0 && strcmp(at->level, level) == 0) {
            return at;
        }
    }
    if (n->count == HOLD_COUNTS_MAX) {
        return &n->items[HOLD_COUNTS_MAX - 1]; /* kinds and levels are a handful */
    }
    at = &n->items[n->count++];
    memset(at, 0, sizeof *at);
    (void)snprintf(at->kind, sizeof at->kind, "%s", kind);
    (void)snprintf(at->level, sizeof at->level, "%s", level);
    return at;
}

static int
count_compare(const void *a, const void *b)
{
    const struct hold_count *x = a;
    const struct hold_count *y = b;
    enum severity left = alert_severity(x->kind);
    enum severity right = alert_severity(y->kind);

    if (left != right) {
        return left < right ? -1 : 1;
    }
    return strcmp(x->level, y->level);
}

void
hold_counts_make(const struct catalogue *c, const struct board_holds *holds,
                 const struct board_alerts *alerts, const char *id,
                 struct hold_counts *out)
{
    size_t i;

    memset(out, 0, sizeof *out);
    for (i = 0; i < holds->held_count; i++) {
        const struct board_held *h = &holds->held[i];
        const struct board_alert *a = alert_find(alerts, h->code);
        const char *kind = h->kind[0] != '\0' || a == NULL ? h->kind : a->kind;
        const char *subject =
            h->subject[0] != '\0' || a == NULL ? h->subject : a->subject;
        struct hold_count *n;

        if (id[0] != '\0' && strcmp(h->hold, id) != 0) {
            continue;
        }
        n = count_of(out, kind[0] != '\0' ? kind : severity_name(SEVERITY_OTHER),
                     level_of(c, subject));
        n->held++;
        n->opened += h->opened;
        out->held++;
    }
    if (out->count > 0) {
        qsort(out->items, out->count, sizeof out->items[0], count_compare);
    }
}

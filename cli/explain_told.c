/* What leaders were told about a subject, from the alerts journal. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/explain.h"
#include "cli/language.h"
#include "lib/keys.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/subject.h"
#include "lib/wire.h"

#define ENTRIES_A_READ 1000u
#define EVENTS_ARENA (16u * WIRE_ARENA_BYTES)

static void
event_print(const struct alert_event *ev, void *context)
{
    char when[WHEN_BYTES];
    char row[192] = "";

    (void)context;
    when_say(ev->at_ms, when);
    if (ev->windows > 0) {
        (void)snprintf(
            row, sizeof row,
            words("; %u kỳ liên tiếp, từ kỳ %s", "; %u in a row, since window %s"),
            ev->windows, ev->since_window);
    }
    wrapped_indent(2, words("%s/%u %s %s, %s, kỳ %s%s", "%s/%u %s %s, %s, window %s%s"),
                   ev->code, ev->number, when, reason_words(ev->reason),
                   kind_words(ev->kind), ev->window, row);
}

/* The events of one alert, by the end of the day asked for. */
struct listen {
    const struct explain *explain;
    struct told_about *out;
    explain_event *each;
    void *context;
};

static bool
is_over(const char *reason)
{
    return strcmp(reason, "resolved") == 0 || strcmp(reason, "withdrawn") == 0;
}

static void
entry_hear(const struct listen *l, const struct journal_entry *e, struct arena *a)
{
    struct alert_event *events;
    size_t count;
    size_t i;

    arena_reset(a);
    if (e->kind != JOURNAL_ALERTS ||
        alert_events_decode(e->body, e->body_bytes, a, &events, &count) != ST_OK) {
        return;
    }
    for (i = 0; i < count; i++) {
        int32_t day = instant_day((struct instant){events[i].at_ms});

        if (strcmp(events[i].code, l->out->code) != 0 ||
            (l->explain->at != DAY_NONE && day > l->explain->at)) {
            continue;
        }
        l->out->told = true;
        if (l->explain->at != DAY_NONE) {
            l->out->open = !is_over(events[i].reason);
        }
        if (l->each != NULL) {
            l->each(&events[i], l->context);
        }
    }
}

static int
journal_hear(const struct listen *l)
{
    const struct reading *r = &l->explain->reading;
    struct arena *a = arena_new(EVENTS_ARENA);
    struct journal_read rd;
    uint64_t after = 0;
    enum status st;
    size_t i;

    journal_read_init(&rd);
    do {
        st = journal_read_after(r->redis, r->province, KEY_ALERTS, after,
                                ENTRIES_A_READ, &rd);
        for (i = 0; st == ST_OK && i < rd.count; i++) {
            entry_hear(l, &rd.entries[i], a);
            after = rd.entries[i].seq;
        }
    } while (st == ST_OK && rd.count > 0);
    journal_read_fini(&rd);
    arena_free(&a);
    return st == ST_AGAIN ? reading_broken(r) : EXIT_DONE;
}

static void
not_armed(const struct explain *x)
{
    const struct unit *u =
        x->subject.unit == NONE ? NULL : &x->c->units[x->subject.unit];

    if (target_illustrative(x->c, x->t)) {
        (void)puts(words("Cảnh báo: không, đây chỉ là minh họa.",
                         "Alert: none, this is only an illustration."));
    } else if (x->t->kind == TARGET_INFO) {
        (void)puts(words("Cảnh báo: không, nội dung này chỉ theo dõi, không đánh giá.",
                         "Alert: none, this is only shown and never judged."));
    } else if (x->t->full_marks) {
        (void)puts(words("Cảnh báo: không, đây là mức chấm điểm, không phải chỉ tiêu.",
                         "Alert: none, this is a line of scoring, not a duty."));
    } else if (!target_armed(x->c, x->t, u, x->reading.simulated)) {
        (void)puts(words("Cảnh báo: chưa gửi, vì tỉnh chưa xác nhận diện loại trừ.",
                         "Alert: none is sent, the province has not confirmed who is "
                         "exempt."));
    } else {
        (void)puts(words("Cảnh báo: chưa có.", "Alert: none so far."));
    }
}

int
explain_told(const struct explain *x, struct told_about *out, explain_event *each,
             void *context)
{
    const struct listen l = {x, out, each, context};
    struct board_alert alert;
    enum status st;
    int first;
    int last;

    memset(out, 0, sizeof *out);
    out->judged = subject_judged(x->c, x->t, x->subject);
    if (!out->judged) {
        return EXIT_DONE;
    }
    target_span(x->c, x->t, x->score.year, &first, &last);
    alert_code(x->c, x->t, last, x->name, out->code);
    st = board_alert(x->reading.redis, x->reading.province, out->code, &alert);
    if (st == ST_GONE) {
        return EXIT_DONE;
    }
    if (st != ST_OK) {
        return reading_broken(&x->reading);
    }
    out->open = alert.open;
    return journal_hear(&l);
}

int
explain_told_print(const struct explain *x)
{
    struct told_about about = {0};
    int code = explain_told(x, &about, NULL, NULL);

    if (code != EXIT_DONE || !about.judged) {
        return code; /* shown beside the subjects, never told about */
    }
    if (!about.told) {
        not_armed(x);
        return EXIT_DONE;
    }
    (void)printf(words("Cảnh báo %s: %s\n", "Alert %s: %s\n"), about.code,
                 about.open ? words("đang mở", "open") : words("đã đóng", "closed"));
    return explain_told(x, &about, event_print, NULL);
}

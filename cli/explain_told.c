/* What leaders were told about a subject, from the alerts journal. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/explain.h"
#include "cli/language.h"
#include "lib/keys.h"
#include "lib/mem.h"
#include "lib/subject.h"
#include "lib/wire.h"

#define ENTRIES_A_READ 1000u
#define EVENTS_ARENA (16u * WIRE_ARENA_BYTES)

static void
event_print(const struct alert_event *ev)
{
    char when[WHEN_BYTES];

    when_say(ev->at_ms, when);
    (void)printf(words("  %s/%u  %s  %s, %s, kỳ %s", "  %s/%u  %s  %s, %s, window %s"),
                 ev->code, ev->number, when, reason_words(ev->reason),
                 kind_words(ev->kind), ev->window);
    if (ev->windows > 0) {
        (void)printf(
            words("; %u kỳ liên tiếp, từ kỳ %s", "; %u in a row, since window %s"),
            ev->windows, ev->since_window);
    }
    (void)putchar('\n');
}

static void
entry_print(const struct journal_entry *e, const char *code, struct arena *a)
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
        if (strcmp(events[i].code, code) == 0) {
            event_print(&events[i]);
        }
    }
}

static int
history_print(const struct explain *x, const char *code)
{
    struct arena *a = arena_new(EVENTS_ARENA);
    struct journal_read rd;
    uint64_t after = 0;
    enum status st;
    size_t i;

    journal_read_init(&rd);
    do {
        st = journal_read_after(x->reading.redis, x->reading.province, KEY_ALERTS,
                                after, ENTRIES_A_READ, &rd);
        for (i = 0; st == ST_OK && i < rd.count; i++) {
            entry_print(&rd.entries[i], code, a);
            after = rd.entries[i].seq;
        }
    } while (st == ST_OK && rd.count > 0);
    journal_read_fini(&rd);
    arena_free(&a);
    return st == ST_AGAIN ? reading_broken(&x->reading) : EXIT_DONE;
}

static void
not_armed(const struct explain *x)
{
    const struct unit *u =
        x->subject.unit == NONE ? NULL : &x->c->units[x->subject.unit];

    if (x->c->illustrative) {
        (void)puts(words("Cảnh báo: không, đây chỉ là minh họa.",
                         "Alert: none, this is only an illustration."));
    } else if (!target_armed(x->c, x->t, u, x->reading.simulated)) {
        (void)puts(words("Cảnh báo: chưa gửi, vì tỉnh chưa xác nhận diện loại trừ.",
                         "Alert: none is sent, the province has not confirmed who is "
                         "exempt."));
    } else {
        (void)puts(words("Cảnh báo: chưa có.", "Alert: none so far."));
    }
}

int
explain_told(const struct explain *x)
{
    struct board_alert alert;
    char code[ALERT_CODE_BYTES];
    enum status st;
    int first;
    int last;

    if (!subject_judged(x->c, x->t, x->subject)) {
        return EXIT_DONE; /* shown beside the subjects, never told about */
    }
    target_span(x->c, x->t, x->score.year, &first, &last);
    alert_code(x->c, x->t, last, x->name, code);
    st = board_alert(x->reading.redis, x->reading.province, code, &alert);
    if (st == ST_GONE) {
        not_armed(x);
        return EXIT_DONE;
    }
    if (st != ST_OK) {
        return reading_broken(&x->reading);
    }
    (void)printf(words("Cảnh báo %s: %s\n", "Alert %s: %s\n"), code,
                 alert.open ? words("đang mở", "open") : words("đã đóng", "closed"));
    return history_print(x, code);
}

/* What a step waits for, shows and expects. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/play.h"
#include "lib/instant.h"
#include "lib/keys.h"

#define LOOK_NS 5000000L
#define ENTRIES_A_READ 1000u

/* --- catching up --- */

static enum status
places_read(struct play *p, uint64_t *told)
{
    struct reading *r = &p->reading;
    struct board_checkpoint notifier;
    enum status st = board_head(r->redis, r->province, &r->head);

    if (st == ST_OK) {
        st = board_checkpoint(r->redis, r->province, "scorer", &r->scorer);
    }
    if (st == ST_OK) {
        st = board_checkpoint(r->redis, r->province, "notifier", &notifier);
        *told = notifier.seq;
    }
    return st;
}

int
play_settle(struct play *p, bool all)
{
    static const struct timespec pause = {0, LOOK_NS};
    const struct reading *r = &p->reading;
    struct mono start = mono_now();
    uint64_t told = 0;

    for (;;) {
        if (places_read(p, &told) != ST_OK) {
            return reading_broken(r);
        }
        if (r->scorer.seq >= r->head.seq && (!all || told >= r->scorer.out)) {
            return EXIT_DONE;
        }
        if (mono_since_us(start) > (int64_t)p->wait_s * 1000000) {
            break;
        }
        (void)nanosleep(&pause, NULL); /* shorter does no harm */
    }
    return play_stop(p, EXIT_UNAVAILABLE,
                     words("sau %ld giây: chấm điểm ở mục %" PRIu64 "/%" PRIu64
                           ", gửi cảnh báo ở mục %" PRIu64 "/%" PRIu64
                           "; các dịch vụ có chạy không?",
                           "after %ld s: the scorer stands at %" PRIu64 " of %" PRIu64
                           ", the notifier at %" PRIu64 " of %" PRIu64
                           "; do the services run?"),
                     p->wait_s, r->scorer.seq, r->head.seq, told, r->scorer.out);
}

/* --- alerts as they come --- */

static void
ratio_figure(const struct alert_event *ev, bool ratio, char *out, size_t out_bytes)
{
    char num[RATIO_TEXT_BYTES];
    char den[RATIO_TEXT_BYTES];
    char value[RATIO_TEXT_BYTES];
    char required[RATIO_TEXT_BYTES];

    count_say(ev->numerator, num);
    if (!ratio || ev->denominator <= 0) {
        (void)snprintf(out, out_bytes,
                       ev->pool > 0 ? words("hạng %s", "rank %s") : "%s", num);
        return;
    }
    count_say(ev->denominator, den);
    percent_say(ratio_percent(ev->numerator, ev->denominator), CUT_DOWN, value);
    percent_say(ev->required, CUT_UP, required);
    (void)snprintf(out, out_bytes,
                   words("%s/%s = %s, mức yêu cầu %s", "%s/%s = %s, required %s"), num,
                   den, value, required);
}

/* What is said of it: a figure, unless it is about a report or a list. */
static void
tail_say(const struct play *p, const struct alert_event *ev, char *out,
         size_t out_bytes)
{
    const struct catalogue *c = p->reading.catalogue;
    int target = c == NULL ? NONE : catalogue_target(c, ev->target);
    char figure[4 * RATIO_TEXT_BYTES + 32];
    char day[DAY_TEXT_BYTES];

    if (strcmp(ev->kind, "progress") == 0) {
        (void)snprintf(out, out_bytes, words("số dòng: %zu", "lines: %zu"),
                       ev->progress_count);
        return;
    }
    if (ev->group != NULL && ev->group[0] != '\0') {
        day_say(ev->due_day, day);
        (void)snprintf(out, out_bytes, words("hạn gửi %s", "due on %s"), day);
        return;
    }
    ratio_figure(
        ev, target != NONE && !c->indicators[c->targets[target].indicator].is_value,
        figure, sizeof figure);
    (void)snprintf(out, out_bytes, "%s", figure);
}

static void
event_say(const struct play *p, const struct alert_event *ev)
{
    const struct catalogue *c = p->reading.catalogue;
    int unit = c == NULL ? NONE : catalogue_unit(c, ev->subject);
    char tail[4 * RATIO_TEXT_BYTES + 32];

    tail_say(p, ev, tail, sizeof tail);
    play_say(p,
             words("  cảnh báo %s/%" PRIu32 ": %s, %s; %s; kỳ %s: %s",
                   "  alert %s/%" PRIu32 ": %s, %s; %s; window %s: %s"),
             ev->code, ev->number, reason_words(ev->reason), kind_words(ev->kind),
             unit == NONE ? ev->subject : unit_words(&c->units[unit]), ev->window,
             tail);
}

static void
entry_say(struct play *p, const struct journal_entry *e)
{
    struct alert_event *events;
    size_t count;
    size_t i;

    arena_reset(p->events);
    if (e->kind == JOURNAL_ALERTS &&
        alert_events_decode(e->body, e->body_bytes, p->events, &events, &count) ==
            ST_OK) {
        for (i = 0; i < count; i++) {
            event_say(p, &events[i]);
        }
    }
    p->alerts_after = e->seq;
}

int
play_alerts(struct play *p)
{
    const struct reading *r = &p->reading;
    struct journal_read rd;
    enum status st = ST_OK;
    size_t i;

    journal_read_init(&rd);
    while (st == ST_OK && p->alerts_after < r->scorer.out) {
        st = journal_read_after(r->redis, r->province, KEY_ALERTS, p->alerts_after,
                                ENTRIES_A_READ, &rd);
        if (rd.count == 0) {
            break;
        }
        for (i = 0; st == ST_OK && i < rd.count; i++) {
            entry_say(p, &rd.entries[i]);
        }
    }
    journal_read_fini(&rd);
    return st == ST_OK ? EXIT_DONE : reading_broken(r);
}

/* --- expectations --- */

static int
met(struct play *p, const char *what)
{
    play_say(p, words("  đúng như mong đợi: %s", "  as expected: %s"), what);
    return EXIT_DONE;
}

static int
expect_alert(struct play *p)
{
    const struct play_step *s = p->step;
    char what[256];
    struct board_alert a;
    enum status st = board_alert(p->reading.redis, p->reading.province, s->text, &a);

    if (st != ST_OK && st != ST_GONE) {
        return reading_broken(&p->reading);
    }
    if (st == ST_GONE) {
        return play_stop(p, EXIT_DATA,
                         words("mong đợi cảnh báo %s (%s, %s), nhưng chưa có cảnh báo "
                               "nào như vậy",
                               "expected the alert %s (%s, %s), but nobody was told of "
                               "it"),
                         s->text, s->alert, s->reason);
    }
    if (strcmp(a.kind, s->alert) != 0 || strcmp(a.reason, s->reason) != 0 ||
        (s->window[0] != '\0' && strcmp(a.window, s->window) != 0)) {
        return play_stop(p, EXIT_DATA,
                         words("mong đợi %s: %s %s %s; thực tế: %s %s %s (lần %" PRIu32
                               ")",
                               "expected %s: %s %s %s; what stands: %s %s %s (message "
                               "%" PRIu32 ")"),
                         s->text, s->alert, s->reason, s->window, a.kind, a.reason,
                         a.window, a.number);
    }
    (void)snprintf(what, sizeof what, "%s, %s, %s", s->text, kind_words(s->alert),
                   reason_words(s->reason));
    return met(p, what);
}

static int
expect_none(struct play *p)
{
    const struct play_step *s = p->step;
    char what[256];
    struct board_alert a;
    enum status st = board_alert(p->reading.redis, p->reading.province, s->text, &a);

    if (st == ST_GONE) {
        (void)snprintf(what, sizeof what, words("không có cảnh báo %s", "no alert %s"),
                       s->text);
        return met(p, what);
    }
    if (st != ST_OK) {
        return reading_broken(&p->reading);
    }
    return play_stop(p, EXIT_DATA,
                     words("mong đợi không có cảnh báo %s; thực tế: %s %s %s",
                           "expected no alert %s; what stands: %s %s %s"),
                     s->text, a.kind, a.reason, a.window);
}

static int
expect_count(struct play *p, bool open)
{
    struct board_alerts alerts;
    char text[48];
    long count = 0;
    size_t i;

    if (board_alerts(p->reading.redis, p->reading.province, &alerts) != ST_OK) {
        board_alerts_fini(&alerts);
        return reading_broken(&p->reading);
    }
    for (i = 0; i < alerts.count; i++) {
        /* Reports that are missing come and go with the days of a script. */
        count += !alerts.items[i].missing && (!open || alerts.items[i].open) ? 1 : 0;
    }
    board_alerts_fini(&alerts);
    if (count != p->step->number) {
        return play_stop(p, EXIT_DATA,
                         open ? words("mong đợi %ld cảnh báo đang mở; thực tế: %ld",
                                      "expected %ld open alerts; what stands: %ld")
                              : words("mong đợi %ld cảnh báo tất cả; thực tế: %ld",
                                      "expected %ld alerts in all; what stands: %ld"),
                         p->step->number, count);
    }
    (void)snprintf(text, sizeof text,
                   open ? words("%ld cảnh báo đang mở", "%ld open alerts")
                        : words("%ld cảnh báo tất cả", "%ld alerts in all"),
                   count);
    return met(p, text);
}

static int
expect_score(struct play *p)
{
    const struct play_step *s = p->step;
    struct board_lines lines;
    char field[512];
    char have[64] = "-";
    const char *line;
    int code;

    if (board_scores(p->reading.redis, p->reading.province, s->text, &lines) != ST_OK) {
        board_lines_fini(&lines);
        return reading_broken(&p->reading);
    }
    (void)snprintf(field, sizeof field, "%s/%d", s->alert, s->year);
    line = board_line(&lines, field);
    if (line != NULL) {
        (void)snprintf(have, sizeof have, "%.*s", (int)strcspn(line, " "), line);
    }
    if (strcmp(have, s->verdict) == 0) {
        (void)snprintf(field, sizeof field, "%s %s/%d %s", s->text, s->alert, s->year,
                       have);
        code = met(p, field);
    } else {
        code = play_stop(p, EXIT_DATA,
                         words("mong đợi %s %s: %s; thực tế: %s",
                               "expected %s %s: %s; what stands: %s"),
                         s->text, field, s->verdict, line == NULL ? "-" : line);
    }
    board_lines_fini(&lines);
    return code;
}

int
play_expect(struct play *p)
{
    int code = play_settle(p, true);

    if (code == EXIT_DONE) {
        code = play_alerts(p);
    }
    if (code != EXIT_DONE) {
        return code;
    }
    switch (p->step->kind) {
    case PLAY_EXPECT_ALERT:
        return expect_alert(p);
    case PLAY_EXPECT_NONE:
        return expect_none(p);
    case PLAY_EXPECT_TOLD:
        return expect_count(p, false);
    case PLAY_EXPECT_OPEN:
        return expect_count(p, true);
    case PLAY_EXPECT_SCORE:
        return expect_score(p);
    default:
        return EXIT_BUG;
    }
}

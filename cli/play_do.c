/* What a step does to the services: a programme, the clock, reports. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/bundle.h"
#include "cli/cli.h"
#include "cli/language.h"
#include "cli/play.h"
#include "lib/mem.h"
#include "lib/programme.h"

#define PUSHED_MAX 1000000u
#define KEY_MAX_BYTES 4200

int
play_programme(struct play *p)
{
    const char *path = p->step->path;
    struct bundle b;
    uint64_t entry = 0;
    int code;

    bundle_init(&b);
    code = bundle_read(&b, path);
    if (code == EXIT_DONE) {
        code = bundle_send(&b, p->ops, p->ops_answers, &entry);
    }
    if (code != EXIT_DONE) {
        code = play_stop(p, code,
                         words("chương trình %s không được áp dụng",
                               "the programme %s was not put in force"),
                         path);
    } else {
        play_say(p,
                 words("chương trình %s có hiệu lực (mục %" PRIu64 ")",
                       "programme %s in force (entry %" PRIu64 ")"),
                 path, entry);
    }
    bundle_fini(&b);
    return code;
}

int
play_programme_read(struct play *p)
{
    struct reading *r = &p->reading;

    if (board_head(r->redis, r->province, &r->head) != ST_OK) {
        return reading_broken(r);
    }
    if (r->catalogue != NULL && strcmp(r->catalogue->digest, r->head.programme) == 0) {
        return EXIT_DONE;
    }
    catalogue_free(&r->catalogue);
    r->scorer.programme[0] = '\0'; /* the one in force, wherever the scorer stands */
    return reading_programme(r);
}

/* --- the clock --- */

int
play_clock(struct play *p)
{
    struct unit_request request = {.kind = UNIT_REQUEST_CLOCK,
                                   .clock_ms = p->step->at_ms};
    struct unit_reply reply;
    char when[WHEN_BYTES];
    enum status st = link_ask(p->ops, &request, p->ops_answers, &reply);

    if (st == ST_OK && reply.kind == UNIT_REPLY_DONE) {
        p->clock_ms = p->step->at_ms;
        return EXIT_DONE;
    }
    when_say(p->step->at_ms, when);
    return play_stop(
        p,
        st == ST_OK && reply.kind == UNIT_REPLY_REFUSAL ? link_refused(&reply.refusal)
                                                        : link_explain(p->ops),
        words("đồng hồ không đặt được thành %s", "the clock could not be set to %s"),
        when);
}

/* --- reports --- */

/* Is the window of a row's every figure over at the present clock? A period that is
 * none is left to the server, which refuses it. */
static bool
row_ended(const struct play *p, const struct report_file *f,
          const struct report_row *row)
{
    const struct catalogue *c = p->reading.catalogue;
    int32_t today = instant_day((struct instant){p->clock_ms});
    struct window w;
    size_t i;
    size_t g;

    for (i = 0; i < row->figure_count; i++) {
        int measure = catalogue_measure(c, f->columns[row->figures[i].column]);

        for (g = 0; measure != NONE && g < c->group_count; g++) {
            if (group_measure_place(&c->groups[g], measure) == NONE ||
                window_parse(row->period, c->groups[g].rule, &w, NULL) != ST_OK) {
                continue;
            }
            if (w.kind == PERIOD_CUMULATIVE ? w.last > today : w.last >= today) {
                return false;
            }
        }
    }
    return true;
}

/* Leaves out what is not over yet, and what was sent before; how many are left. */
static size_t
rows_pick(struct play *p, const char *path, struct report_file *f)
{
    union table_value seen = {.number = 1};
    char key[KEY_MAX_BYTES];
    size_t left = 0;
    size_t i;

    for (i = 0; i < f->row_count; i++) {
        struct report_row *row = &f->rows[i];
        size_t len = (size_t)snprintf(key, sizeof key, "%s:%zu", path, row->line);

        len = len < sizeof key ? len : sizeof key - 1;
        if (row->refused || row->figure_count == 0) {
            continue;
        }
        if (p->step->ended &&
            (table_get(p->pushed, key, len, &seen) || !row_ended(p, f, row))) {
            row->refused = true; /* not in this push */
            continue;
        }
        if (table_put(p->pushed, key, len, seen) != ST_OK) {
            return 0; /* a million rows: PUSHED_MAX */
        }
        left++;
    }
    return left;
}

static int
faults_stop(struct play *p, const char *path)
{
    const struct report_file *f = p->push.file;
    const struct report_fault *fault = &f->faults[0];

    if (f->fault_count == 0) {
        return EXIT_DONE;
    }
    return play_stop(p, EXIT_DATA, "%s:%zu:%zu: %s %s: %s", path, fault->line,
                     fault->column, fault->name, fault->value,
                     words(fault->vi, fault->en));
}

/* Counts outcomes; the first report that was not taken stops the play. */
static int
receipts_say(struct play *p, const char *path)
{
    const struct plan *plan = &p->push.plan;
    size_t counts[OUTCOME_VALID + 1] = {0};
    size_t i;

    for (i = 0; i < plan->count; i++) {
        const struct planned *item = &plan->items[i];

        counts[item->outcome]++;
        if (item->outcome == OUTCOME_REJECTED || item->outcome == OUTCOME_SUPERSEDED ||
            item->outcome == OUTCOME_RETRY_LATER || item->outcome == OUTCOME_NONE) {
            return play_stop(
                p, item->outcome == OUTCOME_RETRY_LATER ? EXIT_AGAIN : EXIT_DATA,
                "%s:%zu: %s %s %s: %s %s", path, item->row->line, item->row->unit,
                item->group, item->row->period, outcome_words(item->outcome),
                item->refusal.code == NULL
                    ? ""
                    : words(item->refusal.message_vi, item->refusal.message_en));
        }
    }
    play_say(p,
             words("gửi %s: %zu tiếp nhận, %zu thay thế, %zu không thay đổi",
                   "push %s: %zu accepted, %zu replaced, %zu unchanged"),
             path, counts[OUTCOME_ACCEPTED], counts[OUTCOME_REPLACED],
             counts[OUTCOME_DUPLICATE]);
    return EXIT_DONE;
}

static int
file_send(struct play *p, const char *path)
{
    struct unit_reply reply;
    int code = link_hello(p->push.link, false, p->push.hello, &reply);

    if (code != EXIT_DONE) {
        return play_stop(p, code, words("không gửi được %s", "%s could not be sent"),
                         path);
    }
    p->push.info = reply.info;
    p->push.reason = p->step->reason;
    p->push.made_at_ms = p->clock_ms;
    plan_make(p->push.file, &p->push.info, &p->push.plan);
    code = faults_stop(p, path);
    if (code == EXIT_DONE) {
        code = push_send(&p->push);
        if (code != EXIT_DONE) {
            code = play_stop(p, code,
                             words("không gửi được %s", "%s could not be sent"), path);
        }
    }
    if (code == EXIT_DONE) {
        code = receipts_say(p, p->step->path);
    }
    plan_fini(&p->push.plan);
    memset(&p->push.plan, 0, sizeof p->push.plan);
    return code;
}

int
play_push(struct play *p)
{
    const char *path = p->step->path;
    char why[512];
    size_t bytes;
    char *text =
        options_file_read(path, REPORT_FILE_BYTES_MAX, &bytes, why, sizeof why);
    int code;

    if (p->pushed == NULL) {
        p->pushed = table_new(PUSHED_MAX, 1); /* keys are our own lines */
    }
    if (text == NULL) {
        code = play_stop(p, EXIT_DATA,
                         words("không đọc được tệp: %s", "the file cannot be read: %s"),
                         why);
    } else {
        p->push.file = report_file_parse(text, bytes);
        code = faults_stop(p, path);
        if (code == EXIT_DONE) {
            code = play_programme_read(p);
        }
        if (code == EXIT_DONE && rows_pick(p, path, p->push.file) > 0) {
            code = file_send(p, path);
        }
    }
    report_file_free(&p->push.file);
    mem_free(&text);
    return code;
}

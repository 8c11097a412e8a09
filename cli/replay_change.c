/*
 * What another programme would have made of the same journal: two computations beside
 * each other, one with the programmes as they were put in force, one with the folder in
 * the place of each. Nothing of it touches the province.
 */
#include "cli/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/table_print.h"
#include "lib/diag.h"
#include "lib/mem.h"
#include "lib/score.h"

#define NAME_BYTES 96
#define NO_VERDICT (-1)

/* Subjects whose verdict of one target and year goes from one to another. */
struct moved {
    char target[NAME_BYTES];
    int year;
    int from; /* enum verdict, or NO_VERDICT */
    int to;
    uint64_t subjects;
    char first[NAME_BYTES]; /* one of them */
};

struct changes {
    struct replay *x;
    struct moved *moved;
    size_t moved_count;
    size_t moved_room;
    uint64_t verdicts; /* that are otherwise */
    uint64_t figures;  /* lines with the same verdict and other numbers */
};

/* --- verdicts --- */

static int
verdict_of(const struct computed_line *line)
{
    char word[NAME_BYTES];
    enum verdict v;

    if (line == NULL) {
        return NO_VERDICT;
    }
    (void)snprintf(word, sizeof word, "%.*s", (int)strcspn(line->value, " "),
                   line->value);
    return verdict_parse(word, &v) == ST_OK ? (int)v : NO_VERDICT;
}

/* Sums over units that the target only shows have a line and no verdict of their own.
 */
static bool
judged(const struct changes *all, const char *subject, const char *target, int year)
{
    const struct catalogue *c = all->x->after;
    int t = catalogue_target_at(c, target, year);

    if (strstr(subject, "/under") != NULL) {
        return false;
    }
    return t == NONE || c->targets[t].subject != SUBJECT_EACH ||
           strncmp(subject, "level-", 6) != 0;
}

static void
moved_add(struct changes *all, const char *subject, const char *target, int year,
          int from, int to)
{
    struct moved *m;
    size_t i;

    all->verdicts++;
    for (i = 0; i < all->moved_count; i++) {
        m = &all->moved[i];
        if (m->year == year && m->from == from && m->to == to &&
            strcmp(m->target, target) == 0) {
            m->subjects++;
            return;
        }
    }
    mem_array_room((void **)&all->moved, all->moved_count, &all->moved_room, sizeof *m);
    m = &all->moved[all->moved_count++];
    *m = (struct moved){.year = year, .from = from, .to = to, .subjects = 1};
    (void)snprintf(m->target, sizeof m->target, "%s", target);
    (void)snprintf(m->first, sizeof m->first, "%s", subject);
}

/* field "7c/2023"; one of the two may be missing. */
static void
score_compare(struct changes *all, const char *subject, const char *field,
              const struct computed_line *was, const struct computed_line *is)
{
    const char *slash = strrchr(field, '/');
    char target[NAME_BYTES];
    int year = slash == NULL ? 0 : (int)strtol(slash + 1, NULL, 10);

    (void)snprintf(target, sizeof target, "%.*s",
                   slash == NULL ? (int)strlen(field) : (int)(slash - field), field);
    if (!judged(all, subject, target, year)) {
        return;
    }
    if (verdict_of(was) != verdict_of(is)) {
        moved_add(all, subject, target, year, verdict_of(was), verdict_of(is));
    } else if (was == NULL || is == NULL || !score_line_same(was->value, is->value)) {
        all->figures++;
    }
}

static void
scores_join(struct changes *all, const char *subject, const struct computed_lines *was,
            const struct computed_lines *is)
{
    size_t i = 0;
    size_t k = 0;

    while (i < was->count || k < is->count) {
        const struct computed_line *a = i < was->count ? &was->items[i] : NULL;
        const struct computed_line *b = k < is->count ? &is->items[k] : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : strcmp(a->field, b->field);

        MUST(a != NULL || b != NULL);
        i += order <= 0;
        k += order >= 0;
        score_compare(all, subject, order <= 0 ? a->field : b->field,
                      order <= 0 ? a : NULL, order >= 0 ? b : NULL);
    }
}

static int
scores_compare(struct changes *all)
{
    struct replay *x = all->x;
    struct redis *r = x->scratch.redis;
    struct computed_keys keys = {0};
    struct computed_lines was = {0};
    struct computed_lines is = {0};
    struct computed_place at;
    enum status st = computed_list(r, x->sides[0].slug, &keys);
    size_t i;

    st = st == ST_OK ? computed_list(r, x->sides[1].slug, &keys) : st;
    for (i = 0; st == ST_OK && i < keys.count; i++) {
        if (strncmp(keys.items[i].name, "scores:", 7) != 0) {
            continue;
        }
        st = computed_read(r, x->sides[0].slug, &keys.items[i], &at, &was);
        if (st == ST_OK) {
            st = computed_read(r, x->sides[1].slug, &keys.items[i], &at, &is);
        }
        if (st == ST_OK) {
            scores_join(all, keys.items[i].name + 7, &was, &is);
        }
    }
    computed_lines_fini(&was);
    computed_lines_fini(&is);
    computed_keys_fini(&keys);
    return st == ST_OK ? EXIT_DONE : say_scratch_broken(x);
}

static const char *
verdict_or_none(int v)
{
    return v == NO_VERDICT ? "-" : verdict_words((enum verdict)v, false);
}

static int
moved_order(const void *a, const void *b)
{
    const struct moved *x = a;
    const struct moved *y = b;
    int order = strcmp(x->target, y->target);

    if (order == 0) {
        order = (x->year > y->year) - (x->year < y->year);
    }
    if (order == 0) {
        order = (x->from > y->from) - (x->from < y->from);
    }
    return order != 0 ? order : (x->to > y->to) - (x->to < y->to);
}

static void
moved_json(const struct moved *m)
{
    (void)printf("{\"would\":\"verdict\",\"target\":\"%s\",\"year\":%d,\"from\":\"%s\","
                 "\"to\":\"%s\",\"subjects\":%" PRIu64 ",\"such_as\":\"%s\"}\n",
                 m->target, m->year,
                 m->from == NO_VERDICT ? "" : verdict_name((enum verdict)m->from),
                 m->to == NO_VERDICT ? "" : verdict_name((enum verdict)m->to),
                 m->subjects, m->first);
}

static void
moved_print(struct changes *all)
{
    struct table_print *t = table_print_new(6);
    char year[16];
    size_t i;

    if (all->moved_count > 0) {
        qsort(all->moved, all->moved_count, sizeof *all->moved, moved_order);
    }
    table_print_head(t, 0, words("mục tiêu", "target"), TABLE_LEFT);
    table_print_head(t, 1, words("năm", "year"), TABLE_RIGHT);
    table_print_head(t, 2, words("hiện nay", "now"), TABLE_LEFT);
    table_print_head(t, 3, words("sẽ là", "would be"), TABLE_LEFT);
    table_print_head(t, 4, words("số đơn vị", "subjects"), TABLE_RIGHT);
    table_print_head(t, 5, words("ví dụ", "such as"), TABLE_LEFT);
    for (i = 0; i < all->moved_count; i++) {
        const struct moved *m = &all->moved[i];

        if (all->x->json) {
            moved_json(m);
        } else {
            (void)snprintf(year, sizeof year, "%d", m->year);
            table_print_cell(t, m->target);
            table_print_cell(t, year);
            table_print_cell(t, verdict_or_none(m->from));
            table_print_cell(t, verdict_or_none(m->to));
            table_print_number(t, m->subjects);
            table_print_cell(t, m->first);
        }
    }
    if (!all->x->json && all->moved_count > 0) {
        (void)printf(words("Kết luận sẽ khác: %" PRIu64 "\n",
                           "Verdicts that would change: %" PRIu64 "\n"),
                     all->verdicts);
        table_print_out(t);
    }
    table_print_free(&t);
}

/* --- all of it --- */

static void
total_say(const struct changes *all, size_t alerts, size_t parked)
{
    const struct replay *x = all->x;

    if (x->json) {
        (void)printf("{\"province\":\"%s\",\"entries\":%" PRIu64
                     ",\"milliseconds\":%" PRId64 ",\"verdicts\":%" PRIu64
                     ",\"figures\":%" PRIu64 ",\"alerts\":%zu,\"not_read\":%zu}\n",
                     x->reading.province, x->done, x->took_us / 1000, all->verdicts,
                     all->figures, alerts, parked);
        return;
    }
    if (all->verdicts == 0 && alerts == 0 && parked == 0) {
        (void)puts(words("Không kết luận, cảnh báo nào khác đi.",
                         "No verdict and no alert would change."));
    }
    if (all->figures > 0) {
        (void)printf(
            words("Kết luận giữ nguyên, chỉ khác số liệu hoặc yêu cầu: %" PRIu64 ".\n",
                  "The same verdict with another figure or requirement: %" PRIu64
                  ".\n"),
            all->figures);
    }
    (void)printf(
        words("Tính lại %" PRIu64 " mục hai lần trong %.1f giây. Chưa có gì được "
              "áp dụng.\n",
              "%" PRIu64 " entries computed twice in %.1f s. Nothing was put in "
              "force.\n"),
        x->done, (double)x->took_us / 1e6);
}

int
change_list(struct replay *x)
{
    struct changes all = {.x = x};
    size_t alerts = 0;
    size_t parked = 0;
    int code = scores_compare(&all);

    if (code == EXIT_DONE) {
        moved_print(&all);
        code = change_alerts(x, &alerts);
    }
    if (code == EXIT_DONE) {
        code = change_parked(x, &parked);
    }
    if (code == EXIT_DONE) {
        total_say(&all, alerts, parked);
    }
    mem_free(&all.moved);
    return code;
}

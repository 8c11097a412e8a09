/*
 * score_cases - the engine behind a line protocol, for tests/property/run.py:
 * programmes and reports come in on standard input, scores go out. Many programmes in
 * one process; no Redis, no sockets.
 *
 * - file NAME LINES: the next LINES lines are a file of the next programme
 * - load: "ok"; or "refused", a line for each finding, ".", and what follows is passed
 *   over up to the next load
 * - clear: forget all reports; sums of wholes are kept from here on (lib/sums.h)
 * - put UNIT GROUP PERIOD LINE: a report as it stands in facts:<unit>; says nothing
 * - scores ID VERSION WHO YEAR UNTIL: a line for each window, then "."
 * - alert ID VERSION WHO YEAR TODAY: none, behind or missed
 * - judged ID VERSION WHO YEAR TODAY: verdict and window that are shown; or none
 * - story ID VERSION WHO YEAR TODAY: what leaders are told when one looks on the 10th,
 *   the 20th and the last day of each month of the span, and on the day itself, as
 *   "new 2023-05, worse 2023-06", or "-"; asked again, it goes on from there
 * - ask ID VERSION WHO YEAR TODAY: looks at all of it, says nothing
 *
 * WHO is a unit's id, "level" or "province"; days are 2023-06-30. A command that cannot
 * be carried out ends the program with 65: the generator is wrong then, not the engine.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/catalogue.h"
#include "lib/facts.h"
#include "lib/mem.h"
#include "lib/score.h"
#include "lib/subject.h"
#include "lib/sums.h"
#include "lib/walks.h"
#include "lib/told.h"

#define FILES_MAX 8
#define FILE_BYTES (256 * 1024)
#define LINE_BYTES 8192
#define WORDS_MAX 6
#define WINDOWS_MAX 512
#define EXIT_BAD 65

/* One alert, and up to which day leaders were told of it. */
struct story {
    struct told told; /* its code: the words of the question */
    int32_t day;      /* DAY_NONE: not yet */
};

struct session {
    struct catalogue_file files[FILES_MAX];
    char *names[FILES_MAX];
    char *texts[FILES_MAX];
    size_t file_count;
    struct catalogue *c;
    struct facts *f;
    struct buf line;
    struct story *stories;
    size_t story_count;
    size_t story_room;
    bool refused; /* the last programme was: what is asked of it is passed over */
};

static _Noreturn void
refuse(const char *what, const char *value)
{
    (void)fprintf(stderr, "score_cases: %s: %s\n", what, value);
    exit(EXIT_BAD);
}

static bool
line_read(char line[LINE_BYTES])
{
    size_t n;

    if (fgets(line, LINE_BYTES, stdin) == NULL) {
        return false;
    }
    n = strlen(line);
    if (n == 0 || line[n - 1] != '\n') {
        refuse("a line is too long", line);
    }
    line[n - 1] = '\0';
    return true;
}

static void
file_take(struct session *s, const char *name, long lines)
{
    char line[LINE_BYTES];
    char *text = mem_alloc(FILE_BYTES);
    size_t used = 0;

    if (s->file_count == FILES_MAX) {
        refuse("too many files", name);
    }
    for (; lines > 0; lines--) {
        size_t n;

        if (!line_read(line)) {
            refuse("a file ends early", name);
        }
        n = strlen(line);
        if (used + n + 2 > FILE_BYTES) {
            refuse("a file is too long", name);
        }
        memcpy(text + used, line, n);
        text[used + n] = '\n';
        used += n + 1;
    }
    text[used] = '\0';
    s->names[s->file_count] = mem_copy_text(name);
    s->texts[s->file_count] = text;
    s->files[s->file_count] =
        (struct catalogue_file){s->names[s->file_count], text, used};
    s->file_count++;
}

static void
programme_drop(struct session *s)
{
    facts_free(&s->f);
    catalogue_free(&s->c);
    mem_free(&s->stories);
    s->story_count = s->story_room = 0;
}

static void
programme_load(struct session *s)
{
    struct findings found = {0};
    size_t i;

    programme_drop(s);
    s->refused = false;
    if (catalogue_load(s->files, s->file_count, &s->c, &found) == ST_OK) {
        s->f = facts_new(s->c);
        (void)puts("ok");
    } else {
        s->refused = true;
        (void)puts("refused");
        for (i = 0; i < found.count; i++) {
            if (found.items[i].kind == FINDING_ERROR) {
                (void)printf("%s:%d:%d: %s\n", found.items[i].file, found.items[i].line,
                             found.items[i].column, found.items[i].text);
            }
        }
        (void)puts(".");
    }
    findings_fini(&found);
    for (i = 0; i < s->file_count; i++) {
        mem_free(&s->names[i]);
        mem_free(&s->texts[i]);
    }
    s->file_count = 0;
}

static void
report_put(struct session *s, const char *unit, const char *group, const char *period,
           const char *line)
{
    struct fact_loss loss;
    struct fact fact;
    enum status st;
    int g = catalogue_group(s->c, group);
    int u = catalogue_unit(s->c, unit);

    if (g == NONE || u == NONE ||
        fact_parse(s->c, g, period, line, &fact, &loss) != ST_OK ||
        loss.words + loss.figures != 0) {
        refuse("a report that cannot be read", line);
    }
    st = facts_put(s->f, u, g, &fact, NULL);
    if (st != ST_OK && st != ST_STALE) { /* an older one that comes later: nothing */
        refuse("a report that is not taken", line);
    }
}

/* What an asking line names. */
struct asked {
    const struct target *t;
    struct subject_ref who;
    int year;
    int32_t day;
};

static struct asked
asked_parse(const struct session *s, char *const word[])
{
    struct asked a = {.who = {.unit = NONE}, .year = atoi(word[4])};
    int version = atoi(word[2]);
    size_t i;

    for (i = 0; i < s->c->target_count; i++) {
        if (strcmp(s->c->targets[i].id, word[1]) == 0 &&
            s->c->targets[i].version == version) {
            a.t = &s->c->targets[i];
        }
    }
    if (a.t == NULL || day_parse(word[5], &a.day) != ST_OK) {
        refuse("no such target or day", word[1]);
    }
    a.who.level = a.t->level;
    if (strcmp(word[3], "level") != 0 && strcmp(word[3], "province") != 0) {
        a.who.unit = catalogue_unit(s->c, word[3]);
        if (a.who.unit == NONE) {
            refuse("no such unit", word[3]);
        }
    }
    return a;
}

static void
fraction_print(const char *name, struct ratio r)
{
    if (r.den == 0) {
        (void)printf(" %s=-", name);
    } else {
        (void)printf(" %s=%" PRId64 "/%" PRId64, name, r.num, r.den);
    }
}

static void
scores_print(struct session *s, const struct asked *a)
{
    static struct window windows[WINDOWS_MAX];
    size_t n =
        score_windows(s->c, s->f, a->t, a->who, a->year, a->day, windows, WINDOWS_MAX);
    size_t i;

    for (i = 0; i < n; i++) {
        struct score score;

        score_subject(s->c, s->f, a->t, a->who, a->year, &windows[i], &score);
        buf_clear(&s->line);
        score_line(s->c, a->t, &score, &s->line);
        (void)printf("%s %s", windows[i].code, buf_str(&s->line));
        fraction_print("exact", score.value);
        fraction_print("exact_required", score.required);
        fraction_print("exact_gap", score.gap);
        (void)putchar('\n');
    }
    (void)puts(".");
}

static void
wanted_print(struct session *s, const struct asked *a, const char *what)
{
    struct wanted wanted;

    score_wanted(s->c, s->f, a->t, a->who, a->year, a->day, s->c->simulated, &wanted);
    if (strcmp(what, "alert") == 0) {
        (void)puts(alert_kind_name(wanted.kind));
    } else if (strcmp(what, "judged") == 0 && !wanted.has_latest) {
        (void)puts("none");
    } else if (strcmp(what, "judged") == 0) {
        (void)printf("%s %s\n", verdict_name(wanted.latest.verdict),
                     wanted.latest.window.code);
    }
}

static struct story *
story_of(struct session *s, const struct asked *a, char *const word[])
{
    char code[ALERT_CODE_BYTES];
    size_t i;

    (void)snprintf(code, sizeof code, "%s/%d/%s/%d", a->t->id, a->t->version, word[3],
                   a->year);
    for (i = 0; i < s->story_count; i++) {
        if (strcmp(s->stories[i].told.code, code) == 0) {
            return &s->stories[i];
        }
    }
    mem_array_room((void **)&s->stories, s->story_count, &s->story_room,
                   sizeof *s->stories);
    s->stories[s->story_count] = (struct story){.day = DAY_NONE};
    (void)snprintf(s->stories[s->story_count].told.code, sizeof code, "%s", code);
    return &s->stories[s->story_count++];
}

/* As scorer/rescore.c and scorer/event.c compare and move what was told. */
static void
story_look(struct session *s, const struct asked *a, int32_t day, struct told *told)
{
    struct wanted wanted;
    struct score now;
    const struct score *at;
    enum reason reason;
    bool changed = false;

    score_wanted(s->c, s->f, a->t, a->who, a->year, day, s->c->simulated, &wanted);
    memset(&now, 0, sizeof now);
    if (told->kind != ALERT_NONE) {
        changed = told_changed(s->c, s->f, a->t, a->who, told, &now);
    }
    reason =
        told_reason(told, &wanted, subject_group(s->c, a->t)->cadence, changed, &now);
    if (reason == REASON_NONE) {
        return;
    }
    at = reason == REASON_WITHDRAWN ? &now : &wanted.at;
    told->kind = wanted.kind;
    told->num = at->standing.num;
    told->den = at->standing.den;
    (void)snprintf(told->window, sizeof told->window, "%s", at->window.code);
    buf_format(&s->line, "%s%s %s", s->line.len == 0 ? "" : ", ", reason_name(reason),
               told->window);
}

/* The next day on which one looks. */
static int32_t
story_next(int32_t day)
{
    int year;
    int month;
    int mday;

    day_to_civil(day + 1, &year, &month, &mday);
    if (mday <= 20) {
        return day_from_civil(year, month, mday <= 10 ? 10 : 20);
    }
    return day_from_civil(month == 12 ? year + 1 : year, month % 12 + 1, 1) - 1;
}

static void
story_print(struct session *s, const struct asked *a, char *const word[])
{
    struct story *story = story_of(s, a, word);
    int32_t day;
    int first;
    int last;

    buf_clear(&s->line);
    if (story->day == DAY_NONE) {
        target_span(s->c, a->t, a->year, &first, &last);
        day = story_next(day_from_civil(first, 1, 1) - 1);
    } else {
        day = story->day; /* the reports may be others since */
    }
    for (; day < a->day; day = story_next(day)) {
        story_look(s, a, day, &story->told);
    }
    story_look(s, a, a->day, &story->told);
    story->day = a->day;
    (void)puts(s->line.len == 0 ? "-" : buf_str(&s->line));
}

/* The first `max` words of a line, the last one with all that follows. */
static size_t
words_split(char *line, char *word[WORDS_MAX], size_t max)
{
    size_t n = 0;

    while (n < max) {
        char *end;

        word[n++] = line;
        end = strchr(line, ' ');
        if (end == NULL || n == max) {
            break;
        }
        *end = '\0';
        line = end + 1;
    }
    return n;
}

static void
command_run(struct session *s, char *line)
{
    bool put = strncmp(line, "put ", 4) == 0;
    char *word[WORDS_MAX];
    size_t n = words_split(line, word, put ? 5 : WORDS_MAX);
    struct asked a;

    if (strcmp(word[0], "file") == 0 && n == 3) {
        file_take(s, word[1], atol(word[2]));
    } else if (strcmp(word[0], "load") == 0) {
        programme_load(s);
    } else if (s->refused) {
        return;
    } else if (s->c == NULL) {
        refuse("no programme is loaded", word[0]);
    } else if (strcmp(word[0], "clear") == 0) {
        facts_free(&s->f);
        s->f = facts_new(s->c);
        s->story_count = 0;
        sums_keep(s->c, s->f);
        walks_keep(s->c, s->f);
    } else if (put && n == 5) {
        report_put(s, word[1], word[2], word[3], word[4]);
    } else if (n == WORDS_MAX) {
        a = asked_parse(s, word);
        if (strcmp(word[0], "scores") == 0) {
            scores_print(s, &a);
        } else if (strcmp(word[0], "story") == 0) {
            story_print(s, &a, word);
        } else {
            wanted_print(s, &a, word[0]);
        }
    } else {
        refuse("no such command", word[0]);
    }
}

int
main(void)
{
    static struct session s;
    char line[LINE_BYTES];

    buf_init(&s.line, LINE_BYTES);
    while (line_read(line)) {
        command_run(&s, line);
    }
    programme_drop(&s);
    buf_fini(&s.line);
    return 0;
}

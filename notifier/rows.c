#include "notifier/rows.h"

#include <stdlib.h>
#include <string.h>

#include "notifier/filling.h"
#include "notifier/lines.h"

#define SCRATCH_BYTES (64u * 1024u)
#define ROW_BYTES_MAX 4096
#define COLUMNS 5
#define UNDER_UNIT 1

/* By what the list is ordered. */
struct place_of {
    const struct render_row *row;
    bool ended;
    int kind;
    struct ratio gap; /* den 0: none */
    bool whole;       /* a level or the province first */
};

/* How far off, of the two as they are printed; only ratios are held against each other.
 */
static struct ratio
gap_of(const struct view *w)
{
    static const struct ratio none = {0, 0};
    struct ratio value;
    struct ratio against;

    if (w->target == NULL || w->form != FORM_RATIO || !w->is_short) {
        return none;
    }
    value = ratio_cut(w->value, w->decimals, w->lower ? CUT_UP : CUT_DOWN);
    against = ratio_cut(w->against, w->decimals, w->lower ? CUT_DOWN : CUT_UP);
    return w->lower ? ratio_sub(value, against) : ratio_sub(against, value);
}

static void
place_make(const struct catalogue *c, const struct render_row *row,
           struct place_of *out)
{
    struct view w;

    view_make(&w, c, row->event, NULL, false);
    out->row = row;
    out->ended = row_ended(row);
    out->kind = (int)hear_of(row->event->kind);
    out->gap = gap_of(&w);
    out->whole = w.whole;
}

static int
gap_compare(struct ratio a, struct ratio b)
{
    if (a.den == 0 || b.den == 0) {
        return (a.den == 0) - (b.den == 0);
    }
    return ratio_compare(b, a);
}

static int
place_compare(const void *a, const void *b)
{
    const struct place_of *x = a;
    const struct place_of *y = b;
    int order = x->ended - y->ended;

    if (order == 0) {
        order = x->kind - y->kind;
    }
    if (order == 0) {
        order = y->whole - x->whole;
    }
    if (order == 0) {
        order = gap_compare(x->gap, y->gap);
    }
    if (order == 0) {
        order = strcmp(x->row->event->subject, y->row->event->subject);
    }
    return order == 0 ? strcmp(x->row->event->code, y->row->event->code) : order;
}

static void
columns_make(const struct writing *m, struct arena *a, struct column out[COLUMNS])
{
    static const enum phrase heads[COLUMNS] = {PHRASE_COLUMN_NUMBER, PHRASE_COLUMN_UNIT,
                                               PHRASE_COLUMN_ABOUT, PHRASE_COLUMN_STATE,
                                               PHRASE_COLUMN_SINCE};
    /* With gaps and the two blanks before them 100 columns; English days are long. */
    static const size_t widths[LANGUAGE_COUNT][COLUMNS] = {
        [LANGUAGE_VI] = {3, 20, 25, 32, 10}, [LANGUAGE_EN] = {3, 18, 25, 27, 17}};
    const size_t *width = widths[m->v.language];
    size_t i;

    for (i = 0; i < COLUMNS; i++) {
        out[i] = (struct column){phrase_text(heads[i], &m->v, a), width[i], i == 0};
    }
}

static void
row_text(struct buf *out, const struct column *columns, size_t number, bool vi,
         const struct row_words *words)
{
    char text[RATIO_TEXT_BYTES];
    const char *cells[COLUMNS] = {text, words->unit, words->about, words->state,
                                  words->since};

    buf_clear(out);
    count_text((int64_t)number, vi, text);
    lines_row(out, columns, COLUMNS, cells);
    lines_note(out, columns, UNDER_UNIT, words->code);
}

static const char *
kept(struct arena *a, const char *text, bool *good)
{
    const char *copy = arena_text(a, text == NULL ? "" : text);

    *good = *good && copy != NULL;
    return copy == NULL ? "" : copy;
}

/* For machines; false when the arena is full. */
static bool
row_keep(const struct render_row *row, const struct row_words words[LANGUAGE_COUNT],
         struct arena *a, struct wire_row *out)
{
    const struct alert_event *e = row->event;
    bool good = true;

    out->code = kept(a, e->code, &good);
    out->kind = kept(a, e->kind, &good);
    out->reason = kept(a, row_reason(row), &good);
    out->unit = kept(a, e->subject, &good);
    out->target = kept(a, e->target, &good);
    out->unit_vi = kept(a, words[LANGUAGE_VI].unit, &good);
    out->unit_en = kept(a, words[LANGUAGE_EN].unit, &good);
    out->about_vi = kept(a, words[LANGUAGE_VI].about, &good);
    out->about_en = kept(a, words[LANGUAGE_EN].about, &good);
    out->figure_vi = kept(a, words[LANGUAGE_VI].state, &good);
    out->figure_en = kept(a, words[LANGUAGE_EN].state, &good);
    out->since_vi = kept(a, words[LANGUAGE_VI].since, &good);
    out->since_en = kept(a, words[LANGUAGE_EN].since, &good);
    out->acknowledged = row->acknowledged;
    return good;
}

static size_t
row_bytes(const struct render_row *row, const struct row_words words[LANGUAGE_COUNT])
{
    const struct alert_event *e = row->event;
    size_t bytes = ROW_FRAME_BYTES + strlen(e->code) + strlen(e->kind) +
                   strlen(row_reason(row)) + strlen(e->subject) + strlen(e->target);
    int l;

    for (l = 0; l < LANGUAGE_COUNT; l++) {
        bytes += strlen(words[l].unit) + strlen(words[l].about) +
                 strlen(words[l].state) + strlen(words[l].since);
    }
    return bytes;
}

/* As many as fit a message and the arena. */
static void
rows_fill(const struct catalogue *c, const struct place_of *places, size_t before,
          size_t count, int32_t today, struct writing *m[LANGUAGE_COUNT],
          struct arena *a, struct rendered_table *out)
{
    struct arena *scratch = arena_new(SCRATCH_BYTES);
    struct column columns[LANGUAGE_COUNT][COLUMNS];
    struct buf lines[LANGUAGE_COUNT];
    size_t spent = 0; /* on rows for machines */
    bool fits = true;
    int l;

    for (l = 0; l < LANGUAGE_COUNT; l++) {
        columns_make(m[l], a, columns[l]);
        buf_init(&lines[l], ROW_BYTES_MAX);
        lines_head(&m[l]->out, columns[l], COLUMNS);
    }
    while (fits && out->row_count < count) {
        const struct render_row *row = places[out->row_count].row;
        struct row_words words[LANGUAGE_COUNT];

        arena_reset(scratch);
        for (l = 0; l < LANGUAGE_COUNT; l++) {
            row_words(c, row, today, (enum language)l, scratch, &words[l]);
            row_text(&lines[l], columns[l], before + out->row_count + 1,
                     l == LANGUAGE_VI, &words[l]);
        }
        spent += row_bytes(row, words);
        fits = m[LANGUAGE_VI]->out.len + m[LANGUAGE_EN]->out.len +
                       lines[LANGUAGE_VI].len + lines[LANGUAGE_EN].len + spent <
                   ROWS_BYTES &&
               row_keep(row, words, a, &out->rows[out->row_count]);
        for (l = 0; l < LANGUAGE_COUNT && fits; l++) {
            buf_add(&m[l]->out, lines[l].data, lines[l].len);
        }
        out->row_count += fits;
    }
    for (l = 0; l < LANGUAGE_COUNT; l++) {
        buf_fini(&lines[l]);
    }
    arena_free(&scratch);
}

void
rows_write(const struct catalogue *c, const struct rows_form *form,
           const struct render_row *items, size_t count, int32_t today,
           struct writing *vi, struct writing *en, struct arena *a,
           struct rendered_table *out)
{
    struct writing *m[LANGUAGE_COUNT] = {[LANGUAGE_VI] = vi, [LANGUAGE_EN] = en};
    size_t room = count < form->most ? count : form->most;
    struct place_of *places = mem_alloc((count + 1) * sizeof *places);
    size_t i;
    int l;

    for (i = 0; i < count; i++) {
        place_make(c, &items[i], &places[i]);
    }
    qsort(places, count, sizeof *places, place_compare);
    out->rows = arena_take(a, (room + 1) * sizeof *out->rows);
    out->row_count = 0;
    rows_fill(c, places, form->before, out->rows == NULL ? 0 : room, today, m, a, out);
    for (l = 0; l < LANGUAGE_COUNT && out->row_count < count; l++) {
        struct filling f = {m[l]->w, a, &m[l]->v, l == LANGUAGE_VI};

        filling_things(&f, SLOT_count, (int64_t)(count - out->row_count));
        say(m[l], form->more);
        new_line(m[l]);
    }
    mem_free(&places);
}

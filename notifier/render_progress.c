/* How all targets stand at a quarter's end: counts of their subjects, a line each. */
#include <string.h>

#include "notifier/lines.h"
#include "notifier/table_message.h"

#define COLUMNS 9
#define FIRST_COUNT 2 /* column */
#define COUNTS (COLUMNS - FIRST_COUNT)
#define NO_DATA 5 /* among the counts */
#define ROW_BYTES_MAX 4096
#define SCRATCH_BYTES (64u * 1024u)

static const enum slot count_slots[COUNTS] = {SLOT_met,    SLOT_on_pace, SLOT_behind,
                                              SLOT_missed, SLOT_on_way,  SLOT_no_data,
                                              SLOT_other};

static void
counts_of(const struct progress_row *row, size_t out[COUNTS])
{
    const size_t counts[COUNTS] = {row->met,    row->on_pace, row->behind, row->missed,
                                   row->on_way, row->no_data, row->other};

    memcpy(out, counts, sizeof counts);
}

static void
columns_make(const struct writing *m, struct arena *a, struct column out[COLUMNS])
{
    static const enum phrase heads[COLUMNS] = {
        PHRASE_COLUMN_ABOUT,   PHRASE_COLUMN_LEVEL,   PHRASE_COLUMN_MET,
        PHRASE_COLUMN_ON_PACE, PHRASE_COLUMN_BEHIND,  PHRASE_COLUMN_MISSED,
        PHRASE_COLUMN_ON_WAY,  PHRASE_COLUMN_NO_DATA, PHRASE_COLUMN_OTHER};
    /* With gaps and the two blanks before them 99 columns. */
    static const size_t widths[COLUMNS] = {24, 9, 7, 7, 7, 7, 7, 7, 6};
    size_t i;

    for (i = 0; i < COLUMNS; i++) {
        out[i] = (struct column){phrase_text(heads[i], &m->v, a), widths[i],
                                 i >= FIRST_COUNT};
    }
}

static const char *
about_of(const struct filling *f, const struct alert_event *e,
         const struct progress_row *row)
{
    int target = catalogue_target_at(f->w->catalogue, row->target, (int)e->year);
    const struct target *t = target == NONE ? NULL : &f->w->catalogue->targets[target];

    return t == NULL ? row->target : filling_either(f, t->title_vi, t->title_en);
}

static const char *
level_of(const struct filling *f, const char *name)
{
    enum level level;

    return view_level_parse(name, &level) ? level_cell(level, f->v, f->a) : name;
}

static const char *
kept(struct arena *a, const char *text)
{
    const char *copy = arena_text(a, text);

    return copy == NULL ? "" : copy;
}

/* For a sentence: 0, 05, 12. */
static void
fill_counts(const struct filling *f, const size_t counts[COUNTS])
{
    size_t i;

    for (i = 0; i < COUNTS; i++) {
        filling_text(f, count_slots[i], "0");
        filling_things(f, count_slots[i], (int64_t)counts[i]);
    }
}

/* One target: its line, and in `to` the same for machines. */
static void
row_write(struct table_message *t, enum language language, const struct column *columns,
          const struct alert_event *e, const struct progress_row *row,
          struct arena *scratch, struct wire_row *to)
{
    struct filling f = message_filling(t, language);
    const char *cells[COLUMNS];
    size_t counts[COUNTS];
    const char *list;
    size_t i;

    f.a = scratch;
    counts_of(row, counts);
    cells[0] = about_of(&f, e, row);
    cells[1] = level_of(&f, row->level);
    for (i = 0; i < COUNTS; i++) {
        filling_count(&f, count_slots[i], (int64_t)counts[i]);
        cells[FIRST_COUNT + i] = f.v->text[count_slots[i]];
    }
    lines_row(&t->m[language].out, columns, COLUMNS, cells);
    fill_counts(&f, counts);
    list = phrase_text(PHRASE_PROGRESS_LIST, f.v, scratch);
    *(f.vi ? &to->unit_vi : &to->unit_en) = kept(t->arena, cells[1]);
    *(f.vi ? &to->about_vi : &to->about_en) = kept(t->arena, cells[0]);
    *(f.vi ? &to->figure_vi : &to->figure_en) = kept(t->arena, list);
}

static size_t
row_bytes(const struct wire_row *r)
{
    return ROW_FRAME_BYTES + strlen(r->unit) + strlen(r->target) + strlen(r->unit_vi) +
           strlen(r->unit_en) + strlen(r->about_vi) + strlen(r->about_en) +
           strlen(r->figure_vi) + strlen(r->figure_en);
}

static void
rows_of(struct table_message *t, const struct alert_event *e,
        struct rendered_table *out)
{
    struct arena *scratch = arena_new(SCRATCH_BYTES);
    struct column columns[LANGUAGE_COUNT][COLUMNS];
    size_t spent = 0; /* on rows for machines */
    size_t i;
    int l;

    out->rows = arena_take(t->arena, (e->progress_count + 1) * sizeof *out->rows);
    for (l = 0; l < LANGUAGE_COUNT; l++) {
        columns_make(&t->m[l], t->arena, columns[l]);
        lines_head(&t->m[l].out, columns[l], COLUMNS);
    }
    for (i = 0; out->rows != NULL && i < e->progress_count &&
                t->m[LANGUAGE_VI].out.len + t->m[LANGUAGE_EN].out.len + spent <
                    ROWS_BYTES - ROW_BYTES_MAX;
         i++) {
        const struct progress_row *row = &e->progress[i];
        struct wire_row *to = &out->rows[out->row_count++];

        *to = (struct wire_row){.code = "",
                                .kind = "progress",
                                .reason = "new",
                                .unit = kept(t->arena, row->level),
                                .target = kept(t->arena, row->target),
                                .since_vi = "",
                                .since_en = ""};
        arena_reset(scratch);
        row_write(t, LANGUAGE_VI, columns[LANGUAGE_VI], e, row, scratch, to);
        row_write(t, LANGUAGE_EN, columns[LANGUAGE_EN], e, row, scratch, to);
        spent += row_bytes(to);
    }
    if (out->row_count < e->progress_count) {
        message_things(t, SLOT_count, e->progress_count - out->row_count);
        message_say(t, PHRASE_ROW_MORE);
        message_line(t);
    }
    arena_free(&scratch);
}

/* The sums over all targets. */
static void
fill_sums(struct table_message *t, const struct alert_event *e)
{
    size_t sums[COUNTS] = {0};
    size_t counts[COUNTS];
    size_t all = 0;
    int l;
    size_t i;
    size_t k;

    for (i = 0; i < e->progress_count; i++) {
        counts_of(&e->progress[i], counts);
        for (k = 0; k < COUNTS; k++) {
            sums[k] += counts[k];
            all += counts[k];
        }
    }
    for (l = 0; l < LANGUAGE_COUNT; l++) {
        struct filling f = message_filling(t, (enum language)l);

        fill_counts(&f, sums);
    }
    message_count(t, SLOT_count, all);
    message_count(t, SLOT_units, all);
    message_count(t, SLOT_covered, all - sums[NO_DATA]);
    message_phrase(t, SLOT_list, PHRASE_PROGRESS_LIST);
}

void
render_progress(const struct catalogue *c, const struct alert_event *e,
                const struct leader *leader, bool simulated, struct arena *a,
                struct rendered_table *out)
{
    int32_t today = instant_day((struct instant){e->at_ms});
    struct table_message t;
    int l;

    memset(out, 0, sizeof *out);
    table_message_init(&t, c, e->code, today, leader, simulated || e->simulated, a);
    for (l = 0; l < LANGUAGE_COUNT; l++) {
        struct filling f = message_filling(&t, (enum language)l);

        filling_text(&f, SLOT_title, filling_either(&f, c->title_vi, c->title_en));
        view_period(&f, e->window);
        filling_day(&f, SLOT_first, e->first_day);
        filling_day(&f, SLOT_day, e->last_day);
        filling_day(&f, SLOT_received, today);
    }
    message_phrase(&t, SLOT_tag, PHRASE_TAG_PROGRESS);
    message_say(&t, PHRASE_PROGRESS_OPENING);
    if (e->progress_count == 0) {
        message_say(&t, PHRASE_PROGRESS_EMPTY);
        message_line(&t);
    } else {
        fill_sums(&t, e);
        message_say(&t, PHRASE_PROGRESS_COUNTS);
        message_line(&t);
        rows_of(&t, e, out);
        fill_sums(&t, e); /* the rows have used the places */
    }
    message_say(&t, PHRASE_PROGRESS_ASK);
    table_message_end(&t, PHRASE_PROGRESS_SUBJECT, PHRASE_PROGRESS_BRIEF, &out->words);
}

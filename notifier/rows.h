/*
 * rows - alerts as lines of a list: in words, in order, as a table and for machines.
 * Pure.
 */
#ifndef DONDOC_NOTIFIER_ROWS_H
#define DONDOC_NOTIFIER_ROWS_H

#include "lib/bus.h"
#include "notifier/render.h"
#include "notifier/writing.h"

/* Both texts and the rows of a message together; its end and its frame need the rest,
 * and so does its seal (SEALED_MORE_BYTES of lib/sealed.h). */
#define ROWS_BYTES (BUS_MESSAGE_MAX - 8u * 1024u)
#define ROW_FRAME_BYTES 64u /* of a row for machines, beside its texts */
#define ROWS_MAX 500u
#define ROWS_A_MESSAGE 30u /* of a digest; a notice lists no more either */

/* The words of one row in one language; in the arena. */
struct row_words {
    const char *unit;
    const char *about;
    const char *state; /* what is the matter, and the figure */
    const char *since;
    const char *code; /* "mã QNG-…" */
};
/* today  open reports are late up to this day */
void row_words(const struct catalogue *c, const struct render_row *row, int32_t today,
               enum language language, struct arena *a, struct row_words *out);

/* A level where a cell of a table begins. */
const char *level_cell(enum level level, const struct values *v, struct arena *a);

const char *row_reason(const struct render_row *row);
bool row_ended(const struct render_row *row); /* resolved, withdrawn */
/* Is there an office of the unit itself that hears of this? */
bool view_own_office(const struct view *w);

/* Which list it is. */
struct rows_form {
    size_t before;    /* rows that stand in the messages before */
    size_t most;      /* rows of this one */
    enum phrase more; /* says how many of `count` there was no room for */
};

/*
 * rows_write - the table behind what text[vi], text[en] hold, and the same rows for
 * machines: open ones first, by kind (missed, overdue, behind, falling, reminder), then
 * by gap, then by unit; as many as fit ROWS_BYTES, and how many more there are.
 */
void rows_write(const struct catalogue *c, const struct rows_form *form,
                const struct render_row *items, size_t count, int32_t today,
                struct writing *vi, struct writing *en, struct arena *a,
                struct rendered_table *out);

#endif

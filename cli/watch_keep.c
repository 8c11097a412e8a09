/* A message outlives the buffer in which it came. */
#include "cli/watch_desk.h"
#include "lib/mem.h"

static void
text_keep(struct arena *arena, const char **text)
{
    const char *kept = *text == NULL ? "" : arena_text(arena, *text);

    *text = kept == NULL ? "" : kept;
}

static void
row_keep(struct arena *arena, struct wire_row *r)
{
    const char **texts[] = {&r->code,     &r->kind,      &r->reason,    &r->unit,
                            &r->target,   &r->unit_vi,   &r->unit_en,   &r->about_vi,
                            &r->about_en, &r->figure_vi, &r->figure_en, &r->since_vi,
                            &r->since_en};
    size_t i;

    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        text_keep(arena, texts[i]);
    }
}

void
watch_keep(const struct wire_alert *a, struct arena *arena, struct wire_alert *out)
{
    const char **texts[] = {&out->id,      &out->code,       &out->kind,
                            &out->reason,  &out->unit,       &out->target,
                            &out->window,  &out->subject_vi, &out->subject_en,
                            &out->text_vi, &out->text_en,    &out->brief_vi,
                            &out->brief_en};
    struct wire_row *rows;
    size_t i;

    *out = *a;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        text_keep(arena, texts[i]);
    }
    rows = arena_take(arena, (a->row_count + 1) * sizeof *rows);
    out->rows = rows;
    out->row_count = rows == NULL ? 0 : a->row_count;
    for (i = 0; i < out->row_count; i++) {
        rows[i] = a->rows[i];
        row_keep(arena, &rows[i]);
    }
}

/* Figures in words: what stood and what is sent. */
#include "cli/push_plan.h"

#include <inttypes.h>
#include <string.h>

#include "lib/buf.h"

#define CHANGES_BYTES 4096

static void
figure_text(struct buf *out, const struct wire_figure *f)
{
    switch (f->kind) {
    case WIRE_COUNT:
        buf_format(out, "%" PRId64, f->count);
        break;
    case WIRE_DECIMAL:
        buf_text(out, f->decimal);
        break;
    case WIRE_NOT_APPLICABLE:
        buf_char(out, 'x');
        break;
    case WIRE_NOTHING:
        buf_char(out, '-');
        break;
    }
}

/* Digits of a decimal without zeros at its end: 41.20 and 41.2 are one figure. */
static size_t
decimal_len(const char *text)
{
    size_t len = strlen(text);

    while (strchr(text, '.') != NULL && text[len - 1] == '0') {
        len--;
    }
    return len > 0 && text[len - 1] == '.' ? len - 1 : len;
}

static bool
figures_equal(const struct wire_figure *a, const struct wire_figure *b)
{
    if (a->kind == WIRE_COUNT && b->kind == WIRE_COUNT) {
        return a->count == b->count;
    }
    if (a->kind == WIRE_DECIMAL && b->kind == WIRE_DECIMAL) {
        size_t len = decimal_len(a->decimal);

        return len == decimal_len(b->decimal) &&
               memcmp(a->decimal, b->decimal, len) == 0;
    }
    return a->kind == b->kind;
}

static const struct wire_figure *
figure_of(const struct wire_figure *figures, size_t count, const char *measure)
{
    static const struct wire_figure nothing = {"", WIRE_NOTHING, 0, NULL};

    for (size_t i = 0; i < count; i++) {
        if (strcmp(figures[i].measure, measure) == 0) {
            return &figures[i];
        }
    }
    return &nothing;
}

static void
change_add(struct buf *out, const char *measure, const struct wire_figure *old,
           const struct wire_figure *now)
{
    if (figures_equal(old, now)) {
        return;
    }
    buf_format(out, "%s%s ", out->len == 0 ? "" : ", ", measure);
    figure_text(out, old);
    buf_text(out, " → ");
    figure_text(out, now);
}

const char *
plan_changes(struct plan *p, const struct planned *item, const struct wire_figure *old,
             size_t old_count)
{
    struct buf out;
    const char *text;

    buf_init(&out, CHANGES_BYTES);
    for (size_t i = 0; i < item->figure_count; i++) {
        const struct wire_figure *now = &item->figures[i];

        change_add(&out, now->measure, figure_of(old, old_count, now->measure), now);
    }
    for (size_t i = 0; i < old_count; i++) {
        const struct wire_figure *now =
            figure_of(item->figures, item->figure_count, old[i].measure);

        if (now->kind == WIRE_NOTHING) {
            change_add(&out, old[i].measure, &old[i], now);
        }
    }
    text = plan_text(p, buf_str(&out));
    buf_fini(&out);
    return text;
}

const char *
plan_figures(struct plan *p, const struct wire_figure *figures, size_t count)
{
    struct buf out;
    const char *text;

    buf_init(&out, CHANGES_BYTES);
    for (size_t i = 0; i < count; i++) {
        buf_format(&out, "%s%s ", i == 0 ? "" : ", ", figures[i].measure);
        figure_text(&out, &figures[i]);
    }
    text = plan_text(p, buf_str(&out));
    buf_fini(&out);
    return text;
}

#include "cli/check_ladder.h"

#include <stdio.h>
#include <string.h>

#include "cli/language.h"
#include "cli/table_print.h"
#include "lib/buf.h"

#define LABEL_BYTES 96
#define WIDTH_MAX 100
#define WIDTH_LEAST 20
#define LABELS_MAX 6 /* more are only counted: the line has to fit */

/* Offices of one name: those of a for_each entry differ by their unit alone. */
struct label {
    char text[LABEL_BYTES];
    size_t count;
};

struct labels {
    struct label items[LABELS_MAX];
    size_t count;
    size_t others;
};

/* "head-21040", whose scope is 21040, is one of "head-…". */
static void
label_of(const struct catalogue *c, const struct leader *l, char out[LABEL_BYTES])
{
    const char *unit = c->units[l->scope].id;
    const char *at = strstr(l->id, unit);

    if (at == NULL) {
        (void)snprintf(out, LABEL_BYTES, "%s", l->id); /* at most 64 */
    } else {
        (void)snprintf(out, LABEL_BYTES, "%.*s…%s", (int)(at - l->id), l->id,
                       at + strlen(unit));
    }
}

static void
labels_add(struct labels *all, const struct catalogue *c, const struct leader *l)
{
    char text[LABEL_BYTES];

    label_of(c, l, text);
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->items[i].text, text) == 0) {
            all->items[i].count++;
            return;
        }
    }
    if (all->count == LABELS_MAX) {
        all->others++;
        return;
    }
    (void)snprintf(all->items[all->count].text, LABEL_BYTES, "%s", text);
    all->items[all->count++].count = 1;
}

static void
labels_cell(const struct labels *all, struct table_print *t)
{
    struct buf out;

    buf_init(&out, LABELS_MAX * LABEL_BYTES * 2);
    for (size_t i = 0; i < all->count; i++) {
        buf_format(&out, "%s%s", i == 0 ? "" : ", ", all->items[i].text);
        if (all->items[i].count > 1) {
            buf_format(&out, " (%zu)", all->items[i].count);
        }
    }
    if (all->others > 0) {
        buf_format(&out, words(" và %zu chức danh khác", " and %zu more"), all->others);
    }
    table_print_cell(t, buf_str(&out));
    buf_fini(&out);
}

/* Does the office hear of a unit of that level: at once (rung 1), or on that rung? */
static bool
hears(const struct catalogue *c, const struct leader *l, int level, int rung)
{
    if (rung >= RUNG_FIRST) {
        return l->rungs[level] == rung;
    }
    return (l->levels & 1u << level) != 0 &&
           (!l->own || (int)c->units[l->scope].level == level);
}

static void
print_row(struct table_print *t, const char *level, const char *when,
          const struct labels *all)
{
    table_print_cell(t, level);
    table_print_cell(t, when);
    labels_cell(all, t);
}

static void
print_level(const struct catalogue *c, struct table_print *t, int level)
{
    static const char *const VI[] = {"tỉnh", "huyện", "xã"};
    static const char *const WHEN[] = {"at once", "rung 2", "rung 3"};
    static const char *const WHEN_VI[] = {"ngay", "nấc 2", "nấc 3"};
    const char *name = words(VI[level], level_name((enum level)level));

    for (int rung = RUNG_FIRST - 1; rung <= RUNG_LAST; rung++) {
        struct labels all = {0};

        for (size_t i = 0; i < c->leader_count; i++) {
            if (hears(c, &c->leaders[i], level, rung)) {
                labels_add(&all, c, &c->leaders[i]);
            }
        }
        if (all.count > 0) {
            print_row(t, name, words(WHEN_VI[rung - 1], WHEN[rung - 1]), &all);
            name = "";
        }
    }
}

static void
print_kind(const struct catalogue *c, struct table_print *t, enum hear h,
           const char *what)
{
    struct labels all = {0};

    for (size_t i = 0; i < c->leader_count; i++) {
        if ((c->leaders[i].kinds & 1u << h) != 0) {
            labels_add(&all, c, &c->leaders[i]);
        }
    }
    if (all.count > 0) {
        print_row(t, what, "", &all);
    }
}

void
check_ladder_print(const struct catalogue *c)
{
    struct table_print *t = table_print_new(3);

    table_print_head(t, 0, words("về cấp", "about"), TABLE_LEFT);
    table_print_head(t, 1, words("khi", "when"), TABLE_LEFT);
    table_print_head(t, 2, words("chức danh nhận", "offices that hear"), TABLE_LEFT);
    for (int level = 0; level < LEVEL_COUNT; level++) {
        print_level(c, t, level);
    }
    print_kind(c, t, HEAR_HOLD, words("tạm giữ", "held messages"));
    print_kind(c, t, HEAR_PROGRESS, words("báo cáo tiến độ", "progress"));
    table_print_fit(t, 2, WIDTH_MAX, WIDTH_LEAST);
    table_print_out(t);
    table_print_free(&t);
    (void)printf("\n");
}

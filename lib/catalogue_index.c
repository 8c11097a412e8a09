/*
 * The index behind the look-ups: ids, and the holders of each code in the order of
 * their days. Keys are the programme's own, checked to be short and plain, so a fixed
 * seed serves: nobody from outside puts keys in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/catalogue_private.h"
#include "lib/diag.h"

#define INDEX_SEED 20230630u

static void
index_put(struct table *t, const char *name, size_t number)
{
    enum status st = table_put_number(t, name, strlen(name), number);

    MUST(st == ST_OK); /* the table was made as large as what goes in */
}

static struct table *
index_things(const void *things, size_t count, size_t bytes)
{
    struct table *t = table_new(count + 1, INDEX_SEED);

    for (size_t i = 0; i < count; i++) {
        union table_value known;
        const char *name;

        memcpy(&name, (const char *)things + i * bytes, sizeof name);
        if (!table_get(t, name, strlen(name), &known)) {
            index_put(t, name, i);
        }
    }
    return t;
}

void
index_names(struct loader *l) /* the leaders' table was made while they were read */
{
    struct catalogue *c = l->c;
    struct catalogue_index *ix = l->ix;

    ix->groups = index_things(c->groups, c->group_count, sizeof *c->groups);
    ix->measures = index_things(c->measures, c->measure_count, sizeof *c->measures);
    ix->targets = index_things(c->targets, c->target_count, sizeof *c->targets);
}

/* Units by code and first day; what qsort moves are copies of what it looks at. */
struct holder {
    const char *code;
    int32_t from;
    int unit;
};

static int
holder_order(const void *a, const void *b)
{
    const struct holder *x = a;
    const struct holder *y = b;
    int order = strcmp(x->code, y->code);

    if (order != 0) {
        return order;
    }
    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    return x->unit < y->unit ? -1 : x->unit > y->unit;
}

/* Two holders of a code, one after the other: give the unit its long id. */
static void
name_holder(struct loader *l, struct unit *u)
{
    char day[DAY_TEXT_BYTES] = "first";
    char id[64];

    if (u->from != DAY_NONE) {
        day_text(u->from, day);
    }
    (void)snprintf(id, sizeof id, "%s@%s", u->code, day); /* a code has at most 32 */
    u->id = keep_text(l, id);
}

static void
check_holders(struct loader *l, const struct holder *a, const struct holder *b)
{
    const struct unit *first = &l->c->units[a->unit];

    if (first->to >= b->from) {
        struct place at = unit_place(l, (size_t)b->unit, COLUMN_CODE);
        struct place other = unit_place(l, (size_t)a->unit, COLUMN_CODE);

        refuse(
            l, at,
            "code %s is held on the same day by the unit of line %d; end that one "
            "(valid_to) before this one begins (valid_from)",
            "mã %s đã thuộc về đơn vị ở dòng %d trong cùng một ngày; cho đơn vị đó kết "
            "thúc (valid_to) trước khi đơn vị này bắt đầu (valid_from)",
            b->code, other.line);
    }
}

void
index_units(struct loader *l)
{
    struct catalogue *c = l->c;
    struct catalogue_index *ix = l->ix;
    struct holder *h = mem_alloc(c->unit_count * sizeof *h);

    ix->next_holder = mem_alloc(c->unit_count * sizeof *ix->next_holder);
    ix->codes = table_new(c->unit_count + 1, INDEX_SEED);
    for (size_t i = 0; i < c->unit_count; i++) {
        h[i] = (struct holder){c->units[i].code, c->units[i].from, (int)i};
        ix->next_holder[i] = NONE;
    }
    if (c->unit_count > 0) {
        qsort(h, c->unit_count, sizeof *h, holder_order);
    }
    for (size_t i = 0; i < c->unit_count; i++) {
        if (i == 0 || strcmp(h[i - 1].code, h[i].code) != 0) {
            index_put(ix->codes, h[i].code, (size_t)h[i].unit);
            continue;
        }
        ix->next_holder[h[i - 1].unit] = h[i].unit;
        check_holders(l, &h[i - 1], &h[i]);
        name_holder(l, &c->units[h[i - 1].unit]);
        name_holder(l, &c->units[h[i].unit]);
    }
    ix->units = index_things(c->units, c->unit_count, sizeof *c->units);
    mem_free(&h);
}

/* The one message of a day or a week: how much of what, the list, what is asked for. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/mem.h"
#include "notifier/table_message.h"

#define LIST_BYTES_MAX 2048

/* What the opening sentence counts, in this order: the open ones by kind. */
enum counted {
    COUNTED_MISSED,
    COUNTED_OVERDUE,
    COUNTED_BEHIND,
    COUNTED_FALLING,
    COUNTED_REMINDER,
    COUNTED_OTHER,
    COUNTED_RESOLVED,
    COUNTED_WITHDRAWN,
    COUNTED_COUNT
};

struct counts {
    size_t of[COUNTED_COUNT];
    size_t urged; /* of the overdue: whose unit has an office that was told */
    size_t open;
    size_t climbed; /* of the open ones: to this office */
};

static uint32_t
part_number(const struct render_row *row)
{
    return row->part == 0 ? 1 : row->part;
}

static enum counted
counted_of(const struct render_row *row)
{
    static const enum counted kinds[HEAR_COUNT] = {
        [HEAR_MISSED] = COUNTED_MISSED,     [HEAR_OVERDUE] = COUNTED_OVERDUE,
        [HEAR_BEHIND] = COUNTED_BEHIND,     [HEAR_FALLING] = COUNTED_FALLING,
        [HEAR_REMINDER] = COUNTED_REMINDER, [HEAR_HOLD] = COUNTED_OTHER,
        [HEAR_PROGRESS] = COUNTED_OTHER,
    };
    enum hear kind = hear_of(row->event->kind);

    if (strcmp(row_reason(row), "withdrawn") == 0) {
        return COUNTED_WITHDRAWN;
    }
    if (strcmp(row_reason(row), "resolved") == 0) {
        return COUNTED_RESOLVED;
    }
    return kind == HEAR_COUNT ? COUNTED_OTHER : kinds[kind];
}

static void
count_rows(const struct catalogue *c, const struct render_row *items, size_t count,
           struct counts *out)
{
    size_t i;

    memset(out, 0, sizeof *out);
    for (i = 0; i < count; i++) {
        enum counted what = counted_of(&items[i]);
        struct view w;

        out->of[what]++;
        out->open += !row_ended(&items[i]);
        out->climbed += !row_ended(&items[i]) && items[i].rung >= RUNG_FIRST;
        if (what == COUNTED_OVERDUE) {
            view_make(&w, c, items[i].event, NULL, false);
            out->urged += view_own_office(&w);
        }
    }
}

/* "02 nội dung chậm tiến độ; 01 cảnh báo được đóng" */
static void
fill_list(struct table_message *t, const struct counts *n)
{
    static const enum phrase phrases[COUNTED_COUNT] = {
        PHRASE_DIGEST_MISSED,   PHRASE_DIGEST_OVERDUE,  PHRASE_DIGEST_BEHIND,
        PHRASE_DIGEST_FALLING,  PHRASE_DIGEST_REMINDER, PHRASE_DIGEST_OTHER,
        PHRASE_DIGEST_RESOLVED, PHRASE_DIGEST_WITHDRAWN};
    struct buf list[LANGUAGE_COUNT];
    int l;
    size_t i;

    for (l = 0; l < LANGUAGE_COUNT; l++) {
        struct filling f = message_filling(t, (enum language)l);

        buf_init(&list[l], LIST_BYTES_MAX);
        for (i = 0; i < COUNTED_COUNT; i++) {
            if (n->of[i] == 0) {
                continue;
            }
            filling_things(&f, SLOT_count, (int64_t)n->of[i]);
            f.v->text[SLOT_urged] = "";
            filling_things(&f, SLOT_urged, (int64_t)n->urged);
            buf_text(&list[l], list[l].len > 0 ? "; " : "");
            phrase_add(phrases[i], f.v, &list[l]);
        }
        filling_text(&f, SLOT_list, buf_str(&list[l]));
        buf_fini(&list[l]);
    }
}

static enum phrase
digest_tag(const struct leader *leader)
{
    if (leader == NULL || leader->digest == DIGEST_NEVER) {
        return PHRASE_TAG_DIGEST;
    }
    return leader->digest == DIGEST_DAILY ? PHRASE_TAG_DIGEST_DAILY
                                          : PHRASE_TAG_DIGEST_WEEKLY;
}

/* The rows of one message; *out is freed by the caller. */
static size_t
part_items(const struct render_row *items, size_t count, uint32_t part,
           struct render_row **out)
{
    size_t kept = 0;
    size_t i;

    *out = mem_alloc((count + 1) * sizeof **out);
    for (i = 0; i < count; i++) {
        if (part_number(&items[i]) == part) {
            (*out)[kept++] = items[i];
        }
    }
    return kept;
}

/* Which one of how many; nothing of a digest that is one message. */
static void
fill_part(struct table_message *t, const struct render_row *items, size_t count,
          uint32_t part)
{
    char number[16];
    uint32_t parts = part;
    size_t i;

    for (i = 0; i < count; i++) {
        parts = part_number(&items[i]) > parts ? part_number(&items[i]) : parts;
    }
    (void)snprintf(number, sizeof number, "%" PRIu32, part);
    message_text(t, SLOT_n, number);
    if (parts > 1) {
        message_count(t, SLOT_units, parts);
        message_phrase(t, SLOT_part, PHRASE_DIGEST_PART);
    }
}

static void
part_write(struct table_message *t, const struct render_row *items, size_t count,
           uint32_t part, int32_t today, struct rendered_table *out)
{
    const struct rows_form form = {.before = (size_t)(part - 1) * ROWS_A_MESSAGE,
                                   .most = ROWS_MAX,
                                   .more = PHRASE_ROW_MORE};
    struct render_row *mine;
    size_t kept = part_items(items, count, part, &mine);

    rows_write(t->view.catalogue, &form, mine, kept, today, &t->m[LANGUAGE_VI],
               &t->m[LANGUAGE_EN], t->arena, out);
    mem_free(&mine);
}

void
render_digest_part(const struct catalogue *c, const char *code, uint32_t part,
                   int32_t today, const struct render_row *items, size_t count,
                   const struct leader *leader, bool simulated, struct arena *a,
                   struct rendered_table *out)
{
    struct table_message t;
    struct counts n;

    memset(out, 0, sizeof *out);
    table_message_init(&t, c, code, today, leader, simulated, a);
    message_phrase(&t, SLOT_tag, digest_tag(leader));
    fill_part(&t, items, count, part);
    if (count == 0) {
        message_count(&t, SLOT_count, 0);
        message_say(&t, today == DAY_NONE ? PHRASE_DIGEST_LOST : PHRASE_DIGEST_EMPTY);
        table_message_end(&t, PHRASE_DIGEST_SUBJECT_EMPTY, PHRASE_DIGEST_BRIEF,
                          &out->words);
        return;
    }
    count_rows(c, items, count, &n);
    fill_list(&t, &n);
    message_things(&t, SLOT_count, count);
    message_say(&t, PHRASE_DIGEST_OPENING);
    message_line(&t);
    part_write(&t, items, count, part, today, out);
    message_things(&t, SLOT_count, count); /* the list's end has used it */
    if (n.of[COUNTED_WITHDRAWN] > 0) {
        message_say(&t, PHRASE_DIGEST_IGNORE);
    }
    message_say(&t, n.climbed > 0 ? PHRASE_DIGEST_ASK
                    : n.open > 0  ? PHRASE_DIGEST_ASK_OWN
                                  : PHRASE_DIGEST_INFORM);
    table_message_end(&t, PHRASE_DIGEST_SUBJECT, PHRASE_DIGEST_BRIEF, &out->words);
}

void
render_digest(const struct catalogue *c, const char *code, int32_t today,
              const struct render_row *items, size_t count, const struct leader *leader,
              bool simulated, struct arena *a, struct rendered_table *out)
{
    render_digest_part(c, code, 1, today, items, count, leader, simulated, a, out);
}

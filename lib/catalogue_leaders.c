/*
 * leaders.yaml: offices that hear of alerts. One entry with for_each stands for an
 * office in every unit of a kind; {unit}, {name_vi}, {head_vi} … are the unit's.
 */
#include <string.h>

#include "lib/buf.h"
#include "lib/catalogue_private.h"

#define ENTRIES_MAX 512
#define LEADERS_MAX 20000
#define LEADER_ID_BYTES_MAX 64

static const char *const KINDS[] = {"province", "department", "district", "commune"};

static const struct word {
    const char *name;
    enum unit_column column; /* where it is filled in */
} WORDS[] = {
    {"unit", COLUMN_CODE},       {"name_vi", COLUMN_NAME_VI},
    {"name_en", COLUMN_NAME_EN}, {"head_vi", COLUMN_HEAD_VI},
    {"head_en", COLUMN_HEAD_EN},
};

static const char *
word_value(const struct word *w, const struct unit *u)
{
    switch (w->column) {
    case COLUMN_NAME_VI:
        return u->name_vi;
    case COLUMN_NAME_EN:
        return u->name_en;
    case COLUMN_HEAD_VI:
        return u->head_vi;
    case COLUMN_HEAD_EN:
        return u->head_en;
    default:
        return u->id;
    }
}

/* The word between braces at `at`; NULL when it is none of ours. */
static const struct word *
word_at(const char *at, size_t *bytes)
{
    const char *close = strchr(at, '}');

    for (size_t i = 0; close != NULL && i < COUNT_OF(WORDS); i++) {
        size_t len = strlen(WORDS[i].name);

        if ((size_t)(close - at) == len + 1 &&
            memcmp(at + 1, WORDS[i].name, len) == 0) {
            *bytes = len + 2;
            return &WORDS[i];
        }
    }
    return NULL;
}

static const char *const TEMPLATES[] = {"id", "title_vi", "title_en", "scope"};

/* Are the braces of the entry's texts words, and is there a for_each behind them? */
static bool
check_templates(struct loader *l, const struct yaml_node *node)
{
    bool each = yaml_get(node, "for_each") != NULL;
    bool good = true;

    for (size_t i = 0; i < COUNT_OF(TEMPLATES); i++) {
        const struct yaml_node *value = yaml_get(node, TEMPLATES[i]);
        const char *text = read_scalar(l, value, TEMPLATES[i]);
        const char *at = text;
        size_t bytes = 0;

        good = good && text != NULL;
        while (at != NULL && (at = strpbrk(at, "{}")) != NULL) {
            if (!each || *at == '}' || word_at(at, &bytes) == NULL) {
                refuse(
                    l, node_place(l, value),
                    "\"%s\" is \"%s\": in braces stand only {unit} {name_vi} {name_en} "
                    "{head_vi} {head_en}, and only with for_each",
                    "\"%s\" là \"%s\": trong ngoặc nhọn chỉ dùng {unit} {name_vi} "
                    "{name_en} {head_vi} {head_en}, và chỉ khi có for_each",
                    TEMPLATES[i], shown(text).text);
                good = false;
                break;
            }
            at += bytes;
        }
    }
    return good;
}

/* Fills the words in; a word that the unit leaves empty is a finding at the unit. */
static const char *
fill(struct loader *l, const struct yaml_node *node, const char *key, int unit)
{
    const char *text = yaml_get(node, key)->text;
    const char *kept;
    struct buf out;

    if (unit == NONE) {
        return keep_text(l, text);
    }
    buf_init(&out, TEXT_BYTES_MAX);
    while (*text != '\0') {
        const struct unit *u = &l->c->units[unit];
        const struct word *w;
        size_t bytes = 1;

        w = *text == '{' ? word_at(text, &bytes) : NULL;
        if (w == NULL) {
            buf_char(&out, *text++);
            continue;
        }
        if (word_value(w, u)[0] == '\0') {
            refuse(
                l, unit_place(l, (size_t)unit, w->column),
                "unit %s has no %s, and leaders.yaml makes an office of it (line %d); "
                "fill it in",
                "đơn vị %s thiếu %s, trong khi leaders.yaml lập chức danh cho đơn vị "
                "này "
                "(dòng %d); hãy ghi",
                u->id, w->name, node->line);
        }
        buf_text(&out, word_value(w, u));
        text += bytes;
    }
    kept = keep_text(l, buf_str(&out));
    buf_fini(&out);
    return kept;
}

static bool
leader_id_fits(const char *id)
{
    size_t bytes = strlen(id);

    return bytes > 0 && bytes <= LEADER_ID_BYTES_MAX &&
           strspn(
               id,
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-@") ==
               bytes;
}

static int
scope_unit(struct loader *l, const struct yaml_node *node, const char *scope)
{
    const struct catalogue *c = l->c;
    int unit = catalogue_unit(c, scope);
    union table_value first;
    const char *better;

    if (unit != NONE) {
        return unit;
    }
    if (!l->units_good) {
        return NONE; /* it may be a row that was refused */
    }
    if (table_get(l->ix->codes, scope, strlen(scope), &first)) {
        refuse(l, node_place(l, yaml_get(node, "scope")),
               "\"scope\" is \"%s\", a code with two holders; name one: %s or %s",
               "\"scope\" là \"%s\", mã đã thuộc về hai đơn vị; ghi rõ một: %s hoặc %s",
               shown(scope).text, c->units[first.number].id,
               c->units[l->ix->next_holder[first.number]].id);
        return NONE;
    }
    better = catalogue_nearest(c->units, c->unit_count, sizeof *c->units, scope);
    refuse(l, node_place(l, yaml_get(node, "scope")),
           "\"scope\" is \"%s\", which is no unit of units.csv; %s%.0s%s",
           "\"scope\" là \"%s\", không có trong units.csv; %.0s%s%s", shown(scope).text,
           better == NULL ? "name one that is" : "near to it: ",
           better == NULL ? "ghi đơn vị đã có" : "gần giống: ",
           better == NULL ? "" : better);
    return NONE;
}

struct entry {
    const struct yaml_node *node;
    struct leader wants; /* of each of its offices */
};

/* Adds one office; false when it makes no sense to go on with the entry. */
static bool
leader_add(struct loader *l, const struct entry *e, int unit, size_t *room)
{
    struct catalogue *c = l->c;
    void *items = c->leaders;
    struct place at = node_place(l, yaml_get(e->node, "id"));
    struct leader *leader;
    union table_value known;

    if (c->leader_count == LEADERS_MAX) {
        refuse(l, at, "more than %d offices; take entries out",
               "nhiều hơn %d chức danh; hãy bỏ bớt", LEADERS_MAX);
        return false;
    }
    mem_array_room(&items, c->leader_count, room, sizeof *c->leaders);
    c->leaders = items;
    leader = &c->leaders[c->leader_count];
    *leader = e->wants;
    leader->id = fill(l, e->node, "id", unit);
    leader->title_vi = fill(l, e->node, "title_vi", unit);
    leader->title_en = fill(l, e->node, "title_en", unit);
    leader->scope = scope_unit(l, e->node, fill(l, e->node, "scope", unit));
    if (!leader_id_fits(leader->id)) {
        refuse(l, at,
               "id \"%s\": write letters, digits, . - and @, at most %d, no accents",
               "id \"%s\": viết chữ không dấu, chữ số, . - và @, nhiều nhất %d ký tự",
               shown(leader->id).text, LEADER_ID_BYTES_MAX);
        return false;
    }
    if (table_get(l->ix->leaders, leader->id, strlen(leader->id), &known)) {
        refuse(l, at, "id \"%s\" is there twice; give each office its own%s%.0s",
               "id \"%s\" bị trùng; mỗi chức danh phải có mã riêng%.0s%s", leader->id,
               unit == NONE ? "" : ": put {unit} into it",
               unit == NONE ? "" : ": đưa {unit} vào id");
        return false;
    }
    if (table_put_number(l->ix->leaders, leader->id, strlen(leader->id),
                         c->leader_count) != ST_OK) {
        return false; /* bounded above; cannot be */
    }
    l->leaders[c->leader_count++] = e->node;
    return leader->scope != NONE;
}

static void
load_entry(struct loader *l, const struct yaml_node *node, size_t *room)
{
    const struct catalogue *c = l->c;
    const struct yaml_node *each = yaml_get(node, "for_each");
    int kind = read_choice(l, node, "for_each", KINDS, COUNT_OF(KINDS), NONE);
    struct entry e = {.node = node};
    size_t found = 0;

    load_leader_wants(l, node, &e.wants);
    if (!check_templates(l, node) || (each != NULL && kind == NONE)) {
        return;
    }
    if (each == NULL) {
        (void)leader_add(l, &e, NONE, room);
        return;
    }
    for (size_t i = 0; i < c->unit_count; i++) {
        if ((int)c->units[i].kind != kind) {
            continue;
        }
        found++;
        if (!leader_add(l, &e, (int)i, room)) {
            return; /* the same would be said of every unit */
        }
    }
    if (found == 0) {
        refuse(l, node_place(l, each),
               "for_each %s: units.csv has no unit of that kind; take the entry out",
               "for_each %s: units.csv không có đơn vị loại này; bỏ mục này",
               KINDS[kind]);
    }
}

void
load_leaders(struct loader *l)
{
    static const struct key_rule FILE_RULES[] = {{"leaders", NEED}};
    static const struct key_rule RULES[] = {
        {"id", NEED},    {"for_each", MAY}, {"title_vi", NEED}, {"title_en", NEED},
        {"scope", NEED}, {"levels", MAY},   {"own", MAY},       {"language", MAY},
        {"kinds", MAY},  {"rungs", MAY},    {"digest", MAY},    {"hours", MAY},
        {"urgent", MAY}, {"channels", MAY},
    };
    const struct yaml_node *root = yaml_root(l->from->yaml[FILE_LEADERS]);
    const struct yaml_node *list;
    size_t room = 0;

    l->at = FILE_LEADERS;
    l->ix->leaders = table_new(LEADERS_MAX, 0);
    l->leaders = mem_alloc(LEADERS_MAX * sizeof(*l->leaders));
    if (!read_map(l, root, FILE_RULES, COUNT_OF(FILE_RULES))) {
        return;
    }
    list = read_list(l, root, "leaders", ENTRIES_MAX);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (read_map(l, list->items[i], RULES, COUNT_OF(RULES))) {
            load_entry(l, list->items[i], &room);
        }
    }
}

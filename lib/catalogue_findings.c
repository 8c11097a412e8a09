/*
 * What the check of a programme found, and where: places of files, lines and columns,
 * texts cut for a message, and the known name that was probably meant.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/catalogue_private.h"

#define NAME_DISTANCE_MAX 2
#define NAME_BYTES_MAX 40

static const char *const FILE_NAMES[FILE_COUNT] = {
    "programme.yaml", "measures.yaml", "targets.yaml", "units.csv",
    "leaders.yaml",   "holidays.yaml", "phrases.yaml",
};

const char *
programme_file_name(enum programme_file f)
{
    return FILE_NAMES[f];
}

/* Takes back a character that the end of a buffer cut in two. */
static void
text_mend(char *text)
{
    size_t len = strlen(text);
    size_t at = len;
    size_t want;
    unsigned char lead;

    while (at > 0 && ((unsigned char)text[at - 1] & 0xc0) == 0x80) {
        at--;
    }
    if (at == 0 || (unsigned char)text[at - 1] < 0xc0) {
        return;
    }
    lead = (unsigned char)text[at - 1];
    want = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (len - (at - 1) < want) {
        text[at - 1] = '\0';
    }
}

struct shown
shown(const char *value)
{
    struct shown s;

    (void)snprintf(s.text, sizeof s.text, "%s", value); /* cut on purpose */
    text_mend(s.text);
    if (strlen(value) > strlen(s.text)) {
        s.text[sizeof s.text - 4] = '\0';
        text_mend(s.text);
        memcpy(s.text + strlen(s.text), "…", sizeof "…"); /* room was made above */
    }
    return s;
}

static struct finding *
finding_new(struct findings *f)
{
    void *items = f->items;

    mem_array_room(&items, f->count, &f->room, sizeof *f->items);
    f->items = items;
    return &f->items[f->count++];
}

/* The last place of a full list says that it is full. */
static void
findings_close(struct findings *f)
{
    struct finding *last;

    if (f->count == FINDINGS_MAX) {
        return;
    }
    last = finding_new(f);
    last->kind = FINDING_WARNING;
    last->file[0] = '\0';
    (void)snprintf(last->text, sizeof last->text,
                   "there are more findings than these %d; correct these first",
                   FINDINGS_MAX - 1);
    (void)snprintf(last->text_vi, sizeof last->text_vi,
                   "còn nhiều lỗi hơn %d lỗi này; xin sửa các lỗi này trước",
                   FINDINGS_MAX - 1);
}

void
finding_add(struct findings *f, enum finding_kind kind, struct place at, const char *en,
            const char *vi, ...)
{
    struct finding *item;
    va_list args;

    if (kind == FINDING_ERROR) {
        f->errors++;
    }
    if (f->count >= FINDINGS_MAX - 1) {
        findings_close(f);
        return;
    }
    item = finding_new(f);
    item->kind = kind;
    (void)snprintf(item->file, sizeof item->file, "%s", at.file); /* shorter */
    item->line = at.line;
    item->column = at.column;
    va_start(args, vi);
    (void)vsnprintf(item->text, sizeof item->text, en, args); /* cut if it must be */
    va_end(args);
    va_start(args, vi);
    (void)vsnprintf(item->text_vi, sizeof item->text_vi, vi, args);
    va_end(args);
    text_mend(item->text);
    text_mend(item->text_vi);
}

void
findings_fini(struct findings *f)
{
    mem_free(&f->items);
    memset(f, 0, sizeof *f);
}

struct place
node_place(const struct loader *l, const struct yaml_node *node)
{
    return (struct place){l->from->names[l->at], node->line, node->column};
}

struct place
file_place(const struct loader *l, enum programme_file f)
{
    return (struct place){l->from->names[f], 0, 0};
}

/* The start of a line, counted from 1. */
static const char *
line_start(const char *text, const char *end, size_t line)
{
    const char *at = text;
    const char *next;

    while (line > 1 && (next = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at = next + 1;
        line--;
    }
    return at;
}

struct place
field_place(const struct loader *l, const struct csv_row *row, size_t field)
{
    const struct catalogue_file *file = l->from->files[FILE_UNITS];
    const char *end = file->text + file->bytes;
    const char *at = line_start(file->text, end, row->line);
    struct place p = {FILE_NAMES[FILE_UNITS], (int)row->line, 1};
    bool quoted = false;

    if (at == file->text && file->bytes >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
        at += 3;
    }
    for (; field > 0 && at < end; at++) {
        if (*at == '"') {
            quoted = !quoted;
        }
        if (*at == '\n') {
            p.line++;
            p.column = 0;
        }
        if (*at == l->csv->separator && !quoted) {
            field--;
        }
        if (((unsigned char)*at & 0xc0) != 0x80) {
            p.column++;
        }
    }
    return p;
}

struct place
unit_place(const struct loader *l, size_t unit, enum unit_column column)
{
    int field = l->columns[column];

    return field_place(l, &l->csv->rows[l->unit_rows[unit]],
                       field == NONE ? 0 : (size_t)field);
}

/* Letters to change, add or leave out between two names (Levenshtein). */
static size_t
name_distance(const char *a, const char *b)
{
    size_t row[NAME_BYTES_MAX + 1];
    size_t b_bytes = strlen(b);

    for (size_t j = 0; j <= b_bytes; j++) {
        row[j] = j;
    }
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t corner = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < b_bytes; j++) {
            size_t change = corner + (a[i] == b[j] ? 0 : 1);
            size_t other = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;

            corner = row[j + 1];
            row[j + 1] = change < other ? change : other;
        }
    }
    return row[b_bytes];
}

const char *
catalogue_nearest(const void *things, size_t count, size_t bytes, const char *name)
{
    const char *best = NULL;
    size_t best_distance = NAME_DISTANCE_MAX + 1;
    size_t name_bytes = strlen(name);

    if (strspn(name, "0123456789") == name_bytes) {
        return NULL; /* the code next door is no better guess than any other */
    }
    for (size_t i = 0; name_bytes <= NAME_BYTES_MAX && i < count; i++) {
        const char *known;
        size_t known_bytes;
        size_t distance;

        memcpy(&known, (const char *)things + i * bytes, sizeof known);
        known_bytes = strlen(known);
        if (known_bytes > NAME_BYTES_MAX || known_bytes + 2 < name_bytes ||
            name_bytes + 2 < known_bytes) {
            continue;
        }
        distance = name_distance(name, known);
        if (distance < best_distance && 2 * distance <= known_bytes) {
            best = known;
            best_distance = distance;
        }
    }
    return best;
}

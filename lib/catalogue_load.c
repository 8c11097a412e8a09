/*
 * catalogue_load: the files one after the other, each reader adding what it finds, so
 * that one run names every mistake; then the order of the findings, then the index.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/catalogue_private.h"
#include "lib/text.h"
#include "lib/utf8.h"

#define ARENA_BYTES (32u << 20) /* what a programme's texts may take */
#define FILES_BYTES_MAX (1u << 20)
#define NFC_WARNINGS_MAX 20

static bool
text_is_plain(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if ((unsigned char)text[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* The first character (from 1) in which two texts differ. */
static int
first_difference(const char *a, const char *b)
{
    int column = 1;

    for (size_t i = 0; a[i] != '\0' && a[i] == b[i]; i++) {
        if (((unsigned char)a[i + 1] & 0xc0) != 0x80) {
            column++;
        }
    }
    return column;
}

/* Marks that turn the direction of writing show a text as another than it is: to who
 * checks the programme, and to everybody who reads what is made of it. */
static bool
line_turns(const char *start, size_t bytes)
{
    size_t step;

    for (; bytes > 0; start += step, bytes -= step) {
        step = utf8_char_bytes(start, bytes);
        if (step == 0) {
            return false;
        }
        if (step > 1 && utf8_obeyed(start, step)) {
            return true;
        }
    }
    return false;
}

/* One line: is it UTF-8, and composed (NFC)? False when it cannot be read. */
static bool
check_line(struct loader *l, const char *start, size_t bytes, int line, int *warnings)
{
    struct place at = {l->from->names[l->at], line, 1};
    char *text;
    char *composed;

    if (bytes > 0 && start[bytes - 1] == '\r') {
        bytes--;
    }
    if (!text_valid(start, bytes)) {
        refuse(
            l, at,
            "this line is not UTF-8, or holds a control character; save the "
            "file as UTF-8",
            "dòng này không phải UTF-8, hoặc có ký tự điều khiển; lưu tệp dạng UTF-8");
        return false;
    }
    if (line_turns(start, bytes)) {
        refuse(l, at,
               "this line holds an invisible mark that turns the direction of writing "
               "or separates lines; take it out (type the words again)",
               "dòng này có ký tự ẩn đảo chiều viết hoặc ngắt dòng; bỏ đi (gõ lại các "
               "chữ)");
        return false;
    }
    if (text_is_plain(start, bytes) || *warnings >= NFC_WARNINGS_MAX) {
        return true;
    }
    text = mem_copy(start, bytes);
    composed = text_nfc(text);
    if (strcmp(text, composed) != 0) {
        at.column = first_difference(text, composed);
        (*warnings)++;
        finding_add(
            l->found, FINDING_WARNING, at,
            "accents stand apart from their letters here (not NFC), so names may "
            "not match; type the word again or save the file as composed Unicode",
            "dấu đứng rời chữ ở đây (Unicode tổ hợp, không phải NFC), tên có thể "
            "không khớp; gõ lại hoặc chuyển tệp sang Unicode dựng sẵn");
    }
    mem_free(&text);
    mem_free(&composed);
    return true;
}

static bool
check_text(struct loader *l)
{
    const struct catalogue_file *f = l->from->files[l->at];
    const char *end = f->text + f->bytes;
    const char *at = f->text;
    int warnings = 0;

    for (int line = 1; at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline == NULL ? end : newline;

        if (!check_line(l, at, (size_t)(stop - at), line, &warnings)) {
            return false;
        }
        at = stop + 1;
    }
    return true;
}

bool
take_file(struct loader *l, const struct catalogue_file *file)
{
    for (int f = 0; f < FILE_COUNT; f++) {
        if (l->from->names[f] == NULL || strcmp(file->name, l->from->names[f]) != 0) {
            continue;
        }
        if (l->from->files[f] != NULL) {
            refuse(l, file_place(l, (enum programme_file)f),
                   "the file is there twice; send it once",
                   "tệp này có hai lần; chỉ gửi một lần");
            return false;
        }
        l->from->files[f] = file;
    }
    return true;
}

/* Puts the files into their places; included ones follow when it is known which. */
static bool
sort_files(struct loader *l, const struct catalogue_file *files, size_t count)
{
    size_t bytes = 0;
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        bytes +=
            files[i].bytes < FILES_BYTES_MAX ? files[i].bytes : FILES_BYTES_MAX + 1;
        good = take_file(l, &files[i]) && good;
    }
    for (int f = 0; f < FILE_COUNT; f++) {
        if (l->own.files[f] == NULL && f != FILE_PHRASES) {
            refuse(l, file_place(l, (enum programme_file)f),
                   "the file is missing; write it as programmes/README.md says",
                   "thiếu tệp này; viết theo programmes/README.md");
            good = false;
        }
    }
    if (bytes > FILES_BYTES_MAX) {
        refuse(
            l, file_place(l, FILE_PROGRAMME),
            "the files of the programme are larger than %u bytes together; shorten "
            "notes or holidays",
            "các tệp của chương trình lớn hơn %u byte tổng cộng; rút ngắn ghi chú hoặc "
            "ngày nghỉ",
            FILES_BYTES_MAX);
        good = false;
    }
    return good;
}

static bool
parse_csv(struct loader *l)
{
    const struct catalogue_file *f = l->from->files[l->at];
    char why[200] = "";

    if (csv_file_parse(f->text, f->bytes, &l->csv, why, sizeof why) != ST_OK) {
        refuse(l, file_place(l, l->at),
               "cannot be read as a table: %s; correct it there",
               "không đọc được dạng bảng: %s; sửa ở đó", why);
        return false;
    }
    return true;
}

static bool
parse_yaml(struct loader *l)
{
    const struct catalogue_file *f = l->from->files[l->at];
    size_t skip = f->bytes >= 3 && memcmp(f->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    struct place at = file_place(l, l->at);
    char why[200] = "";

    if (yaml_parse(f->text + skip, f->bytes - skip, &l->from->yaml[l->at], &at.line,
                   &at.column, why, sizeof why) != ST_OK) {
        refuse(l, at, "cannot be read as YAML: %s; correct it there",
               "không đọc được dạng YAML: %s; sửa ở đó", why);
        return false;
    }
    if (yaml_root(l->from->yaml[l->at]) == NULL) {
        refuse(l, at, "the file is empty; write it as programmes/README.md says",
               "tệp trống; viết theo programmes/README.md");
        return false;
    }
    return true;
}

bool
parse_file(struct loader *l, enum programme_file f)
{
    l->at = f;
    return check_text(l) && (f == FILE_UNITS ? parse_csv(l) : parse_yaml(l));
}

static bool
parse_files(struct loader *l)
{
    bool good = true;

    for (int f = 0; f < FILE_COUNT; f++) {
        if (l->own.files[f] != NULL) { /* phrases.yaml may be left out */
            good = parse_file(l, (enum programme_file)f) && good;
        }
    }
    return good;
}

struct origin *
read_origins(const struct loader *l, const char *key, size_t count)
{
    const struct yaml_node *list =
        yaml_get(yaml_root(l->from->yaml[FILE_MEASURES]), key);
    struct origin *o = mem_alloc(count * sizeof *o);

    for (size_t i = 0; i < count; i++) {
        o[i] = (struct origin){l->from, list->items[i]};
    }
    return o;
}

/* Where everything of measures.yaml stands; without a mistake each has its item. */
static void
keep_origins(struct loader *l)
{
    l->measures = read_origins(l, "measures", l->c->measure_count);
    l->groups = read_origins(l, "groups", l->c->group_count);
    l->indicators = read_origins(l, "indicators", l->c->indicator_count);
}

/*
 * Only when every file could be parsed: a file that is missing or broken would make
 * everything that names it look wrong too.
 */
static void
load_files(struct loader *l, const struct catalogue_file *files, size_t count)
{
    size_t at_measures;

    if (!sort_files(l, files, count) || !parse_files(l)) {
        return;
    }
    load_programme(l);
    at_measures = l->found->errors;
    load_measures(l);
    load_indicators(l);
    l->measures_good = l->found->errors == at_measures;
    if (l->measures_good) {
        keep_origins(l);
    }
    load_units(l);
    load_targets(l);
    if (l->ix->units != NULL) { /* not when the table's first line is wrong */
        load_leaders(l);
    }
    load_holidays(l);
    load_phrases(l);
    load_includes(l, files, count);
    if (l->measures_good && l->units_good) {
        check_reporters(l);
    }
    if (l->full) {
        refuse(l, file_place(l, FILE_LEADERS),
               "names and titles, with for_each filled in, take more than %u bytes; "
               "shorten them",
               "tên và chức danh, sau khi áp dụng for_each, chiếm hơn %u byte; hãy rút "
               "ngắn",
               ARENA_BYTES);
    }
    if (l->found->errors == l->errors) {
        index_names(l);
        check_chain(l);
        ask_exemptions(l);
        check_dates(l);
    }
}

static int
file_order(const char *name)
{
    for (int f = 0; f < FILE_COUNT; f++) {
        if (strcmp(name, programme_file_name((enum programme_file)f)) == 0) {
            return f;
        }
    }
    /* Then those of included programmes; "there are more findings" comes last. */
    return name[0] == '\0' ? FILE_COUNT + 1 : FILE_COUNT;
}

/* By file, line and column, as a person reads the files. */
static int
finding_order(const void *a, const void *b)
{
    const struct finding *x = a;
    const struct finding *y = b;
    int file = file_order(x->file) - file_order(y->file);

    if (file == 0) {
        file = strcmp(x->file, y->file);
    }
    if (file != 0) {
        return file;
    }
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    if (x->column != y->column) {
        return x->column < y->column ? -1 : 1;
    }
    return strcmp(x->text, y->text);
}

static void
source_fini(struct source *s)
{
    for (int f = 0; f < FILE_COUNT; f++) {
        yaml_free(&s->yaml[f]);
    }
    mem_free(&s->documents);
}

static void
loader_fini(struct loader *l)
{
    source_fini(&l->own);
    for (size_t i = 0; i < l->include_count; i++) {
        source_fini(&l->includes[i].source);
    }
    csv_file_free(&l->csv);
    mem_free(&l->unit_rows);
    mem_free(&l->targets);
    mem_free(&l->measures);
    mem_free(&l->groups);
    mem_free(&l->indicators);
    mem_free(&l->leaders);
}

enum status
catalogue_load(const struct catalogue_file *files, size_t count, struct catalogue **out,
               struct findings *found)
{
    size_t before = found->count;
    size_t errors = found->errors;
    struct loader l = {0};

    l.found = found;
    l.errors = errors;
    l.from = &l.own;
    for (int f = 0; f < FILE_COUNT; f++) {
        l.own.names[f] = programme_file_name((enum programme_file)f);
    }
    l.c = mem_alloc(sizeof *l.c);
    l.ix = mem_alloc(sizeof *l.ix);
    l.ix->arena = arena_new(ARENA_BYTES);
    l.c->index = l.ix;
    load_files(&l, files, count);
    if (found->count > before) {
        qsort(found->items + before, found->count - before, sizeof *found->items,
              finding_order);
    }
    loader_fini(&l);
    if (found->errors > errors) {
        catalogue_free(&l.c);
        return ST_BAD;
    }
    *out = l.c;
    return ST_OK;
}

void
catalogue_free(struct catalogue **c)
{
    struct catalogue_index *ix;

    if (*c == NULL) {
        return;
    }
    ix = (*c)->index;
    table_free(&ix->units);
    table_free(&ix->codes);
    table_free(&ix->groups);
    table_free(&ix->measures);
    table_free(&ix->targets);
    table_free(&ix->leaders);
    mem_free(&ix->next_holder);
    mem_free(&ix->holidays);
    mem_free(&ix->worked);
    arena_free(&ix->arena);
    mem_free(&(*c)->index);
    mem_free(&(*c)->units);
    mem_free(&(*c)->measures);
    mem_free(&(*c)->groups);
    mem_free(&(*c)->indicators);
    mem_free(&(*c)->targets);
    mem_free(&(*c)->infos);
    mem_free(&(*c)->leaders);
    mem_free(c);
}

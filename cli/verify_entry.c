/*
 * What an entry left beside it when it was appended: a receipt for each record, a fact
 * that is not older, the id of an act, a programme's text; ticks follow each other.
 */
#include "cli/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/language.h"
#include "lib/mem.h"

#define WHERE_BYTES 48

static void
where_entry(uint64_t seq, char out[WHERE_BYTES])
{
    (void)snprintf(out, WHERE_BYTES, words("mục %" PRIu64, "entry %" PRIu64), seq);
}

static void
where_record(uint64_t seq, uint32_t index, char out[WHERE_BYTES])
{
    (void)snprintf(out, WHERE_BYTES,
                   words("báo cáo %" PRIu64 ":%" PRIu32, "report %" PRIu64 ":%" PRIu32),
                   seq, index);
}

/* --- where records stood --- */

/* FNV-1a: only to tell two fields apart, never to protect. */
uint32_t
verify_field_hash(const char *field)
{
    uint32_t h = 2166136261u;

    for (; *field != '\0'; field++) {
        h = (h ^ (uint8_t)*field) * 16777619u;
    }
    return h;
}

static void
places_begin(struct verifying *x, uint64_t seq)
{
    while (x->first_count <= seq) { /* entries that could not be read hold nothing */
        mem_array_room((void **)&x->first, x->first_count, &x->first_room,
                       sizeof *x->first);
        x->first[x->first_count++] = x->field_count;
    }
}

static void
place_add(struct verifying *x, uint64_t seq, const struct entry_record *rec)
{
    /* Records that cannot be read leave a hole. */
    while (x->field_count <= x->first[seq] + rec->index) {
        mem_array_room((void **)&x->fields, x->field_count, &x->field_room,
                       sizeof *x->fields);
        x->fields[x->field_count++] = 0;
    }
    x->fields[x->first[seq] + rec->index] = verify_field_hash(rec->field);
}

bool
verify_place(const struct verifying *x, uint64_t entry, uint32_t index,
             uint32_t *field_hash)
{
    uint64_t end;

    if (entry >= x->first_count) {
        return false;
    }
    end = entry + 1 < x->first_count ? x->first[entry + 1] : x->field_count;
    if (x->first[entry] + index >= end) {
        return false;
    }
    *field_hash = x->fields[x->first[entry] + index];
    return true;
}

/* --- a batch --- */

static void
receipt_check(struct verifying *x, uint64_t seq, const struct entry_record *rec,
              const struct reply *line)
{
    char where[WHERE_BYTES];

    if (reply_type(line) == REPLY_STRING &&
        strcmp(reply_str(line, NULL), rec->line) == 0) {
        x->receipts++;
        return;
    }
    where_record(seq, rec->index, where);
    if (reply_type(line) != REPLY_STRING) {
        verify_finding(
            x, "receipt_missing", where, verify_todo_restore(),
            words("không có biên nhận %s (“%s”)", "its receipt %s is not there (“%s”)"),
            rec->field, rec->line);
    } else {
        verify_finding(x, "receipt_differs", where, verify_todo_restore(),
                       words("biên nhận %s là “%s”, phải là “%s”",
                             "its receipt %s is “%s”, must be “%s”"),
                       rec->field, reply_str(line, NULL), rec->line);
    }
}

static void
content_check(struct verifying *x, uint64_t seq, const struct entry_record *rec)
{
    uint8_t hash[RECEIPT_HASH_BYTES];
    char where[WHERE_BYTES];

    report_record_hash(&rec->report, hash);
    if (memcmp(hash, rec->report.hash, sizeof hash) != 0) {
        where_record(seq, rec->index, where);
        verify_finding(x, "content", where, verify_todo_restore(),
                       words("số liệu của %s không đúng với mã băm nội dung",
                             "the figures of %s are not those of its content hash"),
                       rec->field);
    }
}

static bool
is_parked(const struct verifying *x, uint64_t entry, uint32_t index)
{
    size_t i;

    for (i = 0; i < x->parked.count; i++) {
        if (x->parked.items[i].entry == entry && x->parked.items[i].index == index) {
            return true;
        }
    }
    return false;
}

/* "47.35" of a fact is 4735 in the record. */
static bool
figure_same(const char *text, const struct figure_record *f)
{
    char want[32];
    char digits[32];
    size_t len = 0;

    if (f->not_applicable) {
        return strcmp(text, "x") == 0;
    }
    for (; *text != '\0' && len + 1 < sizeof digits; text++) {
        if (*text != '.' && (len > 0 || *text != '0')) {
            digits[len++] = *text;
        }
    }
    digits[len] = '\0';
    (void)snprintf(want, sizeof want, "%" PRId64, f->scaled);
    return strcmp(len == 0 ? "0" : digits, want) == 0;
}

/* Does the fact hold what its record holds, and nothing else? */
static bool
fact_same(const char *text, const struct report_record *rec)
{
    static const char *const others[] = {"rev=", "at=", "from=", "to=", "received="};
    size_t words_left = sizeof others / sizeof *others + rec->figure_count;
    char value[32];
    size_t i;

    for (i = 0; i < rec->figure_count; i++) {
        if (!board_word(text, rec->figures[i].measure, value, sizeof value) ||
            !figure_same(value, &rec->figures[i])) {
            return false;
        }
    }
    for (; text != NULL; text = strchr(text, ' ')) {
        text += *text == ' ';
        words_left--;
    }
    return words_left == 0;
}

static void
fact_check(struct verifying *x, uint64_t seq, const struct entry_record *rec,
           const struct reply *line)
{
    const char *text = reply_str(line, NULL);
    char where[WHERE_BYTES];
    char at[WHERE_BYTES];
    char rev[16] = "0";
    char place[WHERE_BYTES] = "";
    unsigned long revision = 0;

    (void)snprintf(at, sizeof at, "%" PRIu64 ":%" PRIu32, seq, rec->index);
    if (board_word(text, "rev", rev, sizeof rev) &&
        board_word(text, "at", place, sizeof place)) {
        (void)sscanf(rev, "%10lu", &revision); /* 0 when it is none */
    }
    if (revision > rec->report.revision) {
        return;
    }
    if (revision == rec->report.revision && strcmp(place, at) == 0) {
        if (!fact_same(text, &rec->report)) {
            where_record(seq, rec->index, where);
            verify_finding(x, "fact", where, verify_todo_restore(),
                           words("facts:%s %s/%s có số liệu khác với báo cáo: “%s”",
                                 "facts:%s %s/%s holds other figures than the report: "
                                 "“%s”"),
                           rec->report.unit, rec->report.group, rec->report.period,
                           text);
        }
        return;
    }
    if (revision == rec->report.revision) {
        where_record(seq, rec->index, where);
        verify_finding(
            x, "fact", where, verify_todo_restore(),
            words("facts:%s %s/%s chỉ đến %s", "facts:%s %s/%s points to %s"),
            rec->report.unit, rec->report.group, rec->report.period, place);
    } else if (!is_parked(x, seq, rec->index)) {
        struct verify_absent *a;

        mem_array_room((void **)&x->absent, x->absent_count, &x->absent_room,
                       sizeof *x->absent);
        a = &x->absent[x->absent_count++];
        a->entry = seq;
        a->index = rec->index;
        (void)snprintf(a->unit, sizeof a->unit, "%s", rec->report.unit);
    }
}

static void
batch_ask(struct verifying *x, uint64_t seq, const char **fields)
{
    struct redis *r = x->reading.redis;
    char field[RECEIPT_FIELD_BYTES];
    size_t i;

    for (i = 0; i < x->sets.count; i++) {
        fields[i] = x->sets.records[i].field;
    }
    audit_receipts_put(r, x->reading.province, fields, x->sets.count);
    for (i = 0; i < x->sets.count && seq <= x->marks.scorer; i++) {
        const struct report_record *rec = &x->sets.records[i].report;

        (void)snprintf(field, sizeof field, "%s/%s", rec->group, rec->period);
        audit_fact_put(r, x->reading.province, rec->unit, field);
    }
}

static enum status
batch_check(struct verifying *x, const struct journal_entry *e)
{
    struct redis *r = x->reading.redis;
    const char **fields;
    struct reply *rep = NULL;
    enum status st;
    size_t i;

    if (x->sets.count == 0) {
        return ST_OK;
    }
    fields = mem_alloc(x->sets.count * sizeof *fields);
    batch_ask(x, e->seq, fields);
    mem_free(&fields);
    st = audit_take(r, &rep);
    for (i = 0; st == ST_OK && i < x->sets.count; i++) {
        place_add(x, e->seq, &x->sets.records[i]);
        receipt_check(x, e->seq, &x->sets.records[i], reply_at(rep, i));
        content_check(x, e->seq, &x->sets.records[i]);
    }
    reply_free(&rep);
    for (i = 0; st == ST_OK && i < x->sets.count && e->seq <= x->marks.scorer; i++) {
        st = audit_take(r, &rep);
        if (st == ST_OK) {
            fact_check(x, e->seq, &x->sets.records[i], rep);
        }
        reply_free(&rep);
    }
    x->records += x->sets.count;
    return st;
}

/* --- ticks, programmes, acts --- */

static void
tick_check(struct verifying *x, const struct journal_entry *e)
{
    char where[WHERE_BYTES];

    if (x->sets.tick == 0) {
        return;
    }
    if (e->kind == JOURNAL_TICK && x->tick != 0 && x->sets.tick != x->tick + 1) {
        where_entry(e->seq, where);
        verify_finding(x, "tick", where, verify_todo_restore(),
                       words("tick %" PRId64 " đứng sau tick %" PRId64,
                             "tick %" PRId64 " follows tick %" PRId64),
                       x->sets.tick, x->tick);
    }
    x->tick = x->sets.tick;
}

static enum status
programme_check(struct verifying *x, const struct journal_entry *e)
{
    const char *digest = x->sets.programme.digest;
    struct reply *rep = NULL;
    char where[WHERE_BYTES];
    enum status st;

    if (digest == NULL) {
        return ST_OK;
    }
    (void)snprintf(x->programme, sizeof x->programme, "%s", digest);
    audit_programme_put(x->reading.redis, x->reading.province, digest);
    st = audit_take(x->reading.redis, &rep);
    if (st == ST_OK && reply_int(rep) != (int64_t)x->sets.programme.bundle_bytes) {
        where_entry(e->seq, where);
        verify_finding(x, "programme", where, verify_todo_restore(),
                       words("programme:%.12s dài %" PRId64 " byte, phải là %zu",
                             "programme:%.12s is %" PRId64 " bytes long, must be %zu"),
                       digest, reply_int(rep), x->sets.programme.bundle_bytes);
    }
    reply_free(&rep);
    return st;
}

/* A drop excuses a fact that is not there. */
static void
drop_note(struct verifying *x)
{
    uint64_t entry;
    uint32_t index;
    size_t i;

    if (strcmp(x->sets.act.kind, "parked-drop") != 0 ||
        sscanf(x->sets.act.subject, "%20" SCNu64 ":%10" SCNu32, &entry, &index) != 2) {
        return;
    }
    for (i = 0; i < x->absent_count; i++) {
        if (x->absent[i].entry == entry && x->absent[i].index == index) {
            x->absent[i] = x->absent[--x->absent_count];
            return;
        }
    }
}

static enum status
act_check(struct verifying *x, const struct journal_entry *e)
{
    struct reply *rep = NULL;
    char where[WHERE_BYTES];
    enum status st;

    if (x->sets.act_id == NULL) {
        return ST_OK;
    }
    x->acts++;
    drop_note(x);
    audit_act_put(x->reading.redis, x->reading.province, x->sets.act_id);
    st = audit_take(x->reading.redis, &rep);
    if (st == ST_OK && (uint64_t)reply_int(rep) != e->seq) {
        where_entry(e->seq, where);
        verify_finding(x, "act", where, verify_todo_restore(),
                       words("acts %s chỉ đến mục %" PRId64 ", phải là %" PRIu64,
                             "acts %s points to entry %" PRId64 ", must be %" PRIu64),
                       x->sets.act_id, reply_int(rep), e->seq);
    }
    reply_free(&rep);
    return st;
}

enum status
verify_entry(struct verifying *x, const struct journal_entry *e)
{
    char where[WHERE_BYTES];
    enum status st;

    x->entries++;
    places_begin(x, e->seq);
    entry_sets_take(&x->sets, e, x->tick);
    if (x->sets.unreadable > 0) {
        where_entry(e->seq, where);
        verify_finding(
            x, "unreadable", where,
            words("xem dondoc parked list; do phiên bản mới hơn ghi thì kiểm "
                  "tra bằng phiên bản đó",
                  "see dondoc parked list; if a newer release wrote it, "
                  "verify with that one"),
            words("%zu bản ghi loại “%s” không đọc được",
                  "%zu records of kind “%s” cannot be read"),
            x->sets.unreadable, e->kind_word);
    }
    tick_check(x, e);
    st = batch_check(x, e);
    if (st == ST_OK) {
        st = programme_check(x, e);
    }
    return st == ST_OK ? act_check(x, e) : st;
}

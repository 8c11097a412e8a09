/*
 * Entries of the archive into the journal: the same Function, the same seq, kind, body
 * and chain value, and the same lines beside them that ingest and notifier wrote. Calls
 * go out in bursts, each on the head that the one before leaves; a lost one makes all
 * behind it fail, and the same command goes on from the head that stands.
 */
#include "cli/restore.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/diag.h"

#define BURST_ENTRIES 64u
#define BURST_BYTES (4u << 20)

struct burst {
    struct restoring *x;
    struct entry_sets sets;
    struct journal_append append;
    struct journal_head head; /* when all that was put succeeds */
    size_t put;
    size_t bytes;
};

static int
failed(const struct burst *b, enum status st)
{
    struct redis *r = b->x->reading.redis;

    if (st == ST_STALE) {
        (void)fputs(
            words("Có dịch vụ khác đang ghi vào sổ này. Đề nghị dừng ingest và "
                  "notifier rồi chạy lại lệnh này.\n",
                  "Somebody else writes to this journal. Please stop ingest and "
                  "notifier, then run this again.\n"),
            stderr);
        return EXIT_DATA;
    }
    (void)fprintf(
        stderr,
        words("Redis không nhận tiếp: %s\nĐề nghị xử lý rồi chạy lại đúng lệnh "
              "này: nó làm tiếp từ chỗ dừng.\n",
              "Redis takes no more: %s\nPlease see to it, then run the same "
              "command: it goes on where it stopped.\n"),
        redis_error(r));
    return st == ST_AGAIN ? EXIT_UNAVAILABLE : EXIT_DATA;
}

/* The answers to all that was put. */
static int
burst_take(struct burst *b)
{
    struct redis *r = b->x->reading.redis;
    enum status worst = ST_OK;

    for (; b->put > 0; b->put--) {
        struct reply *rep = NULL;
        enum status st = redis_next(r, &rep);

        if (st == ST_OK) {
            size_t conflicts;

            st = journal_append_result(&b->append, rep, NULL, 0, &conflicts);
            if (reply_type(rep) == REPLY_ERROR && worst == ST_OK) {
                redis_error_set(r, "%s", reply_str(rep, NULL));
            }
        }
        reply_free(&rep);
        worst = worst == ST_OK ? st : worst;
        if (!redis_connected(r)) {
            break;
        }
    }
    b->bytes = 0;
    return worst == ST_OK ? EXIT_DONE : failed(b, worst);
}

/* --- what stands beside an entry --- */

/* Revisions before this one that nobody offered again after a loss; they are found by
 * what is not there, so everything before has to be. */
static enum status
placeholders_set(struct burst *b, const struct entry_record *rec)
{
    struct redis *r = b->x->reading.redis;
    uint32_t revision = rec->report.revision;

    while (--revision > 0) {
        char field[RECEIPT_FIELD_BYTES];
        char line[RECEIPT_LINE_BYTES];
        const char *asked = field;
        struct receipt receipt;
        struct reply *rep = NULL;
        enum status st;
        bool stands;

        receipt_field(rec->key, revision, field);
        audit_receipts_put(r, b->x->reading.province, &asked, 1);
        st = audit_take(r, &rep);
        stands = st == ST_OK && reply_type(reply_at(rep, 0)) == REPLY_STRING;
        reply_free(&rep);
        if (st != ST_OK || stands) {
            return st;
        }
        receipt_placeholder(&receipt, revision, rec->report.received_at_ms);
        receipt_line(&receipt, line);
        journal_append_set(&b->append, TABLE_RECEIPTS, field, line);
    }
    return ST_OK;
}

static enum status
batch_set(struct burst *b)
{
    enum status st = ST_OK;
    size_t i;

    for (i = 0; i < b->sets.count && st == ST_OK; i++) {
        const struct entry_record *rec = &b->sets.records[i];

        if (rec->report.revision > 1) {
            st = placeholders_set(b, rec);
        }
        journal_append_set(&b->append, TABLE_RECEIPTS, rec->field, rec->line);
    }
    return st;
}

static enum status
sets_put(struct burst *b, const struct journal_entry *e)
{
    struct journal_append *a = &b->append;
    char number[24];
    enum status st = batch_set(b);

    if (b->sets.tick != 0) {
        (void)snprintf(number, sizeof number, "%" PRId64, b->sets.tick);
        journal_append_set(a, TABLE_HEAD, "tick", number);
    }
    if (b->sets.act_id != NULL) {
        (void)snprintf(number, sizeof number, "%" PRIu64, e->seq);
        journal_append_set(a, TABLE_ACTS, b->sets.act_id, number);
    }
    if (b->sets.programme.digest != NULL) {
        const struct programme_record *p = &b->sets.programme;

        journal_append_set(a, TABLE_HEAD, "programme", p->digest);
        journal_append_programme(a, p->digest, p->bundle, p->bundle_bytes);
    }
    return st;
}

/* --- one entry --- */

static bool
corrects(const struct entry_sets *s)
{
    size_t i;

    for (i = 0; i < s->count; i++) {
        if (s->records[i].report.revision > 1) {
            return true;
        }
    }
    return false;
}

static int
entry_put(struct burst *b, const struct journal_entry *e)
{
    struct restoring *x = b->x;
    int code = EXIT_DONE;

    if (e->kind >= JOURNAL_ALERTS) {
        (void)fprintf(stderr,
                      words("Mục %" PRIu64 " thuộc loại “%s” do phiên bản mới hơn ghi: "
                            "đề nghị phục hồi bằng phiên bản đó.\n",
                            "Entry %" PRIu64 " is of kind “%s”, written by a newer "
                            "release: please restore with that one.\n"),
                      e->seq, e->kind_word);
        return EXIT_DATA;
    }
    entry_sets_take(&b->sets, e, b->head.tick);
    x->unreadable += b->sets.unreadable;
    if (corrects(&b->sets)) {
        code = burst_take(b); /* it looks at the receipts of those before */
    }
    if (code != EXIT_DONE) {
        return code;
    }
    journal_append_begin(&b->append, x->reading.province, &b->head, e->kind, e->body,
                         e->body_bytes);
    MUST(strcmp(b->append.next.chain, e->chain) == 0); /* the archive was checked */
    if (sets_put(b, e) != ST_OK) {
        return failed(b, ST_AGAIN);
    }
    journal_append_put(&b->append, x->reading.redis);
    b->head = b->append.next;
    b->put++;
    b->bytes += e->body_bytes;
    return b->put >= BURST_ENTRIES || b->bytes >= BURST_BYTES ? burst_take(b)
                                                              : EXIT_DONE;
}

int
restore_append(struct restoring *x, const struct journal_head *head)
{
    struct burst b = {.x = x, .head = *head};
    struct archive_cursor c;
    struct journal_entry e;
    enum status st = ST_OK;
    int code = EXIT_DONE;

    entry_sets_init(&b.sets);
    journal_append_init(&b.append);
    archive_cursor_init(&c, &x->archive);
    archive_seek(&c, head->seq);
    while (code == EXIT_DONE && c.after < x->end) {
        st = archive_next(&c, &e);
        code = st == ST_OK ? entry_put(&b, &e) : archived_damaged(&x->archive);
        restore_progress(x, words("Ghi lại", "Writing"), c.after);
    }
    if (b.put > 0 && redis_connected(x->reading.redis)) {
        int last = burst_take(&b);

        code = code == EXIT_DONE ? last : code;
    }
    archive_cursor_fini(&c);
    journal_append_fini(&b.append);
    entry_sets_fini(&b.sets);
    return code;
}

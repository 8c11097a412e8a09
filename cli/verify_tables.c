/* What the tables hold beyond the entries, and whether head and checkpoints agree. */
#include "cli/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/language.h"

/* --- receipts without an entry --- */

static const char *
todo_orphan(void)
{
    return words(
        "báo quản trị: dòng này do ai đó ghi bằng tay; phục hồi từ kho lưu trữ "
        "nếu không rõ",
        "somebody wrote this line by hand; restore from the archive if it is "
        "not known why");
}

/* Is there a record that this line speaks of? entry_max: what was appended meanwhile.
 */
static bool
orphan(const struct verifying *x, const char *field, const char *line,
       uint64_t entry_max)
{
    struct receipt r;
    uint32_t hash;

    if (receipt_line_parse(line, &r) != ST_OK) {
        return true;
    }
    r.revision = 1;
    if (receipt_is_placeholder(&r)) {
        static const uint8_t zeros[RECEIPT_HASH_BYTES];

        return memcmp(r.hash, zeros, sizeof zeros) != 0;
    }
    if (r.entry > x->marks.head.seq && r.entry <= entry_max) {
        return false;
    }
    return !verify_place(x, r.entry, r.index, &hash) ||
           hash != verify_field_hash(field);
}

static enum status
orphans_find(struct verifying *x)
{
    struct journal_head now;
    struct reply *rep = NULL;
    char at[24] = "0";
    enum status st;

    do {
        st = audit_receipts_scan(x->reading.redis, x->reading.province, at, &rep);
        if (st == ST_OK) {
            /* after the page: what it shows was appended before */
            st = board_head(x->reading.redis, x->reading.province, &now);
        }
        if (st == ST_OK) {
            const struct reply *page = reply_at(rep, 1);
            size_t i;

            for (i = 0; i + 1 < reply_count(page); i += 2) {
                const char *field = reply_str(reply_at(page, i), NULL);
                const char *line = reply_str(reply_at(page, i + 1), NULL);

                if (orphan(x, field, line, now.seq)) {
                    verify_finding(x, "receipt_orphan", field, todo_orphan(),
                                   words("không có mục nào ứng với biên nhận “%s”",
                                         "no entry goes with the receipt “%s”"),
                                   line);
                }
            }
        }
        reply_free(&rep);
    } while (st == ST_OK && strcmp(at, "0") != 0);
    return st;
}

/* --- head and checkpoints --- */

static void
counts_check(struct verifying *x)
{
    const struct audit_marks *m = &x->marks;

    if (m->head.receipts > m->receipts || m->head.acts > m->acts) {
        verify_finding(x, "lines_missing", "head", verify_todo_restore(),
                       words("receipts có %" PRIu64 " dòng, đã từng có %" PRIu64
                             "; acts %" PRIu64 ", đã từng có %" PRIu64,
                             "receipts has %" PRIu64 " lines, there were %" PRIu64
                             "; acts %" PRIu64 ", there were %" PRIu64),
                       m->receipts, m->head.receipts, m->acts, m->head.acts);
    }
    if (x->whole && m->acts > x->acts) {
        verify_finding(x, "act_orphan", "acts", todo_orphan(),
                       words("acts có %" PRIu64 " dòng, sổ ghi có %" PRIu64,
                             "acts has %" PRIu64 " lines, the journal %" PRIu64),
                       m->acts, x->acts);
    }
}

static void
head_check(struct verifying *x)
{
    const struct audit_marks *m = &x->marks;
    bool known = x->whole || x->tick != 0;

    if (m->stream_last != m->head.seq) {
        verify_finding(x, "head", "head", verify_todo_restore(),
                       words("head seq là %" PRIu64 ", sổ ghi kết thúc ở mục %" PRIu64,
                             "head seq is %" PRIu64 ", the journal ends at entry "
                             "%" PRIu64),
                       m->head.seq, m->stream_last);
    }
    if (known && x->tick != m->head.tick) {
        verify_finding(x, "tick", "head", verify_todo_restore(),
                       words("head tick là %" PRId64 ", trong sổ là %" PRId64,
                             "head tick is %" PRId64 ", in the journal %" PRId64),
                       m->head.tick, x->tick);
    }
    if ((x->whole || x->programme[0] != '\0') &&
        strcmp(x->programme, m->head.programme) != 0) {
        verify_finding(x, "programme", "head", verify_todo_restore(),
                       words("head programme là %.12s, trong sổ là %.12s",
                             "head programme is %.12s, in the journal %.12s"),
                       m->head.programme, x->programme);
    }
    if (m->scorer > m->head.seq || m->sealed > m->scorer || m->notifier > m->alerts) {
        verify_finding(x, "checkpoint", "checkpoint", verify_todo_restore(),
                       words("scorer %" PRIu64 " (niêm %" PRIu64 "), head %" PRIu64
                             "; notifier %" PRIu64 ", alerts %" PRIu64,
                             "scorer %" PRIu64 " (sealed %" PRIu64 "), head %" PRIu64
                             "; notifier %" PRIu64 ", alerts %" PRIu64),
                       m->scorer, m->sealed, m->head.seq, m->notifier, m->alerts);
    }
}

static void
absent_say(struct verifying *x)
{
    size_t i;

    for (i = 0; i < x->absent_count; i++) {
        char where[64];

        (void)snprintf(where, sizeof where, "%" PRIu64 ":%" PRIu32, x->absent[i].entry,
                       x->absent[i].index);
        verify_finding(x, "fact_missing", where, verify_todo_restore(),
                       words("báo cáo này chưa có hiệu lực trong facts:%s và không nằm "
                             "trong danh sách treo",
                             "this report has no effect in facts:%s and is not parked"),
                       x->absent[i].unit);
    }
}

enum status
verify_tables(struct verifying *x)
{
    enum status st = ST_OK;

    head_check(x);
    counts_check(x);
    absent_say(x);
    /* Every record had its own line: what is left over is a placeholder, or belongs to
     * nothing. Only then are a million lines looked at one by one. */
    if (x->whole && x->marks.receipts != x->receipts) {
        st = orphans_find(x);
    }
    return st;
}

/* The entries in order: archive and journal, their numbers and their chain. */
#include "cli/verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/language.h"
#include "lib/keys.h"

#define ENTRIES_A_READ 32u
#define LOOK_AHEAD 64u
#define WHERE_BYTES 64

static void
where_entry(uint64_t seq, char out[WHERE_BYTES])
{
    (void)snprintf(out, WHERE_BYTES, words("mục %" PRIu64, "entry %" PRIu64), seq);
}

/* --- the archive --- */

static const char *
todo_archive(void)
{
    return words("lấy lại tệp từ bản sao của kho lưu trữ; phần còn trong Redis: dondoc "
                 "archive vào thư mục mới",
                 "bring the file back from a copy of the archive; what is still in "
                 "Redis: dondoc archive into a new directory");
}

/* Where reading can go on; the rest of a damaged segment is not looked at. */
static void
archive_step(struct verifying *x, struct archive_cursor *c)
{
    const struct archive_damage *d = &x->archive.damage;
    const struct archive_segment *s = archive_find(&x->archive, d->from);

    switch (d->fault) {
    case ARCHIVE_CHANGED:
        return; /* the entry was given */
    case ARCHIVE_UNJOINED:
        archive_seek(c, c->after);
        c->chain_known = false; /* also before entry 1, or it is said for ever */
        return;
    case ARCHIVE_MISSING:
        archive_seek(c, d->to);
        break;
    case ARCHIVE_UNREADABLE:
    case ARCHIVE_FOREIGN:
    case ARCHIVE_TORN:
        archive_seek(c, s != NULL ? s->last : archive_last(&x->archive));
        break;
    }
    x->whole = false;
}

static void
archive_end_check(struct verifying *x, const struct archive_cursor *c)
{
    const struct journal_head *head = &x->marks.head;
    uint64_t last = archive_last(&x->archive);

    if (last < head->trimmed) {
        x->whole = false;
        verify_finding(x, "archive_short", x->archive.dir,
                       words("ghi đúng thư mục; nếu mất hẳn, báo quản trị",
                             "name the right directory; if it is gone, tell the "
                             "administrator"),
                       words("kho kết thúc ở mục %" PRIu64 ", sổ ghi bắt đầu từ mục "
                             "%" PRIu64 ": các mục ở giữa không còn ở đâu",
                             "the archive ends at entry %" PRIu64
                             ", the journal begins "
                             "at %" PRIu64 ": those between are nowhere"),
                       last, head->trimmed + 1);
    } else if (last > head->seq) {
        verify_finding(x, "journal_short", x->archive.dir,
                       words("dừng ingest rồi: dondoc restore --archive DIR",
                             "stop ingest, then: dondoc restore --archive DIR"),
                       words("kho giữ đến mục %" PRIu64 ", sổ ghi chỉ đến mục %" PRIu64,
                             "the archive holds entry %" PRIu64
                             ", the journal ends at %" PRIu64),
                       last, head->seq);
    }
    (void)c;
}

static void
seal_check(struct verifying *x, uint64_t seq, const char *chain)
{
    char where[WHERE_BYTES];

    if (seq == x->marks.sealed && strcmp(chain, x->marks.seal) != 0) {
        where_entry(seq, where);
        verify_finding(x, "seal", where, verify_todo_restore(),
                       words("giá trị băm %s, niêm phong của scorer là %s",
                             "its chain value is %s, the scorer sealed %s"),
                       chain, x->marks.seal);
    }
}

enum status
verify_archive(struct verifying *x)
{
    const struct journal_head *head = &x->marks.head;
    struct archive_cursor c;
    struct journal_entry e;
    char text[DAMAGE_BYTES];
    enum status st = ST_OK;
    enum status got;

    archive_cursor_init(&c, &x->archive);
    x->joint_at =
        archive_last(&x->archive) < head->seq ? archive_last(&x->archive) : head->seq;
    while (st == ST_OK && (got = archive_next(&c, &e)) != ST_GONE) {
        bool given = got == ST_OK || x->archive.damage.fault == ARCHIVE_CHANGED;

        if (got != ST_OK) {
            char fault[24];

            archived_words(&x->archive.damage, text);
            (void)snprintf(fault, sizeof fault, "%s", "archive");
            verify_finding(x, fault, words("kho lưu trữ", "archive"), todo_archive(),
                           "%s", text);
            archive_step(x, &c);
        }
        if (given && e.seq <= head->trimmed) {
            st = verify_entry(x, &e);
        }
        if (given && e.seq <= head->trimmed) {
            seal_check(x, e.seq, e.chain);
        }
        if (given && (e.seq == x->joint_at || e.seq == head->trimmed)) {
            (void)snprintf(x->joint, sizeof x->joint, "%s", e.chain);
            if (e.seq == head->trimmed && strcmp(e.chain, head->trim_chain) != 0) {
                where_entry(e.seq, text);
                verify_finding(
                    x, "archive_other", text, todo_archive(), "%s",
                    words("mục cuối đã bớt khỏi sổ không phải mục này của kho",
                          "the last entry that was trimmed away is not this "
                          "one of the archive"));
            }
        }
        verify_progress(x, c.after);
    }
    archive_end_check(x, &c);
    archive_cursor_fini(&c);
    return st;
}

/* --- the journal --- */

struct walk {
    struct verifying *x;
    uint64_t after;
    char before[JOURNAL_CHAIN_BYTES]; /* chain value of entry `after` */
    bool known;
    uint64_t unruly; /* up to here the order was said to be wrong */
};

static void
missing_say(struct walk *w, uint64_t from, uint64_t to)
{
    char where[WHERE_BYTES];

    w->x->whole = false;
    if (from == to) {
        where_entry(from, where);
    } else {
        (void)snprintf(
            where, sizeof where,
            words("mục %" PRIu64 " đến %" PRIu64, "entries %" PRIu64 " to %" PRIu64),
            from, to);
    }
    verify_finding(w->x, "missing", where, verify_todo_restore(),
                   to < w->x->marks.head.seq
                       ? words("thiếu giữa mục %" PRIu64 " và %" PRIu64,
                               "missing between %" PRIu64 " and %" PRIu64)
                       : words("thiếu sau mục %" PRIu64 " (sổ phải có đến mục %" PRIu64
                               ")",
                               "missing behind entry %" PRIu64
                               " (the journal must end at %" PRIu64 ")"),
                   from - 1, to < w->x->marks.head.seq ? to + 1 : to);
}

/* Where the entry stands whose content follows from `before`; 0: nowhere near. */
static uint64_t
place_find(struct walk *w, uint64_t seq)
{
    struct journal_read rd;
    uint64_t found = 0;
    size_t i;

    journal_read_init(&rd);
    if (journal_read_after(w->x->reading.redis, w->x->reading.province, KEY_REPORTS,
                           seq, LOOK_AHEAD, &rd) == ST_OK) {
        for (i = 0; i < rd.count && found == 0; i++) {
            if (journal_entry_follows(&rd.entries[i], w->before)) {
                found = rd.entries[i].seq;
            }
        }
    }
    journal_read_fini(&rd);
    return found;
}

/* Does the next entry follow from what this one's chain value should be? Then only that
 * was changed. */
static bool
chain_changed(struct walk *w, const struct journal_entry *e,
              char should[JOURNAL_CHAIN_BYTES])
{
    struct journal_read rd;
    bool changed = false;

    if (e->kind == JOURNAL_UNKNOWN) {
        return false;
    }
    journal_chain(w->before, e->kind, e->body, e->body_bytes, should);
    if (e->seq == w->x->marks.head.seq) {
        return strcmp(should, w->x->marks.head.chain) == 0;
    }
    journal_read_init(&rd);
    changed = journal_read_one(w->x->reading.redis, w->x->reading.province, KEY_REPORTS,
                               e->seq + 1, &rd) == ST_OK &&
              journal_entry_follows(&rd.entries[0], should);
    journal_read_fini(&rd);
    return changed;
}

static void
broken_say(struct walk *w, const struct journal_entry *e)
{
    char should[JOURNAL_CHAIN_BYTES];
    char where[WHERE_BYTES];
    uint64_t place = place_find(w, e->seq);

    where_entry(e->seq, where);
    if (place != 0) {
        verify_finding(w->x, "reordered", where, verify_todo_restore(),
                       words("mục đúng ở chỗ này lại nằm ở mục %" PRIu64,
                             "what belongs here stands at entry %" PRIu64),
                       place);
        w->unruly = place;
    } else if (chain_changed(w, e, should)) {
        verify_finding(
            w->x, "chain", where, verify_todo_restore(),
            words("giá trị băm là “%s”, phải là “%s”; nội dung còn đúng",
                  "its chain value is “%s”, must be “%s”; the content holds"),
            e->chain, should);
        (void)snprintf(w->before, sizeof w->before, "%s", should);
        return;
    } else {
        verify_finding(
            w->x, "changed", where, verify_todo_restore(),
            words("nội dung (%zu byte, loại “%s”) không đúng với giá trị băm "
                  "%s",
                  "its content (%zu bytes, kind “%s”) is not that of its "
                  "chain value %s"),
            e->body_bytes, e->kind_word, e->chain);
    }
    (void)snprintf(w->before, sizeof w->before, "%s", e->chain);
}

static void
marks_check(struct walk *w, const struct journal_entry *e)
{
    struct verifying *x = w->x;
    char where[WHERE_BYTES];

    where_entry(e->seq, where);
    seal_check(x, e->seq, w->before);
    if (e->seq == x->marks.head.seq && strcmp(w->before, x->marks.head.chain) != 0) {
        verify_finding(x, "head", where, verify_todo_restore(),
                       words("giá trị băm %s, head ghi %s",
                             "its chain value is %s, the head says %s"),
                       w->before, x->marks.head.chain);
    }
    if (x->archived && e->seq == x->joint_at && e->seq > x->marks.head.trimmed &&
        x->joint[0] != '\0' && strcmp(w->before, x->joint) != 0) {
        verify_finding(x, "archive_other", where,
                       words("dondoc archive sẽ nói phải làm gì",
                             "dondoc archive says what to do"),
                       words("giá trị băm %s, trong kho là %s",
                             "its chain value is %s, in the archive %s"),
                       w->before, x->joint);
    }
}

static enum status
entry_check(struct walk *w, const struct journal_entry *e)
{
    if (e->seq <= w->unruly) {
        w->known = false;
    }
    if (w->known && !journal_entry_follows(e, w->before)) {
        broken_say(w, e);
    } else {
        (void)snprintf(w->before, sizeof w->before, "%s", e->chain);
    }
    w->known = e->seq >= w->unruly && e->seq != w->unruly;
    w->after = e->seq;
    marks_check(w, e);
    verify_progress(w->x, e->seq);
    return verify_entry(w->x, e);
}

/* What stands behind `after` is not entry after + 1. */
static enum status
gap_step(struct walk *w, bool *end)
{
    struct verifying *x = w->x;
    char id[AUDIT_ID_BYTES];
    struct journal_head now;
    uint64_t seq;
    enum status st =
        audit_first_after(x->reading.redis, x->reading.province, w->after, &seq, id);

    if (st == ST_OK) {
        st = board_head(x->reading.redis, x->reading.province, &now);
    }
    if (st != ST_OK) {
        return st;
    }
    if (now.trimmed > x->marks.head.trimmed) {
        return ST_STALE; /* dondoc archive was at work: nothing is missing */
    }
    w->known = false;
    if (id[0] == '\0' || (seq != 0 && seq > x->marks.head.seq)) {
        missing_say(w, w->after + 1, x->marks.head.seq);
        *end = true;
    } else if (seq == 0) {
        uint64_t at = strtoull(id, NULL, 10);

        verify_finding(
            x, "foreign", id, verify_todo_restore(), "%s",
            words("mục này không phải do dịch vụ ghi", "no service wrote this entry"));
        x->whole = false;
        w->after = at > w->after ? at : w->after + 1;
    } else if (seq > w->after + 1) {
        missing_say(w, w->after + 1, seq - 1);
        w->after = seq - 1;
    } else {
        *end = true; /* cannot be: it would have been read */
        st = ST_AGAIN;
    }
    return st;
}

enum status
verify_live(struct verifying *x)
{
    struct walk w = {.x = x, .after = x->marks.head.trimmed, .known = true};
    struct journal_read rd;
    enum status st = ST_OK;
    size_t max = ENTRIES_A_READ;
    bool end = false;
    size_t i;

    (void)snprintf(w.before, sizeof w.before, "%s", x->marks.head.trim_chain);
    journal_read_init(&rd);
    while (st == ST_OK && !end && w.after < x->marks.head.seq) {
        enum status got = journal_read_after(x->reading.redis, x->reading.province,
                                             KEY_REPORTS, w.after, max, &rd);

        if (got == ST_AGAIN) {
            st = got;
        } else if (got == ST_BAD && max > 1) {
            max = 1; /* one of them has no id of ours: up to it */
        } else if (got != ST_OK || rd.count == 0) {
            st = gap_step(&w, &end);
        }
        for (i = 0; got == ST_OK && st == ST_OK && i < rd.count &&
                    rd.entries[i].seq <= x->marks.head.seq;
             i++) {
            st = entry_check(&w, &rd.entries[i]);
        }
    }
    journal_read_fini(&rd);
    return st;
}

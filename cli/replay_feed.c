/*
 * Entries of the journal, archive and Redis as one, into the scratch Redis: the same
 * Function, the same seq, kind, body and chain value. Where another programme is tried,
 * each programme entry carries that one instead, at the same place. Receipts and acts
 * are left out: neither scorer nor notifier looks at them.
 */
#include "cli/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/calendar.h"
#include "lib/keys.h"
#include "lib/wire.h"

#define BURST_CALLS 128u
#define ENTRIES_A_READ 64u
#define STILL_US 120000000 /* so long without a step: something is wrong */
#define BODY_BYTES (JOURNAL_PROGRAMME_MAX + 65536u)

/* --- what cannot be read --- */

static int
damaged(uint64_t seq)
{
    (void)fprintf(stderr,
                  words("Mục %" PRIu64 " của sổ ghi không còn như lúc ghi, hoặc bị "
                        "thiếu: đề nghị chạy dondoc verify.\n",
                        "Entry %" PRIu64 " of the journal is not as it was written, or "
                        "missing: please run dondoc verify.\n"),
                  seq);
    return EXIT_DATA;
}

static int
trimmed_meanwhile(void)
{
    (void)fputs(words("Trong lúc đọc, dondoc archive đã bớt mục khỏi sổ ghi; đề nghị "
                      "chạy lại lệnh này.\n",
                      "While this was reading, dondoc archive removed entries from the "
                      "journal; please run this again.\n"),
                stderr);
    return EXIT_AGAIN;
}

/* --- appending --- */

/* The answers to all that was put. */
static int
burst_take(struct replay *x)
{
    enum status worst = ST_OK;

    for (; x->put > 0; x->put--) {
        struct reply *rep = NULL;
        enum status st = redis_next(x->scratch.redis, &rep);

        if (st == ST_OK) {
            size_t conflicts;

            st = journal_append_result(&x->append, rep, NULL, 0, &conflicts);
            if (reply_type(rep) == REPLY_ERROR && worst == ST_OK) {
                redis_error_set(x->scratch.redis, "%s", reply_str(rep, NULL));
            }
        }
        reply_free(&rep);
        worst = worst == ST_OK ? st : worst;
        if (!redis_connected(x->scratch.redis)) {
            x->put = 0;
            break;
        }
    }
    return worst == ST_OK ? EXIT_DONE : say_scratch_broken(x);
}

/* As it is; the scorer parks what it cannot read. */
static void
plain_put(struct replay *x, struct replay_side *side, const struct journal_entry *e)
{
    journal_append_begin(&x->append, side->slug, &side->head, e->kind, e->body,
                         e->body_bytes);
    journal_append_put(&x->append, x->scratch.redis);
}

/* The journal's own record, or the same with the programme that is tried. */
static int
programme_put(struct replay *x, struct replay_side *side, const struct journal_entry *e)
{
    struct programme_record rec;
    struct buf body;
    int code = EXIT_DONE;

    arena_reset(x->arena);
    if (programme_decode(e->body, e->body_bytes, x->arena, &rec) != ST_OK ||
        rec.digest[0] == '\0' || rec.bundle_bytes == 0) {
        plain_put(x, side, e);
        return EXIT_DONE;
    }
    buf_init(&body, BODY_BYTES);
    if (side->programme != NULL) {
        rec.digest = side->programme->digest;
        rec.bundle = (const uint8_t *)buf_str(&side->programme->bytes);
        rec.bundle_bytes = side->programme->bytes.len;
        programme_encode(&rec, x->arena, &body);
    } else {
        buf_add(&body, e->body, e->body_bytes);
    }
    if (body.cut || body.len > JOURNAL_PROGRAMME_MAX) {
        (void)fputs(
            words("Chương trình này quá lớn.\n", "This programme is too large.\n"),
            stderr);
        code = EXIT_DATA;
    } else {
        journal_append_begin(&x->append, side->slug, &side->head, e->kind,
                             buf_str(&body), body.len);
        journal_append_set(&x->append, TABLE_HEAD, "programme", rec.digest);
        journal_append_programme(&x->append, rec.digest, rec.bundle, rec.bundle_bytes);
        journal_append_put(&x->append, x->scratch.redis);
    }
    buf_fini(&body);
    return code;
}

static int
side_put(struct replay *x, struct replay_side *side, const struct journal_entry *e)
{
    int code = EXIT_DONE;

    if (e->kind == JOURNAL_PROGRAMME) {
        code = programme_put(x, side, e);
    } else {
        plain_put(x, side, e);
    }
    if (code == EXIT_DONE) {
        side->head = x->append.next;
        x->put++;
    }
    return code;
}

/* --- one entry --- */

/* A programme before the first tick has only its own time. */
static bool
programme_later(struct replay *x, const struct journal_entry *e)
{
    struct programme_record rec;

    if (e->kind != JOURNAL_PROGRAMME || x->timed) {
        return false;
    }
    arena_reset(x->arena);
    return programme_decode(e->body, e->body_bytes, x->arena, &rec) == ST_OK &&
           instant_day((struct instant){rec.at_ms}) > x->until;
}

/* Whose time it is, and whether the entry is of a day that is not wanted any more. */
static void
time_look(struct replay *x, const struct journal_entry *e)
{
    struct tick_record tick;

    if (e->kind != JOURNAL_TICK ||
        tick_decode(e->body, e->body_bytes, &tick) != ST_OK) {
        x->ended = x->until != DAY_OPEN && programme_later(x, e);
        return;
    }
    x->ended = x->until != DAY_OPEN && hour_day(tick.hour) > x->until;
    if (!x->ended) {
        x->simulated = x->timed ? x->simulated : tick.simulated;
        x->timed = true;
        x->hour = tick.hour;
    }
}

static int
entry_put(struct replay *x, const struct journal_entry *e)
{
    int code = EXIT_DONE;
    size_t i;

    if (e->kind >= JOURNAL_ALERTS) {
        (void)fprintf(stderr,
                      words("Mục %" PRIu64 " thuộc loại “%s” do phiên bản mới hơn ghi: "
                            "đề nghị dùng phiên bản đó.\n",
                            "Entry %" PRIu64 " is of kind “%s”, written by a newer "
                            "release: please use that one.\n"),
                      e->seq, e->kind_word);
        return EXIT_DATA;
    }
    if (!journal_entry_follows(e, x->chain)) {
        return damaged(e->seq);
    }
    time_look(x, e);
    if (x->ended) {
        return EXIT_DONE;
    }
    for (i = 0; code == EXIT_DONE && i < x->side_count; i++) {
        code = side_put(x, &x->sides[i], e);
    }
    (void)snprintf(x->chain, sizeof x->chain, "%s", e->chain);
    x->done = e->seq;
    if (code == EXIT_DONE && (x->put >= BURST_CALLS || e->kind == JOURNAL_PROGRAMME)) {
        code = burst_take(x);
    }
    return code;
}

/* --- reading --- */

static int
archived_feed(struct replay *x, uint64_t seq)
{
    struct history *h = &x->history;
    uint64_t last = seq < h->marks.head.trimmed ? seq : h->marks.head.trimmed;
    struct journal_entry e;
    int code = history_archive(h);

    if (code == EXIT_DONE) {
        archive_seek(&h->cursor, x->done);
    }
    while (code == EXIT_DONE && !x->ended && x->done < last) {
        enum status st = archive_next(&h->cursor, &e);

        code = st == ST_OK     ? entry_put(x, &e)
               : st == ST_GONE ? damaged(x->done + 1)
                               : archived_damaged(&h->archive);
        say_progress(x, x->done, seq);
    }
    return code;
}

static int
live_failed(struct replay *x, enum status st)
{
    uint64_t trimmed = x->history.marks.head.trimmed;

    if (st == ST_AGAIN || st == ST_DENIED) {
        return reading_broken(&x->reading);
    }
    if (history_marks(&x->history, true) == ST_OK &&
        x->history.marks.head.trimmed > trimmed) {
        return trimmed_meanwhile();
    }
    return damaged(x->done + 1);
}

static int
live_feed(struct replay *x, uint64_t seq)
{
    const struct reading *r = &x->reading;
    int code = EXIT_DONE;
    size_t i;

    while (code == EXIT_DONE && !x->ended && x->done < seq) {
        enum status st = journal_read_after(r->redis, r->province, KEY_REPORTS, x->done,
                                            ENTRIES_A_READ, &x->read);

        if (st != ST_OK || x->read.count == 0) {
            return live_failed(x, st);
        }
        for (i = 0;
             code == EXIT_DONE && !x->ended && i < x->read.count && x->done < seq;
             i++) {
            code = entry_put(x, &x->read.entries[i]);
        }
        say_progress(x, x->done, seq);
    }
    return code;
}

int
feed_to(struct replay *x, uint64_t seq)
{
    int code = EXIT_DONE;

    if (x->done < seq && history_marks(&x->history, false) != ST_OK) {
        return reading_broken(&x->reading);
    }
    if (x->done < seq && x->done < x->history.marks.head.trimmed) {
        code = archived_feed(x, seq);
    }
    if (code == EXIT_DONE) {
        code = live_feed(x, seq);
    }
    if (code == EXIT_DONE) {
        code = burst_take(x);
    }
    return code;
}

/* --- computing --- */

static bool
side_settled(struct replay *x, struct replay_side *side, enum status *st)
{
    struct board_checkpoint notifier;
    struct redis *r = x->scratch.redis;

    *st = board_checkpoint(r, side->slug, "scorer", &side->scorer);
    if (*st == ST_OK && side->scorer.seq == side->head.seq) {
        *st = board_checkpoint(r, side->slug, "notifier", &notifier);
        return *st == ST_OK && notifier.seq == side->scorer.out;
    }
    return false;
}

static int
still_say(void)
{
    (void)fputs(words("Tính lại không tiến thêm được trong 2 phút: máy quá bận, hoặc "
                      "scorer dừng ở một mục. Đề nghị chạy dondoc verify.\n",
                      "Computing made no step for 2 minutes: this machine is too busy, "
                      "or the scorer stopped at an entry. Please run dondoc verify.\n"),
                stderr);
    return EXIT_UNAVAILABLE;
}

int
feed_await(struct replay *x)
{
    static const struct timespec pause = {0, 3000000L};
    struct mono moved = mono_now();
    uint64_t before = 0;
    size_t i = 0;

    while (i < x->side_count) {
        struct replay_side *side = &x->sides[i];
        enum status st;

        if (side_settled(x, side, &st)) {
            i++;
            continue;
        }
        if (st != ST_OK) {
            return say_scratch_broken(x);
        }
        if (scratch_alive(&x->scratch) != EXIT_DONE) {
            return EXIT_UNAVAILABLE;
        }
        if (side->scorer.seq + side->scorer.out != before) {
            before = side->scorer.seq + side->scorer.out;
            moved = mono_now();
        }
        if (mono_since_us(moved) > STILL_US) {
            return still_say();
        }
        say_progress(x, side->scorer.seq, side->head.seq);
        (void)nanosleep(&pause, NULL); /* shorter does no harm */
    }
    return EXIT_DONE;
}

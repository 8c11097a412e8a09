/*
 * What is archived goes out of Redis: read back from disk with its chain, behind every
 * reader and every parked report, older than so many days by the journal's own ticks.
 * The Function dd_trim has the last word.
 */
#include "cli/archive.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/calendar.h"
#include "lib/entry_sets.h"
#include "lib/redis.h"

#define DAY_MS 86400000
#define TRIES 200 /* against ingest, which moves the head under load */

/* The last entry that nobody needs any more; 0: none. */
static int
bound_find(struct archiving *x, uint64_t *bound)
{
    struct board_parked_list parked;
    enum status st = board_parked(x->reading.redis, x->reading.province, &parked);

    *bound = archive_last(&x->archive);
    if (*bound >= x->marks.head.seq) {
        *bound = x->marks.head.seq == 0 ? 0 : x->marks.head.seq - 1; /* one stays */
    }
    *bound = *bound > x->marks.scorer ? x->marks.scorer : *bound;
    if (st == ST_OK && parked.count > 0 && parked.items[0].entry <= *bound) {
        *bound = parked.items[0].entry - 1;
    }
    board_parked_fini(&parked);
    return st == ST_OK ? EXIT_DONE : reading_broken(&x->reading);
}

/* From the archive's files: the last entry up to the bound that is old enough. */
static int
old_find(struct archiving *x, uint64_t bound, int64_t before_ms, uint64_t *up_to,
         char chain[JOURNAL_CHAIN_BYTES])
{
    struct archive_cursor c;
    struct entry_sets sets;
    struct journal_entry e;
    enum status st = ST_OK;

    *up_to = 0;
    archive_cursor_init(&c, &x->archive);
    archive_seek(&c, x->marks.head.trimmed);
    entry_sets_init(&sets);
    while (st == ST_OK && c.after < bound) {
        st = archive_next(&c, &e);
        if (st != ST_OK) {
            break;
        }
        entry_sets_take(&sets, &e, 1);
        if (sets.at_ms > before_ms) {
            break;
        }
        *up_to = e.seq;
        (void)snprintf(chain, JOURNAL_CHAIN_BYTES, "%s", e.chain);
    }
    entry_sets_fini(&sets);
    archive_cursor_fini(&c);
    return st == ST_OK ? EXIT_DONE : archived_damaged(&x->archive);
}

static int
trim_refused(const struct archiving *x, enum status st)
{
    if (st == ST_AGAIN) {
        return reading_broken(&x->reading);
    }
    (void)fprintf(stderr,
                  words("Đã lưu, nhưng chưa bớt được khỏi Redis: %s\n",
                        "Archived, but nothing was removed from Redis: %s\n"),
                  redis_error(x->reading.redis));
    if (st == ST_DENIED) {
        return reading_broken(&x->reading); /* and says which user may */
    }
    /* Somebody else was faster: the next run does it. */
    return st == ST_STALE || st == ST_LIMIT ? EXIT_AGAIN : EXIT_DATA;
}

static enum status
trim_call(struct archiving *x, uint64_t up_to, const char *chain, uint64_t *removed)
{
    struct redis *r = x->reading.redis;
    struct journal_head head = x->marks.head;
    enum status st = redis_load_functions(r);
    int tries = 0;

    while (st == ST_OK) {
        st = journal_trim(r, x->reading.province, head.seq, up_to, chain, removed);
        if (st != ST_STALE || ++tries == TRIES) {
            break;
        }
        st = board_head(r, x->reading.province, &head);
    }
    return st;
}

int
archive_trim(struct archiving *x, long keep_days)
{
    int64_t before_ms = hour_start(x->marks.head.tick).ms - (int64_t)keep_days * DAY_MS;
    char chain[JOURNAL_CHAIN_BYTES] = "";
    uint64_t removed = 0;
    uint64_t bound;
    uint64_t up_to = 0;
    enum status st;
    int code = bound_find(x, &bound);

    if (code == EXIT_DONE) {
        code = old_find(x, bound, before_ms, &up_to, chain);
    }
    if (code != EXIT_DONE || up_to == 0) {
        return code;
    }
    st = trim_call(x, up_to, chain, &removed);
    if (st != ST_OK) {
        return trim_refused(x, st);
    }
    if (!x->quiet) {
        (void)printf(words("Đã bớt %" PRIu64
                           " mục khỏi Redis; sổ ghi còn từ mục %" PRIu64 ".\n",
                           "Removed %" PRIu64 " entries from Redis; the journal begins "
                           "at entry %" PRIu64 " now.\n"),
                     removed, up_to + 1);
    }
    return EXIT_DONE;
}

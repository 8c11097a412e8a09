/*
 * archive - a province's reports journal as files. DIR/<province>/ holds segments
 *
 *     reports-000000000001-000000000256.jrn       entries 1 to 256
 *
 * and a segment is text around the bodies of its entries:
 *
 *     dondoc-journal 1 quang-ngai 1 -             version, province, first entry, chain
 *                                                 value of the entry before it ("-":
 * none) entry 1 programme 51234 9a8b…               seq, kind, bytes of the body, chain
 *     <body>                                      and a line feed behind it
 *     end 256 1f0c… 256                           last seq, its chain value, entries
 *
 * Invariants
 *  1. A segment appears under its name whole and synced, and is never changed.
 *  2. Segments join: first entry and chain value follow from the one before.
 *  3. The hash of an entry is its chain value, recomputed at every read: an archive
 * that reads to its end is the journal, byte for byte.
 *  4. Of two segments with the same first entry the shorter counts (the other was on
 * its way aside when somebody was interrupted).
 *
 * Reads files only; nothing here knows Redis.
 */
#ifndef DONDOC_ARCHIVE_H
#define DONDOC_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/journal.h"
#include "lib/status.h"

#define ARCHIVE_PATH_BYTES 1024
#define ARCHIVE_SEGMENT_BYTES (16u << 20) /* a segment ends behind so much */
#define ARCHIVE_SEGMENT_ENTRIES 10000u

struct archive_segment {
    uint64_t first;
    uint64_t last;
};

enum archive_fault {
    ARCHIVE_UNREADABLE, /* the file system says no: error */
    ARCHIVE_MISSING,    /* no segment holds the entries from … to */
    ARCHIVE_FOREIGN,    /* no journal segment, of another province or a newer form */
    ARCHIVE_TORN,       /* ends too early, or a line is not in its form */
    ARCHIVE_CHANGED,    /* the chain value of the entry is not that of its content */
    ARCHIVE_UNJOINED,   /* follows from another entry than the one before it */
};

/* What is wrong, and where. */
struct archive_damage {
    enum archive_fault fault;
    char path[ARCHIVE_PATH_BYTES];
    uint64_t from; /* entry, or the first one */
    uint64_t to;
    int error; /* errno of ARCHIVE_UNREADABLE */
};

struct archive {
    char dir[ARCHIVE_PATH_BYTES]; /* DIR/<province> */
    char province[64];
    struct archive_segment *segments; /* sorted; behind them those of invariant 4 */
    size_t count;
    size_t aside_count;
    size_t room;
    struct archive_damage damage; /* after ST_BAD and ST_AGAIN */
};

/*
 * archive_open - which segments there are; their content is read by a cursor.
 * dir  must be there; dir/<province> need not (an empty archive).
 * Errors: ST_BAD a name that is not ours, too long a path; ST_AGAIN not readable
 */
MUST_USE enum status archive_open(struct archive *a, const char *dir,
                                  const char *province);
void archive_fini(struct archive *a);
uint64_t archive_last(const struct archive *a); /* 0: empty */
void archive_path(const struct archive *a, const struct archive_segment *s,
                  char out[ARCHIVE_PATH_BYTES]);
/* The segment that holds an entry; NULL: none. */
const struct archive_segment *archive_find(const struct archive *a, uint64_t seq);

/* --- reading in order --- */

struct archive_cursor {
    struct archive *archive; /* borrowed */
    struct archive_segment segment;
    FILE *file; /* NULL: the next read opens the segment of `after` + 1 */
    uint64_t after;
    char chain[JOURNAL_CHAIN_BYTES]; /* of entry `after`, when chain_known */
    bool chain_known;
    char kind[33];
    char hash[JOURNAL_CHAIN_BYTES];
    uint8_t *body;
    size_t body_room;
};
void archive_cursor_init(struct archive_cursor *c, struct archive *a);
void archive_cursor_fini(struct archive_cursor *c);
/* The next read is entry after + 1. The entries before it in its segment are stepped
 * over; their content is not checked. */
void archive_seek(struct archive_cursor *c, uint64_t after);
/*
 * archive_next - the next entry, checked; borrowed until the next call.
 * Errors: ST_GONE behind the last entry; ST_BAD, ST_AGAIN: archive->damage. With
 * ARCHIVE_CHANGED the entry was given all the same and reading goes on; after the
 * others with archive_seek: to the same place after ARCHIVE_UNJOINED, else behind the
 * damage.
 */
MUST_USE enum status archive_next(struct archive_cursor *c,
                                  struct journal_entry *entry);

/* --- writing (archive_write.c) --- */

/*
 * archive_lock - one writer a province: makes dir/<province> and holds its lock file.
 * fd  out; the lock ends when it is closed or the process ends.
 * Errors: ST_STALE another one holds it; ST_GONE there is no directory `dir`;
 *         ST_AGAIN not writable (damage)
 */
MUST_USE enum status archive_lock(struct archive *a, const char *dir,
                                  const char *province, int *fd);

struct archive_writer {
    struct archive *archive; /* borrowed */
    FILE *file;              /* NULL: no segment under way */
    uint64_t first;
    uint64_t last;
    uint64_t bytes;
    char chain[JOURNAL_CHAIN_BYTES]; /* of entry `last` */
};
/* after, chain: the last entry that is archived and its chain value ("" for 0). */
void archive_writer_init(struct archive_writer *w, struct archive *a, uint64_t after,
                         const char *chain);
/*
 * archive_add - one entry more; ends the segment and begins the next where it is full.
 * Errors: ST_BAD the entry does not follow from the last one, or is in no known form;
 *         ST_AGAIN not written (damage: a full disk, mostly). Nothing but whole
 *         segments is left either way.
 */
MUST_USE enum status archive_add(struct archive_writer *w,
                                 const struct journal_entry *entry);
/* What was added is on disk. */
MUST_USE enum status archive_write_end(struct archive_writer *w);
/* Throws away a segment that is not whole; harmless after archive_write_end. */
void archive_writer_fini(struct archive_writer *w);

/*
 * archive_small_write - a small file DIR/<province>/NAME, replaced as a whole, synced.
 * archive_small_read  - its text, zero-terminated, mem_free it. ST_GONE: none.
 */
MUST_USE enum status archive_small_write(struct archive *a, const char *name,
                                         const char *text, size_t bytes);
MUST_USE enum status archive_small_read(struct archive *a, const char *name,
                                        char **text, size_t *bytes);
/* Moves a file of the archive into its folder `aside`, made if needed; both synced. */
MUST_USE enum status archive_move(struct archive *a, const char *name,
                                  const char *aside);
/* Forgets the list of segments and reads it again. */
MUST_USE enum status archive_again(struct archive *a);

#endif

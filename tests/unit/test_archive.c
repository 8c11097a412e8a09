/* lib/archive: what is archived reads back the same, or the damage is named. */
// link: cli
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cursors.h"
#include "lib/archive.h"
#include "lib/crypto.h"
#include "lib/diag.h"
#include "lib/mem.h"

#define PROVINCE "quang-ngai"
#define BODY_BYTES 64

static char base[400]; /* one of the whole program */
static char dir[512];  /* of one test */
static struct archive a;
static int lock;

static int
setup(void **state)
{
    static int count;

    (void)state;
    (void)snprintf(dir, sizeof dir, "%s/%d", base, ++count);
    assert_int_equal(mkdir(dir, 0700), 0);
    assert_int_equal(archive_lock(&a, dir, PROVINCE, &lock), ST_OK);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    (void)close(lock);
    archive_fini(&a);
    return 0;
}

/* Entry `seq` of a journal whose bodies hold line feeds, zeros and our own words. */
static void
entry_make(uint64_t seq, char chain[JOURNAL_CHAIN_BYTES], char body[BODY_BYTES],
           struct journal_entry *e)
{
    static const enum journal_kind kinds[] = {JOURNAL_PROGRAMME, JOURNAL_TICK,
                                              JOURNAL_REPORTS, JOURNAL_ACT};
    char next[JOURNAL_CHAIN_BYTES];
    int len = snprintf(body, BODY_BYTES, "\nend %" PRIu64 "\nentry%c%" PRIu64, seq, 0,
                       seq * 7);

    memset(e, 0, sizeof *e);
    e->seq = seq;
    e->kind = kinds[seq % 4];
    e->kind_word = journal_kind_name(e->kind);
    e->body = (const uint8_t *)body;
    e->body_bytes = seq % 5 == 0 ? 0 : (size_t)len;
    journal_chain(chain, e->kind, e->body, e->body_bytes, next);
    memcpy(chain, next, sizeof next);
    e->chain = chain;
}

/* Entries `after` + 1 … last as one segment; chain goes on. */
static void
write_entries(uint64_t after, uint64_t last, char chain[JOURNAL_CHAIN_BYTES])
{
    struct archive_writer w;
    char body[BODY_BYTES];
    struct journal_entry e;
    uint64_t seq;

    archive_writer_init(&w, &a, after, chain);
    for (seq = after + 1; seq <= last; seq++) {
        entry_make(seq, chain, body, &e);
        assert_int_equal(archive_add(&w, &e), ST_OK);
    }
    assert_int_equal(archive_write_end(&w), ST_OK);
    archive_writer_fini(&w);
}

/* Reads on as far as it goes; how far is in *last. */
static enum status
read_all(uint64_t *last)
{
    struct archive_cursor c;
    struct journal_entry e;
    enum status st;

    *last = 0;
    assert_int_equal(archive_again(&a), ST_OK);
    archive_cursor_init(&c, &a);
    while ((st = archive_next(&c, &e)) == ST_OK) {
        *last = e.seq;
    }
    archive_cursor_fini(&c);
    return st;
}

static void
path_of(uint64_t first, uint64_t last, char out[ARCHIVE_PATH_BYTES])
{
    struct archive_segment s = {first, last};

    archive_path(&a, &s, out);
}

static long
file_bytes(const char *path)
{
    struct stat is;

    assert_int_equal(stat(path, &is), 0);
    return (long)is.st_size;
}

static void
byte_flip(const char *path, long at, int bit)
{
    FILE *f = fopen(path, "r+b");
    int byte;

    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    byte = fgetc(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    assert_true(fputc(byte ^ bit, f) != EOF);
    assert_int_equal(fclose(f), 0);
}

/* --- what was written --- */

static void
entries_read_back_the_same_from_any_place(void **state)
{
    static const uint64_t from[] = {0, 1, 6, 7, 8, 19, 20, 29, 30};
    char chain[JOURNAL_CHAIN_BYTES] = "";
    size_t i;

    (void)state;
    write_entries(0, 7, chain);
    write_entries(7, 20, chain);
    write_entries(20, 30, chain);
    assert_int_equal(archive_last(&a), 30);
    for (i = 0; i < sizeof from / sizeof *from; i++) {
        char want_chain[JOURNAL_CHAIN_BYTES] = "";
        char body[BODY_BYTES];
        struct journal_entry want, got;
        struct archive_cursor c;
        uint64_t seq;

        archive_cursor_init(&c, &a);
        archive_seek(&c, from[i]);
        for (seq = 1; seq <= 30; seq++) {
            entry_make(seq, want_chain, body, &want);
            if (seq <= from[i]) {
                continue;
            }
            assert_int_equal(archive_next(&c, &got), ST_OK);
            assert_int_equal(got.seq, seq);
            assert_int_equal(got.kind, want.kind);
            assert_string_equal(got.chain, want.chain);
            assert_int_equal(got.body_bytes, want.body_bytes);
            assert_memory_equal(got.body, want.body, want.body_bytes);
        }
        assert_int_equal(archive_next(&c, &got), ST_GONE);
        archive_cursor_fini(&c);
    }
}

static void
an_empty_archive_ends_at_nothing(void **state)
{
    uint64_t last;

    (void)state;
    assert_int_equal(archive_last(&a), 0);
    assert_int_equal(read_all(&last), ST_GONE);
    assert_int_equal(last, 0);
}

static void
a_segment_ends_when_it_is_long(void **state)
{
    char chain[JOURNAL_CHAIN_BYTES] = "";
    uint64_t last;

    (void)state;
    write_entries(0, 2 * ARCHIVE_SEGMENT_ENTRIES + 5, chain);
    assert_int_equal(a.count, 3);
    assert_int_equal(a.segments[1].first, ARCHIVE_SEGMENT_ENTRIES + 1);
    assert_int_equal(read_all(&last), ST_GONE);
    assert_int_equal(last, 2 * ARCHIVE_SEGMENT_ENTRIES + 5);
}

static void
what_does_not_follow_is_not_written(void **state)
{
    static const struct {
        const char *name;
        uint64_t seq;
        const char *word;
        enum journal_kind kind;
        bool chained;
    } cases[] = {
        {"a gap", 3, "tick", JOURNAL_TICK, true},
        {"the same again", 1, "tick", JOURNAL_TICK, true},
        {"another chain", 2, "tick", JOURNAL_TICK, false},
        {"no kind", 2, "", JOURNAL_UNKNOWN, true},
        {"a kind with a blank", 2, "a b", JOURNAL_UNKNOWN, true},
        {"a kind without its body", 2, "tick", JOURNAL_UNKNOWN, true},
    };
    char chain[JOURNAL_CHAIN_BYTES] = "";
    uint64_t last;
    size_t i;

    (void)state;
    write_entries(0, 1, chain);
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        char next[JOURNAL_CHAIN_BYTES];
        struct journal_entry e = {.seq = cases[i].seq,
                                  .kind = cases[i].kind,
                                  .kind_word = cases[i].word,
                                  .body = (const uint8_t *)"x",
                                  .body_bytes = 1,
                                  .chain = next};
        struct archive_writer w;

        journal_chain(cases[i].chained ? chain : "another", JOURNAL_TICK, "x", 1, next);
        archive_writer_init(&w, &a, 1, chain);
        if (archive_add(&w, &e) != ST_BAD) {
            fail_msg("%s was taken", cases[i].name);
        }
        archive_writer_fini(&w);
        assert_int_equal(read_all(&last), ST_GONE);
        assert_int_equal(last, 1);
    }
}

static void
what_a_newer_release_wrote_is_kept_as_it_is(void **state)
{
    char chain[JOURNAL_CHAIN_BYTES] = "";
    char all[64];
    struct crypto_hash h;
    struct journal_entry e = {.seq = 1,
                              .kind = JOURNAL_UNKNOWN,
                              .kind_word = "survey",
                              .body = (const uint8_t *)"x",
                              .body_bytes = 1,
                              .chain = all};
    struct archive_writer w;
    struct archive_cursor c;

    (void)state;
    crypto_hash_begin(&h, CRYPTO_HASH128_BYTES);
    crypto_hash_add(&h, "", 1);
    crypto_hash_add(&h, "survey", 7);
    crypto_hash_add(&h, "x", 1);
    crypto_hash_end_hex(&h, all);
    archive_writer_init(&w, &a, 0, chain);
    assert_int_equal(archive_add(&w, &e), ST_OK);
    assert_int_equal(archive_write_end(&w), ST_OK);
    archive_writer_fini(&w);
    archive_cursor_init(&c, &a);
    assert_int_equal(archive_next(&c, &e), ST_OK);
    assert_int_equal(e.kind, JOURNAL_UNKNOWN);
    assert_string_equal(e.kind_word, "survey");
    archive_cursor_fini(&c);
}

/* --- damage --- */

static void
every_flipped_byte_is_found(void **state)
{
    char chain[JOURNAL_CHAIN_BYTES] = "";
    char path[ARCHIVE_PATH_BYTES];
    uint64_t last;
    long bytes;
    long i;

    (void)state;
    write_entries(0, 6, chain);
    write_entries(6, 12, chain);
    path_of(1, 6, path);
    bytes = file_bytes(path);
    for (i = 0; i < 2 * bytes; i++) {
        int bit = i < bytes ? 1 : 128;

        byte_flip(path, i % bytes, bit);
        if (read_all(&last) != ST_BAD) {
            fail_msg("byte %ld of %s was changed and not found", i % bytes, path);
        }
        assert_string_equal(a.damage.path, path);
        assert_true(a.damage.from >= 1 && a.damage.from <= 7);
        byte_flip(path, i % bytes, bit);
    }
    assert_int_equal(read_all(&last), ST_GONE);
    assert_int_equal(last, 12);
}

static void
every_cut_is_found(void **state)
{
    char chain[JOURNAL_CHAIN_BYTES] = "";
    char path[ARCHIVE_PATH_BYTES];
    uint64_t last;
    long bytes;

    (void)state;
    write_entries(0, 6, chain);
    path_of(1, 6, path);
    for (bytes = file_bytes(path) - 1; bytes >= 0; bytes--) {
        assert_int_equal(truncate(path, bytes), 0);
        assert_int_equal(read_all(&last), ST_BAD);
        assert_true(a.damage.fault == ARCHIVE_TORN ||
                    a.damage.fault == ARCHIVE_FOREIGN);
    }
}

static void
a_missing_segment_is_named(void **state)
{
    char chain[JOURNAL_CHAIN_BYTES] = "";
    char path[ARCHIVE_PATH_BYTES];
    struct archive_cursor c;
    struct journal_entry e;
    uint64_t last;

    (void)state;
    write_entries(0, 4, chain);
    write_entries(4, 9, chain);
    write_entries(9, 11, chain);
    path_of(5, 9, path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(read_all(&last), ST_BAD);
    assert_int_equal(last, 4);
    assert_int_equal(a.damage.fault, ARCHIVE_MISSING);
    assert_int_equal(a.damage.from, 5);
    assert_int_equal(a.damage.to, 9);
    archive_cursor_init(&c, &a); /* and behind it reading goes on */
    archive_seek(&c, a.damage.to);
    assert_int_equal(archive_next(&c, &e), ST_OK);
    assert_int_equal(e.seq, 10);
    archive_cursor_fini(&c);
}

static void
a_segment_of_another_journal_does_not_join(void **state)
{
    char chain[JOURNAL_CHAIN_BYTES] = "";
    char other[JOURNAL_CHAIN_BYTES] = "00000000000000000000000000000000";
    uint64_t last;

    (void)state;
    write_entries(0, 4, chain);
    write_entries(4, 9, other);
    assert_int_equal(read_all(&last), ST_BAD);
    assert_int_equal(last, 4);
    assert_int_equal(a.damage.fault, ARCHIVE_UNJOINED);
    assert_int_equal(a.damage.from, 5);
}

static void
a_segment_of_another_province_is_foreign(void **state)
{
    char chain[JOURNAL_CHAIN_BYTES] = "";
    char from[ARCHIVE_PATH_BYTES];
    char to[ARCHIVE_PATH_BYTES];
    struct archive other;
    uint64_t last;
    int other_lock;

    (void)state;
    write_entries(0, 4, chain);
    path_of(1, 4, from);
    assert_int_equal(archive_lock(&other, dir, "quang-nam", &other_lock), ST_OK);
    (void)snprintf(to, sizeof to, "%s/quang-nam/reports-000000000001-000000000004.jrn",
                   dir);
    assert_int_equal(rename(from, to), 0);
    (void)close(other_lock);
    archive_fini(&a);
    a = other;
    assert_int_equal(read_all(&last), ST_BAD);
    assert_int_equal(a.damage.fault, ARCHIVE_FOREIGN);
}

/* --- names --- */

static void
other_files_do_not_count(void **state)
{
    static const char *const names[] = {
        "segment.new", "reports-5-9.jrn", "reports-000000000009-000000000005.jrn",
        "reports-000000000005-000000000009.jrn.new", "README"};
    char chain[JOURNAL_CHAIN_BYTES] = "";
    uint64_t last;
    size_t i;

    (void)state;
    write_entries(0, 4, chain);
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        char path[ARCHIVE_PATH_BYTES + 64];
        FILE *f;

        (void)snprintf(path, sizeof path, "%s/%s", a.dir, names[i]);
        f = fopen(path, "wb");
        assert_non_null(f);
        assert_true(fputs("half of it", f) >= 0);
        assert_int_equal(fclose(f), 0);
    }
    assert_int_equal(read_all(&last), ST_GONE);
    assert_int_equal(last, 4);
    write_entries(4, 6, chain); /* over the half one */
    assert_int_equal(read_all(&last), ST_GONE);
    assert_int_equal(last, 6);
}

static void
of_two_with_one_beginning_the_shorter_counts(void **state)
{
    char chain[JOURNAL_CHAIN_BYTES] = "";
    char first[JOURNAL_CHAIN_BYTES];
    uint64_t last;

    (void)state;
    write_entries(0, 4, chain);
    memcpy(first, chain, sizeof first);
    write_entries(4, 9, chain);
    memcpy(chain, first, sizeof first);
    write_entries(4, 6, chain);
    assert_int_equal(a.count, 2);
    assert_int_equal(a.aside_count, 1);
    assert_int_equal(a.segments[2].last, 9);
    assert_int_equal(read_all(&last), ST_GONE);
    assert_int_equal(last, 6);
}

/* The disk is full for a moment: what it cost may not become a segment. */
static void
a_write_that_failed_is_no_segment(void **state)
{
    char chain[JOURNAL_CHAIN_BYTES] = "";
    char body[BODY_BYTES];
    char *much = mem_alloc(100000);
    struct rlimit before, small = {4096, 4096};
    struct archive_writer w;
    struct journal_entry e;
    uint64_t last;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    archive_writer_init(&w, &a, 0, "");
    entry_make(1, chain, body, &e);
    assert_int_equal(archive_add(&w, &e), ST_OK);
    e.seq = 2;
    e.body = (const uint8_t *)much;
    e.body_bytes = 100000;
    journal_chain(w.chain, e.kind, e.body, e.body_bytes, chain);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(archive_add(&w, &e), ST_AGAIN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(archive_write_end(&w), ST_AGAIN);
    archive_writer_fini(&w);
    assert_int_equal(read_all(&last), ST_GONE);
    assert_int_equal(last, 0);
    chain[0] = '\0';
    write_entries(0, 4, chain); /* the next run */
    assert_int_equal(read_all(&last), ST_GONE);
    assert_int_equal(last, 4);
    mem_free(&much);
}

/* What was put aside is the only copy of what a journal has lost. */
static void
what_is_moved_takes_nobodys_place(void **state)
{
    static const char *const texts[] = {"first", "second", "third"};
    static const char *const names[] = {"x", "x.2", "x.3"};
    char path[ARCHIVE_PATH_BYTES + 64];
    char text[16];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(archive_small_write(&a, "x", texts[i], strlen(texts[i])),
                         ST_OK);
        assert_int_equal(archive_move(&a, "x", "aside-1"), ST_OK);
    }
    assert_int_equal(archive_move(&a, "x", "aside-1"), ST_OK); /* it is gone: done */
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        FILE *f;

        (void)snprintf(path, sizeof path, "%s/aside-1/%s", a.dir, names[i]);
        f = fopen(path, "rb");
        assert_non_null(f);
        assert_non_null(fgets(text, sizeof text, f));
        assert_string_equal(text, texts[i]);
        (void)fclose(f);
    }
}

/* Links and FIFOs that somebody put where the archive writes and reads: nothing is
 * written through them, nothing waits for them. Seen to fail with fopen(…, "wb") for
 * file_new, without O_NOFOLLOW at the lock, and with fopen for archive_file_read. */
static void
links_and_fifos_lead_nowhere(void **state)
{
    static const char *const names[] = {"segment.new", "small.new"};
    char victim[ARCHIVE_PATH_BYTES + 64];
    char path[ARCHIVE_PATH_BYTES + 64];
    char chain[JOURNAL_CHAIN_BYTES] = "";
    struct archive other;
    struct stat is;
    uint64_t last;
    int fd = -1;

    (void)state;
    (void)snprintf(victim, sizeof victim, "%s/victim", dir);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        fd = open(victim, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(fd >= 0 && write(fd, "kept", 4) == 4 && close(fd) == 0);
        (void)snprintf(path, sizeof path, "%s/%s", a.dir, names[i]);
        assert_int_equal(symlink(victim, path), 0);
    }
    write_entries(0, 4, chain);
    assert_int_equal(archive_small_write(&a, "small", "x", 1), ST_OK);
    assert_true(stat(victim, &is) == 0 && is.st_size == 4);
    assert_int_equal(read_all(&last), ST_GONE);
    assert_int_equal(last, 4);
    assert_int_equal(a.count, 1);
    archive_path(&a, &a.segments[0], path);
    assert_true(unlink(path) == 0 && mkfifo(path, 0600) == 0);
    (void)alarm(10);
    assert_int_equal(read_all(&last), ST_AGAIN);
    (void)alarm(0);
    (void)snprintf(path, sizeof path, "%s/lock", a.dir);
    (void)snprintf(victim, sizeof victim, "%s/made", dir);
    assert_true(unlink(path) == 0 && symlink(victim, path) == 0);
    assert_int_equal(archive_lock(&other, dir, PROVINCE, &fd), ST_AGAIN);
    assert_int_equal(stat(victim, &is), -1);
    archive_fini(&other);
}

static void
a_directory_that_is_not_there_is_said(void **state)
{
    struct archive other;
    int fd;

    (void)state;
    assert_int_equal(archive_open(&other, "/nonexistent", PROVINCE), ST_AGAIN);
    assert_int_equal(other.damage.fault, ARCHIVE_UNREADABLE);
    archive_fini(&other);
    assert_int_equal(archive_lock(&other, "/nonexistent", PROVINCE, &fd), ST_GONE);
    archive_fini(&other);
}

/* --- how far leaders have read --- */

static void
cursors_read_back_or_are_damaged(void **state)
{
    char path[ARCHIVE_PATH_BYTES + 16];
    struct buf lines;
    char *text = NULL;
    uint64_t entry = 0;
    size_t count = 0;
    long i;

    (void)state;
    assert_int_equal(cursors_read(&a, &entry, &text, &count), ST_GONE);
    buf_init(&lines, 4096);
    assert_int_equal(cursors_write(&a, 57, &lines), ST_OK); /* nobody yet */
    assert_int_equal(cursors_read(&a, &entry, &text, &count), ST_OK);
    assert_int_equal(count, 0);
    assert_string_equal(text, "");
    mem_free(&text);
    buf_text(&lines, "chair/0123456789abcdef 2048\nhead-21055/0123456789abcdef 4096\n");
    assert_int_equal(cursors_write(&a, 58, &lines), ST_OK);
    assert_int_equal(cursors_read(&a, &entry, &text, &count), ST_OK);
    assert_int_equal(entry, 58);
    assert_int_equal(count, 2);
    assert_string_equal(text, buf_str(&lines));
    mem_free(&text);
    buf_fini(&lines);
    (void)snprintf(path, sizeof path, "%s/%s", a.dir, CURSORS_NAME);
    for (i = 0; i < file_bytes(path); i++) {
        byte_flip(path, i, 1);
        assert_int_equal(cursors_read(&a, &entry, &text, &count), ST_BAD);
        byte_flip(path, i, 1);
    }
    for (i = file_bytes(path) - 1; i >= 0; i--) {
        assert_int_equal(truncate(path, i), 0);
        assert_int_equal(cursors_read(&a, &entry, &text, &count), ST_BAD);
    }
}

int
main(void)
{
    const char *tmp = getenv("TMPDIR");
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(entries_read_back_the_same_from_any_place),
        TEST(an_empty_archive_ends_at_nothing),
        TEST(a_segment_ends_when_it_is_long),
        TEST(what_does_not_follow_is_not_written),
        TEST(what_a_newer_release_wrote_is_kept_as_it_is),
        TEST(every_flipped_byte_is_found),
        TEST(every_cut_is_found),
        TEST(a_missing_segment_is_named),
        TEST(a_segment_of_another_journal_does_not_join),
        TEST(a_segment_of_another_province_is_foreign),
        TEST(other_files_do_not_count),
        TEST(of_two_with_one_beginning_the_shorter_counts),
        TEST(a_write_that_failed_is_no_segment),
        TEST(what_is_moved_takes_nobodys_place),
        TEST(links_and_fifos_lead_nowhere),
        TEST(a_directory_that_is_not_there_is_said),
        TEST(cursors_read_back_or_are_damaged),
#undef TEST
    };

    diag_init("test_archive");
    crypto_init();
    (void)snprintf(base, sizeof base, "%s/archive.XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(base) == NULL) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * dondoc journal - a province's journals in readable lines. Reading the reports journal
 * checks its chain of hashes: every entry must follow from the one before it. Exit 65
 * where it does not, or where an entry is missing. Entries that were trimmed away come
 * from the archive, as if they stood in the journal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/archived.h"
#include "cli/cli.h"
#include "cli/journal_line.h"
#include "cli/language.h"
#include "lib/keys.h"

#define ENTRIES_A_READ 200u
#define LINES_BYTES (8u << 20) /* of one entry */
#define ARENA_BYTES (16u << 20)
#define TAIL_ENTRIES 20
#define FOLLOW_NS 300000000L

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    {"from", CONF_INT, "0", 0, 2147483647, "mục đầu tiên (mặc định: 20 mục cuối)",
     "first entry (default: the last 20)"},
    {"count", CONF_INT, "0", 0, 2147483647, "số mục; 0: đến cuối sổ",
     "how many entries; 0: to the end"},
    {"follow", CONF_SWITCH, "false", 0, 0, "đọc tiếp khi có mục mới, đến khi Ctrl-C",
     "go on with new entries until Ctrl-C"},
    {"stream", CONF_TEXT, "reports", 0, 0, "sổ nào: reports hoặc alerts",
     "which journal: reports or alerts"},
    {"json", CONF_SWITCH, "false", 0, 0, "mỗi dòng một đối tượng JSON",
     "one JSON object a line"},
    ARCHIVE_ROW,
};

static const struct option_spec spec = {
    .command = "journal",
    .synopsis = "[--from N] [--count N] [--follow] [--stream alerts] [--json] "
                "[--archive DIR]",
    .vi = "In sổ ghi của tỉnh, mỗi báo cáo một dòng, và kiểm tra chuỗi băm khi đọc.\n"
          "Mã thoát 65: chuỗi băm đứt hoặc thiếu mục. Các mục đã lưu trữ: --archive.\n",
    .en = "Prints a province's journal, one line a record, and checks its chain of "
          "hashes while\nreading. Exit status 65: the chain is broken or an entry is "
          "missing.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

struct walk {
    struct reading reading;
    struct history history;
    const char *stream;
    bool chained; /* the reports journal */
    bool json;
    char chain[JOURNAL_CHAIN_BYTES];
    bool chain_known;
    uint64_t first; /* checked from here */
    uint64_t after;
    uint64_t left;
    size_t broken;
    struct arena *arena;
    struct buf lines;
};

static void
broken_say(struct walk *w, uint64_t seq)
{
    (void)fflush(stdout);
    (void)fprintf(stderr,
                  words("CHUỖI BĂM ĐỨT tại mục %" PRIu64
                        ": nội dung của mục này hoặc mục trước đã bị thay đổi. Đề "
                        "nghị dừng dịch vụ, chạy dondoc verify và khôi phục từ bản "
                        "lưu.\n",
                        "THE CHAIN IS BROKEN at entry %" PRIu64
                        ": this entry or the one before was changed. Please stop "
                        "the services, run dondoc verify and restore from the "
                        "archive.\n"),
                  seq);
    w->broken++;
}

static void
chain_check(struct walk *w, const struct journal_entry *e)
{
    if (!w->chained) {
        return;
    }
    if (w->chain_known && !journal_entry_follows(e, w->chain)) {
        broken_say(w, e->seq);
    }
    (void)snprintf(w->chain, sizeof w->chain, "%s", e->chain);
    w->chain_known = true;
}

static void
entry_print(struct walk *w, const struct journal_entry *e)
{
    buf_clear(&w->lines);
    if (w->json) {
        journal_json(w->reading.catalogue, e, w->arena, &w->lines);
    } else {
        journal_text(w->reading.catalogue, e, w->arena, &w->lines);
    }
    (void)fwrite(buf_str(&w->lines), 1, w->lines.len, stdout); /* main checks stdout */
    w->after = e->seq;
    w->left--;
}

/* The chain value before the first entry; not known when that one is gone. */
static void
chain_begin(struct walk *w)
{
    const struct journal_head *head = &w->history.marks.head;
    struct journal_read rd;

    w->first = w->after + 1;
    w->chain_known = w->after == 0;
    if (!w->chained || w->after == 0) {
        return;
    }
    if (w->after <= head->trimmed) {
        w->chain_known = w->after == head->trimmed;
        (void)snprintf(w->chain, sizeof w->chain, "%s",
                       w->chain_known ? head->trim_chain : "");
        return;
    }
    journal_read_init(&rd);
    if (journal_read_one(w->reading.redis, w->reading.province, w->stream, w->after,
                         &rd) == ST_OK) {
        (void)snprintf(w->chain, sizeof w->chain, "%s", rd.entries[0].chain);
        w->chain_known = true;
    }
    journal_read_fini(&rd);
}

/* Entries that were trimmed away, from the archive, which checks their chain itself. */
static int
turn_archived(struct walk *w)
{
    const struct journal_head *head = &w->history.marks.head;
    struct archive_cursor *c = &w->history.cursor;
    int code = history_archive(&w->history);

    if (code != EXIT_DONE) {
        return code;
    }
    archive_seek(c, w->after);
    while (w->left > 0 && w->after < head->trimmed) {
        struct journal_entry e;
        enum status st = archive_next(c, &e);

        if (st == ST_BAD && w->history.archive.damage.fault == ARCHIVE_CHANGED) {
            broken_say(w, e.seq);
        } else if (st == ST_GONE) {
            (void)fflush(stdout);
            (void)fprintf(stderr,
                          words("Kho lưu trữ kết thúc ở mục %" PRIu64
                                ", sổ ghi bắt đầu từ mục %" PRIu64
                                ": đây không phải kho của sổ này.\n",
                                "The archive ends at entry %" PRIu64
                                ", the journal begins at %" PRIu64
                                ": this is not the archive of this journal.\n"),
                          w->after, head->trimmed + 1);
            return EXIT_DATA;
        } else if (st != ST_OK) {
            (void)fflush(stdout);
            return archived_damaged(&w->history.archive);
        }
        entry_print(w, &e);
        (void)snprintf(w->chain, sizeof w->chain, "%s", e.chain);
        w->chain_known = true;
    }
    if (w->after == head->trimmed && strcmp(w->chain, head->trim_chain) != 0) {
        broken_say(w, w->after);
    }
    return EXIT_DONE;
}

static int
turn_failed(struct walk *w, enum status st)
{
    if (st == ST_AGAIN) {
        return reading_broken(&w->reading);
    }
    (void)fflush(stdout);
    (void)fprintf(stderr,
                  words("Sổ ghi thiếu mục: %s\n", "The journal has a gap: %s\n"),
                  redis_error(w->reading.redis));
    return EXIT_DATA;
}

/* Up to the end, or as many as were asked for. */
static int
turn(struct walk *w)
{
    struct journal_read rd;
    enum status st = ST_OK;
    int code = EXIT_DONE;
    size_t count = 0;

    if (w->chained && w->after < w->history.marks.head.trimmed) {
        code = turn_archived(w);
    }
    journal_read_init(&rd);
    while (code == EXIT_DONE && w->left > 0) {
        uint64_t max = w->left < ENTRIES_A_READ ? w->left : ENTRIES_A_READ;
        size_t i;

        st = journal_read_after(w->reading.redis, w->reading.province, w->stream,
                                w->after, (size_t)max, &rd);
        count = st == ST_OK ? rd.count : 0;
        for (i = 0; i < count; i++) {
            chain_check(w, &rd.entries[i]);
            entry_print(w, &rd.entries[i]);
        }
        if (count == 0) {
            break;
        }
    }
    journal_read_fini(&rd);
    return code == EXIT_DONE && st != ST_OK ? turn_failed(w, st) : code;
}

static int
begin(struct walk *w, const struct options *o)
{
    uint64_t last = w->reading.head.seq;
    uint64_t from = (uint64_t)conf_int(o->conf, "from");
    uint64_t count = (uint64_t)conf_int(o->conf, "count");

    w->json = conf_switch(o->conf, "json");
    w->chained = strcmp(w->stream, KEY_REPORTS) == 0;
    if (w->chained && history_marks(&w->history, false) != ST_OK) {
        return reading_broken(&w->reading);
    }
    if (!w->chained) {
        last = w->reading.scorer.out;
    }
    if (from == 0) {
        uint64_t tail = count != 0 ? count : TAIL_ENTRIES;

        w->after = last > tail ? last - tail : 0;
        if (w->history.dir[0] == '\0' && w->after < w->history.marks.head.trimmed) {
            w->after = w->history.marks.head.trimmed; /* as many as stand here */
        }
    } else {
        w->after = from - 1;
    }
    w->left = count != 0 ? count : UINT64_MAX;
    if (w->reading.head.programme[0] != '\0' &&
        reading_programme(&w->reading) != EXIT_DONE) {
        (void)fputs(words("(không có chương trình: số lẻ không hiện được)\n",
                          "(without the programme: decimals cannot be shown)\n"),
                    stderr);
    }
    chain_begin(w);
    return turn(w);
}

static void
verdict_say(const struct walk *w)
{
    FILE *to = w->json ? stderr : stdout;

    if (w->chained && w->broken == 0 && w->after >= w->first) {
        (void)fprintf(to,
                      words("Chuỗi băm đúng từ mục %" PRIu64 " đến mục %" PRIu64 ".\n",
                            "The chain holds from entry %" PRIu64 " to %" PRIu64 ".\n"),
                      w->first, w->after);
    }
}

static int
journal_run(struct walk *w, const struct options *o)
{
    static const struct timespec pause = {0, FOLLOW_NS};
    int code;

    w->arena = arena_new(ARENA_BYTES);
    buf_init(&w->lines, LINES_BYTES);
    code = begin(w, o);
    while (code == EXIT_DONE && w->left > 0 && conf_switch(o->conf, "follow")) {
        (void)fflush(stdout);
        (void)nanosleep(&pause, NULL); /* a signal ends the program anyway */
        code = turn(w);
    }
    verdict_say(w);
    buf_fini(&w->lines);
    arena_free(&w->arena);
    return code == EXIT_DONE && w->broken > 0 ? EXIT_DATA : code;
}

int
cli_journal(int argc, char **argv)
{
    struct walk w = {.stream = KEY_REPORTS};
    struct options o;
    const char *stream;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    stream = conf_text(o.conf, "stream");
    if (o.operand_count > 0 ||
        (strcmp(stream, "reports") != 0 && strcmp(stream, "alerts") != 0)) {
        code =
            options_usage("journal", "%s",
                          words("stream là reports hoặc alerts; không có tham số khác",
                                "stream is reports or alerts; nothing else"));
    } else {
        w.stream = strcmp(stream, "alerts") == 0 ? KEY_ALERTS : KEY_REPORTS;
        code = reading_open(&w.reading, &o);
        if (code == EXIT_DONE) {
            history_init(&w.history, &w.reading, conf_text(o.conf, "archive"));
            code = journal_run(&w, &o);
            history_fini(&w.history);
            reading_close(&w.reading);
        }
    }
    options_fini(&o);
    return code;
}

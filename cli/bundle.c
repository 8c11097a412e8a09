#include "cli/bundle.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/journal.h"
#include "lib/programme.h"
#include "lib/programme_dir.h"

#define PART_BYTES (48u * 1024u)
#define TRIES 3

void
bundle_init(struct bundle *b)
{
    b->digest[0] = '\0';
    buf_init(&b->bytes, JOURNAL_PROGRAMME_MAX);
}

void
bundle_fini(struct bundle *b)
{
    buf_fini(&b->bytes);
}

int
bundle_read(struct bundle *b, const char *path)
{
    struct findings found = {0};
    struct programme_dir d;
    int code = EXIT_DONE;

    buf_clear(&b->bytes);
    if (programme_dir_read(path, &d, &found) == ST_OK) {
        programme_pack(d.files, d.count, &b->bytes);
        programme_digest(buf_str(&b->bytes), b->bytes.len, b->digest);
    } else {
        (void)fprintf(stderr, "%s: %s\n", path,
                      found.count > 0
                          ? words(found.items[0].text_vi, found.items[0].text)
                          : words("không đọc được thư mục này", "cannot be read"));
        code = EXIT_DATA;
    }
    if (code == EXIT_DONE && b->bytes.cut) {
        (void)fprintf(stderr,
                      words("%s: chương trình lớn hơn %u byte\n",
                            "%s: the programme is larger than %u bytes\n"),
                      path, (unsigned)JOURNAL_PROGRAMME_MAX);
        code = EXIT_DATA;
    }
    programme_dir_fini(&d);
    findings_fini(&found);
    return code;
}

/* All parts in order; only the last is answered, or the one that is refused. */
static enum status
parts_send(struct bundle *b, struct link *l, struct arena *a, struct unit_reply *reply)
{
    struct unit_request request = {.kind = UNIT_REQUEST_PROGRAMME};
    size_t at = 0;
    enum status st = ST_OK;

    while (st == ST_OK && at < b->bytes.len) {
        size_t left = b->bytes.len - at;

        /* One number for all: an answer is known whichever part it is to. */
        request.programme.digest = b->digest;
        request.programme.total_bytes = (uint32_t)b->bytes.len;
        request.programme.offset = (uint32_t)at;
        request.programme.data = (const uint8_t *)buf_str(&b->bytes) + at;
        request.programme.data_bytes = left < PART_BYTES ? left : PART_BYTES;
        st = link_send(l, &request);
        at += request.programme.data_bytes;
    }
    return st == ST_OK ? link_await(l, request.request_id, a, reply) : st;
}

int
bundle_send(struct bundle *b, struct link *l, struct arena *a, uint64_t *entry)
{
    struct unit_reply reply = {.kind = UNIT_REPLY_NONE};
    enum status st = ST_AGAIN;

    for (int i = 0; st == ST_AGAIN && i < TRIES; i++) {
        st = parts_send(b, l, a, &reply);
    }
    link_progress_end(l);
    if (st != ST_OK) {
        return link_explain(l);
    }
    if (reply.kind == UNIT_REPLY_REFUSAL) {
        return link_refused(&reply.refusal);
    }
    if (reply.kind != UNIT_REPLY_DONE) {
        return EXIT_UNAVAILABLE;
    }
    *entry = reply.done_entry;
    return EXIT_DONE;
}

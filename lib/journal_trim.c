#include "lib/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/diag.h"
#include "lib/functions.h"
#include "lib/keys.h"

/* Who reads the reports journal behind a checkpoint; dd_trim wants them all. */
static const char *const readers[] = {"scorer"};
#define READER_COUNT (sizeof readers / sizeof *readers)

static void
trim_args(struct args *a, const char *province, uint64_t head_seq, uint64_t up_to,
          const char *chain)
{
    char key[KEY_BYTES];
    size_t i;

    args_text(a, "FCALL");
    args_text(a, FUNCTION_TRIM);
    args_int(a, (int64_t)(3 + READER_COUNT));
    key_make(key, province, KEY_REPORTS);
    args_text(a, key);
    key_make(key, province, KEY_HEAD);
    args_text(a, key);
    for (i = 0; i < READER_COUNT; i++) {
        key_make2(key, province, KEY_CHECKPOINT, readers[i]);
        args_text(a, key);
    }
    key_make(key, province, KEY_PARKED);
    args_text(a, key);
    args_text(a, FUNCTIONS_VERSION);
    args_int(a, (int64_t)head_seq);
    args_int(a, (int64_t)up_to);
    args_text(a, chain);
}

static enum status
trim_result(struct redis *r, const struct reply *rep, uint64_t up_to, uint64_t *removed)
{
    const char *word = reply_str(reply_at(rep, 0), NULL);
    const char *first = reply_str(reply_at(rep, 1), NULL);

    if (strcmp(word, "OK") == 0) {
        *removed = (uint64_t)reply_int(reply_at(rep, 1));
        return ST_OK;
    }
    if (strcmp(word, "HEAD") == 0) {
        redis_error_set(r, "the journal ends at entry %s now", first);
        return ST_STALE;
    }
    if (strcmp(word, "BEHIND") == 0) {
        redis_error_set(r, "%s stands at entry %s only", first,
                        reply_str(reply_at(rep, 2), NULL));
        return ST_LIMIT;
    }
    if (strcmp(word, "PARKED") == 0) {
        redis_error_set(r, "the parked report %s is needed there: dondoc parked",
                        first);
        return ST_LIMIT;
    }
    if (strcmp(word, "CHAIN") == 0) {
        redis_error_set(r,
                        "entry %" PRIu64 " in the journal is not the one exported: "
                        "dondoc verify",
                        up_to);
        return ST_BAD;
    }
    redis_error_set(r, FUNCTION_TRIM " gave an answer of no known form");
    return ST_BAD;
}

enum status
journal_trim(struct redis *r, const char *province, uint64_t head_seq, uint64_t up_to,
             const char *chain, uint64_t *removed)
{
    struct args a;
    struct reply *rep = NULL;
    uint64_t count = 0;
    enum status st;

    MUST(head_seq <= INT64_MAX && up_to <= INT64_MAX);
    args_init(&a);
    trim_args(&a, province, head_seq, up_to, chain);
    st = redis_call(r, a.argc, a.argv, a.lens, &rep);
    if (st == ST_OK) {
        st = trim_result(r, rep, up_to, &count);
    }
    if (removed != NULL) {
        *removed = count;
    }
    args_fini(&a);
    reply_free(&rep);
    return st;
}

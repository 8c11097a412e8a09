/* Putting a real programme in force, as `dondoc programme put` does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/journal.h"
#include "lib/programme.h"
#include "lib/programme_dir.h"
#include "tests/support/stack.h"

#define PART_BYTES 49152u

void
side_programme(struct side *ops, const char *dir)
{
    struct programme_dir files = {0};
    struct findings found = {0};
    struct unit_request q = {.kind = UNIT_REQUEST_PROGRAMME};
    struct unit_reply r = {0};
    struct buf bundle;
    char digest[65];
    size_t offset;

    buf_init(&bundle, JOURNAL_PROGRAMME_MAX);
    assert_int_equal(programme_dir_read(dir, &files, &found), ST_OK);
    programme_pack(files.files, files.count, &bundle);
    programme_digest(buf_str(&bundle), bundle.len, digest);
    q.programme.digest = digest;
    q.programme.total_bytes = (uint32_t)bundle.len;
    for (offset = 0; offset < bundle.len; offset += PART_BYTES) {
        size_t bytes = bundle.len - offset;

        q.programme.offset = (uint32_t)offset;
        q.programme.data = (const uint8_t *)buf_str(&bundle) + offset;
        q.programme.data_bytes = bytes > PART_BYTES ? PART_BYTES : bytes;
        if (offset + PART_BYTES >= bundle.len) {
            assert_int_equal(side_ask_for(ops, &q, 10000, &r), ST_OK);
        } else {
            /* Only the last part is answered. */
            assert_int_equal(side_ask_for(ops, &q, 50, &r), ST_AGAIN);
        }
    }
    if (r.kind != UNIT_REPLY_DONE) {
        fail_msg("programme %s: %s", dir, r.refusal.message_en);
    }
    programme_dir_fini(&files);
    findings_fini(&found);
    buf_fini(&bundle);
}

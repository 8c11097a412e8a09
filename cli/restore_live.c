/* What is in Redis before a restore: nothing, or the beginning of the archive; and
 * nobody at work on it. */
#include "cli/restore.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/language.h"

#define ALIVE_WAIT_US 20000000 /* a heartbeat stands for 15 s */
#define WHY_BYTES 400

/* "ingest 1, scorer 1" of those that live; false: Redis did not answer. */
static bool
alive_find(struct restoring *x, char *names, size_t bytes)
{
    struct board_instances all = {0};
    bool good = board_instances(x->reading.redis, &all) == ST_OK;
    size_t len = 0;
    size_t i;

    names[0] = '\0';
    for (i = 0; i < all.count && len < bytes; i++) {
        if (all.items[i].alive) {
            len += (size_t)snprintf(names + len, bytes - len, "%s%s %s",
                                    len == 0 ? "" : ", ", all.items[i].service,
                                    all.items[i].instance);
        }
    }
    board_instances_fini(&all);
    return good;
}

int
restore_alive_wait(struct restoring *x)
{
    static const struct timespec pause = {0, 500000000L};
    struct mono start = mono_now();
    char names[WHY_BYTES];
    bool said = false;

    for (;;) {
        if (!alive_find(x, names, sizeof names)) {
            return reading_broken(&x->reading);
        }
        if (names[0] == '\0') {
            return EXIT_DONE;
        }
        if (mono_since_us(start) > ALIVE_WAIT_US) {
            (void)fprintf(
                stderr,
                words("Còn dịch vụ đang chạy trên Redis này: %s. Đề nghị dừng "
                      "trước rồi chạy lại.\n",
                      "Services are running on this Redis: %s. Please stop "
                      "them first, then run this again.\n"),
                names);
            return EXIT_DATA;
        }
        if (!said) {
            (void)fprintf(stderr,
                          words("Chờ %s dừng hẳn …\n", "Waiting until %s is gone …\n"),
                          names);
            said = true;
        }
        (void)nanosleep(&pause, NULL); /* shorter does no harm */
    }
}

static int
refuse_present(struct restoring *x, size_t count, const char *names)
{
    (void)fprintf(
        stderr,
        words("Tỉnh %s trong Redis này đã có dữ liệu, không phải phần đầu của "
              "kho: %zu khóa (%s).\nChưa ghi gì. Chỉ phục hồi vào Redis còn "
              "trống; đề nghị xem có đúng Redis chưa: dondoc status\n",
              "%s holds data in this Redis that is not the beginning of the "
              "archive: %zu keys (%s).\nNothing was written. Restore only into "
              "an empty Redis; is it the right one? dondoc status\n"),
        x->reading.province, count, names);
    return EXIT_DATA;
}

int
restore_live_check(struct restoring *x, struct journal_head *head)
{
    struct archive_cursor c;
    struct journal_entry e;
    struct buf names;
    size_t count = 0;
    bool prefix = false;
    int code = EXIT_DONE;

    if (journal_head_read(x->reading.redis, x->reading.province, head) != ST_OK) {
        return reading_broken(&x->reading);
    }
    if (head->seq > 0 && head->seq <= x->end) {
        archive_cursor_init(&c, &x->archive);
        archive_seek(&c, head->seq - 1);
        prefix = archive_next(&c, &e) == ST_OK && strcmp(e.chain, head->chain) == 0;
        archive_cursor_fini(&c);
    }
    buf_init(&names, WHY_BYTES);
    if (!prefix &&
        audit_present(x->reading.redis, x->reading.province, &names, &count) != ST_OK) {
        code = reading_broken(&x->reading);
    } else if (!prefix && count > 0) {
        code = refuse_present(x, count, buf_str(&names));
    }
    buf_fini(&names);
    return code;
}

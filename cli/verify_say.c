/* Findings and the summary of `dondoc verify`, for people and as JSON. */
#include "cli/flow.h"
#include "cli/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "cli/language.h"
#include "lib/json.h"

#define WHAT_BYTES 1400
#define WHERE_MAX 300
/* Each byte may become six of JSON: a line is never cut. */
#define LINE_BYTES (6u * (WHAT_BYTES + WHERE_MAX + 1024u))
#define FINDINGS_SHOWN 200u
#define PROGRESS_US 2000000

const char *
verify_todo_restore(void)
{
    return words(
        "dừng các dịch vụ, giữ bản sao appendonlydir, rồi phục hồi từ kho lưu "
        "trữ: dondoc restore --help",
        "stop the services, keep a copy of appendonlydir, then restore from the "
        "archive: dondoc restore --help");
}

void
verify_finding(struct verifying *x, const char *code, const char *where,
               const char *todo, const char *format, ...)
{
    char what[WHAT_BYTES];
    char place[WHERE_MAX];
    struct buf line;
    va_list args;

    if (x->findings++ >= FINDINGS_SHOWN) {
        return; /* counted */
    }
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    (void)snprintf(place, sizeof place, "%s",
                   where); /* of a table by hand: any length */
    if (!x->json) {
        flow_printf(stdout, "%-18s %s: %s → %s\n", code, place, what, todo);
        return;
    }
    buf_init(&line, LINE_BYTES);
    buf_text(&line, "{\"finding\":");
    json_write_text(&line, code);
    buf_text(&line, ",\"where\":");
    json_write_text(&line, place);
    buf_text(&line, ",\"what\":");
    json_write_text(&line, what);
    buf_text(&line, ",\"do\":");
    json_write_text(&line, todo);
    (void)printf("%s}\n", buf_str(&line));
    buf_fini(&line);
}

void
verify_progress(struct verifying *x, uint64_t done)
{
    if (x->quiet || mono_since_us(x->said) < PROGRESS_US) {
        return;
    }
    x->said = mono_now();
    (void)fprintf(stderr,
                  words("Đang kiểm tra: mục %" PRIu64 " / %" PRIu64 "\n",
                        "Checking: entry %" PRIu64 " of %" PRIu64 "\n"),
                  done, x->marks.head.seq);
}

static void
summary_json(const struct verifying *x)
{
    struct buf line;

    buf_init(&line, LINE_BYTES);
    buf_text(&line, "{\"province\":");
    json_write_text(&line, x->reading.province);
    (void)printf("%s,\"head\":%" PRIu64 ",\"trimmed\":%" PRIu64 ",\"archived\":%" PRIu64
                 ",\"entries\":%" PRIu64 ",\"records\":%" PRIu64 ",\"whole\":%s"
                 ",\"findings\":%" PRIu64 "}\n",
                 buf_str(&line), x->marks.head.seq, x->marks.head.trimmed,
                 x->archived ? archive_last(&x->archive) : 0, x->entries, x->records,
                 x->whole ? "true" : "false", x->findings);
    buf_fini(&line);
}

void
verify_summary(struct verifying *x)
{
    if (x->json) {
        summary_json(x);
        return;
    }
    if (x->findings > FINDINGS_SHOWN) {
        (void)printf(words("… và %" PRIu64 " phát hiện nữa.\n",
                           "… and %" PRIu64 " more findings.\n"),
                     x->findings - FINDINGS_SHOWN);
    }
    (void)printf(
        words("%s: sổ ghi đến mục %" PRIu64 "; đã xem %" PRIu64 " mục, %" PRIu64
              " báo cáo: số thứ tự, chuỗi băm, nội dung, biên nhận, số liệu.\n",
              "%s: the journal ends at entry %" PRIu64 "; looked at %" PRIu64
              " entries, %" PRIu64
              " reports: numbers, chain, content, receipts, facts.\n"),
        x->reading.province, x->marks.head.seq, x->entries, x->records);
    if (x->archived) {
        (void)printf(words("Kho lưu trữ %s: đến mục %" PRIu64 ".\n",
                           "The archive %s: up to entry %" PRIu64 ".\n"),
                     x->archive.dir, archive_last(&x->archive));
    } else if (x->marks.head.trimmed > 0) {
        (void)printf(words("Chưa xem: mục 1 đến %" PRIu64
                           " nằm trong kho lưu trữ; đề nghị thêm --archive THƯ-MỤC.\n",
                           "Not looked at: entries 1 to %" PRIu64
                           " are in the archive; please add --archive DIR.\n"),
                     x->marks.head.trimmed);
    }
    if (x->findings == 0) {
        (void)puts(words("Không phát hiện hư hỏng.", "No damage was found."));
    } else {
        (void)printf(words("PHÁT HIỆN %" PRIu64 " chỗ hư hỏng.\n",
                           "DAMAGE: %" PRIu64 " findings.\n"),
                     x->findings);
    }
}

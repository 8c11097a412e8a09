/* `push --probe` and `push --template`: what the server says about us. */
#include "cli/flow.h"
#include "cli/push.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/instant.h"
#include "lib/keyring.h"

/* Is the code (before an @) in what the key may report for? */
static bool
in_scope(const struct wire_server_info *info, const char *unit)
{
    size_t len = strcspn(unit, "@");

    for (size_t i = 0; i < info->scope_count; i++) {
        if (strcmp(info->scope[i], "*") == 0 ||
            (strlen(info->scope[i]) == len &&
             strncmp(info->scope[i], unit, len) == 0)) {
            return true;
        }
    }
    return false;
}

static size_t
file_probe(const struct push *p)
{
    size_t outside = 0;

    for (size_t i = 0; i < p->file->row_count; i++) {
        const struct report_row *row = &p->file->rows[i];

        if (row->figure_count > 0 && !in_scope(&p->info, row->unit)) {
            outside++;
            flow_printf(
                stdout,
                words("Dòng %zu: khóa đã đăng ký nhưng không được gửi báo cáo "
                      "cho đơn vị %s. Đề nghị đầu mối của tỉnh bổ sung đơn vị "
                      "này vào phạm vi của khóa.\n",
                      "Row %zu: the key is registered, but not for the unit %s. "
                      "Please ask the province's contact to add it to the scope "
                      "of the key.\n"),
                row->line, row->unit);
        }
    }
    return outside;
}

int
push_probe(const struct push *p)
{
    const struct wire_server_info *info = &p->info;
    char fingerprint[KEYRING_FINGERPRINT_BYTES];
    char now[INSTANT_TEXT_BYTES];
    size_t outside;

    keyring_fingerprint(link_keys(p->link)->public_key, fingerprint);
    instant_text_civil((struct instant){info->now_ms}, now);
    flow_printf(stdout,
                words("Máy chủ: dondoc %s, giờ máy chủ %s\n",
                      "Server: dondoc %s, its time is %s\n"),
                info->server_version, now);
    flow_printf(stdout,
                words("Khóa của chúng ta: %s, đăng ký với tên %s\n",
                      "Our key: %s, registered as %s\n"),
                fingerprint, info->principal);
    (void)printf("%s", words("Được gửi báo cáo cho:", "May report for:"));
    for (size_t i = 0; i < info->scope_count; i++) {
        flow_printf(stdout, " %s",
                    strcmp(info->scope[i], "*") == 0 ? words("mọi đơn vị", "every unit")
                                                     : info->scope[i]);
    }
    (void)printf(info->scope_count == 0 ? words(" không đơn vị nào\n", " no unit\n")
                                        : "%s\n",
                 "");
    flow_printf(stdout,
                words("Chương trình: %.12s, %zu nhóm số liệu\n",
                      "Programme: %.12s, %zu groups\n"),
                info->programme_digest[0] == '\0' ? "-" : info->programme_digest,
                info->group_count);
    flow_printf(stdout, words("Trạng thái: %s%s\n", "State: %s%s\n"), info->state,
                info->simulated ? words(" (mô phỏng)", " (simulated)") : "");
    outside = p->file == NULL ? 0 : file_probe(p);
    if (strcmp(info->state, "ready") != 0) {
        (void)printf("%s\n", words("Hiện nay báo cáo chưa được tiếp nhận; đề nghị gửi "
                                   "lại sau.",
                                   "Reports are not acknowledged now; please send "
                                   "later."));
        return EXIT_AGAIN;
    }
    return outside > 0 ? EXIT_REFUSED : EXIT_DONE;
}

/* --- the file to fill in --- */

static void
template_row(FILE *f, const struct wire_server_info *info, const char *unit,
             const char *period)
{
    (void)fprintf(f, "%s;%s;", unit, period);
    for (size_t i = 0; i < info->group_count; i++) {
        for (size_t k = 0; k < info->groups[i].measure_count; k++) {
            (void)fputc(';', f);
        }
    }
    (void)fputs("\r\n", f);
}

/* Errors of the stream are asked for once, by the caller. */
static void
template_write(FILE *f, const struct wire_server_info *info, const char *period)
{
    (void)fputs("\xef\xbb\xbf"
                "unit;period;reason",
                f);
    for (size_t i = 0; i < info->group_count; i++) {
        for (size_t k = 0; k < info->groups[i].measure_count; k++) {
            (void)fprintf(f, ";%s", info->groups[i].measures[k]);
        }
    }
    (void)fputs("\r\n", f);
    for (size_t i = 0; i < info->scope_count; i++) {
        if (strcmp(info->scope[i], "*") != 0) {
            template_row(f, info, info->scope[i], period);
        }
    }
}

int
push_template(const struct push *p, const char *path, const char *period)
{
    bool to_stdout = path[0] == '\0' || strcmp(path, "-") == 0;
    FILE *f = stdout;
    bool good;

    if (p->info.group_count == 0) {
        (void)fprintf(
            stderr, "%s\n",
            words("Tỉnh chưa có chương trình có hiệu lực, nên chưa có số liệu nào "
                  "để điền.",
                  "No programme of the province is in force, so there is "
                  "nothing to fill in."));
        return EXIT_UNAVAILABLE;
    }
    if (!to_stdout) {
        f = fopen(path, "wbx"); /* never over a file that somebody filled in */
        if (f == NULL) {
            (void)fprintf(stderr,
                          words("Không tạo được tệp %s: %s\n",
                                "The file %s cannot be made: %s\n"),
                          path, strerror(errno));
            return EXIT_DATA;
        }
    }
    template_write(f, &p->info, period);
    good = fflush(f) == 0 && ferror(f) == 0;
    if (!to_stdout) {
        good = fclose(f) == 0 && good;
    }
    if (!good) {
        (void)fprintf(stderr,
                      words("Không ghi được %s: %s\n", "%s cannot be written: %s\n"),
                      to_stdout ? "stdout" : path, strerror(errno));
        return EXIT_DATA;
    }
    (void)fprintf(stderr, "%s\n",
                  words("Để trống: chưa có số liệu; 0: bằng không; x: không phát sinh. "
                        "Mở bằng bảng tính, để các cột unit và period ở dạng Text.",
                        "Empty: not reported; 0: zero; x: does not apply. In a "
                        "spreadsheet keep the columns unit and period as text."));
    return EXIT_DONE;
}

/*
 * dondoc - report, watch, check: the command of units, leaders and operations.
 *
 * Reads the command line, picks one function of the table, ends with what it returns.
 * Every command has --help. Settings: flag, DONDOC_* environment, settings file,
 * default (cli/options.h). Exit status: sysexits (cli/cli.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/nearest.h"
#include "lib/diag.h"
#include "lib/version.h"

struct command {
    const char *name;
    const char *vi;
    const char *en;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
    {"join", "đơn vị: từ tệp mời của tỉnh đến khi gửi được báo cáo",
     "unit: from the province's invitation to a working set-up", cli_join},
    {"push", "đơn vị: gửi số liệu trong một tệp, nhận biên nhận",
     "unit: send the figures of a file, get receipts", cli_push},
    {"watch", "lãnh đạo: nhận cảnh báo của chức danh, nhận xử lý",
     "leader: the alerts of an office, as they come; take one on", cli_watch},
    {"check", "văn phòng: kiểm tra chương trình của tỉnh trước khi áp dụng",
     "office: check a province's programme before it is put in force", cli_check},
    {"test", "văn phòng: chạy các bài thử của chương trình (tests.yaml)",
     "office: run a programme's own tests (tests.yaml)", cli_test},
    {"programme", "văn phòng: đưa chương trình vào áp dụng, xem chương trình hiện nay",
     "office: put a programme in force, see which one is", cli_programme},
    {"keys", "văn phòng: cặp khóa, tệp khóa của máy chủ, tệp mời cho đơn vị",
     "office: key pairs, the server's keyring, invitations for units", cli_keys},
    {"hold", "văn phòng: tạm giữ mọi thông báo của tỉnh, có lý do và ngày hết hạn",
     "office: keep every message of the province back, with reason and end", cli_hold},
    {"release", "văn phòng: xem những gì đang tạm giữ, gửi đi hoặc bỏ bớt",
     "office: see what is held, and send it or leave some out", cli_release},
    {"pause", "văn phòng: tạm dừng một cảnh báo đến một ngày",
     "office: one alert rests until a day", cli_pause},
    {"digest", "lãnh đạo, vận hành: xem trước bản tổng hợp của một chức danh",
     "leader, operations: the digest that an office would get now", cli_digest},
    {"tick", "vận hành: xem giờ máy chủ, xác nhận sau khi ngừng lâu",
     "operations: the server's time; confirm it after a long stop", cli_tick},
    {"status", "vận hành: mọi việc có ổn không, nếu không thì làm gì",
     "operations: is all well, and if not, what to type", cli_status},
    {"undelivered", "vận hành: thông báo chưa chuyển được hoặc không gửi được, vì sao",
     "operations: what could not be delivered, why, what to do", cli_undelivered},
    {"alerts", "văn phòng: các cảnh báo đang mở, nặng nhất trước",
     "office: what is open, the gravest first", cli_alerts},
    {"history", "mọi người: toàn bộ quá trình của một cảnh báo",
     "everybody: the whole life of an alert", cli_history},
    {"explain", "mọi người: vì sao có kết luận này, căn cứ vào đâu",
     "everybody: where a verdict comes from", cli_explain},
    {"table", "văn phòng: tổng hợp và xếp thứ tự các đơn vị",
     "office: sums over units and league tables", cli_table},
    {"league", "văn phòng: bảng xếp hạng các đơn vị của một cấp theo một chỉ tiêu",
     "office: the units of a level in order, by a target", cli_league},
    {"progress", "văn phòng: tình hình thực hiện tất cả chỉ tiêu của tỉnh trong năm",
     "office: how all targets of the province stand this year", cli_progress},
    {"journal", "vận hành: đọc sổ ghi, kiểm tra chuỗi băm",
     "operations: read the journal, check its chain", cli_journal},
    {"verify", "vận hành: kiểm tra toàn bộ sổ ghi, biên nhận và kho lưu trữ",
     "operations: check the whole journal, its receipts and the archive", cli_verify},
    {"archive", "vận hành: lưu sổ ghi thành tệp, bớt phần cũ khỏi Redis",
     "operations: the journal into files, what is old out of Redis", cli_archive},
    {"restore", "vận hành: ghi lại sổ ghi từ kho lưu trữ vào Redis trống",
     "operations: the journal from the archive into an empty Redis", cli_restore},
    {"replay", "vận hành: tính lại từ sổ ghi, so sánh, thử chương trình khác",
     "operations: compute all again and compare; try another programme", cli_replay},
    {"parked", "vận hành: những báo cáo chưa xử lý được",
     "operations: what nobody could apply", cli_parked},
    {"play", "mô phỏng: chạy một kịch bản vào các dịch vụ --simulated",
     "simulation: play a script into services started with --simulated", cli_play},
};

#define COUNT (sizeof commands / sizeof commands[0])

static void
help(FILE *out)
{
    (void)fprintf(
        out, "%s",
        words("dondoc: theo dõi, đôn đốc chỉ tiêu cải cách hành chính của "
              "tỉnh.\n\nCách dùng: dondoc LỆNH [tham số]\n\n",
              "dondoc: keeps the administrative-reform promises of a province "
              "in view.\n\nUsage: dondoc COMMAND [arguments]\n\n"));
    for (size_t i = 0; i < COUNT; i++) {
        (void)fprintf(out, "  %-11s %s\n", commands[i].name,
                      words(commands[i].vi, commands[i].en));
    }
    (void)fprintf(
        out, "%s",
        words("\nBắt đầu ở một đơn vị:\n"
              "  dondoc join TỆP-MỜI               tạo khóa và cài đặt\n"
              "  dondoc push --probe               kiểm tra kết nối\n"
              "  dondoc push --template mau.csv    tệp mẫu để điền\n"
              "  dondoc push mau.csv               gửi, gửi lại vẫn an toàn\n"
              "\ndondoc LỆNH --help cho biết từng tham số; --lang vi|en chọn "
              "ngôn ngữ; --version.\n",
              "\nTo begin at a unit:\n"
              "  dondoc join INVITATION            makes key and settings\n"
              "  dondoc push --probe               checks the connection\n"
              "  dondoc push --template form.csv   the file to fill in\n"
              "  dondoc push form.csv              sends; again is safe\n"
              "\ndondoc COMMAND --help tells every setting; --lang vi|en picks "
              "the language; --version.\n"));
}

static int
unknown(const char *name)
{
    const char *names[COUNT];
    const char *near;

    for (size_t i = 0; i < COUNT; i++) {
        names[i] = commands[i].name;
    }
    near = nearest_name(name, names, COUNT);
    (void)fprintf(
        stderr, words("dondoc: không có lệnh “%s”", "dondoc: there is no “%s”"), name);
    if (near != NULL) {
        (void)fprintf(stderr,
                      words("; có phải là: dondoc %s?", "; did you mean: dondoc %s?"),
                      near);
    }
    (void)fprintf(
        stderr, "%s",
        words("\nCác lệnh: dondoc --help\n", "\nThe commands: dondoc --help\n"));
    return EXIT_USAGE;
}

static void
language_take(const char *value)
{
    if (value[0] != '\0' && language_set(value)) {
        (void)setenv("DONDOC_LANG", value, 1); /* fails for lack of memory only */
    }
}

/* A language that a flag names speaks from the first complaint on, in every command. */
static void
language_look(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0) {
            language_take(argv[i] + 7);
        } else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) {
            language_take(argv[i + 1]);
        }
    }
}

/* A full disk or a closed pipe behind stdout must not look like success. */
static int
finish(int code)
{
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        (void)fprintf(stderr, "%s\n",
                      words("dondoc: không ghi được kết quả ra đầu ra",
                            "dondoc: the results could not be written"));
        return code == EXIT_DONE ? EXIT_UNAVAILABLE : code;
    }
    return code;
}

int
main(int argc, char **argv)
{
    int at = 1;

    diag_init("dondoc");
    language_begin();
    language_look(argc, argv);
    while (at < argc && strncmp(argv[at], "--lang", 6) == 0) {
        at += strcmp(argv[at], "--lang") == 0 ? 2 : 1;
    }
    if (at >= argc) {
        help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0 ||
        strcmp(argv[at], "help") == 0) {
        help(stdout);
        return finish(EXIT_DONE);
    }
    if (strcmp(argv[at], "--version") == 0) {
        (void)printf("dondoc %s\n", DONDOC_VERSION);
        return finish(EXIT_DONE);
    }
    for (size_t i = 0; i < COUNT; i++) {
        if (strcmp(argv[at], commands[i].name) == 0) {
            return finish(commands[i].run(argc - at, argv + at));
        }
    }
    return unknown(argv[at]);
}

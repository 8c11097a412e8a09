/*
 * dondoc history CODE - the whole life of one alert, for somebody who has to know at
 * two in the morning who was told what and when: each message with its figures, the
 * offices in whose inbox it was put and whether it was received there, who took it on,
 * and how it stands now.
 */
#include "cli/history.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/nearest.h"

#define NEAR_MAX 5

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    {"json", CONF_SWITCH, "false", 0, 0, "một đối tượng JSON", "one JSON object"},
};

static const struct option_spec spec = {
    .command = "history",
    .synopsis = "CODE [--json]",
    .vi =
        "Toàn bộ quá trình của một cảnh báo: từng thông báo (số, loại, lý do, kỳ, số "
        "liệu khi đó,\nngày giờ), đã đưa vào hộp thư của chức danh nào và đã nhận "
        "hay chưa, ai đã nhận xử lý\n(ghi chú, thời hạn), hiện nay thế nào. Mã lấy từ "
        "dondoc alerts hoặc cuối thông báo.\n",
    .en = "The whole life of one alert: every message (number, kind, reason, window, "
          "figures then,\nday and hour), in which office's inbox it was put and "
          "whether it was received, who took\nit on (note, until), how it stands now. "
          "The code is that of dondoc alerts or of a message.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

/* Codes that hold the text come first, then the one with a typing mistake. */
static int
code_unknown(const struct reading *r, const char *text)
{
    struct board_alerts alerts;
    const char **codes;
    const char *near;
    size_t said = 0;
    size_t i;

    if (board_alerts(r->redis, r->province, &alerts) != ST_OK) {
        board_alerts_fini(&alerts);
        return reading_broken(r);
    }
    (void)fprintf(stderr,
                  words("Chưa từng có cảnh báo mã “%s” ở tỉnh %s.\n",
                        "There never was an alert with the code “%s” in %s.\n"),
                  text, r->province);
    codes = mem_alloc((alerts.count + 1) * sizeof *codes);
    for (i = 0; i < alerts.count; i++) {
        codes[i] = alerts.items[i].code;
        if (said < NEAR_MAX && strstr(codes[i], text) != NULL) {
            (void)fprintf(stderr, "%s  %s\n",
                          said == 0 ? words("Có phải là:\n", "Did you mean:\n") : "",
                          codes[i]);
            said++;
        }
    }
    near = said > 0 ? NULL : nearest_name(text, codes, alerts.count);
    if (near != NULL) {
        (void)fprintf(stderr, "%s\n  %s\n", words("Có phải là:", "Did you mean:"),
                      near);
    }
    if (near == NULL && said == 0) {
        (void)fputs(words("Đề nghị xem các mã bằng: dondoc alerts --all\n",
                          "Please look up the codes with: dondoc alerts --all\n"),
                    stderr);
    }
    mem_free(&codes);
    board_alerts_fini(&alerts);
    return EXIT_DATA;
}

static int
history_run(struct life *l, const char *text, bool json)
{
    char code[ALERT_CODE_BYTES];
    enum status st;

    /* People copy what stands under a message: its number behind the code is ours. */
    (void)snprintf(code, sizeof code, "%.*s", (int)strcspn(text, "/"), text);
    st = board_alert(l->reading.redis, l->reading.province, code, &l->alert);
    if (st == ST_GONE) {
        return code_unknown(&l->reading, code);
    }
    if (st == ST_OK && l->reading.head.programme[0] != '\0') {
        (void)reading_programme(&l->reading); /* has said why; ids will do */
    }
    if (st == ST_OK) {
        st = life_read(l, code);
    }
    if (st != ST_OK) {
        return reading_broken(&l->reading);
    }
    if (json) {
        life_json(l);
    } else {
        life_text(l);
    }
    return EXIT_DONE;
}

int
cli_history(int argc, char **argv)
{
    struct life l = {0};
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count != 1 || o.operands[0][0] == '\0') {
        code = options_usage("history", "%s",
                             words("cần đúng một mã cảnh báo, ví dụ QNG-2023-7c-21040",
                                   "one code is wanted, such as QNG-2023-7c-21040"));
    } else {
        code = reading_open(&l.reading, &o);
        if (code == EXIT_DONE) {
            code = history_run(&l, o.operands[0], conf_switch(o.conf, "json"));
            life_fini(&l);
            reading_close(&l.reading);
        }
    }
    options_fini(&o);
    return code;
}

/* `dondoc status --silent`: who is due and was not heard. */
#include <stdio.h>

#include "cli/language.h"
#include "cli/status.h"
#include "cli/table_print.h"

#define UNITS_NAMED 8

static void
units_text(const struct overview *v, const struct silence *s, char *out,
           size_t out_bytes)
{
    size_t len = 0;
    size_t i;

    out[0] = '\0';
    for (i = 0; i < s->count && i < UNITS_NAMED && len < out_bytes; i++) {
        len += (size_t)snprintf(out + len, out_bytes - len, "%s%s", i == 0 ? "" : " ",
                                v->reading.catalogue->units[s->silent[i]].id);
    }
    if (s->count > UNITS_NAMED && len < out_bytes) {
        (void)snprintf(out + len, out_bytes - len, " … +%zu", s->count - UNITS_NAMED);
    }
}

void
overview_silent_text(const struct overview *v)
{
    struct table_print *t;
    char since[DAY_TEXT_BYTES];
    size_t i;

    if (!v->silent_wanted || v->reading.catalogue == NULL) {
        return;
    }
    day_say(v->silent_since, since);
    (void)printf(words("\nĐã đến hạn mà chưa có báo cáo (hạn từ %s)\n",
                       "\nDue and not heard (due since %s)\n"),
                 since);
    t = table_print_new(5);
    table_print_head(t, 0, words("nhóm", "group"), TABLE_LEFT);
    table_print_head(t, 1, words("kỳ", "window"), TABLE_LEFT);
    table_print_head(t, 2, words("hạn", "due"), TABLE_LEFT);
    table_print_head(t, 3, words("chưa gửi", "silent"), TABLE_RIGHT);
    table_print_head(t, 4, words("đơn vị", "units"), TABLE_LEFT);
    for (i = 0; i < v->silences.count; i++) {
        const struct silence *s = &v->silences.items[i];
        char text[512];

        table_print_cell(t, v->reading.catalogue->groups[s->group].code);
        table_print_cell(t, s->window.code);
        day_say(s->due, text);
        table_print_cell(t, text);
        (void)snprintf(text, sizeof text, "%zu/%zu", s->count, s->units);
        table_print_cell(t, text);
        units_text(v, s, text, sizeof text);
        table_print_cell(t, text);
    }
    if (v->silences.count > 0) {
        table_print_out(t);
    } else {
        (void)puts(words("không có đơn vị nào", "nobody"));
    }
    table_print_free(&t);
}

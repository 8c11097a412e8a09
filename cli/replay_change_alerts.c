/* Alerts and reports that cannot be read: what side 1 has otherwise than side 0. */
#include "cli/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/table_print.h"
#include "lib/json.h"

#define ROWS_SHOWN 100u
#define LINE_BYTES 8192u

/* --- alerts --- */

static const char *
alert_state(const struct board_alert *a)
{
    return a == NULL ? "" : a->open ? a->kind : "closed";
}

static const char *
alert_words(const struct board_alert *a)
{
    return a == NULL ? "-" : a->open ? kind_words(a->kind) : words("đã đóng", "closed");
}

static bool
alert_same(const struct board_alert *a, const struct board_alert *b)
{
    return a != NULL && b != NULL && strcmp(alert_state(a), alert_state(b)) == 0;
}

static void
alert_row(const struct replay *x, const struct board_alert *was,
          const struct board_alert *is, struct table_print *t)
{
    const struct board_alert *any = is != NULL ? is : was;

    if (x->json) {
        (void)printf("{\"would\":\"alert\",\"alert\":\"%s\",\"target\":\"%s\","
                     "\"subject\":\"%s\",\"from\":\"%s\",\"to\":\"%s\"}\n",
                     any->code, any->target, any->subject, alert_state(was),
                     alert_state(is));
    } else {
        table_print_cell(t, any->code);
        table_print_cell(t, any->subject);
        table_print_cell(t, alert_words(was));
        table_print_cell(t, alert_words(is));
    }
}

static void
alerts_join(const struct replay *x, const struct board_alerts *was,
            const struct board_alerts *is, size_t *differ)
{
    struct table_print *t = table_print_new(4);
    size_t i = 0;
    size_t k = 0;

    table_print_head(t, 0, words("cảnh báo", "alert"), TABLE_LEFT);
    table_print_head(t, 1, words("đơn vị", "subject"), TABLE_LEFT);
    table_print_head(t, 2, words("hiện nay", "now"), TABLE_LEFT);
    table_print_head(t, 3, words("sẽ là", "would be"), TABLE_LEFT);
    while (i < was->count || k < is->count) {
        const struct board_alert *a = i < was->count ? &was->items[i] : NULL;
        const struct board_alert *b = k < is->count ? &is->items[k] : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : strcmp(a->code, b->code);

        i += order <= 0;
        k += order >= 0;
        a = order <= 0 ? a : NULL;
        b = order >= 0 ? b : NULL;
        if (alert_same(a, b)) {
            continue;
        }
        if (++*differ <= ROWS_SHOWN || x->json) {
            alert_row(x, a, b, t);
        }
    }
    if (*differ > 0 && !x->json) {
        (void)printf(
            words("Cảnh báo sẽ khác: %zu\n", "Alerts that would change: %zu\n"),
            *differ);
        table_print_out(t);
    }
    if (*differ > ROWS_SHOWN && !x->json) {
        (void)printf(words("… và %zu dòng nữa\n", "… and %zu more\n"),
                     *differ - ROWS_SHOWN);
    }
    table_print_free(&t);
}

int
change_alerts(struct replay *x, size_t *differ)
{
    struct board_alerts was = {0};
    struct board_alerts is = {0};
    int code = EXIT_DONE;

    if (board_alerts(x->scratch.redis, x->sides[0].slug, &was) != ST_OK ||
        board_alerts(x->scratch.redis, x->sides[1].slug, &is) != ST_OK) {
        code = say_scratch_broken(x);
    } else {
        alerts_join(x, &was, &is, differ);
    }
    board_alerts_fini(&was);
    board_alerts_fini(&is);
    return code;
}

/* --- reports that it cannot read --- */

static bool
parked_has(const struct board_parked_list *l, const struct board_parked *p)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        if (l->items[i].entry == p->entry && l->items[i].index == p->index) {
            return true;
        }
    }
    return false;
}

static void
parked_row(const struct replay *x, const struct board_parked *p, struct table_print *t)
{
    char at[48];

    (void)snprintf(at, sizeof at, "%" PRIu64 ":%" PRIu32, p->entry, p->index);
    if (x->json) {
        struct buf line;

        buf_init(&line, LINE_BYTES);
        buf_format(&line, "{\"would\":\"not_read\",\"report\":\"%s\",\"unit\":", at);
        json_write_text(&line, p->unit);
        buf_text(&line, ",\"reason\":");
        json_write_text(&line, p->reason);
        (void)printf("%s}\n", buf_str(&line));
        buf_fini(&line);
    } else {
        table_print_cell(t, at);
        table_print_cell(t, p->unit);
        table_print_cell(t, p->reason);
    }
}

int
change_parked(struct replay *x, size_t *differ)
{
    struct board_parked_list was = {0};
    struct board_parked_list is = {0};
    struct table_print *t = table_print_new(3);
    int code = EXIT_DONE;
    size_t i;

    table_print_head(t, 0, words("báo cáo", "report"), TABLE_LEFT);
    table_print_head(t, 1, words("đơn vị", "unit"), TABLE_LEFT);
    table_print_head(t, 2, words("vì sao", "why"), TABLE_LEFT);
    if (board_parked(x->scratch.redis, x->sides[0].slug, &was) != ST_OK ||
        board_parked(x->scratch.redis, x->sides[1].slug, &is) != ST_OK) {
        code = say_scratch_broken(x);
    }
    for (i = 0; code == EXIT_DONE && i < is.count; i++) {
        if (!parked_has(&was, &is.items[i]) && (++*differ <= ROWS_SHOWN || x->json)) {
            parked_row(x, &is.items[i], t);
        }
    }
    if (*differ > 0 && !x->json) {
        (void)printf(words("Báo cáo đã nhận mà chương trình này không đọc được: %zu\n",
                           "Reports taken that this programme cannot read: %zu\n"),
                     *differ);
        table_print_out(t);
        if (*differ > ROWS_SHOWN) {
            (void)printf(words("… và %zu dòng nữa\n", "… and %zu more\n"),
                         *differ - ROWS_SHOWN);
        }
    }
    table_print_free(&t);
    board_parked_fini(&was);
    board_parked_fini(&is);
    return code;
}

#include "cli/programme_preview.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/reading.h"
#include "lib/mem.h"
#include "lib/programme.h"

/* What stands now. The texts of lines and told borrow from the rest. */
struct preview {
    struct reading reading;      /* its catalogue: the one in force */
    struct board_lines *by_unit; /* the reports of one id each */
    size_t id_count;
    struct board_lines told_lines;
    struct board_alerts alerts;
    struct change_line *lines;
    size_t line_count;
    size_t line_room;
    struct change_told *told;
    size_t told_count;
    char why[300]; /* why there is no comparison */
};

static void
preview_fini(struct preview *p)
{
    size_t i;

    for (i = 0; i < p->id_count; i++) {
        board_lines_fini(&p->by_unit[i]);
    }
    mem_free(&p->by_unit);
    board_lines_fini(&p->told_lines);
    board_alerts_fini(&p->alerts);
    mem_free(&p->lines);
    mem_free(&p->told);
    reading_close(&p->reading);
}

static bool
broken(struct preview *p)
{
    (void)snprintf(p->why, sizeof p->why, "%s", redis_error(p->reading.redis));
    return false;
}

/* --- reading --- */

/* The Redis of the settings, if it is that of the server. */
static bool
redis_open(struct preview *p, const struct options *o,
           const struct wire_server_info *info)
{
    struct reading *r = &p->reading;

    if (reading_init(r, o) != EXIT_DONE) {
        (void)snprintf(p->why, sizeof p->why, "%s",
                       words("cài đặt chưa đúng", "the settings are not right"));
        return false;
    }
    if (board_connect(r->redis) != ST_OK ||
        board_head(r->redis, r->province, &r->head) != ST_OK ||
        board_checkpoint(r->redis, r->province, "scorer", &r->scorer) != ST_OK) {
        return broken(p);
    }
    if (strcmp(r->head.log_id, info->log_id) != 0) {
        (void)snprintf(p->why, sizeof p->why, "%s",
                       words("Redis này không phải của máy chủ đó",
                             "this Redis is not that server's"));
        return false;
    }
    return true;
}

static bool
in_force_read(struct preview *p, const char *digest)
{
    struct reading *r = &p->reading;
    enum status st = programme_read(r->redis, r->province, digest, &r->catalogue);

    if (st == ST_AGAIN) {
        return broken(p);
    }
    if (st != ST_OK) {
        (void)snprintf(p->why, sizeof p->why,
                       words("phiên bản dondoc này không đọc được chương trình %.12s",
                             "this version of dondoc cannot read the programme %.12s"),
                       digest);
        return false;
    }
    return true;
}

static bool
unit_lines_read(struct preview *p, const char *unit)
{
    struct board_lines *lines = &p->by_unit[p->id_count++];
    size_t i;

    if (board_facts(p->reading.redis, p->reading.province, unit, lines) != ST_OK) {
        return broken(p);
    }
    for (i = 0; i < lines->count; i++) {
        mem_array_room((void **)&p->lines, p->line_count, &p->line_room,
                       sizeof *p->lines);
        p->lines[p->line_count++] =
            (struct change_line){unit, lines->items[i].field, lines->items[i].value};
    }
    return true;
}

/* Of every id that one of the two programmes knows. */
static bool
lines_read(struct preview *p, const struct catalogue *after)
{
    const struct catalogue *before = p->reading.catalogue;
    bool done = true;
    size_t i;

    p->by_unit =
        mem_alloc((before->unit_count + after->unit_count) * sizeof *p->by_unit);
    for (i = 0; done && i < before->unit_count; i++) {
        done = unit_lines_read(p, before->units[i].id);
    }
    for (i = 0; done && i < after->unit_count; i++) {
        if (catalogue_unit(before, after->units[i].id) == NONE) {
            done = unit_lines_read(p, after->units[i].id);
        }
    }
    return done;
}

static bool
told_read(struct preview *p)
{
    struct reading *r = &p->reading;
    size_t at = 0;
    size_t i;

    if (board_told(r->redis, r->province, &p->told_lines) != ST_OK ||
        board_alerts(r->redis, r->province, &p->alerts) != ST_OK) {
        return broken(p);
    }
    p->told = mem_alloc((p->told_lines.count + 1) * sizeof *p->told);
    for (i = 0; i < p->told_lines.count; i++) {
        const struct board_line *line = &p->told_lines.items[i];
        struct change_told *t = &p->told[p->told_count++];

        *t = (struct change_told){.target = "", .subject = ""};
        if (told_parse(line->field, line->value, &t->told) != ST_OK) {
            (void)snprintf(p->why, sizeof p->why,
                           words("phiên bản dondoc này không đọc được cảnh báo %s",
                                 "this version of dondoc cannot read the alert %s"),
                           line->field);
            return false;
        }
        if (t->told.kind == ALERT_FALLING) { /* of a measure: no target judges it */
            p->told_count--;
            continue;
        }
        /* Both lists are sorted by code. */
        while (at < p->alerts.count &&
               strcmp(p->alerts.items[at].code, line->field) < 0) {
            at++;
        }
        if (at < p->alerts.count &&
            strcmp(p->alerts.items[at].code, line->field) == 0) {
            t->target = p->alerts.items[at].target;
            t->subject = p->alerts.items[at].subject;
        }
    }
    return true;
}

/* --- all of it --- */

/* The day on which the scorer will look: of the last tick, or of a newer entry. */
static int32_t
day_of_put(const struct journal_head *head, int64_t now_ms)
{
    int32_t now = instant_day((struct instant){now_ms});
    int32_t today = head->tick == 0 ? now : hour_day(head->tick);

    return now > today ? today + 1 : today;
}

static void
lag_print(const struct reading *r)
{
    if (r->scorer.seq < r->head.seq) {
        (void)printf(words("(%" PRIu64 " mục của nhật ký chưa được chấm; so sánh này "
                           "chưa tính đến)\n",
                           "(%" PRIu64 " entries of the journal are not scored yet and "
                           "not in this comparison)\n"),
                     r->head.seq - r->scorer.seq);
    }
}

static bool
compare(struct preview *p, const struct options *o, const struct wire_server_info *info,
        const struct catalogue *after)
{
    struct change_input in = {.after = after, .simulated = info->simulated};
    struct change change;

    if (!redis_open(p, o, info) || !in_force_read(p, info->programme_digest) ||
        !lines_read(p, after) || !told_read(p)) {
        return false;
    }
    in.before = p->reading.catalogue;
    in.lines = p->lines;
    in.line_count = p->line_count;
    in.told = p->told;
    in.told_count = p->told_count;
    in.today = day_of_put(&p->reading.head, info->now_ms);
    change_make(&in, &change);
    change_print(&in, &change);
    lag_print(&p->reading);
    change_fini(&change);
    return true;
}

void
programme_preview(const struct options *o, const struct wire_server_info *info,
                  const struct bundle *b)
{
    struct preview p = {.why = ""};
    struct catalogue *after = NULL;
    struct findings found = {0};
    struct change_unarmed_list unarmed;

    if (strcmp(info->programme_digest, b->digest) == 0 ||
        programme_load(b->bytes.data, b->bytes.len, &after, &found) != ST_OK) {
        findings_fini(&found);
        return; /* nothing changes; or the check has said what is wrong */
    }
    findings_fini(&found);
    change_unarmed(after, info->simulated, &unarmed);
    unarmed_print(after, &unarmed);
    mem_free(&unarmed.items);
    if (info->programme_digest[0] == '\0') {
        (void)puts(
            words("Đây là chương trình đầu tiên của tỉnh: chưa có gì để so sánh.",
                  "This is the province's first programme: there is nothing to "
                  "compare with."));
    } else if (!compare(&p, o, info, after)) {
        (void)printf(
            words(
                "Không so sánh được kết luận và cảnh báo: %s. Muốn so sánh, chạy lệnh "
                "này nơi đọc được Redis của máy chủ (--redis, --redis-user, "
                "--redis-password-file).\n",
                "Verdicts and alerts were not compared: %s. To compare, run this "
                "where the server's Redis can be read (--redis, --redis-user, "
                "--redis-password-file).\n"),
            p.why);
    }
    preview_fini(&p);
    catalogue_free(&after);
}

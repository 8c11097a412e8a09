/*
 * dondoc keys invite UNIT - a small YAML file for a unit: where the server is, what its
 * key is, what the unit reports and when. Nothing in it is secret; `dondoc join` reads
 * it.
 */
#include "cli/keys.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/files.h"
#include "cli/language.h"
#include "lib/buf.h"
#include "lib/bus.h"
#include "lib/catalogue.h"
#include "lib/programme_dir.h"

#define INVITATION_BYTES 65536
#define WHY_BYTES 512

/* A text as a YAML scalar in single quotes. */
static void
quoted(struct buf *out, const char *text)
{
    buf_char(out, '\'');
    for (; *text != '\0'; text++) {
        buf_text(out, *text == '\'' ? "'" : "");
        buf_char(out, *text);
    }
    buf_char(out, '\'');
}

static void
line(struct buf *out, const char *name, const char *text)
{
    buf_format(out, "%s: ", name);
    quoted(out, text);
    buf_char(out, '\n');
}

static const char *
cadence_name(enum cadence c)
{
    static const char *const names[] = {"none", "monthly", "quarterly", "yearly"};

    return names[c];
}

/* "hằng tháng, chậm nhất ngày làm việc thứ 5 sau kỳ báo cáo" */
static void
due_words(struct buf *out, const struct group *g, bool vietnamese)
{
    static const char *const often_vi[] = {"khi có yêu cầu", "hằng tháng", "hằng quý",
                                           "hằng năm"};
    static const char *const often_en[] = {"when asked", "monthly", "quarterly",
                                           "yearly"};

    buf_text(out, vietnamese ? often_vi[g->cadence] : often_en[g->cadence]);
    if (g->rule == CALENDAR_STATUTORY) {
        buf_text(out, vietnamese
                          ? ", kỳ tháng từ ngày 15 tháng trước đến ngày 14"
                          : ", a month is the 15th of the month before to the 14th");
    }
    if (g->due.working_days > 0) {
        buf_format(out,
                   vietnamese ? ", chậm nhất ngày làm việc thứ %d sau kỳ báo cáo"
                              : ", due on working day %d after the period",
                   g->due.working_days);
    } else if (g->due.next_year_month > 0) {
        buf_format(out,
                   vietnamese ? ", chậm nhất ngày %d/%d năm sau"
                              : ", due on %d/%d (day/month) of the next year",
                   g->due.next_year_mday, g->due.next_year_month);
    }
    if (g->cumulative) {
        buf_text(out, vietnamese ? "; nhận số lũy kế từ đầu năm (2026@2026-09-26)"
                                 : "; takes the year so far (2026@2026-09-26)");
    }
}

static void
group_put(struct buf *out, const struct catalogue *c, const struct group *g)
{
    struct buf text;

    buf_init(&text, 1024);
    buf_format(out, "  - code: %s\n    name: ", g->code);
    quoted(out, g->name_vi);
    buf_text(out, "\n    measures: [");
    for (size_t i = 0; i < g->measure_count; i++) {
        buf_format(out, "%s%s", i == 0 ? "" : ", ", c->measures[g->measures[i]].code);
    }
    buf_format(out, "]\n    cadence: %s\n    due_vi: ", cadence_name(g->cadence));
    due_words(&text, g, true);
    quoted(out, buf_str(&text));
    buf_clear(&text);
    buf_text(out, "\n    due_en: ");
    due_words(&text, g, false);
    quoted(out, buf_str(&text));
    buf_char(out, '\n');
    buf_fini(&text);
}

static int
invitation_make(const struct options *o, const struct catalogue *c,
                const struct unit *u, struct buf *out)
{
    size_t groups = 0;

    buf_text(out,
             "# Tệp mời kết nối dondoc: dondoc join TỆP NÀY. Không có gì bí mật.\n"
             "# An invitation to dondoc: dondoc join THIS FILE. Nothing is secret.\n"
             "invitation: 1\n");
    line(out, "province", c->slug);
    line(out, "server", conf_text(o->conf, "server"));
    line(out, "server-key", conf_text(o->conf, "server-key"));
    line(out, "unit", u->id);
    line(out, "name", u->name_vi);
    line(out, "programme", c->title_vi);
    buf_text(out, "groups:\n");
    for (size_t i = 0; i < c->group_count; i++) {
        const struct group *g = &c->groups[i];

        if ((g->reported_by & (1u << u->kind)) == 0) {
            continue;
        }
        if (strncmp(g->source, "system:", 7) == 0) {
            buf_format(out, "  # %s: %s\n", g->code, g->source);
            continue;
        }
        group_put(out, c, g);
        groups++;
    }
    if (groups == 0) {
        (void)fprintf(
            stderr,
            words("Theo chương trình, đơn vị %s không tự gửi nhóm số liệu nào.\n",
                  "Under the programme the unit %s sends no group by itself.\n"),
            u->id);
        return EXIT_DATA;
    }
    return EXIT_DONE;
}

/* The unit of an id, or of a code with one holder; NULL after saying why not. */
static const struct unit *
unit_find(const struct catalogue *c, const char *given)
{
    int exact = catalogue_unit(c, given);
    const struct unit *found = exact == NONE ? NULL : &c->units[exact];

    for (size_t i = 0; exact == NONE && i < c->unit_count; i++) {
        if (strcmp(c->units[i].code, given) != 0) {
            continue;
        }
        if (found != NULL) {
            (void)fprintf(
                stderr,
                words("Mã %s có hai đơn vị: %s (%s) và %s (%s). Đề nghị ghi "
                      "đúng một trong hai.\n",
                      "The code %s had two holders: %s (%s) and %s (%s). Please "
                      "name one of them.\n"),
                given, found->id, found->name_vi, c->units[i].id, c->units[i].name_vi);
            return NULL;
        }
        found = &c->units[i];
    }
    if (found == NULL) {
        (void)fprintf(stderr,
                      words("Chương trình %s không có đơn vị mang mã “%s”.\n",
                            "The programme %s has no unit with the code “%s”.\n"),
                      c->slug, given);
    }
    return found;
}

static int
invitation_write(const struct options *o, const struct buf *text)
{
    const char *path = conf_text(o->conf, "out");
    char why[WHY_BYTES];

    if (path[0] == '\0') {
        (void)fputs(buf_str(text), stdout); /* judged at the end of main */
        return EXIT_DONE;
    }
    if (files_new(path, 0644, buf_str(text), text->len, why, sizeof why) != ST_OK) {
        (void)fprintf(stderr,
                      words("Không tạo được tệp mời: %s\n",
                            "The invitation cannot be made: %s\n"),
                      why);
        return EXIT_DATA;
    }
    (void)fprintf(stderr,
                  words("Đã tạo %s; đơn vị chạy: dondoc join %s\n",
                        "Made %s; the unit runs: dondoc join %s\n"),
                  path, path);
    return EXIT_DONE;
}

static int
invite(const struct options *o, const struct catalogue *c, const char *given)
{
    const struct unit *u = unit_find(c, given);
    struct buf text;
    int code;

    if (u == NULL) {
        return EXIT_DATA;
    }
    buf_init(&text, INVITATION_BYTES);
    code = invitation_make(o, c, u, &text);
    if (code == EXIT_DONE) {
        code = invitation_write(o, &text);
    }
    buf_fini(&text);
    return code;
}

int
keys_invite(const struct options *o, const char *unit)
{
    const char *path = conf_text(o->conf, "programme");
    struct findings found = {0};
    struct catalogue *c = NULL;
    struct programme_dir d;
    int code = EXIT_DATA;

    if (path[0] == '\0' || conf_text(o->conf, "server")[0] == '\0' ||
        !bus_key_valid(conf_text(o->conf, "server-key"))) {
        return options_usage("keys", "%s",
                             words("keys invite cần --programme DIR, --server "
                                   "tcp://HOST:PORT và --server-key (40 ký tự)",
                                   "keys invite needs --programme DIR, --server "
                                   "tcp://HOST:PORT and --server-key (40 characters)"));
    }
    if (programme_dir_read(path, &d, &found) == ST_OK &&
        catalogue_load(d.files, d.count, &c, &found) == ST_OK) {
        code = invite(o, c, unit);
    } else {
        (void)fprintf(
            stderr,
            words("Chương trình %s có lỗi; dondoc check %s cho biết chi tiết.\n",
                  "The programme %s has errors; dondoc check %s names them.\n"),
            path, path);
    }
    catalogue_free(&c);
    programme_dir_fini(&d);
    findings_fini(&found);
    return code;
}

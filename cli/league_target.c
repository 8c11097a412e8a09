/*
 * dondoc league TARGET LEVEL - who of a level stands where on a target. A place is had
 * only by who has enough to count; the others are listed below, with what they have and
 * why they have no place. Computed at reading from the facts that stand.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/league.h"

static const struct option_row rows[] = {
    READING_REDIS_ROWS,
    READING_PROVINCE_ROW,
    {"year", CONF_INT, "0", 0, 2100, "năm (mặc định: mới nhất)",
     "the year (default: the newest)"},
    {"period", CONF_TEXT, "", 0, 0, "kỳ, ví dụ 2023-09 hoặc 2026@2026-09-26",
     "window, such as 2023-09 or 2026@2026-09-26"},
    {"since", CONF_INT, "0", 0, 2100, "ghi kèm thứ hạng và tỷ lệ cuối năm này",
     "show place and ratio at the end of this year, too"},
    {"top", CONF_INT, "0", 0, 100000, "số đơn vị trong bảng; 0: tất cả",
     "how many units of the table; 0: all"},
    {"worst", CONF_SWITCH, "false", 0, 0, "đơn vị thấp nhất ghi trước",
     "from the other end"},
    {"json", CONF_SWITCH, "false", 0, 0, "in một đối tượng JSON", "as one JSON object"},
    {"csv", CONF_SWITCH, "false", 0, 0, "in CSV, mỗi đơn vị một dòng",
     "as CSV, a line a unit"},
};

static const struct option_spec spec = {
    .command = "league",
    .synopsis = "TARGET LEVEL [--year 2023] [--period 2023-09] [--since 2022]\n"
                "TARGET LEVEL [--top 10] [--worst] [--json | --csv]",
    .vi =
        "Bảng xếp hạng các đơn vị của một cấp theo một chỉ tiêu. LEVEL là province, "
        "district\nhoặc commune (cấp tỉnh, cấp huyện, cấp xã). Đơn vị có số lượng quá "
        "ít chỉ được nêu\nsố lượng, không xếp hạng.\n",
    .en = "The units of a level in order, by a target. LEVEL is province, district or "
          "commune.\nA unit with too few to count is listed with its counts and has no "
          "place.\n",
    .rows = rows,
    .count = sizeof rows / sizeof *rows,
};

static bool
level_take(const char *text, enum level *level)
{
    int l;

    for (l = LEVEL_PROVINCE; l <= LEVEL_COMMUNE; l++) {
        if (strcmp(text, level_name((enum level)l)) == 0) {
            *level = (enum level)l;
            return true;
        }
    }
    (void)options_usage("league",
                        words("“%s” không phải là cấp: province (cấp tỉnh), district "
                              "(cấp huyện) hoặc commune (cấp xã)",
                              "“%s” is no level: province, district or commune"),
                        text);
    return false;
}

/* A target without an indicator has no figures, one of another level none of these. */
static int
target_check(const struct league *l, const struct league_ask *ask)
{
    const struct catalogue *c = l->reading.catalogue;
    const struct target *t;
    int target = catalogue_target(c, ask->what);
    size_t i;

    for (i = 0; target == NONE && i < c->info_count; i++) {
        if (strcmp(c->infos[i].id, ask->what) == 0) {
            (void)fprintf(stderr,
                          words("%s “%s” không có chỉ số nên không xếp hạng được. Đề "
                                "nghị xem: dondoc explain province %s\n",
                                "The %s “%s” has no indicator, so there is nothing to "
                                "rank. Please see: dondoc explain province %s\n"),
                          words("Nội dung", c->word_en), ask->what, ask->what);
            return EXIT_DATA;
        }
    }
    if (target == NONE) {
        return target_unknown(c, ask->what);
    }
    t = &c->targets[ask->year == 0 ? target
                                   : catalogue_target_at(c, ask->what, ask->year)];
    if (t->level == LEVEL_ALL || t->level == ask->level) {
        return EXIT_DONE;
    }
    (void)fprintf(stderr,
                  words("%s đặt cho %s. Đề nghị chạy: dondoc league %s %s\n",
                        "%s is set for: %s. Please run: dondoc league %s %s\n"),
                  t->id, league_level_words(t->level), t->id, level_name(t->level));
    return EXIT_DATA;
}

static void
list_write(struct league_list *list, const struct options *o)
{
    league_list_make(list);
    if (conf_switch(o->conf, "json")) {
        league_list_json(list);
    } else if (conf_switch(o->conf, "csv")) {
        league_list_csv(list);
    } else {
        league_list_print(list);
    }
    league_list_fini(list);
}

/* The same at the end of an earlier year; 0, or the exit status, said. */
static int
then_fill(const struct league *l, const struct league_ask *ask, int year,
          struct league *then)
{
    struct league_ask earlier = *ask;
    char why[512];
    int code;

    earlier.period = "";
    earlier.year = year;
    then->reading = l->reading; /* shared: league_fini leaves it */
    code = league_fill(then, &earlier);
    if (code == EXIT_DONE && league_then_refused(l, then, why, sizeof why) != NULL) {
        (void)fprintf(stderr, "%s\n", why);
        code = EXIT_DATA;
    }
    return code;
}

static int
league_run(struct league *l, const struct options *o, const struct league_ask *ask)
{
    struct league_list list = {.league = l,
                               .worst = conf_switch(o->conf, "worst"),
                               .top = (size_t)conf_int(o->conf, "top")};
    int since = (int)conf_int(o->conf, "since");
    struct league then = {0};
    int code = reading_facts(&l->reading);

    if (code == EXIT_DONE) {
        code = target_check(l, ask);
    }
    if (code == EXIT_DONE) {
        code = league_fill(l, ask);
    }
    if (code == EXIT_DONE && since != 0) {
        code = then_fill(l, ask, since, &then);
        list.then = &then;
    }
    if (code == EXIT_DONE) {
        list_write(&list, o);
    }
    league_fini(&then);
    return code;
}

int
cli_league(int argc, char **argv)
{
    struct league_ask ask = {.measure = "", .with = "", .min = -1, .command = "league"};
    struct league l = {0};
    struct options o;
    int code;

    if (!options_take(&o, &spec, argc, argv, &code)) {
        return code;
    }
    if (o.operand_count != 2) {
        code =
            options_usage("league", "%s",
                          words("cần một chỉ tiêu và một cấp (province, district "
                                "hoặc commune)",
                                "a target and a level are needed (province, district "
                                "or commune)"));
    } else if (!level_take(o.operands[1], &ask.level)) {
        code = EXIT_USAGE;
    } else if (conf_switch(o.conf, "json") && conf_switch(o.conf, "csv")) {
        code = options_usage(
            "league", "%s",
            words("--json hoặc --csv, không cả hai", "--json or --csv, not both"));
    } else {
        ask.what = o.operands[0];
        ask.period = conf_text(o.conf, "period");
        ask.year = (int)conf_int(o.conf, "year");
        code = reading_open(&l.reading, &o);
        if (code == EXIT_DONE) {
            code = league_run(&l, &o, &ask);
            league_free(&l);
        }
    }
    options_fini(&o);
    return code;
}

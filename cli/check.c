/*
 * dondoc check: reads programmes as a service would. Findings as file:line:column with
 * the line itself and a caret under the place, then what the programme holds and what
 * is armed. Exit 0, 64 (usage) or 65 (errors).
 */
#include <stdio.h>
#include <string.h>

#include "cli/check_ladder.h"
#include "cli/cli.h"
#include "cli/coverage.h"
#include "cli/finding_print.h"
#include "cli/language.h"
#include "cli/options.h"
#include "cli/table_print.h"
#include "lib/calendar.h"
#include "lib/catalogue.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/programme_dir.h"

struct check {
    size_t errors;
    char **prefixes; /* of the programmes read so far, and their slugs */
    char **slugs;
    size_t seen;
    const char *list;   /* --coverage; "" none */
    const char *prefix; /* NULL: of the programme */
};

/* Units of a kind that are valid at some time between two days. */
static size_t
count_units(const struct catalogue *c, int kind, int32_t first, int32_t last)
{
    size_t count = 0;

    for (size_t i = 0; i < c->unit_count; i++) {
        const struct unit *u = &c->units[i];

        count += (int)u->kind == kind && u->from <= last && u->to >= first;
    }
    return count;
}

static void
print_units(const struct catalogue *c)
{
    static const char *const KINDS_VI[] = {"tỉnh", "sở, ngành", "huyện", "xã"};
    static const char *const LEVELS[] = {"province", "province", "district", "commune"};
    static const char *const LEVELS_VI[] = {"tỉnh", "tỉnh", "huyện", "xã"};
    struct table_print *t = table_print_new(4);
    int32_t today = instant_day(instant_now());
    int32_t first;
    int32_t last;
    int32_t unused;

    year_bounds(c->years_from, c->rule, &first, &unused);
    year_bounds(c->years_to, c->rule, &unused, &last);
    table_print_head(t, 0, words("đơn vị", "units"), TABLE_LEFT);
    table_print_head(t, 1, words("cấp", "level"), TABLE_LEFT);
    table_print_head(t, 2, words("trong các năm", "in the years"), TABLE_RIGHT);
    table_print_head(t, 3, words("hôm nay", "today"), TABLE_RIGHT);
    for (int kind = KIND_PROVINCE; kind <= KIND_COMMUNE; kind++) {
        size_t in_years = count_units(c, kind, first, last);
        size_t now = count_units(c, kind, today, today);

        if (in_years + now > 0) {
            table_print_cell(
                t, words(KINDS_VI[kind], unit_kind_name((enum unit_kind)kind)));
            table_print_cell(t, words(LEVELS_VI[kind], LEVELS[kind]));
            table_print_number(t, in_years);
            table_print_number(t, now);
        }
    }
    table_print_out(t);
    table_print_free(&t);
    (void)printf(
        words("%zu chức danh nhận cảnh báo\n\n", "%zu offices hear of alerts\n\n"),
        c->leader_count);
    if (!c->illustrative) {
        check_ladder_print(c);
    }
}

/* Of the units that a target concerns over the years: how many are armed. */
static void
count_armed(const struct catalogue *c, const struct target *t, size_t *armed,
            size_t *of)
{
    *armed = 0;
    *of = 1;
    if (t->subject != SUBJECT_EACH) {
        *armed = target_armed(c, t, NULL, false) ? 1 : 0;
        return;
    }
    *of = 0;
    for (size_t i = 0; i < c->unit_count; i++) {
        if (target_concerns(c, t, &c->units[i])) {
            *of += 1;
            *armed += target_armed(c, t, &c->units[i], false) ? 1 : 0;
        }
    }
}

/* By id: a later version of a target is no further one. */
static size_t
count_kind(const struct catalogue *c, int kind)
{
    size_t count = kind == TARGET_INFO ? c->info_count : 0;

    for (size_t i = 0; i < c->target_count; i++) {
        count += (int)c->targets[i].kind == kind && !c->targets[i].later ? 1 : 0;
    }
    return count;
}

static void
print_kinds(const struct catalogue *c)
{
    size_t infos = count_kind(c, TARGET_INFO);
    size_t judged = 0;

    for (int kind = 0; kind < TARGET_INFO; kind++) {
        judged += count_kind(c, kind);
    }
    (void)printf(words("%zu mục tiêu: %zu được đánh giá, %zu chỉ theo dõi (info)\n",
                       "%zu targets: %zu judged, %zu info\n"),
                 judged + infos, judged, infos);
    for (int kind = 0; kind < TARGET_INFO; kind++) {
        if (count_kind(c, kind) > 0) {
            (void)printf(" %s %zu", target_kind_name((enum target_kind)kind),
                         count_kind(c, kind));
        }
    }
    if (judged > 0) {
        (void)printf("\n");
    }
}

static const char *const SUBJECTS[] = {"each", "level", "province"};
static const char *const SUBJECTS_VI[] = {"từng đơn vị", "cả cấp", "toàn tỉnh"};

/* Those without an indicator: there is nothing to count. */
static void
print_infos(struct table_print *p, const struct catalogue *c)
{
    for (size_t i = 0; i < c->info_count; i++) {
        table_print_cell(p, c->infos[i].id);
        table_print_cell(p, target_kind_name(c->infos[i].kind));
        table_print_cell(
            p, words(SUBJECTS_VI[c->infos[i].subject], SUBJECTS[c->infos[i].subject]));
        table_print_cell(p, level_name(c->infos[i].level));
        table_print_number(p, 0);
        table_print_number(p, 0);
    }
}

/* All of them, those that are only listed last. */
static const struct target *
target_at(const struct catalogue *c, size_t i)
{
    return i < c->target_count ? &c->targets[i] : &c->infos[i - c->target_count];
}

/* What comes from other programmes: how many, and whose promise they are. */
static void
print_included(const struct catalogue *c)
{
    size_t all = c->target_count + c->info_count;

    for (size_t i = 0; i < all; i++) {
        const char *programme = target_at(c, i)->programme;
        bool first = programme != NULL;
        size_t count = 0;

        for (size_t k = 0; k < all && first; k++) {
            const struct target *t = target_at(c, k);

            if (t->programme != NULL && strcmp(t->programme, programme) == 0) {
                first = k >= i;
                count += t->later ? 0 : 1;
            }
        }
        if (first) {
            (void)printf(
                words("trong đó %zu từ %s%s\n", "%zu of them from %s%s\n"), count,
                programme,
                target_illustrative(c, target_at(c, i))
                    ? words(" (minh họa: không phải chỉ tiêu của tỉnh, không "
                            "mở cảnh báo)",
                            " (an illustration: not a promise of the province, "
                            "opens no alert)")
                    : "");
        }
    }
}

static void
print_targets(const struct catalogue *c)
{
    struct table_print *p = table_print_new(6);

    table_print_head(p, 0, words("mục tiêu", "target"), TABLE_LEFT);
    table_print_head(p, 1, words("loại", "kind"), TABLE_LEFT);
    table_print_head(p, 2, words("đối tượng", "subject"), TABLE_LEFT);
    table_print_head(p, 3, words("cấp", "level"), TABLE_LEFT);
    table_print_head(p, 4, words("bật cảnh báo", "armed"), TABLE_RIGHT);
    table_print_head(p, 5, words("chưa bật", "not armed"), TABLE_RIGHT);
    for (size_t i = 0; i < c->target_count; i++) {
        const struct target *t = &c->targets[i];
        size_t armed;
        size_t of;

        count_armed(c, t, &armed, &of);
        table_print_cell(p, t->id);
        table_print_cell(p, target_kind_name(t->kind));
        table_print_cell(p, words(SUBJECTS_VI[t->subject], SUBJECTS[t->subject]));
        table_print_cell(p, level_name(t->level));
        table_print_number(p, armed);
        table_print_number(p, of - armed);
    }
    print_infos(p, c);
    table_print_out(p);
    table_print_free(&p);
    print_kinds(c);
    print_included(c);
    if (c->illustrative) {
        (void)printf("%s\n",
                     words("minh họa: không phải chỉ tiêu của tỉnh; không mở cảnh báo",
                           "an illustration: not a promise of the province; opens no "
                           "alert"));
    }
}

/* Alert codes and keys of two programmes must not be the same. */
static void
check_apart(struct check *k, const char *path, const struct catalogue *c)
{
    for (size_t i = 0; i < k->seen; i++) {
        bool prefix = strcmp(k->prefixes[i], c->prefix) == 0;

        if (prefix || strcmp(k->slugs[i], c->slug) == 0) {
            k->errors++;
            (void)printf(
                "%s/programme.yaml: %s: %s \"%s\" %s\n", path, words("lỗi", "error"),
                prefix ? "prefix" : "programme", prefix ? c->prefix : c->slug,
                words("trùng với chương trình khác; mỗi chương trình phải có riêng",
                      "is that of another programme too; give each its own"));
        }
    }
    k->prefixes[k->seen] = mem_copy_text(c->prefix);
    k->slugs[k->seen++] = mem_copy_text(c->slug);
}

static void
check_one(struct check *k, const char *path)
{
    struct programme_dir d;
    struct findings found = {0};
    struct catalogue *c = NULL;
    size_t counts[3] = {0};
    size_t errors;

    if (programme_dir_read(path, &d, &found) == ST_OK) {
        /* ST_BAD leaves c NULL and its reasons in found. */
        (void)(catalogue_load(d.files, d.count, &c, &found) == ST_OK);
    }
    errors = found.errors;
    for (size_t i = 0; i < found.count; i++) {
        finding_print(path, d.files, d.count, &found.items[i]);
        counts[found.items[i].kind]++;
    }
    if (c != NULL) {
        (void)printf("\n%s (%s, %d-%d)\n", words(c->title_vi, c->title_en), c->prefix,
                     c->years_from, c->years_to);
        print_units(c);
        print_targets(c);
        check_apart(k, path, c);
        errors += coverage_check(c, path, k->list, k->prefix);
    }
    (void)printf("%s: %zu %s, %zu %s, %zu %s\n", path, errors, words("lỗi", "errors"),
                 counts[FINDING_WARNING], words("cảnh báo", "warnings"),
                 counts[FINDING_QUESTION],
                 words("câu hỏi cho tỉnh", "questions to the province"));
    k->errors += errors;
    catalogue_free(&c);
    findings_fini(&found);
    programme_dir_fini(&d);
}

static const struct option_row ROWS[] = {
    {"coverage", CONF_TEXT, "", 0, 0,
     "tệp CSV có cột id: mỗi dòng của nguồn đã là mục tiêu, hoặc ở left_out.yaml chưa",
     "a CSV with a column id: is each row a target, or in left_out.yaml"},
    {"coverage-prefix", CONF_TEXT, "", 0, 0,
     "phần đầu của mã trong tệp đó (mặc định: mã chương trình và dấu chấm)",
     "how this programme's ids begin there (default: its slug and a point)"},
};

static const struct option_spec SPEC = {
    .command = "check",
    .synopsis = "DIR… [--coverage targets.csv] [--coverage-prefix tien-giang.]",
    .rows = ROWS,
    .count = sizeof ROWS / sizeof *ROWS,
    .vi = "Đọc các chương trình như dịch vụ sẽ đọc: lỗi ở tệp, dòng, cột nào và cách "
          "sửa;\n"
          "câu hỏi tỉnh còn phải trả lời; mục tiêu nào đã bật cảnh báo.\n",
    .en = "Reads programmes as a service would: what is wrong in which file, line and\n"
          "column, and what to do; what the province has still to answer; what is "
          "armed.\n",
};

int
cli_check(int argc, char **argv)
{
    struct check k = {0};
    struct options o;
    int exit_code = EXIT_DONE;

    if (!options_take(&o, &SPEC, argc, argv, &exit_code)) {
        return exit_code;
    }
    if (o.operand_count == 0) {
        options_fini(&o);
        return options_usage(
            "check", "%s",
            words("thiếu thư mục chương trình, ví dụ programmes/quang-ngai",
                  "name a programme's folder, such as "
                  "programmes/quang-ngai"));
    }
    k.list = conf_text(o.conf, "coverage");
    k.prefix = conf_text(o.conf, "coverage-prefix");
    k.prefix = k.prefix[0] == '\0' ? NULL : k.prefix;
    k.prefixes = mem_alloc((size_t)argc * sizeof *k.prefixes);
    k.slugs = mem_alloc((size_t)argc * sizeof *k.slugs);
    for (int i = 0; i < o.operand_count; i++) {
        check_one(&k, o.operands[i]);
    }
    for (size_t i = 0; i < k.seen; i++) {
        mem_free(&k.prefixes[i]);
        mem_free(&k.slugs[i]);
    }
    mem_free(&k.prefixes);
    mem_free(&k.slugs);
    options_fini(&o);
    return k.errors > 0 ? EXIT_DATA : EXIT_DONE;
}

/*
 * dondoc test: a programme's own tests. Reads tests.yaml beside the programme, puts its
 * reports into the engine that the scorer runs, and compares what comes out with what
 * is expected; says which kinds of targets are not tested. Exit 0, 64 (usage) or 65 (an
 * expectation fails, a kind is not tested whole, something cannot be read).
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/finding_print.h"
#include "cli/language.h"
#include "cli/options.h"
#include "cli/rule_test_print.h"
#include "lib/mem.h"
#include "lib/programme_dir.h"
#include "lib/yaml.h"

#define TESTS_FILE "tests.yaml"
#define WHY_BYTES 200

/* One operand: a programme's folder, or a file of tests beside a programme. */
struct operand {
    char *folder;
    char *file; /* its name in the folder */
    char *path; /* of the file, as it is printed */
    struct programme_dir dir;
    struct catalogue *c;
    struct catalogue_file text;
    struct findings found;
};

static char *
joined(const char *folder, const char *file)
{
    size_t bytes = strlen(folder) + strlen(file) + 2;
    char *path = mem_alloc(bytes);

    (void)snprintf(path, bytes, "%s/%s", folder, file); /* there is room */
    return path;
}

static void
operand_begin(struct operand *o, const char *text)
{
    const char *slash = strrchr(text, '/');
    size_t bytes = strlen(text);
    struct stat about;

    memset(o, 0, sizeof *o);
    if (stat(text, &about) == 0 && !S_ISDIR(about.st_mode)) {
        o->folder =
            slash == NULL ? mem_copy_text(".") : mem_copy(text, (size_t)(slash - text));
        o->file = mem_copy_text(slash == NULL ? text : slash + 1);
    } else {
        while (bytes > 1 && text[bytes - 1] == '/') {
            bytes--;
        }
        o->folder = mem_copy(text, bytes);
        o->file = mem_copy_text(TESTS_FILE);
    }
    o->path = joined(o->folder, o->file);
}

static void
operand_end(struct operand *o)
{
    catalogue_free(&o->c);
    findings_fini(&o->found);
    programme_dir_fini(&o->dir);
    mem_free(&o->text.text);
    mem_free(&o->folder);
    mem_free(&o->file);
    mem_free(&o->path);
}

static bool
operand_read(struct operand *o)
{
    char why[WHY_BYTES] = "";
    size_t bytes = 0;

    if (programme_dir_read(o->folder, &o->dir, &o->found) != ST_OK ||
        catalogue_load(o->dir.files, o->dir.count, &o->c, &o->found) != ST_OK) {
        return false;
    }
    o->text.text = options_file_read(o->path, YAML_BYTES_MAX, &bytes, why, sizeof why);
    if (o->text.text == NULL) {
        finding_add(&o->found, FINDING_ERROR, (struct place){o->file, 0, 0},
                    "%s; write the programme's tests as programmes/README.md says",
                    "%s; viết bài thử của chương trình theo programmes/README.md", why);
        return false;
    }
    o->text.name = o->file;
    o->text.bytes = bytes;
    return true;
}

/* Only errors: the programme's questions and warnings are `dondoc check`'s to say. */
static void
findings_say(const struct operand *o, bool json)
{
    if (json) {
        rule_findings_json(o->path, &o->found);
        return;
    }
    for (size_t i = 0; i < o->found.count; i++) {
        const struct finding *f = &o->found.items[i];

        if (f->kind == FINDING_ERROR) {
            bool ours = o->text.name != NULL && strcmp(f->file, o->file) == 0;

            finding_print(o->folder, ours ? &o->text : o->dir.files,
                          ours ? 1 : o->dir.count, f);
        }
    }
    (void)printf(words("%s: %zu lỗi\n",
                       o->found.errors == 1 ? "%s: %zu error\n" : "%s: %zu errors\n"),
                 o->path, o->found.errors);
}

static bool
test_one(const char *text, bool json)
{
    struct rule_tests tests = {0};
    struct operand o;
    bool good = false;

    operand_begin(&o, text);
    if (operand_read(&o) && rule_tests_read(o.c, &o.text, &tests, &o.found) == ST_OK) {
        struct rule_run run = {.c = o.c, .path = o.path, .tests = &tests};

        rule_cover(o.c, &tests, &run.cover);
        if (json) {
            rule_run_json(&run);
        } else {
            rule_run_print(&run);
        }
        good = run.fail == 0 && run.lacking == 0;
    } else {
        findings_say(&o, json);
    }
    rule_tests_fini(&tests);
    operand_end(&o);
    return good;
}

static const struct option_row ROWS[] = {
    {"json", CONF_SWITCH, "false", 0, 0, "mỗi tệp một dòng JSON",
     "one line of JSON for each file"},
};

static const struct option_spec SPEC = {
    .command = "test",
    .synopsis = "DIR|FILE… [--json]",
    .rows = ROWS,
    .count = sizeof ROWS / sizeof *ROWS,
    .vi = "Chạy các bài thử của chương trình (tests.yaml trong thư mục của chương "
          "trình):\n"
          "số liệu đưa vào, kết luận phải ra như đã ghi; nêu rõ loại mục tiêu nào chưa "
          "được\n"
          "thử đủ (đạt, chưa đạt, được miễn, sát ngưỡng).\n",
    .en = "Runs a programme's own tests (tests.yaml in its folder): these reports in, "
          "these\n"
          "verdicts out; and says which kinds of targets are not tested whole (met, "
          "short,\n"
          "exempt, on the threshold).\n",
};

int
cli_test(int argc, char **argv)
{
    struct options o;
    int exit_code = EXIT_DONE;
    bool good = true;

    if (!options_take(&o, &SPEC, argc, argv, &exit_code)) {
        return exit_code;
    }
    if (o.operand_count == 0) {
        options_fini(&o);
        return options_usage(
            "test", "%s",
            words("thiếu thư mục chương trình, ví dụ programmes/quang-ngai",
                  "name a programme's folder, such as programmes/quang-ngai"));
    }
    for (int i = 0; i < o.operand_count; i++) {
        good = test_one(o.operands[i], conf_switch(o.conf, "json")) && good;
    }
    options_fini(&o);
    return good ? EXIT_DONE : EXIT_DATA;
}

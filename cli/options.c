#include "cli/options.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "cli/nearest.h"
#include "lib/buf.h"
#include "lib/mem.h"

#define WHY_BYTES 512
#define HELP_BYTES 65536

static const struct option_row common_rows[] = {
    {"lang", CONF_TEXT, "", 0, 0, "ngôn ngữ: vi hoặc en (mặc định theo LANG)",
     "language: vi or en (default: LANG)"},
    {"config", CONF_TEXT, "", 0, 0,
     "tệp cài đặt (mặc định ~/.config/dondoc/dondoc.yaml nếu có)",
     "settings file (default ~/.config/dondoc/dondoc.yaml if it is there)"},
};

static const struct option_row link_rows[] = {
    {"server", CONF_TEXT, "", 0, 0, "địa chỉ máy chủ tiếp nhận, ví dụ tcp://HOST:5701",
     "address of the server, such as tcp://HOST:5701"},
    {"server-key", CONF_TEXT, "", 0, 0, "khóa công khai của máy chủ, 40 ký tự",
     "public key of the server, 40 characters"},
    {"key", CONF_TEXT, "", 0, 0,
     "tệp khóa của đơn vị (dondoc keys new hoặc join tạo ra)",
     "our key file (made by dondoc keys new or join)"},
    {"province", CONF_TEXT, "", 0, 0, "mã tỉnh, ví dụ quang-ngai",
     "the province, such as quang-ngai"},
    {"timeout", CONF_INT, "15", 1, 3600, /* ingest itself waits 10 s for Redis */
     "thời gian chờ kết nối và chờ mỗi lần trả lời, giây",
     "how long to wait for the connection and for each answer, seconds"},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

int
options_usage(const char *command, const char *format, ...)
{
    va_list args;

    (void)fprintf(stderr, "dondoc %s: ", command);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fprintf(stderr,
                  words("\nXem cách dùng: dondoc %s --help\n",
                        "\nHow it is used: dondoc %s --help\n"),
                  command);
    return EXIT_USAGE;
}

/* --- the whole --- */

static size_t
rows_add(struct conf_setting *to, size_t at, const struct option_row *rows,
         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[at + i] = (struct conf_setting){
            rows[i].name, rows[i].type, rows[i].fallback,
            rows[i].min,  rows[i].max,  words(rows[i].vi, rows[i].en)};
    }
    return at + count;
}

static size_t
settings_join(struct options *o, const struct option_spec *spec)
{
    size_t room = spec->count + COUNT(link_rows) + COUNT(common_rows);
    size_t at = 0;

    o->settings = mem_alloc(room * sizeof *o->settings);
    at = rows_add(o->settings, at, spec->rows, spec->count);
    if (spec->link) {
        at = rows_add(o->settings, at, link_rows, COUNT(link_rows));
    }
    return rows_add(o->settings, at, common_rows, COUNT(common_rows));
}

static void
help_print(const struct options *o, const struct option_spec *spec)
{
    const char *at = spec->synopsis;
    struct buf out;

    buf_init(&out, HELP_BYTES);
    buf_text(&out, words("Cách dùng:", "Usage:"));
    while (at != NULL) {
        const char *end = strchr(at, '\n');

        buf_format(&out, " dondoc %s %.*s\n", spec->command,
                   (int)(end == NULL ? strlen(at) : (size_t)(end - at)), at);
        at = end == NULL ? NULL : end + 1;
        if (at != NULL) {
            buf_text(&out, "      ");
        }
    }
    buf_format(&out, "\n%s\n%s\n", words(spec->vi, spec->en),
               words("Tham số:", "Settings:"));
    conf_help(o->conf, &out);
    buf_text(&out, words("\nThứ tự: tham số, biến môi trường DONDOC_TÊN, tệp cài đặt, "
                         "giá trị mặc định.\n",
                         "\nA flag goes before the environment (DONDOC_NAME), that "
                         "before the settings file.\n"));
    (void)fputs(buf_str(&out), stdout); /* help nobody can read is nobody's loss */
    buf_fini(&out);
}

static bool
help_wanted(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

/* The first flag that this command does not know, or NULL. */
static const char *
flag_unknown(const struct options *o, size_t count, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        char name[64];
        size_t len = strcspn(argv[i], "=");
        size_t k;

        if (argv[i][0] != '-' || argv[i][1] == '\0') {
            continue;
        }
        if (strncmp(argv[i], "--", 2) != 0 || len - 2 >= sizeof name) {
            return argv[i];
        }
        memcpy(name, argv[i] + 2, len - 2);
        name[len - 2] = '\0';
        for (k = 0; k < count && strcmp(o->settings[k].name, name) != 0; k++) {
        }
        if (k == count) {
            return argv[i];
        }
        if (o->settings[k].type != CONF_SWITCH && argv[i][len] != '=') {
            i++; /* its value */
        }
    }
    return NULL;
}

static int
flag_complain(const struct options *o, size_t count, const char *command,
              const char *flag)
{
    const char **names = mem_alloc(count * sizeof *names);
    const char *near;

    for (size_t i = 0; i < count; i++) {
        names[i] = o->settings[i].name;
    }
    near = flag[1] == '-' ? nearest_name(flag + 2, names, count) : NULL;
    mem_free(&names);
    if (near != NULL) {
        return options_usage(command,
                             words("không có tham số “%s”; có phải là --%s?",
                                   "there is no %s; did you mean --%s?"),
                             flag, near);
    }
    return options_usage(command, words("không có tham số “%s”", "there is no %s"),
                         flag);
}

static int
options_read(struct options *o, const struct option_spec *spec, size_t count, int argc,
             char **argv)
{
    const char *unknown = flag_unknown(o, count, argc, argv);
    char why[WHY_BYTES];

    if (unknown != NULL) {
        return flag_complain(o, count, spec->command, unknown);
    }
    if (conf_flags(o->conf, argc - 1, argv + 1, o->operands, &o->operand_count, why,
                   sizeof why) != ST_OK) {
        return options_usage(spec->command, "%s", why);
    }
    if (conf_environment(o->conf, why, sizeof why) != ST_OK) {
        (void)fprintf(stderr, "dondoc %s: %s\n", spec->command, why);
        return EXIT_CONFIG;
    }
    if (!options_file_take(o, count)) {
        return EXIT_CONFIG;
    }
    if (!language_set(conf_text(o->conf, "lang"))) {
        return options_usage(spec->command,
                             words("lang: “%s” không phải là vi hoặc en",
                                   "lang: “%s” is neither vi nor en"),
                             conf_text(o->conf, "lang"));
    }
    return EXIT_DONE;
}

bool
options_take(struct options *o, const struct option_spec *spec, int argc, char **argv,
             int *exit_code)
{
    size_t count;

    memset(o, 0, sizeof *o);
    count = settings_join(o, spec);
    o->conf = conf_new(o->settings, count);
    o->operands = mem_alloc(((size_t)argc + 1) * sizeof *o->operands);
    if (help_wanted(argc, argv)) {
        help_print(o, spec);
        *exit_code = EXIT_DONE;
        options_fini(o);
        return false;
    }
    *exit_code = options_read(o, spec, count, argc, argv);
    if (*exit_code != EXIT_DONE) {
        options_fini(o);
        return false;
    }
    return true;
}

void
options_fini(struct options *o)
{
    conf_free(&o->conf);
    mem_free(&o->settings);
    mem_free(&o->operands);
    mem_free(&o->file);
}

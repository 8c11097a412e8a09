#include "cli/reading.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/language.h"
#include "lib/facts_read.h"
#include "lib/mem.h"
#include "lib/programme.h"

#define PASSWORD_MAX 4096u
#define TIMEOUT_MS 5000
#define SLUG_CHARS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define SLUG_MAX 63u

/* --- opening --- */

static int
password_read(const char *path, char **out)
{
    char why[512];
    size_t bytes;

    *out = NULL;
    if (path[0] == '\0') {
        return EXIT_DONE;
    }
    *out = options_file_read(path, PASSWORD_MAX, &bytes, why, sizeof why);
    if (*out == NULL) {
        (void)fprintf(stderr,
                      words("Không đọc được redis-password-file: %s\n",
                            "The redis-password-file cannot be read: %s\n"),
                      why);
        return EXIT_CONFIG;
    }
    (*out)[strcspn(*out, "\r\n")] = '\0';
    return EXIT_DONE;
}

static int
init_province(struct reading *r, const struct options *o, const char *province)
{
    struct redis_settings settings = {.address = conf_text(o->conf, "redis"),
                                      .user = conf_text(o->conf, "redis-user"),
                                      .timeout_ms = TIMEOUT_MS};
    char *password;
    int code;

    memset(r, 0, sizeof *r);
    r->province = province;
    if (r->province[0] == '\0' || strlen(r->province) > SLUG_MAX ||
        r->province[strspn(r->province, SLUG_CHARS)] != '\0') {
        (void)fprintf(stderr,
                      words("Thiếu hoặc sai cài đặt province (“%s”). Đề nghị ghi "
                            "--province quang-ngai, hoặc đặt DONDOC_PROVINCE.\n",
                            "The setting province is missing or wrong (“%s”). Give "
                            "--province quang-ngai, or set DONDOC_PROVINCE.\n"),
                      r->province);
        return EXIT_CONFIG;
    }
    code = password_read(conf_text(o->conf, "redis-password-file"), &password);
    if (code == EXIT_DONE) {
        settings.password = password;
        r->redis = redis_new(&settings);
    }
    mem_free(&password);
    return code;
}

int
reading_init(struct reading *r, const struct options *o)
{
    return init_province(r, o, conf_text(o->conf, "province"));
}

int
reading_broken(const struct reading *r)
{
    const char *why = redis_error(r->redis);

    if (strstr(why, "NOPERM") != NULL || strstr(why, "WRONGPASS") != NULL ||
        strstr(why, "NOAUTH") != NULL) {
        (void)fprintf(
            stderr,
            words("Redis từ chối người dùng này: %s\nĐề nghị đặt redis-user và "
                  "redis-password-file: ops để xem, archive hoặc restore cho lệnh cùng "
                  "tên.\n",
                  "Redis refuses this user: %s\nPlease set redis-user and "
                  "redis-password-file: ops to look, archive or restore for the "
                  "command of that name.\n"),
            why);
        return EXIT_REFUSED;
    }
    (void)fprintf(
        stderr,
        words("Không đọc được Redis: %s\nĐề nghị kiểm tra cài đặt redis, rồi "
              "chạy dondoc status.\n",
              "Redis cannot be read: %s\nPlease check the setting redis, then "
              "run dondoc status.\n"),
        why);
    return EXIT_UNAVAILABLE;
}

static int
connect_failed(const struct reading *r, enum status st)
{
    int code = reading_broken(r);

    return st == ST_DENIED ? EXIT_REFUSED : st == ST_BAD ? EXIT_CONFIG : code;
}

int
reading_open_province(struct reading *r, const struct options *o, const char *province)
{
    int code = init_province(r, o, province);
    enum status st;

    if (code == EXIT_DONE) {
        st = board_connect(r->redis);
        if (st != ST_OK) {
            code = connect_failed(r, st);
        } else if (board_head(r->redis, r->province, &r->head) != ST_OK ||
                   board_checkpoint(r->redis, r->province, "scorer", &r->scorer) !=
                       ST_OK ||
                   board_simulated(r->redis, r->province, &r->head, &r->simulated) !=
                       ST_OK) {
            code = reading_broken(r);
        }
    }
    if (code != EXIT_DONE) {
        reading_close(r);
    }
    return code;
}

void
reading_close(struct reading *r)
{
    facts_free(&r->facts);
    catalogue_free(&r->catalogue);
    redis_free(&r->redis);
}

int
reading_open(struct reading *r, const struct options *o)
{
    return reading_open_province(r, o, conf_text(o->conf, "province"));
}

int
reading_programme(struct reading *r)
{
    const char *digest =
        r->scorer.programme[0] != '\0' ? r->scorer.programme : r->head.programme;
    enum status st;

    if (digest[0] == '\0') {
        (void)fprintf(stderr,
                      words("Tỉnh %s chưa có chương trình nào được áp dụng. Đề nghị "
                            "chạy: dondoc programme put THƯ-MỤC\n",
                            "No programme is in force for %s. Please run: dondoc "
                            "programme put DIR\n"),
                      r->province);
        return EXIT_UNAVAILABLE;
    }
    st = programme_read(r->redis, r->province, digest, &r->catalogue);
    if (st == ST_OK && r->catalogue != NULL) {
        r->simulated |= r->catalogue->simulated;
        return EXIT_DONE;
    }
    if (st == ST_AGAIN) {
        return reading_broken(r);
    }
    (void)fprintf(stderr,
                  words("Chương trình %.12s không đọc được bằng phiên bản này của "
                        "dondoc.\n",
                        "The programme %.12s cannot be read by this version of "
                        "dondoc.\n"),
                  digest);
    return EXIT_DATA;
}

int
reading_facts(struct reading *r)
{
    size_t skipped = 0;
    int code = r->catalogue != NULL ? EXIT_DONE : reading_programme(r);

    if (code != EXIT_DONE) {
        return code;
    }
    r->facts = facts_new(r->catalogue);
    if (facts_read(r->redis, r->province, r->catalogue, r->facts, &skipped) != ST_OK) {
        return reading_broken(r);
    }
    return EXIT_DONE;
}

int32_t
reading_today(const struct reading *r)
{
    int64_t tick = r->scorer.tick != 0 ? r->scorer.tick : r->head.tick;
    int32_t today = tick != 0 ? hour_day(tick) : DAY_NONE;
    size_t u;
    size_t g;

    for (u = 0; r->facts != NULL && u < r->catalogue->unit_count; u++) {
        for (g = 0; g < r->catalogue->group_count; g++) {
            const struct series *s = facts_series(r->facts, (int)u, (int)g);
            size_t i;

            for (i = 0; i < s->count; i++) {
                int32_t day = instant_day((struct instant){s->facts[i].received_at_ms});

                today = day > today ? day : today;
            }
        }
    }
    return today;
}

void
reading_marks(const struct reading *r)
{
    reading_marks_about(r, NULL);
}

void
reading_marks_about(const struct reading *r, const struct target *t)
{
    if (r->simulated) {
        (void)puts(
            words("[mô phỏng] Chạy theo kịch bản: thời gian không phải thời gian "
                  "thật.",
                  "[simulated] Played from a script: the time is not the real "
                  "one."));
    }
    if ((r->catalogue != NULL && r->catalogue->illustrative) ||
        (t != NULL && t->illustrative)) {
        (void)puts(words("[minh họa, không phải chỉ tiêu của tỉnh]",
                         "[illustration, not a target of the province]"));
    }
}

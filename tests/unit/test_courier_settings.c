// link: courier
/* courier.yaml: what is taken, and what is refused with its place and no address. */
#include "courier/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/crypto.h"

static const char *
secret(const char *path, struct arena *a, char *why, size_t why_bytes)
{
    if (strcmp(path, "/missing") == 0) {
        (void)snprintf(why, why_bytes, "%s: not there", path);
        return NULL;
    }
    return arena_text(a, strcmp(path, "/short") == 0 ? "short" : "0123456789abcdef");
}

#define SMTP "smtp: {host: mail.tinh.example, from: dondoc@tinh.example}\n"
#define OFFICE "offices:\n  head-1: {mail: a@tinh.example}\n"

static void
all_that_can_be_set_is_taken(void **state)
{
    static const char text[] =
        "smtp:\n"
        "  host: mail.tinh.example\n"
        "  port: 2525\n"
        "  starttls: required\n"
        "  user: dondoc\n"
        "  password-file: /password\n"
        "  from: dondoc@tinh.example\n"
        "  from-name: \"Đôn Đốc tỉnh A\"\n"
        "  ca-file: /ca\n"
        "retry: {first: 10s, max: 30m, dead-after: 72h, escalate-after: 2h}\n"
        "timeout: 90s\n"
        "offices:\n"
        "  chair-province:\n"
        "    mail: [a@tinh.example, b.c+d@x-y.example]\n"
        "    webhook: {url: \"https://tinh.example:8443/dondoc?a=1\", secret-file: "
        "/s}\n"
        "  head-21040:\n"
        "    webhook: {url: \"http://[::1]:80/\", secret-file: /s, ca-file: /own}\n";
    const struct office *o;
    struct settings *s = NULL;
    char why[256] = "";

    (void)state;
    if (settings_parse(text, strlen(text), secret, &s, why, sizeof why) != ST_OK) {
        fail_msg("%s", why);
    }
    assert_string_equal(s->smtp.host, "mail.tinh.example");
    assert_int_equal(s->smtp.port, 2525);
    assert_true(s->smtp.starttls);
    assert_string_equal(s->smtp.password, "0123456789abcdef");
    assert_int_equal(s->first_ms, 10000);
    assert_int_equal(s->max_ms, 1800000);
    assert_int_equal(s->dead_after_ms, 259200000);
    assert_int_equal(s->escalate_after_ms, 7200000);
    assert_int_equal(s->timeout_ms, 90000);
    assert_int_equal(s->office_count, 2);
    o = settings_office(s, "chair-province");
    assert_int_equal(o->mail_count, 2);
    assert_string_equal(o->mail[1], "b.c+d@x-y.example");
    assert_true(office_has(o, CHANNEL_WEB));
    o = settings_office(s, "head-21040");
    assert_false(office_has(o, CHANNEL_MAIL));
    assert_string_equal(o->ca_file, "/own");
    assert_null(settings_office(s, "head-2"));
    settings_free(&s);
}

/* What we give as an example is one. */
static void
the_example_is_taken(void **state)
{
    const char *root = getenv("DONDOC_ROOT");
    struct settings *s = NULL;
    char text[8192];
    char path[512];
    char why[256] = "";
    size_t len;
    FILE *f;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/etc/courier.yaml.example",
                   root == NULL ? "." : root);
    f = fopen(path, "r");
    assert_non_null(f);
    len = fread(text, 1, sizeof text, f);
    (void)fclose(f); /* only read */
    if (settings_parse(text, len, secret, &s, why, sizeof why) != ST_OK) {
        fail_msg("%s: %s", path, why);
    }
    assert_int_equal(s->office_count, 2);
    settings_free(&s);
}

static void
what_is_not_said_has_its_default(void **state)
{
    static const char text[] = SMTP OFFICE;
    struct settings *s = NULL;
    char why[256] = "";

    (void)state;
    assert_int_equal(settings_parse(text, strlen(text), secret, &s, why, sizeof why),
                     ST_OK);
    assert_int_equal(s->smtp.port, 587);
    assert_true(s->smtp.starttls);
    assert_string_equal(s->smtp.from_name, "Đôn Đốc");
    assert_int_equal(s->first_ms, 30000);
    assert_int_equal(s->max_ms, 3600000);
    assert_int_equal(s->dead_after_ms, 172800000);
    assert_int_equal(s->escalate_after_ms, 3600000);
    assert_int_equal(s->timeout_ms, 60000);
    settings_free(&s);
}

static void
what_is_wrong_is_refused_with_its_place(void **state)
{
#define HOOK(url, file)                                                                \
    "offices:\n  head-1: {webhook: {url: \"" url "\", secret-file: " file "}}\n"
#define SERVER(more)                                                                   \
    "smtp: {host: mail.tinh.example, from: dondoc@tinh.example" more "}\n" OFFICE
    static const struct {
        const char *text;
        const char *want;
    } cases[] = {
        {"", "line 1, column 1: courier.yaml: expected lines"},
        {"offices: {}\n", "line 1, column 10: offices"},
        {"office: x\n", "\"office\" is not known here"},
        {SMTP "offices:\n  head-1: {}\n",
         "line 3, column 11: head-1: neither mail nor"},
        {SMTP "offices:\n  head-1: {post: x}\n", "\"post\" is not known here"},
        {SMTP "offices:\n  \"head 1\": {mail: a@b}\n", "no id of leaders.yaml"},
        {OFFICE, "line 2, column 18: mail: there is no smtp: section"},
        {SMTP "offices:\n  head-1: {mail: nobody}\n",
         "line 3, column 18: mail: this is"},
        {SMTP "offices:\n  head-1: {mail: \"A <a@b>\"}\n", "mail: this is no address"},
        {SMTP "offices:\n  head-1: {mail: \"a@b\\nBcc: c@d\"}\n", "mail: this is no"},
        {SMTP "offices:\n  head-1: {mail: chủ@tinh.example}\n", "mail: this is no"},
        {SMTP "offices:\n  head-1: {mail: []}\n", "mail: expected an address"},
        {SMTP "offices:\n  head-1: {mail: a@b}\n  head-1: {mail: a@c}\n", "line"},
        {SERVER(", port: 0"), "smtp.port: expected 1 to 65535"},
        {SERVER(", port: 25x"), "smtp.port"},
        {SERVER(", starttls: maybe"), "smtp.starttls: expected required or never"},
        {SERVER(", user: u"), "user and password-file go together"},
        {SERVER(", password-file: /p"), "user and password-file go together"},
        {SERVER(", user: u, password-file: /missing"), "password-file: /missing: not"},
        {SERVER(", user: u, password-file: /p, starttls: never"), "would cross"},
        {"smtp: {host: \"a b\", from: a@b}\n" OFFICE, "smtp.host"},
        {"smtp: {host: a, from: \"A <a@b>\"}\n" OFFICE, "smtp.from"},
        {"smtp: {from: a@b}\n" OFFICE, "host: is missing"},
        {"smtp: {host: a}\n" OFFICE, "from: is missing"},
        {"retry: {first: 10}\n" SMTP OFFICE, "first: write a time like 250ms"},
        {"retry: {first: 2h}\n" SMTP OFFICE, "first: write a time"},
        {"retry: {first: 10m, max: 1m}\n" SMTP OFFICE, "first is longer than max"},
        {"retry: {dead-after: 999ms}\n" SMTP OFFICE, "dead-after: write a time"},
        {"retry: {escalate-after: 1d}\n" SMTP OFFICE, "escalate-after: write a time"},
        {"timeout: 2d\n" SMTP OFFICE, "timeout: write a time"},
        {HOOK("http://tinh.example/x", "/s"), "webhook.url: expected https"},
        {HOOK("http://127.0.0.1.evil.example/", "/s"), "webhook.url"},
        {HOOK("https://user:word@tinh.example/", "/s"), "webhook.url"},
        {HOOK("ftp://tinh.example/", "/s"), "webhook.url"},
        {HOOK("https:///x", "/s"), "webhook.url"},
        {HOOK("https://tinh.example/a b", "/s"), "webhook.url"},
        {HOOK("https://tinh.example/", "/short"), "at least 16 characters"},
        {HOOK("https://tinh.example/", "/missing"), "secret-file: /missing: not there"},
        {"offices:\n  head-1: {webhook: {url: \"https://tinh.example/\"}}\n",
         "at least 16 characters"},
        {"offices: [\n", "line"},
    };
    char why[512];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct settings *s = NULL;

        if (settings_parse(cases[i].text, strlen(cases[i].text), secret, &s, why,
                           sizeof why) != ST_BAD) {
            fail_msg("taken: %s", cases[i].text);
        }
        if (strstr(why, cases[i].want) == NULL || strncmp(why, "line ", 5) != 0) {
            fail_msg("%s: got \"%s\", want \"%s\"", cases[i].text, why, cases[i].want);
        }
        assert_null(strstr(why, "nobody"));
        assert_null(strstr(why, "tinh.example"));
    }
}

static void
more_channels_than_one_courier_carries_are_refused(void **state)
{
    struct settings *s = NULL;
    struct buf text;
    char why[256];
    int i;

    (void)state;
    buf_init(&text, 1u << 20);
    buf_text(&text, SMTP "offices:\n");
    for (i = 0; i < CHANNELS_MAX / 2 + 1; i++) {
        buf_format(&text,
                   "  head-%d: {mail: a@b, webhook: {url: \"https://a/\", secret-file: "
                   "/s}}\n",
                   i);
    }
    assert_int_equal(
        settings_parse(buf_str(&text), text.len, secret, &s, why, sizeof why), ST_BAD);
    assert_non_null(strstr(why, "514 channels, more than 512"));
    buf_fini(&text);
}

static void
a_time_has_its_unit(void **state)
{
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        {"250ms", 250}, {"30s", 30000}, {"10m", 600000},     {"48h", 172800000},
        {"0s", 0},      {"10", -1},     {"s", -1},           {"1.5h", -1},
        {"-1s", -1},    {"1 s", -1},    {"9999999999s", -1}, {"1d", -1},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (settings_duration(cases[i].text) != cases[i].want) {
            fail_msg("%s: got %lld", cases[i].text,
                     (long long)settings_duration(cases[i].text));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_can_be_set_is_taken),
        cmocka_unit_test(the_example_is_taken),
        cmocka_unit_test(what_is_not_said_has_its_default),
        cmocka_unit_test(what_is_wrong_is_refused_with_its_place),
        cmocka_unit_test(more_channels_than_one_courier_carries_are_refused),
        cmocka_unit_test(a_time_has_its_unit),
    };

    crypto_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

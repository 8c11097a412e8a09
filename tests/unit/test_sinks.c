/* link: cli */
/*
 * Texts from outside on their way to a spreadsheet, a terminal or a log: what they say
 * is shown, and nothing obeys it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/flow.h"
#include "cli/written.h"
#include "lib/diag.h"
#include "lib/json.h"
#include "lib/mem.h"

#define TEXT_BYTES 4096

static void
a_cell_is_never_a_formula(void **state)
{
    static const struct {
        const char *text;
        const char *want;
    } cases[] = {
        {"=1+1", "'=1+1"},
        {"=HYPERLINK(\"http://x\",\"y\")",
         "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
        {"+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"},
        {"-2+3", "'-2+3"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\t=1", "'\t=1"},
        {"\r=1", "\"'\r=1\""},
        {"\n=1", "\"'\n=1\""},
        {" =1", "' =1"},
        {"\xef\xbc\x9d"
         "1",
         "'\xef\xbc\x9d"
         "1"}, /* a full-width = */
        {"-", "'-"},
        {"--1", "'--1"},
        {"+1.", "'+1."},
        {"-1e5", "'-1e5"},
        /* A number stays one, a name stays as it is. */
        {"-12", "-12"},
        {"+3.50", "+3.50"},
        {"-0.05", "-0.05"},
        {"1313", "1313"},
        {"Xã B", "Xã B"},
        {"A=B", "A=B"},
        {"QNG-2023-7c-21040", "QNG-2023-7c-21040"},
        {"'quoted", "'quoted"},
        {"a,b", "\"a,b\""},
        {"a \"b\"", "\"a \"\"b\"\"\""},
        {"", "\"\""}, /* first of its line */
    };
    struct buf out;
    size_t i;

    (void)state;
    buf_init(&out, TEXT_BYTES);
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_clear(&out);
        csv_cell(&out, cases[i].text);
        if (strcmp(buf_str(&out), cases[i].want) != 0) {
            fail_msg("cell %zu (%s): got %s, want %s", i, cases[i].text, buf_str(&out),
                     cases[i].want);
        }
    }
    buf_fini(&out);
}

static const struct {
    const char *name;
    const char *text;
    const char *want;
} obeyed[] = {
    {"a colour", "\033[31mred", "?[31mred"},
    {"the title of a window", "\033]0;x\007y", "?]0;x?y"},
    {"C1: CSI in one character",
     "\xc2\x9b"
     "31m",
     "?31m"},
    {"back over what was said", "lie\b\b\btruth", "lie???truth"},
    {"to the beginning of the line", "lie\rtruth", "lie?truth"},
    {"right to left",
     "a\xe2\x80\xae"
     "b",
     "a?b"},
    {"isolate",
     "a\xe2\x81\xa6"
     "b",
     "a?b"},
    {"line separator",
     "a\xe2\x80\xa8"
     "b",
     "a?b"},
    {"delete",
     "a\x7f"
     "b",
     "a?b"},
    {"C1 in Latin-1",
     "a\x9b"
     "31m",
     "a?31m"},
    {"no UTF-8", "a\xff\xfe\xc0\xaf", "a????"},
    {"half a pair", "a\xed\xa0\x80z", "a???z"},
    {"a mark of direction",
     "a\xe2\x80\x8f"
     "b",
     "a?b"},
    {"another of Arabic",
     "a\xd8\x9c"
     "b",
     "a?b"},
    {"Vietnamese", "Đơn vị chậm tiến độ", "Đơn vị chậm tiến độ"},
    {"a dash and three dots", "a – b …", "a – b …"},
};

/* flow_printf: the format's line feed stays, what it is filled with is tamed. */
static void
printed_check(const char *text, const char *want)
{
    char got[TEXT_BYTES] = "";
    char line[TEXT_BYTES];
    FILE *f = tmpfile();
    size_t len;

    assert_non_null(f);
    flow_printf(f, "%d %s\n", 7, text);
    rewind(f);
    len = fread(got, 1, sizeof got - 1, f);
    got[len] = '\0';
    assert_int_equal(fclose(f), 0);
    (void)snprintf(line, sizeof line, "7 %s\n", want);
    assert_string_equal(got, line);
}

static void
a_terminal_obeys_nothing(void **state)
{
    struct buf plain;
    struct buf flowed;
    char *copy;
    size_t i;

    (void)state;
    buf_init(&plain, TEXT_BYTES);
    buf_init(&flowed, TEXT_BYTES);
    for (i = 0; i < sizeof obeyed / sizeof *obeyed; i++) {
        buf_clear(&plain);
        buf_clear(&flowed);
        flow_plain(&plain, obeyed[i].text, true);
        flow_add(&flowed, obeyed[i].text, 0, 0, 100);
        copy = flow_safe(obeyed[i].text);
        assert_string_equal(copy, obeyed[i].want);
        mem_free(&copy);
        printed_check(obeyed[i].text, obeyed[i].want);
        if (strcmp(buf_str(&plain), obeyed[i].want) != 0 ||
            strncmp(buf_str(&flowed), obeyed[i].want, strlen(obeyed[i].want)) != 0) {
            fail_msg("%s: got %s, want %s", obeyed[i].name, buf_str(&plain),
                     obeyed[i].want);
        }
    }
    buf_fini(&plain);
    buf_fini(&flowed);
}

/* JSON loses nothing and moves no cursor. */
static void
json_means_the_same_and_obeys_nobody(void **state)
{
    static const char *const cases[][2] = {
        {"\033[31m\177", "\"\\u001b[31m\\u007f\""},
        {"\xc2\x9b"
         "31m",
         "\"\\u009b31m\""},
        {"\xe2\x80\xae\xe2\x80\xa8\xe2\x81\xa9\xd8\x9c",
         "\"\\u202e\\u2028\\u2069\\u061c\""},
        {"\xff"
         "Đơn vị – được",
         "\"\xef\xbf\xbd"
         "Đơn vị – được\""},
    };
    struct buf out;
    size_t i;

    (void)state;
    buf_init(&out, TEXT_BYTES);
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_clear(&out);
        json_write_text(&out, cases[i][0]);
        assert_string_equal(buf_str(&out), cases[i][1]);
    }
    buf_fini(&out);
}

/* What calls to diag write, from log_begin to log_end. */
static int log_pipes[2];
static int log_kept;

static void
log_begin(void)
{
    log_kept = dup(STDERR_FILENO);
    assert_true(log_kept >= 0 && pipe(log_pipes) == 0);
    assert_true(dup2(log_pipes[1], STDERR_FILENO) >= 0);
}

static void
log_end(char out[TEXT_BYTES])
{
    ssize_t len;

    assert_true(dup2(log_kept, STDERR_FILENO) >= 0);
    (void)close(log_kept);
    (void)close(log_pipes[1]);
    len = read(log_pipes[0], out, TEXT_BYTES - 1);
    (void)close(log_pipes[0]);
    assert_true(len > 0);
    out[len] = '\0';
}

/* A value in quotes of the format, and one without. */
static void
logged(const char *value, char out[TEXT_BYTES])
{
    log_begin();
    diag_warn("event", "value=\"%s\" word=%s after=1", value, value);
    log_end(out);
}

static void
a_value_is_no_line_of_its_own_in_a_log(void **state)
{
    char line[TEXT_BYTES];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof obeyed / sizeof *obeyed; i++) {
        char *at;

        logged(obeyed[i].text, line);
        at = strchr(line, '\n');
        assert_true(at != NULL && at[1] == '\0');
        for (at = line; *at != '\n'; at++) {
            assert_true((unsigned char)*at >= ' ' && *at != 0x7f);
        }
        assert_null(strstr(line, "\xc2\x9b"));
        assert_null(strstr(line, "\xe2\x80\xae"));
    }
    logged("x\n2026-11-21T00:00:00.000Z info dondoc forged all=well", line);
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    assert_non_null(strstr(line, "x?2026-11-21T"));
    logged("Xã B – được …", line);
    assert_non_null(strstr(line, "value=\"Xã B – được …\""));
}

/* The behind-part of a line, from its first field, as who reads it by key=value. */
static size_t
fields_read(char *at, char *names[16], char *values[16])
{
    size_t count = 0;

    while (*at != '\0' && *at != '\n' && count < 16) {
        char *to;
        bool quoted;

        names[count] = at;
        at = strchr(at, '=');
        assert_non_null(at);
        *at++ = '\0';
        quoted = *at == '"';
        at += quoted;
        values[count++] = to = at;
        while (*at != '\n' && *at != (quoted ? '"' : ' ')) {
            at += quoted && *at == '\\';
            *to++ = *at++;
        }
        assert_true(!quoted || *at == '"');
        at += quoted;
        at += *at == ' ';
        *to = '\0';
    }
    return count;
}

/* Seen to fail with diag_text that escapes nothing, and with diag_value that gives no
 * quotes. */
static void
a_value_is_no_field_of_its_own_in_a_log(void **state)
{
    static const char *const cases[] = {
        "x\" forged=\"1",
        "x forged=1",
        "x\\\" forged=1 y=\"",
        "\\",
        "\\\\\"",
        "\" forged=1",
        "forged=1",
        "",
        "role=ops name=\"ops\"",
    };
    char line[TEXT_BYTES];
    char *names[16];
    char *values[16];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *at;

        logged(cases[i], line);
        at = strstr(line, " event ");
        assert_non_null(at);
        assert_int_equal(fields_read(at + 7, names, values), 3);
        assert_string_equal(names[0], "value");
        assert_string_equal(values[0], cases[i]);
        assert_string_equal(names[1], "word");
        assert_string_equal(values[1], cases[i]);
        assert_string_equal(names[2], "after");
        assert_string_equal(values[2], "1");
    }
}

/* Bytes that are no UTF-8: none of them reaches a terminal, each is a question mark. */
static void
a_log_is_utf8_whatever_comes(void **state)
{
    static const struct {
        const char *text;
        const char *want;
    } cases[] = {
        {"a\xff\xfe z", "a?? z"},
        {"C1 in Latin-1: \x9b"
         "31m",
         "C1 in Latin-1: ?31m"},
        {"overlong \xc0\xaf", "overlong ??"},
        {"overlong \xe0\x80\x8a", "overlong ???"},
        {"half a pair \xed\xa0\x80", "half a pair ???"},
        {"cut \xe1\xba", "cut ??"},
        {"beyond \xf4\x90\x80\x80", "beyond ????"},
        {"Arabic mark \xd8\x9c, left \xe2\x80\x8e, right \xe2\x80\x8f",
         "Arabic mark ?, left ?, right ?"},
    };
    char line[TEXT_BYTES];
    char want[200];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        logged(cases[i].text, line);
        (void)snprintf(want, sizeof want, "value=\"%s\"", cases[i].want);
        if (strstr(line, want) == NULL) {
            fail_msg("got %s, want %s", line, want);
        }
    }
}

/* However long a text is, the values behind it stand there, and its quotes end. */
static void
a_long_value_hides_no_other(void **state)
{
    char text[3000];
    char line[TEXT_BYTES];
    char *names[16];
    char *values[16];
    size_t i;

    (void)state;
    memset(text, '"', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    logged(text, line);
    assert_int_equal(line[strlen(line) - 1], '\n');
    assert_true(strlen(line) <= 2048);
    (void)fields_read(strstr(line, " event ") + 7, names, values);
    for (i = 0; i < sizeof text - 1; i++) {
        text[i] = (char)("ế"[i % 3]);
    }
    logged(text, line);
    assert_true(strlen(line) <= 2048);
    assert_int_equal(fields_read(strstr(line, " event ") + 7, names, values), 3);
    assert_string_equal(values[2], "1");
    assert_int_equal(strlen(values[0]), 600 + strlen("…"));
}

/* diag writes numbers by itself: as printf does. */
static void
numbers_stand_in_a_log_as_printf_writes_them(void **state)
{
    static const char want[] =
        " numbers a=-7 b=4000000000 c=-9000000000000000000 d=18000000000000000000 "
        "e=123456789 f=0640 g=00ff h= 42 i=007 j=50% k=abc l=-8 m=9 n=xyz\n";
    char line[TEXT_BYTES];

    (void)state;
    log_begin();
    diag_info("numbers",
              "a=%d b=%u c=%lld d=%llu e=%zu f=%04o g=%04x h=%3d i=%03d j=%d%% k=%.3s "
              "l=%ld m=%lu n=%s",
              -7, 4000000000u, -9000000000000000000ll, 18000000000000000000ull,
              (size_t)123456789, 0640u, 255u, 42, 7, 50, "abcdef", -8l, 9ul, "xyz");
    log_end(line);
    assert_non_null(strstr(line, want));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_never_a_formula),
        cmocka_unit_test(a_terminal_obeys_nothing),
        cmocka_unit_test(json_means_the_same_and_obeys_nobody),
        cmocka_unit_test(a_value_is_no_line_of_its_own_in_a_log),
        cmocka_unit_test(a_value_is_no_field_of_its_own_in_a_log),
        cmocka_unit_test(a_log_is_utf8_whatever_comes),
        cmocka_unit_test(a_long_value_hides_no_other),
        cmocka_unit_test(numbers_stand_in_a_log_as_printf_writes_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

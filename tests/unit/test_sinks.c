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
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/flow.h"
#include "cli/written.h"
#include "lib/diag.h"
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
    {"Vietnamese", "Đơn vị chậm tiến độ", "Đơn vị chậm tiến độ"},
    {"a dash and three dots", "a – b …", "a – b …"},
};

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
        if (strcmp(buf_str(&plain), obeyed[i].want) != 0 ||
            strncmp(buf_str(&flowed), obeyed[i].want, strlen(obeyed[i].want)) != 0) {
            fail_msg("%s: got %s, want %s", obeyed[i].name, buf_str(&plain),
                     obeyed[i].want);
        }
    }
    buf_fini(&plain);
    buf_fini(&flowed);
}

/* What one call to diag_warn writes. */
static void
logged(const char *value, char out[TEXT_BYTES])
{
    int pipes[2] = {-1, -1};
    int kept = dup(STDERR_FILENO);
    ssize_t len;

    assert_true(kept >= 0 && pipe(pipes) == 0);
    assert_true(dup2(pipes[1], STDERR_FILENO) >= 0);
    diag_warn("event", "value=\"%s\"", value);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    (void)close(kept);
    (void)close(pipes[1]);
    len = read(pipes[0], out, TEXT_BYTES - 1);
    (void)close(pipes[0]);
    assert_true(len > 0);
    out[len] = '\0';
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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_never_a_formula),
        cmocka_unit_test(a_terminal_obeys_nothing),
        cmocka_unit_test(a_value_is_no_line_of_its_own_in_a_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

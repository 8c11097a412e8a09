#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/csv.h"
#include "lib/mem.h"

/* The rows as one text: line:field|field and a slash behind each row. */
static void
show(const struct csv *c, struct buf *out)
{
    size_t i;
    size_t j;

    buf_clear(out);
    for (i = 0; i < c->row_count; i++) {
        buf_format(out, "%zu:", c->rows[i].line);
        for (j = 0; j < c->rows[i].count; j++) {
            buf_format(out, "%s%s", j == 0 ? "" : "|", c->rows[i].fields[j]);
        }
        buf_char(out, '/');
    }
}

static void
files_are_read_as_they_were_meant(void **state)
{
    static const struct {
        const char *name;
        const char *text;
        char separator;
        const char *want;
    } cases[] = {
        {"semicolon", "unit;period\n21340;2023-06\n", ';',
         "1:unit|period/2:21340|2023-06/"},
        {"comma", "unit,period\n21340,2023-06\n", ',',
         "1:unit|period/2:21340|2023-06/"},
        {"tab", "unit\tperiod\n21340\t\tx\n", '\t', "1:unit|period/2:21340||x/"},
        {"BOM", "\xef\xbb\xbfunit;a\n1;2\n", ';', "1:unit|a/2:1|2/"},
        {"BOM and quote", "\xef\xbb\xbf\"unit\";a\n", ';', "1:unit|a/"},
        {"CRLF", "a;b\r\n1;2\r\n", ';', "1:a|b/2:1|2/"},
        {"CR alone", "a;b\r1;2\r", ';', "1:a|b/2:1|2/"},
        {"no newline at the end", "a;b\n1;2", ';', "1:a|b/2:1|2/"},
        {"decimal commas", "unit;points\n1;12,34\n2;5,6\n", ';',
         "1:unit|points/2:1|12,34/3:2|5,6/"},
        {"decimal commas in the first line", "1;12,34;5,6;7,8\n", ';',
         "1:1|12,34|5,6|7,8/"},
        {"decimal commas beside tabs", "1\t12,34\t5,6,7\n", '\t', "1:1|12,34|5,6,7/"},
        {"decimal commas in one column", "points\n12,34\n", ';', "1:points/2:12,34/"},
        {"comma file, semicolon in quotes", "a,\"b;c\"\n1,2\n", ',', "1:a|b;c/2:1|2/"},
        {"first line blank", "\n\na,b\n1,2\n", ',', "3:a|b/4:1|2/"},
        {"separator in quotes", "a;b\n\"1;2\";3\n", ';', "1:a|b/2:1;2|3/"},
        {"newline in quotes", "a;b\n\"1\n2\";3\nx;y\n", ';', "1:a|b/2:1\n2|3/4:x|y/"},
        {"blank lines in quotes", "\"a\n\n\nb\";c\nd;e\n", ';', "1:a\n\n\nb|c/5:d|e/"},
        {"CRLF in quotes", "\"a\r\nb\";c\r\nd;e\r\n", ';', "1:a\r\nb|c/3:d|e/"},
        {"quote in quotes", "a;b\n\"xã \"\"A\"\"\";1\n", ';', "1:a|b/2:xã \"A\"|1/"},
        {"blank behind a quote", "\"a\" ; \"b\"\n", ';', "1:a|b/"},
        {"blank rows", "a;b\n\n;;\n  \n\xc2\xa0;\t\n\"\";\" \"\n1;2\n\n", ';',
         "1:a|b/7:1|2/"},
        {"blank rows of a tab file", "a\tb\n\t\n1\t2\n", '\t', "1:a|b/3:1|2/"},
        {"blanks trimmed", " a ; b\t\n\xc2\xa0 1.204\xc2\xa0\xc2\xa0;\" x \"\n", ';',
         "1:a|b/2:1.204|x/"},
        {"blank inside kept",
         "a;xã\xc2\xa0"
         "Ba  Tơ\n",
         ';',
         "1:a|xã\xc2\xa0"
         "Ba  Tơ/"},
        {"a letter that ends like U+00A0 kept", "a;\xc3\xa0\n", ';', "1:a|à/"},
        {"empty fields kept", ";a;;b;\n", ';', "1:|a||b|/"},
        {"rows of different length", "a;b\n1\n1;2;3\n", ';', "1:a|b/2:1/3:1|2|3/"},
        {"nothing", "", ';', ""},
        {"only a BOM", "\xef\xbb\xbf", ';', ""},
        {"only blank lines", "\r\n \n;\n", ';', ""},
    };
    struct csv *c = NULL;
    struct buf got;
    char why[200] = "";
    size_t i;

    (void)state;
    buf_init(&got, 1000);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (csv_file_parse(cases[i].text, strlen(cases[i].text), &c, why, sizeof why) !=
            ST_OK) {
            fail_msg("%s: refused: %s", cases[i].name, why);
        }
        show(c, &got);
        if (c->separator != cases[i].separator ||
            strcmp(buf_str(&got), cases[i].want) != 0) {
            fail_msg("%s: got %c %s want %c %s", cases[i].name, c->separator,
                     buf_str(&got), cases[i].separator, cases[i].want);
        }
        csv_file_free(&c);
        assert_null(c);
    }
    csv_file_free(&c);
    buf_fini(&got);
}

static void
what_cannot_be_read_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *name;
        const char *text;
        size_t bytes; /* 0: to the zero */
        const char *why;
    } cases[] = {
        {"windows-1258", "unit;name\n1;x\xe3\n", 0, "line 2: not UTF-8"},
        {"overlong", "a\n\nb;\xc0\xaf\n", 0, "line 3: not UTF-8"},
        {"cut character", "a;\xc4", 0, "line 1: not UTF-8"},
        {"surrogate", "a\r\nb;\xed\xa0\x80\r\n", 0, "line 2: not UTF-8"},
        {"UTF-16",
         "\xff\xfe"
         "a\0;\0",
         6, "line 1: not UTF-8"},
        {"zero byte", "a;b\n1;\0002\n", 9, "line 2: a zero byte"},
        {"zero before bad byte", "a\0\n\xff", 4, "line 1: a zero byte"},
        {"bad byte before zero", "\xff\n\0", 3, "line 1: not UTF-8"},
        {"open quote", "a;b\n1;\"2\n3;4\n", 0, "line 2: a quote is opened"},
        {"open quote at the end", "a;\"", 0, "line 1: a quote is opened"},
        {"open quote that swallows a row", "a;b\n\"1;2\n\"3\";4\n", 0,
         "line 3 (row from line 2): a stray quote"},
        {"quote inside a field", "a;b\nxã \"A\";1\n", 0,
         "line 2 (row from line 2): a stray quote"},
        {"text behind a quote", "\"a\"b;c\n", 0, "line 1 (row from line 1): a stray"},
    };
    struct csv *c = NULL;
    char why[200];
    size_t bytes;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bytes = cases[i].bytes > 0 ? cases[i].bytes : strlen(cases[i].text);
        why[0] = '\0';
        if (csv_file_parse(cases[i].text, bytes, &c, why, sizeof why) != ST_BAD ||
            c != NULL) {
            fail_msg("%s: taken", cases[i].name);
        }
        if (strncmp(why, cases[i].why, strlen(cases[i].why)) != 0) {
            fail_msg("%s: got %s want %s", cases[i].name, why, cases[i].why);
        }
    }
}

static void
size_is_limited(void **state)
{
    size_t bytes = CSV_BYTES_MAX + 1;
    char *text = mem_alloc(bytes);
    struct csv *c = NULL;
    char why[200];

    (void)state;
    memset(text, ';', CSV_FIELDS_MAX);
    text[0] = 'x';
    assert_int_equal(csv_file_parse(text, CSV_FIELDS_MAX, &c, why, sizeof why), ST_OK);
    assert_int_equal(c->rows[0].count, CSV_FIELDS_MAX);
    csv_file_free(&c);
    text[CSV_FIELDS_MAX] = ';';
    assert_int_equal(csv_file_parse(text, CSV_FIELDS_MAX + 1, &c, why, sizeof why),
                     ST_LIMIT);
    assert_non_null(strstr(why, "line 1: more than 1000 fields"));
    assert_null(c);
    memset(text, '\n', bytes);
    assert_int_equal(csv_file_parse(text, bytes, &c, why, sizeof why), ST_LIMIT);
    assert_non_null(strstr(why, "split"));
    assert_null(c);
    mem_free(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read_as_they_were_meant),
        cmocka_unit_test(what_cannot_be_read_is_refused_with_its_line),
        cmocka_unit_test(size_is_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

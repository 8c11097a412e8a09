#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/json.h"
#include "lib/mem.h"

static struct json *
parsed(const char *text)
{
    struct json *j = NULL;
    char why[300] = "";
    int line = 0;

    if (json_parse(text, strlen(text), &j, &line, why, sizeof why) != ST_OK) {
        fail_msg("refused at line %d: %s\n%s", line, why, text);
    }
    return j;
}

static void
integers_are_exact(void **state)
{
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        {"0", 0},
        {"-0", 0},
        {"597918", 597918},
        {"9007199254740993", INT64_C(9007199254740993)}, /* 2^53 + 1 */
        {"-9007199254740993", INT64_C(-9007199254740993)},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
    };
    struct json *j;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        j = parsed(cases[i].text);
        assert_int_equal(json_root(j)->type, JSON_INTEGER);
        assert_true(json_root(j)->integer == cases[i].want);
        json_free(&j);
    }
}

static void
reals_are_flagged(void **state)
{
    static const char *const cases[] = {"1.0", "1.20", "1e3",
                                        "1E3", "-0.0", "9223372036854775808.0"};
    struct json *j;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        j = parsed(cases[i]);
        assert_int_equal(json_root(j)->type, JSON_REAL);
        assert_string_equal(json_root(j)->text, "");
        assert_true(json_root(j)->integer == 0);
        json_free(&j);
    }
}

static void
tree_has_the_shape_of_the_text(void **state)
{
    struct json *j =
        parsed("\xef\xbb\xbf{\"z\": [true, false, null, \"xã \\u0111\\n\"],"
               " \"a\": {}, \"m\": []}");
    const struct json_node *root = json_root(j);
    const struct json_node *list = json_get(root, "z");

    (void)state;
    assert_int_equal(root->type, JSON_OBJECT);
    assert_int_equal(root->count, 3);
    assert_string_equal(root->names[0], "z");
    assert_string_equal(root->names[1], "a");
    assert_string_equal(root->names[2], "m");
    assert_int_equal(list->type, JSON_LIST);
    assert_int_equal(list->count, 4);
    assert_true(list->items[0]->type == JSON_BOOL && list->items[0]->truth);
    assert_true(list->items[1]->type == JSON_BOOL && !list->items[1]->truth);
    assert_int_equal(list->items[2]->type, JSON_NULL);
    assert_int_equal(list->items[3]->type, JSON_TEXT);
    assert_string_equal(list->items[3]->text, "xã đ\n");
    assert_int_equal(json_get(root, "a")->count, 0);
    assert_int_equal(json_get(root, "m")->type, JSON_LIST);
    assert_null(json_get(root, "absent"));
    assert_null(json_get(list, "z"));
    assert_null(json_get(NULL, "z"));
    json_free(&j);
    assert_null(j);
    json_free(&j);
}

static void
what_is_wrong_is_refused_with_its_line(void **state)
{
    static const struct {
        const char *name;
        const char *text;
        int line;
        const char *why; /* part of it */
    } cases[] = {
        {"name twice", "{\"a\": 1,\n\"b\": {\"c\": 1,\n\"c\": 2}}", 3, "once"},
        {"above int64", "[1,\n9223372036854775808]", 2, "2^63"},
        {"below int64", "-9223372036854775809", 1, "2^63"},
        {"real beyond double", "1e999", 1, "overflow"},
        {"nothing", "", 1, "too early"},
        {"open object", "{\"a\": 1\n", 2, "too early"},
        {"comma at the end", "{\"a\": 1,\n}", 2, "commas"},
        {"two values", "{}\n{}", 2, "commas"},
        {"leading zero", "{\"a\": 01}", 1, "commas"},
        {"comment", "{} // x", 1, "commas"},
        {"not a number", "NaN", 1, "commas"},
        {"not UTF-8", "[1,\n\"\xe3\"]", 2, "UTF-8"},
        {"overlong", "\"\xc0\x80\"", 1, "UTF-8"},
        {"escaped surrogate", "\"\\ud800\"", 1, ""},
        {"escaped zero", "\"a\\u0000\"", 1, "zero"},
        {"newline in a text", "\"a\nb\"", 1, ""},
    };
    struct json *j = NULL;
    char why[300];
    int line;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        line = 0;
        why[0] = '\0';
        if (json_parse(cases[i].text, strlen(cases[i].text), &j, &line, why,
                       sizeof why) != ST_BAD ||
            j != NULL) {
            fail_msg("%s: taken", cases[i].name);
        }
        if (line != cases[i].line || strstr(why, cases[i].why) == NULL) {
            fail_msg("%s: got %d %s want %d %s", cases[i].name, line, why,
                     cases[i].line, cases[i].why);
        }
    }
}

static void
depth_is_limited(void **state)
{
    char text[2 * (JSON_DEPTH_MAX + 1) + 2];
    struct json *j = NULL;
    char why[300];
    int line;

    (void)state;
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    text[(size_t)2 * JSON_DEPTH_MAX] = '\0';
    j = parsed(text);
    json_free(&j);
    text[0] = '\n';
    memset(text + 1, '[', JSON_DEPTH_MAX + 1);
    memset(text + JSON_DEPTH_MAX + 2, ']', JSON_DEPTH_MAX + 1);
    assert_int_equal(json_parse(text, sizeof text - 1, &j, &line, why, sizeof why),
                     ST_BAD);
    assert_int_equal(line, 2);
    assert_non_null(strstr(why, "levels"));
    j = parsed("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[\"]");
    json_free(&j);
}

static void
size_is_limited(void **state)
{
    char *text = mem_alloc(JSON_BYTES_MAX + 1);
    struct json *j = NULL;
    char why[300];
    int line;

    (void)state;
    memset(text, ' ', JSON_BYTES_MAX + 1);
    text[0] = '1';
    assert_int_equal(json_parse(text, JSON_BYTES_MAX + 1, &j, &line, why, sizeof why),
                     ST_LIMIT);
    assert_int_equal(line, 1);
    assert_int_equal(json_parse(text, JSON_BYTES_MAX, &j, &line, why, sizeof why),
                     ST_OK);
    json_free(&j);
    mem_free(&text);
}

static void
written_text_is_json(void **state)
{
    static const struct {
        const char *text;
        const char *want;
    } cases[] = {
        {"", "\"\""},
        {"xã Ba Tơ", "\"xã Ba Tơ\""},
        {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
        {"\t\n\r\x01\x1f\x7f", "\"\\t\\n\\r\\u0001\\u001f\\u007f\""},
        {"a\xe3z\xc4", "\"a\xef\xbf\xbdz\xef\xbf\xbd\""},
    };
    struct json *j;
    struct buf out;
    size_t i;

    (void)state;
    buf_init(&out, 1000);
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buf_clear(&out);
        json_write_text(&out, cases[i].text);
        assert_string_equal(buf_str(&out), cases[i].want);
        j = parsed(buf_str(&out));
        if (i < 4) {
            assert_string_equal(json_root(j)->text, cases[i].text);
        }
        json_free(&j);
    }
    buf_fini(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_exact),
        cmocka_unit_test(reals_are_flagged),
        cmocka_unit_test(tree_has_the_shape_of_the_text),
        cmocka_unit_test(what_is_wrong_is_refused_with_its_line),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(size_is_limited),
        cmocka_unit_test(written_text_is_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

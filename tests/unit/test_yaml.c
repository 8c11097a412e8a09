/* alone: two claims bound the time that a hostile text takes */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/yaml.h"

static enum status
parse(const char *text, struct yaml **out, int *line, int *column, char *why)
{
    return yaml_parse(text, strlen(text), out, line, column, why, 200);
}

static struct yaml *
parsed(const char *text)
{
    struct yaml *y = NULL;
    char why[200] = "";
    int line = 0;
    int column = 0;

    if (parse(text, &y, &line, &column, why) != ST_OK) {
        fail_msg("refused at %d:%d: %s\n%s", line, column, why, text);
    }
    return y;
}

static void
scalars_keep_their_text(void **state)
{
    static const struct {
        const char *written;
        const char *want;
    } cases[] = {
        {"25x", "25x"},
        {"60", "60"},
        {"1.20", "1.20"},
        {"0o17", "0o17"},
        {"1e3", "1e3"},
        {"yes", "yes"},
        {"2021-01-01", "2021-01-01"},
        {"12:30", "12:30"},
        {"051", "051"},
        {"'051'", "051"},
        {"\"a\\tb\"", "a\tb"},
        {"it''s", "it''s"},
        {"'it''s'", "it's"},
        {"xã Ba Tơ", "xã Ba Tơ"},
        {"a # comment", "a"},
        {"a#b", "a#b"},
        {"", ""},
        {"~", ""},
        {"null", ""},
        {"Null", ""},
        {"NULL", ""},
        {"nULL", "nULL"},
        {"'null'", "null"},
        {"\"~\"", "~"},
        {"''", ""},
        {"|\n  one\n  two\n", "one\ntwo\n"},
        {">-\n  one\n  two\n", "one two"},
    };
    struct yaml *y;
    char text[200];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(text, sizeof text, "key: %s", cases[i].written);
        y = parsed(text);
        assert_int_equal(yaml_get(yaml_root(y), "key")->type, YAML_SCALAR);
        assert_string_equal(yaml_get(yaml_root(y), "key")->text, cases[i].want);
        yaml_free(&y);
    }
}

static void
places_are_right(void **state)
{
    static const char text[] = "a: 1\n"
                               "quảng: {b: [x, \"y\"], c: 'z'}\n"
                               "list:\n"
                               "  - k: v\n"
                               "    đ: w\n"
                               "  - last\n";
    struct yaml *y = parsed(text);
    const struct yaml_node *root = yaml_root(y);
    const struct yaml_node *flow = yaml_get(root, "quảng");
    const struct yaml_node *list = yaml_get(root, "list");
    const struct {
        const struct yaml_node *node;
        int line;
        int column;
    } cases[] = {
        {root, 1, 1},
        {root->name_nodes[0], 1, 1},
        {yaml_get(root, "a"), 1, 4},
        {root->name_nodes[1], 2, 1},
        {flow, 2, 8}, /* characters, not bytes: ả has three bytes */
        {yaml_get(flow, "b"), 2, 12},
        {yaml_get(flow, "b")->items[0], 2, 13},
        {yaml_get(flow, "b")->items[1], 2, 16}, /* at its quote */
        {yaml_get(flow, "c"), 2, 25},
        {list, 4, 3},
        {list->items[0], 4, 5},
        {yaml_get(list->items[0], "đ"), 5, 8},
        {list->items[1], 6, 5},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (cases[i].node->line != cases[i].line ||
            cases[i].node->column != cases[i].column) {
            fail_msg("case %zu: got %d:%d want %d:%d", i, cases[i].node->line,
                     cases[i].node->column, cases[i].line, cases[i].column);
        }
    }
    yaml_free(&y);
    assert_null(y);
    yaml_free(&y);
}

static void
tree_has_the_shape_of_the_text(void **state)
{
    struct yaml *y = parsed("m: {}\nl: []\nn:\n- a\n- - b\n  - c\n- ~\n");
    const struct yaml_node *root = yaml_root(y);
    const struct yaml_node *n = yaml_get(root, "n");

    (void)state;
    assert_int_equal(root->type, YAML_MAP);
    assert_int_equal(root->count, 3);
    assert_string_equal(root->names[0], "m");
    assert_string_equal(root->names[2], "n");
    assert_int_equal(yaml_get(root, "m")->type, YAML_MAP);
    assert_int_equal(yaml_get(root, "m")->count, 0);
    assert_int_equal(yaml_get(root, "l")->type, YAML_LIST);
    assert_int_equal(yaml_get(root, "l")->count, 0);
    assert_int_equal(n->type, YAML_LIST);
    assert_int_equal(n->count, 3);
    assert_string_equal(n->items[1]->items[1]->text, "c");
    assert_string_equal(n->items[2]->text, "");
    assert_null(yaml_get(root, "absent"));
    assert_null(yaml_get(n, "a"));
    assert_null(yaml_get(NULL, "a"));
    yaml_free(&y);
}

static void
empty_document_is_an_empty_scalar(void **state)
{
    static const char *const cases[] = {"",      "\n", "# a comment\n",
                                        "---\n", "~",  "\xef\xbb\xbf"};
    struct yaml *y;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        y = parsed(cases[i]);
        assert_int_equal(yaml_root(y)->type, YAML_SCALAR);
        assert_string_equal(yaml_root(y)->text, "");
        yaml_free(&y);
    }
}

static void
what_is_wrong_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *name;
        const char *text;
        int line;
        int column;
        const char *why; /* part of it */
    } cases[] = {
        {"key twice", "a: 1\nb: 2\na: 3\n", 3, 1,
         "`a` stands here again, first at line 1"},
        {"key twice, nested", "x:\n  - q: {k: 1, k: 2}\n", 2, 15, "again"},
        {"key twice, quoted", "a: 1\n\"a\": 2\n", 2, 1, "again"},
        {"first of two doubles", "a: 1\nb: 1\nb: 2\na: 2\n", 3, 1, "`b`"},
        {"broken indentation", "a:\n  b: 1\n c: 2\n", 3, 2, "indentation"},
        {"tab as indentation", "a:\n\tb: 2\n", 2, 0, ""},
        {"open bracket", "a: [1, 2\nb: 3\n", 3, 1, "bracket"},
        {"open quote", "a: \"b\n", 1, 0, ""},
        {"map in a map line", "a: b: c\n", 1, 5, ""},
        {"alias", "a: 1\nb: *a\n", 2, 4, "aliases"},
        {"anchor", "a: &x 1\n", 1, 4, "anchors"},
        {"anchor on a map", "a: &x\n  b: 1\n", 1, 4, "anchors"},
        {"loop", "a: &a\n  b: *a\n", 1, 0, "anchors"},
        {"tag", "a: !!int 25\n", 1, 4, "tags"},
        {"list as a key", "? [x]\n: 1\n", 1, 3, "key"},
        {"two documents", "---\na: 1\n---\nb: 1\n", 3, 0, "second document"},
        {"not UTF-8", "a: 1\nb: \xe3\n", 2, 4, "UTF-8"},
        {"overlong", "a: \xc0\x80\n", 1, 4, "UTF-8"},
        {"control character", "a: 1\nxã: \x07\n", 2, 5, "control character 7"},
        {"escaped zero", "a: \"x\\0\"\n", 1, 4, "escape"},
        {"escaped surrogate", "a: \"\\ud800\"\n", 1, 5, ""},
    };
    struct yaml *y = NULL;
    char why[200];
    int line;
    int column;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        line = column = 0;
        why[0] = '\0';
        if (parse(cases[i].text, &y, &line, &column, why) != ST_BAD || y != NULL) {
            fail_msg("%s: taken", cases[i].name);
        }
        if (line != cases[i].line || column < 1 ||
            (cases[i].column > 0 && column != cases[i].column) ||
            strstr(why, cases[i].why) == NULL || why[0] == '\0') {
            fail_msg("%s: got %d:%d %s, want %d:%d %s", cases[i].name, line, column,
                     why, cases[i].line, cases[i].column, cases[i].why);
        }
    }
}

/* Nine levels of nine aliases each: half a gigabyte when unfolded. */
static void
bomb_of_aliases_is_refused_quickly(void **state)
{
    struct buf text;
    struct yaml *y = NULL;
    char why[200];
    int line;
    int column;
    int level;
    int i;
    struct mono before;

    (void)state;
    buf_init(&text, 100000);
    buf_text(&text, "a0: &a0 [lol, lol, lol]\n");
    for (level = 1; level < 10; level++) {
        buf_format(&text, "a%d: &a%d [", level, level);
        for (i = 0; i < 9; i++) {
            buf_format(&text, "%s*a%d", i == 0 ? "" : ", ", level - 1);
        }
        buf_text(&text, "]\n");
    }
    before = mono_now();
    assert_int_equal(parse(buf_str(&text), &y, &line, &column, why), ST_BAD);
    assert_true(mono_since_us(before) < 500000);
    assert_non_null(strstr(why, "aliases"));
    buf_fini(&text);
}

static void
depth_is_limited(void **state)
{
    char text[2 * (YAML_DEPTH_MAX + 1) + 1];
    struct yaml *y = NULL;
    char why[200];
    int line;
    int column;

    (void)state;
    memset(text, '[', YAML_DEPTH_MAX);
    memset(text + YAML_DEPTH_MAX, ']', YAML_DEPTH_MAX);
    text[(size_t)2 * YAML_DEPTH_MAX] = '\0';
    y = parsed(text);
    yaml_free(&y);
    memset(text, '[', YAML_DEPTH_MAX + 1);
    memset(text + YAML_DEPTH_MAX + 1, ']', YAML_DEPTH_MAX + 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(parse(text, &y, &line, &column, why), ST_BAD);
    assert_int_equal(line, 1);
    assert_int_equal(column, YAML_DEPTH_MAX + 1);
    assert_non_null(strstr(why, "levels"));
}

static void
size_is_limited(void **state)
{
    size_t bytes = YAML_BYTES_MAX + 1;
    char *text = mem_alloc(bytes + 1);
    struct yaml *y = NULL;
    char why[200];
    int line;
    int column;

    (void)state;
    memset(text, 'a', bytes);
    assert_int_equal(yaml_parse(text, bytes, &y, &line, &column, why, sizeof why),
                     ST_BAD);
    assert_non_null(strstr(why, "1048576"));
    assert_int_equal(yaml_parse(text, bytes - 1, &y, &line, &column, why, sizeof why),
                     ST_OK);
    assert_int_equal(strlen(yaml_root(y)->text), YAML_BYTES_MAX);
    yaml_free(&y);
    mem_free(&text);
}

static void
many_keys_take_little_time(void **state)
{
    struct buf text;
    struct yaml *y = NULL;
    struct mono before;
    int i;

    (void)state;
    buf_init(&text, YAML_BYTES_MAX);
    for (i = 0; i < 80000; i++) {
        buf_format(&text, "k%d: %d\n", i, i % 10);
    }
    before = mono_now();
    y = parsed(buf_str(&text));
    assert_true(mono_since_us(before) <
                5000000); /* comparing all pairs takes a minute */
    assert_int_equal(yaml_root(y)->count, 80000);
    yaml_free(&y);
    buf_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_keep_their_text),
        cmocka_unit_test(places_are_right),
        cmocka_unit_test(tree_has_the_shape_of_the_text),
        cmocka_unit_test(empty_document_is_an_empty_scalar),
        cmocka_unit_test(what_is_wrong_is_refused_with_its_place),
        cmocka_unit_test(bomb_of_aliases_is_refused_quickly),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(size_is_limited),
        cmocka_unit_test(many_keys_take_little_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

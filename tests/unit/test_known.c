/* link: notifier */
/*
 * notifier/known.c, and how told.c uses it: what is remembered is what a committed
 * batch has left, within its bytes; everything else is asked for again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/table.h"
#include "notifier/batch.h"
#include "notifier/known.h"

#define BYTES 4096u

static struct known *known;

static int
setup(void **state)
{
    (void)state;
    known = known_new(BYTES, 7);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    known_free(&known);
    return 0;
}

/* "a b" */
static void
leaders_of(struct leaders *l, const char *text)
{
    char copy[512];
    char *rest = NULL;
    char *id;

    (void)snprintf(copy, sizeof copy, "%s", text);
    for (id = strtok_r(copy, " ", &rest); id != NULL; id = strtok_r(NULL, " ", &rest)) {
        leaders_add(l, id);
    }
}

static void
leaders_add_to(struct buf *b, const struct leaders *l)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        buf_format(b, "%s%s", i > 0 ? " " : "", l->ids[i]);
    }
    buf_char(b, '|');
}

static void
put(const char *code, const char *messages, const char *rows, bool acked)
{
    struct leaders m = {0};
    struct leaders r = {0};

    leaders_of(&m, messages);
    leaders_of(&r, rows);
    known_put(known, code, &m, &r, acked);
    leaders_fini(&m);
    leaders_fini(&r);
}

/* "messages|rows|acked", "-": nothing is known */
static void
want(const char *code, const char *text)
{
    struct leaders m = {0};
    struct leaders r = {0};
    struct buf got;
    bool acked = false;

    buf_init(&got, BYTES);
    if (known_get(known, code, &m, &r, &acked)) {
        leaders_add_to(&got, &m);
        leaders_add_to(&got, &r);
        buf_text(&got, acked ? "yes" : "no");
    } else {
        buf_text(&got, "-");
        assert_int_equal(m.count + r.count, 0);
    }
    assert_string_equal(buf_str(&got), text);
    buf_fini(&got);
    leaders_fini(&m);
    leaders_fini(&r);
}

static void
what_was_put_last_comes_back(void **state)
{
    static const struct {
        const char *messages;
        const char *rows;
        bool acked;
        const char *want;
    } rows[] = {
        {"", "", false, "||no"},
        {"head-1", "", false, "head-1||no"},
        {"head-1", "", true, "head-1||yes"}, /* the same offices */
        {"head-1", "", false, "head-1||no"},
        {"", "head-1", false, "|head-1|no"}, /* the same texts */
        {"a b c", "d e", true, "a b c|d e|yes"},
        {"a b", "c d e", true, "a b|c d e|yes"},
        {"b", "", false, "b||no"},
    };
    size_t i;

    (void)state;
    want("A-1", "-");
    put("A-2", "other", "", true);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        put("A-1", rows[i].messages, rows[i].rows, rows[i].acked);
        want("A-1", rows[i].want);
        want("A-2", "other||yes");
        want("A", "-");
        want("A-11", "-");
        assert_int_equal(known_count(known), 2);
    }
}

static void
what_was_dropped_is_not_known(void **state)
{
    (void)state;
    put("A-1", "a", "", false);
    put("A-2", "b", "", false);
    put("A-3", "c", "", false);
    known_drop(known, "A-2");
    known_drop(known, "A-2");
    known_drop(known, "A-9");
    want("A-1", "a||no");
    want("A-2", "-");
    want("A-3", "c||no");
    known_clear(known);
    want("A-1", "-");
    want("A-3", "-");
    assert_int_equal(known_count(known), 0);
    assert_int_equal(known_bytes(known), 0);
    put("A-1", "d", "", false);
    want("A-1", "d||no");
}

/* Without `use` in known_get, A-0 goes first. */
static void
what_was_unused_for_longest_goes_first(void **state)
{
    char code[16];
    int i;

    (void)state;
    for (i = 0; i < 1000; i++) {
        (void)snprintf(code, sizeof code, "A-%d", i);
        put(code, "head-21040 head-530", "chair-province", false);
        want(code, "head-21040 head-530|chair-province|no");
        want("A-0", "head-21040 head-530|chair-province|no");
        assert_true(known_bytes(known) <= BYTES);
    }
    assert_true(known_count(known) > 10 && known_count(known) < 40);
    for (i = 1; i < 1000; i++) {
        (void)snprintf(code, sizeof code, "A-%d", i);
        want(code, i > 1000 - (int)known_count(known)
                       ? "head-21040 head-530|chair-province|no"
                       : "-");
    }
}

/* Nor is what stood there before: it would be too old. */
static void
what_takes_too_much_is_not_kept(void **state)
{
    char many[512] = "";
    size_t i;

    (void)state;
    for (i = 0; strlen(many) < BYTES / 8 - 16; i++) {
        (void)snprintf(many + strlen(many), sizeof many - strlen(many), "office-%zu ",
                       i);
    }
    put("A-1", "a", "", false);
    put("A-2", "b", "", false);
    put("A-1", many, "b c d e f g h i j k l", false);
    want("A-1", "-");
    want("A-2", "b||no");
    put("A-1", "a", "", false);
    want("A-1", "a||no");
}

/* ---- by the batches ---- */

static void
batch_begin(struct batch *b, struct province *p)
{
    *p = (struct province){.known = known};
    *b = (struct batch){.p = p, .told = table_new(100, 7)};
}

/* The province has no connection: a question would end the test. */
static void
a_batch_that_was_not_committed_leaves_no_trace(void **state)
{
    struct province p;
    struct batch b;
    bool acked = true;

    (void)state;
    put("A-1", "a", "c", true);
    batch_begin(&b, &p);
    leaders_add(told_of(&b, "A-1"), "b");
    leaders_remove(told_rows_of(&b, "A-1"), "c");
    told_unack(&b, "A-1");
    assert_int_equal(told_acked(&b, "A-1", &acked), ST_OK);
    assert_false(acked);
    told_free(&b); /* it failed */
    want("A-1", "a|c|yes");

    batch_begin(&b, &p);
    leaders_add(told_of(&b, "A-1"), "b");
    leaders_remove(told_rows_of(&b, "A-1"), "c");
    told_unack(&b, "A-1");
    told_keep(&b);
    told_free(&b);
    want("A-1", "a b||no");
}

/* An act writes ack_by, and an inbox that is full keeps the office in the hash: neither
 * is in the lists. Whether the batch asks for the code before or behind is no matter.
 */
static void
what_the_batch_is_unsure_of_is_read_again(void **state)
{
    struct province p;
    struct batch b;

    (void)state;
    put("A-1", "a", "", false);
    put("A-2", "a", "", false);
    put("A-3", "a", "", false);
    put("A-4", "a", "", false);
    batch_begin(&b, &p);
    told_unsure(&b, "A-1");
    (void)told_of(&b, "A-2");
    told_unsure(&b, "A-2");
    told_unsure(&b, "A-3");
    (void)told_of(&b, "A-3");
    (void)told_of(&b, "A-4");
    told_keep(&b);
    told_free(&b);
    want("A-1", "-");
    want("A-2", "-");
    want("A-3", "-");
    want("A-4", "a||no");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_was_put_last_comes_back),
        TEST(what_was_dropped_is_not_known),
        TEST(what_was_unused_for_longest_goes_first),
        TEST(what_takes_too_much_is_not_kept),
        TEST(a_batch_that_was_not_committed_leaves_no_trace),
        TEST(what_the_batch_is_unsure_of_is_read_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

// link: notifier
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/mem.h"
#include "notifier/hold_private.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define PROGRAMME "programme:5e3a0c11d2f4"
#define KEY_B "key:21040"

/* ---- lines ---- */

static void
line_of_a_hold_comes_back_as_it_was(void **state)
{
    struct hold h = {.id = KEY_B,
                     .since = day_from_civil(2023, 10, 9),
                     .until = day_from_civil(2023, 10, 16),
                     .level = "commune",
                     .units = 61,
                     .of = 173,
                     .by = "21040",
                     .said = day_from_civil(2023, 10, 10),
                     .number = 2,
                     .listed = 1,
                     .reason = "-"};
    struct hold got;
    char line[HOLD_LINE_BYTES];
    char again[HOLD_LINE_BYTES];

    (void)state;
    hold_line(&h, line);
    assert_string_equal(line, "since=2023-10-09 until=2023-10-16 level=commune "
                              "units=61 of=173 by=21040 said=2023-10-10 n=2 list=1 "
                              "act=0 reason=-");
    assert_int_equal(hold_parse(KEY_B, line, &got), ST_OK);
    assert_memory_equal(&got, &h, sizeof h);

    h.said = DAY_NONE;
    h.act = 57;
    (void)snprintf(h.reason, sizeof h.reason, "so lieu thang 9 dang duoc ra soat");
    hold_line(&h, line);
    assert_non_null(strstr(line, " said=- "));
    assert_int_equal(hold_parse(HOLD_PERSON, line, &got), ST_OK);
    hold_line(&got, again);
    assert_string_equal(again, line);
    assert_string_equal(got.reason, "so lieu thang 9 dang duoc ra soat");
}

static void
line_of_what_is_held_comes_back_as_it_was(void **state)
{
    const struct held l = {.code = "QNG-2023-7c-21040",
                           .at = {.seq = 57, .index = 3},
                           .number = 2,
                           .reason = "worse",
                           .hold = KEY_B,
                           .opened = true,
                           .told = false,
                           .kind = "behind",
                           .subject = "21040"};
    struct held got;
    char line[HELD_LINE_BYTES];

    (void)state;
    held_line(&l, line);
    assert_string_equal(line, "at=57-3 n=2 hold=key:21040 opened=1 told=0 kind=behind "
                              "reason=worse subject=21040");
    assert_int_equal(held_parse(l.code, line, &got), ST_OK);
    assert_memory_equal(&got, &l, sizeof l);
}

static void
broken_lines_are_refused(void **state)
{
    static const char *const holds[] = {
        "", "since=2023-10-09", "since=2023-10-09 until=2023-10-16 level=commune",
        "since=2023-13-09 until=2023-10-16 level=commune units=6 of=7 by=- said=- n=0 "
        "list=0 act=0 reason=-",
        "since=2023-10-09 until=2023-10-16 level=commune units=6 of=7 by=- said=- n=0 "
        "list=0 act=0"};
    static const char *const held[] = {
        "", "at=57 n=2 hold=person opened=1 told=0 kind=behind reason=new subject=2",
        "at=0-3 n=2 hold=person opened=1 told=0 kind=behind reason=new subject=2",
        "at=57-3 n=2 hold=person opened=1 told=0 kind=behind reason=new"};
    struct hold h;
    struct held l;
    char reason[NOTE_BYTES_MAX + 1];
    char line[2 * NOTE_BYTES_MAX];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(holds); i++) {
        assert_int_equal(hold_parse("person", holds[i], &h), ST_BAD);
    }
    for (i = 0; i < COUNT(held); i++) {
        assert_int_equal(held_parse("QNG-2023-7c-21040", held[i], &l), ST_BAD);
    }
    memset(reason, 'a', sizeof reason);
    reason[sizeof reason - 1] = '\0';
    (void)snprintf(line, sizeof line,
                   "since=2023-10-09 until=2023-10-16 level=- units=0 of=0 by=ops "
                   "said=- n=0 list=0 act=9 reason=%s",
                   reason);
    assert_int_equal(hold_parse("person", line, &h), ST_BAD);
}

/* ---- what an event does ---- */

/* Before: hold, or NULL for no line; opened, told. Want: the same. */
struct decision {
    const char *name;
    const char *hold;
    bool opened, told;
    bool person;
    const char *kind, *reason, *brake;
    enum hold_step want;
    const char *want_hold;
    bool want_opened, want_told;
};

static const struct decision decisions[] = {
    {"nothing holds it", NULL, 0, 0, false, "behind", "new", "", HOLD_PASSES, "", 0, 0},
    {"a brake opens it held", NULL, 0, 0, false, "behind", "new", PROGRAMME, HOLD_KEEPS,
     PROGRAMME, 1, 0},
    {"a reminder passes a brake", NULL, 0, 0, false, "reminder", "new", PROGRAMME,
     HOLD_PASSES, "", 0, 0},
    {"but not a person", NULL, 0, 0, true, "reminder", "new", "", HOLD_KEEPS,
     HOLD_PERSON, 1, 0},
    {"a person holds what opens", NULL, 0, 0, true, "behind", "new", "", HOLD_KEEPS,
     HOLD_PERSON, 1, 0},
    {"and progress", NULL, 0, 0, true, "progress", "new", "", HOLD_KEEPS, HOLD_PERSON,
     1, 0},
    {"and what was told before", NULL, 0, 0, true, "behind", "corrected", "",
     HOLD_KEEPS, HOLD_PERSON, 0, 1},
    {"and its end", NULL, 0, 0, true, "behind", "resolved", "", HOLD_KEEPS, HOLD_PERSON,
     0, 1},
    {"a brake under a person stays when that one opens", NULL, 0, 0, true, "behind",
     "new", PROGRAMME, HOLD_KEEPS, PROGRAMME, 1, 0},
    {"newer figures replace, and it is new still", PROGRAMME, 1, 0, false, "behind",
     "worse", "", HOLD_KEEPS, PROGRAMME, 1, 0},
    {"another brake leaves it where it is", PROGRAMME, 1, 0, false, "behind", "new",
     KEY_B, HOLD_KEEPS, PROGRAMME, 1, 0},
    {"opened and withdrawn: silence", PROGRAMME, 1, 0, false, "behind", "withdrawn", "",
     HOLD_LEAVES, "", 0, 0},
    {"opened and resolved: silence", HOLD_PERSON, 1, 0, true, "behind", "resolved", "",
     HOLD_LEAVES, "", 0, 0},
    {"told before: its end waits", HOLD_PERSON, 0, 1, true, "behind", "withdrawn", "",
     HOLD_KEEPS, HOLD_PERSON, 0, 1},
    {"ended, then open again: new", HOLD_PERSON, 0, 1, true, "behind", "new", "",
     HOLD_KEEPS, HOLD_PERSON, 1, 1},
    {"and ended again: those told before are owed that", HOLD_PERSON, 1, 1, true,
     "behind", "resolved", "", HOLD_KEEPS, HOLD_PERSON, 0, 1},
    {"open again under a brake: the brake keeps it", HOLD_PERSON, 0, 1, true, "behind",
     "new", PROGRAMME, HOLD_KEEPS, PROGRAMME, 1, 1},
    {"a reminder overtakes what a brake holds", "tick:465000", 1, 0, false, "reminder",
     "new", "", HOLD_PASSES, "", 0, 0},
    {"that a reminder is done waits for nobody", NULL, 0, 0, true, "reminder",
     "resolved", "", HOLD_PASSES, "", 0, 0},
    {"and takes out one that was held", HOLD_PERSON, 1, 0, true, "reminder",
     "withdrawn", "", HOLD_PASSES, "", 0, 0},
    {"overdue replaces a reminder", HOLD_PERSON, 1, 0, true, "overdue", "worse", "",
     HOLD_KEEPS, HOLD_PERSON, 1, 0},
    {"on its way out: the newest goes", HOLD_NONE, 1, 0, false, "behind", "worse", "",
     HOLD_KEEPS, HOLD_NONE, 1, 0},
    {"on its way out: a person comes first", HOLD_NONE, 1, 0, true, "behind", "worse",
     "", HOLD_KEEPS, HOLD_PERSON, 1, 0},
};

static void
decide(const struct decision *d)
{
    struct held before = {.code = "QNG-2023-7c-21040", .at = {.seq = 50, .index = 1}};
    struct held next = {.number = 0};
    const struct spot at = {.seq = 57, .index = 3};
    const struct alert_event e = {.code = "QNG-2023-7c-21040",
                                  .number = 4,
                                  .kind = d->kind,
                                  .reason = d->reason,
                                  .subject = "21040",
                                  .brake = d->brake};
    enum hold_step got;

    before.opened = d->opened;
    before.told = d->told;
    (void)snprintf(before.hold, sizeof before.hold, "%s",
                   d->hold == NULL ? "" : d->hold);
    got = hold_decide(d->hold == NULL ? NULL : &before, d->person, &e, at, &next);
    if (got != d->want) {
        fail_msg("%s: got step %d, want %d", d->name, (int)got, (int)d->want);
    }
    if (got != HOLD_KEEPS) {
        return;
    }
    if (strcmp(next.hold, d->want_hold) != 0 || next.opened != d->want_opened ||
        next.told != d->want_told) {
        fail_msg("%s: got %s opened=%d told=%d, want %s opened=%d told=%d", d->name,
                 next.hold, next.opened, next.told, d->want_hold, d->want_opened,
                 d->want_told);
    }
    assert_int_equal(next.at.seq, 57);
    assert_int_equal(next.number, 4);
    assert_string_equal(next.reason, d->reason);
}

static void
events_are_kept_back_or_not(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(decisions); i++) {
        decide(&decisions[i]);
    }
}

/* ---- the rest ---- */

static void
kinds_are_dropped_by_their_whole_name(void **state)
{
    static const struct {
        const char *drop;
        const char *kind;
        bool want;
    } cases[] = {
        {"", "behind", false},
        {"behind", "behind", true},
        {"missed,behind", "behind", true},
        {"missed, behind", "behind", true},
        {"missed,behind,", "overdue", false},
        {"behindhand", "behind", false},
        {"behind", "behindhand", false},
        {",", "", false},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(cases); i++) {
        if (kind_dropped(cases[i].drop, cases[i].kind) != cases[i].want) {
            fail_msg("\"%s\", %s: want %d", cases[i].drop, cases[i].kind,
                     cases[i].want);
        }
    }
}

static void
code_of_a_notice_names_day_and_cause(void **state)
{
    struct hold h = {.since = day_from_civil(2023, 10, 9)};
    char code[ALERT_CODE_BYTES];

    (void)state;
    (void)snprintf(h.id, sizeof h.id, KEY_B);
    hold_code("QNG", &h, code);
    assert_string_equal(code, "QNG-2023-10-09-TG-key-21040");
    (void)snprintf(h.id, sizeof h.id, HOLD_PERSON);
    hold_code("QNG", &h, code);
    assert_string_equal(code, "QNG-2023-10-09-TG-person");
}

static void
units_are_counted_once(void **state)
{
    struct held lines[] = {{.subject = "21040"},
                           {.subject = "21043"},
                           {.subject = "21040"},
                           {.subject = "21046"}};
    struct held *list[] = {&lines[0], &lines[1], &lines[2], &lines[3]};

    (void)state;
    assert_int_equal(held_units(list, 4), 3);
    assert_int_equal(held_units(list, 0), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_of_a_hold_comes_back_as_it_was),
        cmocka_unit_test(line_of_what_is_held_comes_back_as_it_was),
        cmocka_unit_test(broken_lines_are_refused),
        cmocka_unit_test(events_are_kept_back_or_not),
        cmocka_unit_test(kinds_are_dropped_by_their_whole_name),
        cmocka_unit_test(code_of_a_notice_names_day_and_cause),
        cmocka_unit_test(units_are_counted_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

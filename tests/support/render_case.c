#include "tests/support/render_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "lib/calendar.h"
#include "tests/support/alert_programme.h"

int
render_setup(void **state)
{
    static struct fixture f;

    f.c = alert_programme_load();
    f.a = arena_new(RENDER_ARENA_BYTES);
    *state = &f;
    return 0;
}

int
render_teardown(void **state)
{
    struct fixture *f = *state;

    catalogue_free(&f->c);
    arena_free(&f->a);
    return 0;
}

int64_t
noon(int year, int month, int mday)
{
    return hour_start((int64_t)day_from_civil(year, month, mday) * 24 + 12).ms;
}

struct alert_event
september(void)
{
    struct alert_event e = {
        .code = "QNG-2023-7c-21040",
        .number = 1,
        .kind = "behind",
        .reason = "new",
        .target = "7c",
        .subject = "21040",
        .year = 2023,
        .window = "2023-09",
        .first_day = day_from_civil(2023, 9, 1),
        .last_day = day_from_civil(2023, 9, 30),
        .numerator = 1130,
        .denominator = 2386,
        .required = ratio_pace(ratio_of(35, 1), ratio_of(55, 1), 273, 365),
        .step = {55, 1},
        .step_before = {35, 1},
        .step_before_year = 2022,
        .need_now = 63,
        .need_year = 183,
        .since_window = "2023-08",
        .windows = 2,
        .old_window = "",
        .at_ms = noon(2023, 10, 9),
        .opened_at_ms = noon(2023, 10, 9),
        .covered = 1,
        .units = 1,
    };

    return e;
}

struct alert_event
papi(const char *target, int year, int64_t rank, int64_t ranked)
{
    static char window[8];
    struct alert_event e = {
        .code = "QNG-2025-1b-51",
        .number = 1,
        .kind = "behind",
        .reason = "new",
        .target = target,
        .subject = "51",
        .year = 2025,
        .window = window,
        .numerator = rank,
        .denominator = 1,
        .required = {strcmp(target, "1b") == 0 ? 5 : 30, 1},
        .step = {strcmp(target, "1b") == 0 ? 5 : 30, 1},
        .windows = 1,
        .old_window = "",
        .at_ms = noon(year + 1, 5, 2),
        .opened_at_ms = noon(year + 1, 5, 2),
        .ranked = ranked,
        .pool = 63,
    };

    (void)snprintf(window, sizeof window, "%d", year);
    return e;
}

void
render_for(struct fixture *f, const struct alert_event *e, const char *leader,
           struct rendered *out)
{
    int i = leader == NULL ? NONE : catalogue_leader(f->c, leader);

    arena_reset(f->a);
    render_alert(f->c, e, i == NONE ? NULL : &f->c->leaders[i], false, f->a, out);
}

void
want_text(const char *got, const char *want)
{
    if (strcmp(got, want) != 0) {
        fail_msg("got:\n%s\nwant:\n%s", got, want);
    }
}

void
want_part(const char *got, const char *part)
{
    if (strstr(got, part) == NULL) {
        fail_msg("got:\n%s\nwithout:\n%s", got, part);
    }
}

void
want_no_part(const char *got, const char *part)
{
    if (strstr(got, part) != NULL) {
        fail_msg("got:\n%s\nwith:\n%s", got, part);
    }
}

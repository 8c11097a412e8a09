/* link: cli */
/* A report of the journal as a line for people and as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/journal_line.h"
#include "cli/language.h"
#include "lib/wire.h"

struct fixture {
    struct arena *arena;
    struct buf body;
    struct buf out;
    struct journal_entry entry;
};

static int
setup(void **state)
{
    static struct fixture f;

    memset(&f, 0, sizeof f);
    f.arena = arena_new(WIRE_ARENA_BYTES);
    buf_init(&f.body, JOURNAL_BODY_MAX);
    buf_init(&f.out, JOURNAL_BODY_MAX);
    *state = &f;
    return 0;
}

static int
teardown(void **state)
{
    struct fixture *f = *state;

    arena_free(&f->arena);
    buf_fini(&f->body);
    buf_fini(&f->out);
    (void)language_set("en");
    return 0;
}

/* One report, received on 2023-10-20 at 08:00, late, unless it is offered again. */
static void
entry_make(struct fixture *f, int64_t first_received_at_ms)
{
    static const uint8_t hash[16] = {1};
    static const struct figure_record figures[] = {{"results_in_force", 2386, false}};
    const struct report_record r = {.unit = "21043",
                                    .group = "digitisation",
                                    .period = "2023-09",
                                    .revision = 2,
                                    .figures = figures,
                                    .figure_count = 1,
                                    .received_at_ms = 1697763600000,
                                    .due_day = 19636,
                                    .on_time = first_received_at_ms != 0,
                                    .principal = "21043",
                                    .reason = "",
                                    .source_system = "",
                                    .hash = hash,
                                    .first_received_at_ms = first_received_at_ms};

    buf_clear(&f->body);
    buf_clear(&f->out);
    report_record_encode(&r, f->arena, &f->body);
    f->entry = (struct journal_entry){.seq = 57,
                                      .kind = JOURNAL_REPORTS,
                                      .kind_word = "reports",
                                      .body = (const uint8_t *)buf_str(&f->body),
                                      .body_bytes = f->body.len,
                                      .chain = ""};
}

static void
want_part(const struct fixture *f, const char *part, bool there)
{
    if ((strstr(buf_str(&f->out), part) != NULL) != there) {
        fail_msg("%s \"%s\" in: %s", there ? "want" : "did not want", part,
                 buf_str(&f->out));
    }
}

#define FIRST_MS 1696406400123 /* 2023-10-04 15:00 in UTC+7 */

static void
what_was_offered_again_shows_both_times(void **state)
{
    struct fixture *f = *state;

    (void)language_set("en");
    entry_make(f, FIRST_MS);
    journal_text(NULL, &f->entry, f->arena, &f->out);
    want_part(f, "2023-10-20 08:00", true);
    want_part(f, ", offered again after a loss, first received 2023-10-04 15:00", true);
    want_part(f, "after the due date", false);
    (void)language_set("vi");
    buf_clear(&f->out);
    journal_text(NULL, &f->entry, f->arena, &f->out);
    want_part(f, ", gửi lại sau sự cố, nhận lần đầu 04/10/2023 15:00", true);
    buf_clear(&f->out);
    journal_json(NULL, &f->entry, f->arena, &f->out);
    want_part(f, "\"received_at_ms\":1697763600000,", true);
    want_part(f, "\"first_received_at_ms\":1696406400123,", true);
    want_part(f, "\"on_time\":true", true);
}

static void
an_ordinary_report_has_one_time(void **state)
{
    struct fixture *f = *state;

    (void)language_set("en");
    entry_make(f, 0);
    journal_text(NULL, &f->entry, f->arena, &f->out);
    want_part(f, ", after the due date", true);
    want_part(f, "offered again", false);
    buf_clear(&f->out);
    journal_json(NULL, &f->entry, f->arena, &f->out);
    want_part(f, "first_received_at_ms", false);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_offered_again_shows_both_times, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_ordinary_report_has_one_time, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

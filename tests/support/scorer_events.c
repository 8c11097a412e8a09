#include "tests/support/scorer_events.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/support/specimen_programme.h"

static void
entry_lines(const struct journal_entry *e, event_line *line, char *out, size_t bytes)
{
    struct alert_event *events = NULL;
    char text[EVENT_LINE_BYTES];
    size_t count = 0;
    size_t i;

    arena_reset(scene.arena);
    assert_int_equal(
        alert_events_decode(e->body, e->body_bytes, scene.arena, &events, &count),
        ST_OK);
    for (i = 0; i < count; i++) {
        size_t len = strlen(out);

        text[0] = '\0';
        line(&events[i], text);
        if (text[0] != '\0') {
            assert_true((size_t)snprintf(out + len, bytes - len, "%s\n", text) <
                        bytes - len);
        }
    }
}

void
events_are(uint64_t *after, event_line *line, const char *want_text)
{
    char got[EVENTS_TEXT_BYTES] = "";
    struct journal_read rd;
    size_t i;

    journal_read_init(&rd);
    assert_int_equal(
        journal_read_after(scene.client, scene.province, KEY_ALERTS, *after, 500, &rd),
        ST_OK);
    for (i = 0; i < rd.count; i++) {
        *after = rd.entries[i].seq;
        if (rd.entries[i].kind == JOURNAL_ALERTS) {
            entry_lines(&rd.entries[i], line, got, sizeof got);
        }
    }
    journal_read_fini(&rd);
    if (strcmp(got, want_text) != 0) {
        fail_msg("got:\n%swant:\n%s", got, want_text);
    }
}

void
programme_good(const struct catalogue_file *files)
{
    struct catalogue *c = NULL;
    struct findings found = {0};
    enum status st = catalogue_load(files, SPECIMEN_FILES, &c, &found);

    if (st != ST_OK) {
        fail_msg("%s:%d: %s", found.items[0].file, found.items[0].line,
                 found.items[0].text);
    }
    findings_fini(&found);
    catalogue_free(&c);
    scene.files = files;
}

void
report_add(const char *unit, const char *group, const char *period,
           const struct figure_record *figures, size_t count, uint32_t revision,
           const char *principal, int64_t received_at_ms)
{
    static const uint8_t hash[16] = {1};
    const struct report_record r = {.unit = unit,
                                    .group = group,
                                    .period = period,
                                    .revision = revision,
                                    .figures = figures,
                                    .figure_count = count,
                                    .received_at_ms = received_at_ms,
                                    .principal = principal,
                                    .hash = hash};

    report_record_encode(&r, scene.arena, &scene.body);
}

void
scorer_again(void)
{
    state_lost(&scene.s, "killed");
    scene.s.retry_at.us = 0;
    assert_true(state_work(&scene.s));
}

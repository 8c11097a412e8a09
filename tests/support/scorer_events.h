/* scorer_events - what the scorer has said, read back from the alerts journal, and the
 * reports of a key at an instant. */
#ifndef DONDOC_TESTS_SCORER_EVENTS_H
#define DONDOC_TESTS_SCORER_EVENTS_H

#include "tests/support/scorer_scene.h"

#define EVENT_LINE_BYTES 256
#define EVENTS_TEXT_BYTES 8192

/* A line for an event, without its end; "" leaves it out. */
typedef void event_line(const struct alert_event *ev, char out[EVENT_LINE_BYTES]);

/* All events behind entry *after, which moves to the last: "a\nb\n". */
void events_are(uint64_t *after, event_line *line, const char *want_text);

/* The next programme of the scene; fails with what the check finds. */
void programme_good(const struct catalogue_file *files);

/* A report into the body, of the key and received at that time. */
void report_add(const char *unit, const char *group, const char *period,
                const struct figure_record *figures, size_t count, uint32_t revision,
                const char *principal, int64_t received_at_ms);

/* kill -9 and a new process: all memory is gone, and read again. */
void scorer_again(void);

#endif

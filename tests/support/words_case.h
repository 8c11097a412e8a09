/*
 * words_case - events of each kind and reason as the scorer writes them, a list of
 * several, and the files of tests/golden/words that hold what is made of them. For the
 * golden tests of the words and of the mail.
 */
#ifndef DONDOC_TESTS_WORDS_CASE_H
#define DONDOC_TESTS_WORDS_CASE_H

#include "lib/buf.h"
#include "tests/support/render_case.h"

#define WORDS_REASON_COUNT 7
extern const char *const WORDS_REASONS[WORDS_REASON_COUNT];

/* render_setup, with a group of reports that a document demands. */
int words_setup(void **state);
struct alert_event words_event(const char *kind, const char *reason);

/* One of each, as they stand on Wednesday 18/10/2023; rows point into events. */
#define WORDS_ROWS 8
void words_list(struct alert_event events[WORDS_ROWS],
                struct render_row rows[WORDS_ROWS]);

/* Compares tests/golden/words/<name>.<language>.txt, or writes it (make golden-words).
 */
#define WORDS_FILE_BYTES (256u * 1024u)
void words_file(const char *name, const char *language, const struct buf *text);

#endif

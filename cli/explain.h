/* What the files of `dondoc explain` share. Nobody else includes this. */
#ifndef DONDOC_CLI_EXPLAIN_H
#define DONDOC_CLI_EXPLAIN_H

#include "cli/archived.h"
#include "cli/arithmetic.h"
#include "cli/reading.h"

struct explain {
    struct reading reading;
    struct history history;
    const struct catalogue *c;
    const struct target *t;
    struct subject_ref subject;
    char name[SUBJECT_NAME_BYTES];
    int32_t today;
    bool chosen; /* the window or the year was asked for */
    struct score score;
};

/* explain_subject.c: whom UNIT means for the target; false: said, EXIT_DATA. */
bool explain_subject(struct explain *x, const char *text);
/* Which window; false: nothing to look at, said. year 0 and window "": the latest. */
bool explain_window(struct explain *x, int year, const char *window);
/* "Xã Bình Nguyên (21055)", "cấp xã", "toàn tỉnh"; out 256 bytes. */
#define SUBJECT_WORDS_BYTES 256
void explain_subject_words(const struct explain *x, char *out);

/* explain_required.c: "Số liệu:         …", labels of one width; */
void explain_label(const char *text);
/* what was asked for, and what is short. `line` is room to write in. */
void explain_required(const struct explain *x, const struct arithmetic *a,
                      struct buf *line);

/* explain_sources.c: the reports behind the figure, held against the journal; the exit
 * status (65 when one does not match). */
int explain_sources(struct explain *x);

/* explain_told.c: what leaders were told about it, and when. */
int explain_told(const struct explain *x);

#endif

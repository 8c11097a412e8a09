/*
 * silent - who should have reported by now and has not. Pure: programme, facts and the
 * day (of the last tick) are arguments.
 */
#ifndef DONDOC_SILENT_H
#define DONDOC_SILENT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/catalogue.h"
#include "lib/facts.h"

/* One window of one group whose due day is over. */
struct silence {
    int group;
    struct window window;
    int32_t due;
    size_t units; /* that should have reported */
    int *silent;  /* indexes of those that have not, in the programme's order */
    size_t count; /* of silent; at least 1 */
    size_t room;
};

struct silences {
    struct silence *items; /* by due day, then in the programme's order of groups */
    size_t count;
    size_t room;
};

/*
 * silent_list - windows with a due day in since <= due < today.
 * A unit is asked for a window when its kind reports the group and it is valid on the
 * window's last day; it is heard when it reported that window, or a cumulative report
 * whose day lies in it.
 */
void silent_list(const struct catalogue *c, const struct facts *f, int32_t since,
                 int32_t today, struct silences *out);
void silences_fini(struct silences *l);

#endif

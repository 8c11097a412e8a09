/* What link.c and link_explain.c share. Nobody else includes this. */
#ifndef DONDOC_CLI_LINK_PRIVATE_H
#define DONDOC_CLI_LINK_PRIVATE_H

#include "cli/link.h"
#include "lib/buf.h"
#include "lib/instant.h"

#define LINK_TRIES 3 /* of one request: the first and two more */

struct link {
    struct link_target target;
    struct bus *bus;
    struct bus_socket *socket;
    struct bus_keys keys;
    struct arena *scratch; /* of encoding */
    struct buf out;
    uint64_t request_id;
    struct mono began;
    size_t done; /* progress, of all; all 0: only the time is shown */
    size_t all;
    bool shown; /* a progress line stands on the terminal */
};

#endif

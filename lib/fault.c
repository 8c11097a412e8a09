#include "lib/fault.h"

#ifdef DONDOC_FAULTS

#include <signal.h>
#include <stdlib.h>
#include <string.h>

void
fault_point(const char *name)
{
    static const char *armed;
    static size_t armed_bytes;
    static long left;

    if (armed == NULL) {
        const char *colon;

        armed = getenv("DONDOC_FAULT");
        armed = armed == NULL ? "" : armed;
        colon = strrchr(armed, ':');
        armed_bytes = colon == NULL ? strlen(armed) : (size_t)(colon - armed);
        left = colon == NULL ? 1 : strtol(colon + 1, NULL, 10);
    }
    if (strlen(name) == armed_bytes && memcmp(name, armed, armed_bytes) == 0 &&
        --left == 0) {
        (void)raise(SIGKILL);
    }
}

#else

/* ISO C asks for something in every file. */
typedef int fault_is_off;

#endif

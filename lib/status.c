#include "lib/status.h"

const char *
status_name(enum status st)
{
    switch (st) {
    case ST_OK:
        return "ok";
    case ST_AGAIN:
        return "again";
    case ST_BAD:
        return "bad";
    case ST_LIMIT:
        return "limit";
    case ST_DENIED:
        return "denied";
    case ST_GONE:
        return "gone";
    case ST_STALE:
        return "stale";
    case ST_FENCED:
        return "fenced";
    }
    return "unknown";
}

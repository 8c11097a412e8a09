/*
 * A push in the plain form that clients write, read without protobuf-c: nearly all that
 * comes is that, and the library spends more on it than the rest of ingest. Whatever
 * else is declined here, and the library decides (lib/wire_get.h).
 */
#include "lib/wire_private.h"

#include "lib/wire_get.h"

/*
 * What the library would need for a push within these stays under WIRE_ARENA_BYTES:
 * under 3 KiB for a report with what it carries once, 200 bytes for a figure, texts as
 * long as the message. Beyond them it has to say itself whether that is too much.
 */
#define PLAIN_BYTES_MAX 65536u
#define PLAIN_FIGURES_MAX 2048u

static void
figure_get(struct wire_get *g, struct wire_figure *out)
{
    *out = (struct wire_figure){.measure = wire_get_text(g, 1), .kind = WIRE_NOTHING};
    if (wire_get_is(g, 2, WIRE_HOW_NUMBER)) {
        out->kind = WIRE_COUNT;
        out->count = wire_get_signed(g, 2);
    } else if (wire_get_is(g, 3, WIRE_HOW_LENGTH)) {
        out->kind = WIRE_DECIMAL;
        out->decimal = wire_get_text(g, 3);
    } else if (wire_get_bool(g, 4)) {
        out->kind = WIRE_NOT_APPLICABLE;
    }
}

static void
held_get(struct wire_get *g, struct wire_held *out)
{
    const uint8_t *seal;
    size_t bytes;

    out->unit = wire_get_text(g, 1);
    out->group = wire_get_text(g, 2);
    out->period = wire_get_text(g, 3);
    out->revision = wire_get_number32(g, 4);
    out->hash = wire_get_text(g, 5);
    out->entry = wire_get_number(g, 6);
    out->index = wire_get_number32(g, 7);
    out->received_at_ms = (int64_t)wire_get_number(g, 8);
    out->due = wire_get_text(g, 9);
    out->on_time = wire_get_bool(g, 10);
    seal = wire_get_bytes(g, 11, &bytes);
    if (bytes == WIRE_SEAL_BYTES) {
        memcpy(out->seal, seal, WIRE_SEAL_BYTES);
    }
}

/* False: the arena is full, or there are too many. */
static bool
figures_get(struct wire_get *g, struct arena *a, size_t *left, struct wire_report *out)
{
    size_t count = wire_get_count(g, 6);
    struct wire_figure *figures;
    const uint8_t *outside;
    size_t i;

    if (count > *left) {
        return false;
    }
    *left -= count;
    figures = arena_room(a, (count + 1) * sizeof *figures);
    if (figures == NULL) {
        return false;
    }
    for (i = 0; i < count && wire_get_enter(g, 6, &outside); i++) {
        figure_get(g, &figures[i]);
        wire_get_leave(g, outside);
    }
    out->figures = figures;
    out->figure_count = count;
    return true;
}

static bool
report_get(struct wire_get *g, struct arena *a, size_t *left, struct wire_report *out)
{
    const uint8_t *outside;

    out->unit = wire_get_text(g, 1);
    out->group = wire_get_text(g, 2);
    out->period = wire_get_text(g, 3);
    out->from = wire_get_text(g, 4);
    out->to = wire_get_text(g, 5);
    if (!figures_get(g, a, left, out)) {
        return false;
    }
    out->reason = wire_get_text(g, 7);
    out->made_at_ms = (int64_t)wire_get_number(g, 8);
    out->source_system = wire_get_text(g, 9);
    out->replaces = wire_get_text(g, 10);
    out->offered = NULL;
    if (wire_get_enter(g, 11, &outside)) {
        struct wire_held *held = arena_take(a, sizeof *held);

        if (held == NULL) {
            return false;
        }
        held_get(g, held);
        out->offered = held;
        wire_get_leave(g, outside);
    }
    return true;
}

static bool
reports_get(struct wire_get *g, struct arena *a, struct unit_request *out)
{
    size_t count = wire_get_count(g, 1);
    size_t left = PLAIN_FIGURES_MAX;
    struct wire_report *reports;
    const uint8_t *outside;
    size_t i;

    if (count > WIRE_REPORTS_MAX) {
        return false;
    }
    reports = arena_room(a, (count + 1) * sizeof *reports);
    if (reports == NULL) {
        return false;
    }
    for (i = 0; i < count && wire_get_enter(g, 1, &outside); i++) {
        if (!report_get(g, a, &left, &reports[i])) {
            return false;
        }
        wire_get_leave(g, outside);
    }
    out->push.reports = reports;
    out->push.count = count;
    return true;
}

bool
unit_request_get(const void *p, size_t bytes, struct arena *a, struct unit_request *out)
{
    struct wire_get g;
    const uint8_t *outside;

    if (bytes > PLAIN_BYTES_MAX || !wire_get_begin(&g, p, bytes, a)) {
        return false;
    }
    memset(out, 0, sizeof *out);
    out->version = wire_get_number32(&g, 1);
    out->request_id = wire_get_number(&g, 2);
    out->province = wire_get_text(&g, 3);
    if (!wire_get_enter(&g, 11, &outside)) {
        return false;
    }
    out->kind = UNIT_REQUEST_PUSH;
    if (!reports_get(&g, a, out)) {
        return false;
    }
    out->push.validate_only = wire_get_bool(&g, 2);
    wire_get_leave(&g, outside);
    return wire_get_done(&g);
}

/*
 * The tiling of a year by the windows at hand; implements window_tiles of calendar.h.
 *
 * Taking the widest window at each step is not enough: it may end where nothing goes
 * on, while narrower ones reach further. So the shortest tiling to each day is kept,
 * day by day from the first, and the furthest day reached is taken: n windows over d
 * days cost n + d steps.
 */
#include "lib/calendar.h"

#include "lib/diag.h"
#include "lib/mem.h"

/* One for each day on which a tile may begin, filled from the first day on. */
struct tile {
    size_t starts; /* 1 + index of a window that begins here, chained in next; 0 none */
    size_t via;    /* the last window of the best tiling that ends the day before */
    size_t steps;  /* its number of windows; 0: none ends there */
};

static bool
window_inside(const struct window *w, int32_t first, int32_t last)
{
    return w->first >= first && w->last <= last;
}

static size_t
days_from(int32_t first, int32_t day)
{
    return (size_t)((int64_t)day - first);
}

/* Days from `first` to behind the last day of any window that may be laid; 0: none. */
static size_t
days_within(const struct window *have, size_t count, int32_t first, int32_t last)
{
    size_t days = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        MUST(have[i].first <= have[i].last);
        if (window_inside(&have[i], first, last) &&
            days_from(first, have[i].last) >= days) {
            days = days_from(first, have[i].last) + 1;
        }
    }
    return days;
}

/*
 * Lay window i behind a tiling of `steps` windows. Of two equally short ones a
 * cumulative window stands before the others; then the later one, whose last tile is
 * narrower and what lies before it therefore wider.
 */
static void
tile_lay(struct tile *end, const struct window *have, size_t i, size_t steps)
{
    if (end->steps == 0 || steps + 1 < end->steps ||
        (steps + 1 == end->steps && have[end->via].kind != PERIOD_CUMULATIVE)) {
        end->via = i;
        end->steps = steps + 1;
    }
}

/* Lays all; returns the furthest place in tiles that a tiling ends before. */
static size_t
tiles_lay(struct tile *tiles, size_t days, const struct window *have,
          const size_t *next, int32_t first)
{
    size_t furthest = 0;
    size_t at;
    size_t i;

    for (at = 0; at <= days; at++) {
        if (at > 0 && tiles[at].steps == 0) {
            continue;
        }
        furthest = at;
        for (i = tiles[at].starts; i != 0; i = next[i - 1]) {
            tile_lay(&tiles[days_from(first, have[i - 1].last) + 1], have, i - 1,
                     tiles[at].steps);
        }
    }
    return furthest;
}

size_t
window_tiles(const struct window *have, size_t count, int32_t first, int32_t last,
             size_t *pick, int32_t *covered_to)
{
    size_t days = days_within(have, count, first, last);
    struct tile *tiles;
    size_t *next;
    size_t picks;
    size_t at;
    size_t i;

    *covered_to = first - 1;
    if (days == 0) {
        return 0;
    }
    tiles = mem_alloc((days + 1) * sizeof *tiles);
    next = mem_alloc(count * sizeof *next);
    for (i = 0; i < count; i++) {
        if (window_inside(&have[i], first, last)) {
            at = days_from(first, have[i].first);
            next[i] = tiles[at].starts;
            tiles[at].starts = i + 1;
        }
    }
    at = tiles_lay(tiles, days, have, next, first);
    picks = tiles[at].steps;
    *covered_to = (int32_t)(first + (int64_t)at - 1);
    for (i = picks; i > 0; i--) {
        pick[i - 1] = tiles[at].via;
        at = days_from(first, have[tiles[at].via].first);
    }
    mem_free(&next);
    mem_free(&tiles);
    return picks;
}

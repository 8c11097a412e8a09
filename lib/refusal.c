#include "lib/refusal.h"

#include <stddef.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/diag.h"
#include "lib/utf8.h"

struct row {
    const char *name;
    bool retry;
    const char *vi;
    const char *en;
};

static const struct row rows[REFUSAL_COUNT] = {
    {"", false, "", ""},
#define REFUSAL(name, code, retry, vi, en) {code, retry, vi, en},
#include "lib/refusal.def"
#undef REFUSAL
};

/* A sentence in the making. */
struct filling {
    const struct refusal_values *values;
    bool vietnamese;
    struct buf *out;
};

static const struct row *
row_of(enum refusal_code code)
{
    MUST((unsigned)code < REFUSAL_COUNT);
    return &rows[code];
}

const char *
refusal_name(enum refusal_code code)
{
    return row_of(code)->name;
}

enum refusal_code
refusal_parse(const char *name)
{
    int code;

    for (code = REFUSAL_NONE + 1; code < REFUSAL_COUNT; code++) {
        if (strcmp(rows[code].name, name) == 0) {
            return (enum refusal_code)code;
        }
    }
    return REFUSAL_NONE;
}

bool
refusal_retry(enum refusal_code code)
{
    return row_of(code)->retry;
}

/* The value that {name} stands for; "" when it was not given. */
static const char *
value_of(const struct refusal_values *values, const char *name, size_t name_bytes)
{
    const struct {
        const char *name;
        const char *value;
    } known[] = {
        {"field", values->field},       {"value", values->value},
        {"expected", values->expected}, {"day", values->day},
        {"until", values->until},       {"unit", values->unit},
    };
    size_t i;

    for (i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strlen(known[i].name) == name_bytes &&
            memcmp(known[i].name, name, name_bytes) == 0) {
            return known[i].value == NULL ? "" : known[i].value;
        }
    }
    diag_panic(__FILE__, __LINE__, "a name in refusal.def that is no value");
}

static bool
is_day(const char *text)
{
    static const char shape[] = "0000-00-00";
    size_t i;

    for (i = 0; i < sizeof shape; i++) {
        if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i]) {
            return false;
        }
    }
    return true;
}

/* Official form: the day has two digits, the month only for 1 and 2 (ND 30/2020). */
static void
add_day_vi(struct buf *out, const char *iso)
{
    bool short_month = iso[5] == '0' && iso[6] > '2';

    buf_add(out, iso + 8, 2);
    buf_char(out, '/');
    buf_add(out, iso + (short_month ? 6 : 5), short_month ? 1 : 2);
    buf_char(out, '/');
    buf_add(out, iso, 4);
}

/* Cut, and nothing that moves a cursor. */
void
refusal_value(struct buf *out, const char *text)
{
    size_t bytes = strlen(text);
    size_t at = 0;
    size_t len;

    while (at < bytes && at < REFUSAL_VALUE_MAX) {
        len = utf8_char_bytes(text + at, bytes - at);
        if (len == 0 || utf8_obeyed(text + at, len)) {
            buf_char(out, '?');
            at += len == 0 ? 1 : len;
        } else {
            buf_add(out, text + at, len);
            at += len;
        }
    }
    if (at < bytes) {
        buf_text(out, "…");
    }
}

/* A period may look like a day, so only what is named as a day is written as one. */
static void
add_value(const struct filling *f, const char *name, size_t name_bytes)
{
    const char *value = value_of(f->values, name, name_bytes);
    bool day = strncmp(name, "day", name_bytes) == 0 ||
               strncmp(name, "until", name_bytes) == 0;

    if (value[0] == '\0') {
        buf_text(f->out, f->vietnamese ? "(không nêu)" : "(not stated)");
    } else if (f->vietnamese && day && is_day(value)) {
        add_day_vi(f->out, value);
    } else {
        refusal_value(f->out, value);
    }
}

/* All that stand between `text` and `end`. */
static bool
values_are_there(const struct filling *f, const char *text, const char *end)
{
    const char *close;

    for (; text < end; text++) {
        if (*text == '{') {
            close = strchr(text, '}');
            MUST(close != NULL && close < end);
            if (value_of(f->values, text + 1, (size_t)(close - text - 1))[0] == '\0') {
                return false;
            }
            text = close;
        }
    }
    return true;
}

static void
fill(const struct filling *f, const char *text)
{
    const char *close;

    for (; *text != '\0'; text++) {
        if (*text == '[') {
            close = strchr(text, ']');
            MUST(close != NULL);
            text = values_are_there(f, text, close) ? text : close;
        } else if (*text == '{') {
            close = strchr(text, '}');
            MUST(close != NULL);
            add_value(f, text + 1, (size_t)(close - text - 1));
            text = close;
        } else if (*text != ']') {
            buf_char(f->out, *text);
        }
    }
}

void
refusal_fill(enum refusal_code code, const struct refusal_values *values,
             struct buf *vi, struct buf *en)
{
    const struct filling in_vietnamese = {values, true, vi};
    const struct filling in_english = {values, false, en};

    if (vi != NULL) {
        fill(&in_vietnamese, row_of(code)->vi);
    }
    if (en != NULL) {
        fill(&in_english, row_of(code)->en);
    }
}

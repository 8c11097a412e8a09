#include "cli/written.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/json.h"

/* "1234.50" */
static void
decimal_text(struct ratio r, int decimals, char out[RATIO_TEXT_BYTES])
{
    char text[RATIO_TEXT_BYTES];
    size_t len = 0;
    size_t i;

    ratio_text(r, decimals, CUT_DOWN, false, text); /* cut before: nothing is lost */
    for (i = 0; text[i] != '\0'; i++) {
        if (text[i] != ',') {
            out[len++] = text[i];
        }
    }
    out[len] = '\0';
}

/* --- JSON --- */

void
json_next(struct buf *out)
{
    char last = out->len > 0 ? out->data[out->len - 1] : '{';

    if (last != '{' && last != '[') {
        buf_char(out, ',');
    }
}

void
json_name(struct buf *out, const char *name)
{
    json_next(out);
    json_write_text(out, name);
    buf_char(out, ':');
}

void
json_text(struct buf *out, const char *name, const char *text)
{
    json_name(out, name);
    if (text == NULL) {
        buf_text(out, "null");
    } else {
        json_write_text(out, text);
    }
}

void
json_int(struct buf *out, const char *name, int64_t number)
{
    json_name(out, name);
    buf_format(out, "%" PRId64, number);
}

void
json_bool(struct buf *out, const char *name, bool truth)
{
    json_name(out, name);
    buf_text(out, truth ? "true" : "false");
}

void
json_day(struct buf *out, const char *name, int32_t day)
{
    char text[DAY_TEXT_BYTES];

    day_text(day, text);
    json_text(out, name, day == DAY_NONE || day == DAY_OPEN ? NULL : text);
}

void
json_decimal(struct buf *out, const char *name, struct ratio r, int decimals)
{
    char text[RATIO_TEXT_BYTES];

    if (r.den == 0) {
        json_text(out, name, NULL);
        return;
    }
    decimal_text(r, decimals, text);
    json_text(out, name, text);
}

void
json_ratio(struct buf *out, const char *name, struct ratio r)
{
    if (r.den == 0) {
        json_text(out, name, NULL);
        return;
    }
    r = ratio_reduced(r);
    json_open(out, name, '{');
    json_int(out, "num", r.num);
    json_int(out, "den", r.den);
    json_close(out, '}');
}

void
json_open(struct buf *out, const char *name, char sign)
{
    json_name(out, name);
    buf_char(out, sign);
}

void
json_close(struct buf *out, char sign)
{
    buf_char(out, sign);
}

/* --- CSV --- */

static void
cell_begin(struct buf *out)
{
    if (out->len > 0 && out->data[out->len - 1] != '\n') {
        buf_char(out, ',');
    }
}

/* "-12", "+3.50": what no spreadsheet takes for more than it is. */
static bool
is_number(const char *text)
{
    size_t digits;
    size_t len = strspn(text, "+-") == 1;

    digits = strspn(text + len, "0123456789");
    len += digits;
    if (digits > 0 && text[len] == '.') {
        digits = strspn(text + len + 1, "0123456789");
        len += 1 + digits;
    }
    return digits > 0 && text[len] == '\0';
}

/* Would a spreadsheet work it out instead of showing it? Some pass over blanks. */
static bool
is_formula(const char *text)
{
    static const char wide[4][4] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                    "\xef\xbc\xa0"}; /* full-width = + - @ */
    size_t i;

    if (text[0] == '\t' || text[0] == '\r' || text[0] == '\n') {
        return true;
    }
    text += strspn(text, " \t\r\n");
    for (i = 0; i < sizeof wide / sizeof *wide; i++) {
        if (strncmp(text, wide[i], 3) == 0) {
            return true;
        }
    }
    return text[0] != '\0' && strchr("=+-@", text[0]) != NULL && !is_number(text);
}

/* An empty first cell cannot be told from none: it is written as "". */
void
csv_cell(struct buf *out, const char *text)
{
    bool first = out->len == 0 || out->data[out->len - 1] == '\n';
    bool formula = is_formula(text);

    cell_begin(out);
    if (strpbrk(text, ",\"\r\n") == NULL && !(first && text[0] == '\0')) {
        buf_text(out, formula ? "'" : "");
        buf_text(out, text);
        return;
    }
    buf_text(out, formula ? "\"'" : "\"");
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            buf_char(out, '"');
        }
        buf_char(out, *text);
    }
    buf_char(out, '"');
}

void
csv_int(struct buf *out, int64_t number)
{
    cell_begin(out);
    buf_format(out, "%" PRId64, number);
}

void
csv_decimal(struct buf *out, struct ratio r, int decimals)
{
    char text[RATIO_TEXT_BYTES] = "";

    if (r.den != 0) {
        decimal_text(r, decimals, text);
    }
    csv_cell(out, text);
}

void
csv_end(struct buf *out)
{
    buf_char(out, '\n');
}

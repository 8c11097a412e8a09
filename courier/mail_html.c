/* The HTML of a mail: paragraphs, and a table for what has rows. */
#include "courier/mail.h"

#include <stdbool.h>
#include <string.h>

#include "lib/mem.h"

static void
html_text(struct buf *out, const char *text)
{
    size_t i;

    for (i = 0; text[i] != '\0'; i++) {
        switch (text[i]) {
        case '&':
            buf_text(out, "&amp;");
            break;
        case '<':
            buf_text(out, "&lt;");
            break;
        case '>':
            buf_text(out, "&gt;");
            break;
        case '"':
            buf_text(out, "&quot;");
            break;
        default: /* a control character is no text, and HTML knows none */
            buf_char(out,
                     (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i]);
            break;
        }
    }
}

void
mail_html_begin(struct buf *out, const char *language, const char *title)
{
    buf_format(out,
               "<!DOCTYPE html>\r\n<html lang=\"%s\">\r\n<head><meta "
               "charset=\"utf-8\"><title>",
               language);
    html_text(out, title);
    buf_text(out, "</title></head>\r\n<body>\r\n");
}

/* ---- the table ---- */

enum column { UNIT, ABOUT, FIGURE, SINCE, CODE, COLUMN_COUNT };

static const char *const heads[COLUMN_COUNT][2] = {
    {"Đơn vị", "Unit"},   {"Nội dung", "About"}, {"Tình hình", "State"},
    {"Từ ngày", "Since"}, {"Mã", "Code"},
};

static const char *
cell(const struct wire_row *r, enum column column, bool vi)
{
    switch (column) {
    case UNIT:
        return vi ? r->unit_vi : r->unit_en;
    case ABOUT:
        return vi ? r->about_vi : r->about_en;
    case FIGURE:
        return vi ? r->figure_vi : r->figure_en;
    case SINCE:
        return vi ? r->since_vi : r->since_en;
    case CODE:
    case COLUMN_COUNT:
        break;
    }
    return r->code;
}

static bool
column_shown(const struct wire_alert *a, enum column column, bool vi)
{
    size_t i;

    for (i = 0; i < a->row_count; i++) {
        const char *text = cell(&a->rows[i], column, vi);

        if (text != NULL && text[0] != '\0') {
            return true;
        }
    }
    return false;
}

static void
table_line(struct buf *out, const struct wire_alert *a, const struct wire_row *r,
           bool vi)
{
    int k;

    buf_text(out, "<tr>");
    for (k = 0; k < COLUMN_COUNT; k++) {
        const char *text =
            r == NULL ? heads[k][vi ? 0 : 1] : cell(r, (enum column)k, vi);
        char *line;

        if (!column_shown(a, (enum column)k, vi)) {
            continue;
        }
        line = mail_line(text == NULL ? "" : text);
        buf_text(out, r == NULL ? "<th align=\"left\">" : "<td valign=\"top\">");
        html_text(out, line);
        buf_text(out, r == NULL ? "</th>" : "</td>");
        mem_free(&line);
    }
    buf_text(out, "</tr>\r\n");
}

static void
table(struct buf *out, const struct wire_alert *a, bool vi)
{
    size_t i;

    buf_text(out, "<table border=\"1\" cellspacing=\"0\" cellpadding=\"4\">\r\n");
    table_line(out, a, NULL, vi);
    for (i = 0; i < a->row_count; i++) {
        table_line(out, a, &a->rows[i], vi);
    }
    buf_text(out, "</table>\r\n");
}

/* ---- the table of a text as it stands ---- */

/* A progress report has seven counts in a row and the wire one figure: its text lines
 * them up already. */
static bool
is_lined_up(const struct wire_alert *a)
{
    return a->kind != NULL && strcmp(a->kind, "progress") == 0;
}

/* The lines of a table from here on; returns what is behind them. */
static const char *
lines_as_they_are(struct buf *out, const char *text)
{
    buf_text(out, "<pre>");
    while (strncmp(text, "  ", 2) == 0) {
        size_t len = strcspn(text, "\r\n");
        char *line = mem_copy(text, len);

        html_text(out, line);
        buf_text(out, "\r\n");
        mem_free(&line);
        text += len;
        text += strspn(text, "\r\n");
    }
    buf_text(out, "</pre>\r\n");
    return text;
}

/* ---- a part ---- */

/* In a text the lines of a table are indented, and nothing else is. */
static bool
line_is_row(const struct wire_alert *a, const char *line)
{
    return a->row_count > 0 && strncmp(line, "  ", 2) == 0;
}

void
mail_html(struct buf *out, const char *language, const char *subject, const char *text,
          const struct wire_alert *a)
{
    bool vi = strcmp(language, "vi") == 0;
    bool shown = a->row_count == 0 || is_lined_up(a);

    buf_format(out, "<div lang=\"%s\">\r\n<h3>", language);
    html_text(out, subject);
    buf_text(out, "</h3>\r\n");
    while (text[0] != '\0') {
        size_t len = strcspn(text, "\r\n");
        char *line;

        if (is_lined_up(a) && line_is_row(a, text)) {
            text = lines_as_they_are(out, text);
            continue;
        }
        line = mem_copy(text, len);
        if (line_is_row(a, line)) {
            if (!shown) {
                table(out, a, vi);
            }
            shown = true;
        } else if (len > 0) {
            buf_text(out, "<p>");
            html_text(out, line);
            buf_text(out, "</p>\r\n");
        }
        mem_free(&line);
        text += len;
        text += strspn(text, "\r\n");
    }
    if (!shown) {
        table(out, a, vi);
    }
    buf_text(out, "</div>\r\n");
}

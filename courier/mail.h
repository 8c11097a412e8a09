/*
 * mail - an alert as a mail: header lines and the two bodies, text and HTML, in the
 * office's language first and the other behind it. Pure.
 *
 * The Message-ID is made of the message's id and the office alone, so that a mail that
 * goes out a second time can be recognised; all of an alert refer to its first one, so
 * that a mail program shows one alert as one thread.
 * Source: RFC 5322 (headers, dates), RFC 2047 (words that are not ASCII), RFC 3834
 * (Auto-Submitted).
 */
#ifndef DONDOC_COURIER_MAIL_H
#define DONDOC_COURIER_MAIL_H

#include <stddef.h>
#include <stdint.h>

#include "courier/settings.h"
#include "lib/buf.h"
#include "lib/wire.h"

#define MAIL_HEADERS_MAX 12

struct mail {
    struct buf headers[MAIL_HEADERS_MAX]; /* "Name: value", folded, no line end */
    size_t header_count;
    struct buf text; /* lines end in CRLF, as those of html */
    struct buf html;
};

/* Whom it is for. */
struct mail_to {
    const char *leader;
    const char *title; /* in the office's language */
    const char *language;
    const char *const *addresses;
    size_t count;
};

/* a: at_ms 0 gets the date now_ms. All borrowed. */
void mail_make(struct mail *m, const struct wire_alert *a, const struct mail_to *to,
               const struct smtp *smtp, int64_t now_ms);
void mail_fini(struct mail *m);

/* mail_html.c. Nothing of a text, a subject or a row is taken for markup. */
void mail_html_begin(struct buf *out, const char *language, const char *title);
/*
 * One language's part: the subject as a heading, each line of the text a paragraph, and
 * a's rows as a table, without the columns that are empty in all of them. It takes the
 * place of the same table in the text, whose lines are indented by two spaces or more.
 */
void mail_html(struct buf *out, const char *language, const char *subject,
               const char *text, const struct wire_alert *a);
/* One line of text in normal form, without control characters; mem_free it. */
char *mail_line(const char *text);

/* The pieces, for tests. */
/* A text as words of a header that has `used` columns already: plain ASCII as it is,
 * all else as base64 words of at most 75 columns, cut between characters. */
void mail_words(struct buf *out, size_t used, const char *text);
/* "Fri, 06 Oct 2023 09:00:00 +0700" */
void mail_date(struct buf *out, int64_t at_ms);
/* "<QNG-2023-7c-21040.2.head-21040@tinh.example>" */
void mail_message_id(struct buf *out, const char *code, const char *number,
                     const char *leader, const char *from);

#endif

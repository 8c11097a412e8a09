#include "courier/mail.h"

#include <stdbool.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "lib/utf8.h"

#define HEADER_BYTES_MAX 65536
#define BODY_BYTES_MAX (1u << 20)
#define LINE_COLUMNS 76
#define WORD_BYTES 45 /* of text in one encoded word: 60 of base64, 72 in all */
#define ZONE_MS (INT64_C(7) * 3600 * 1000)
#define SIMULATED_VI "[MÔ PHỎNG] "
#define SIMULATED_EN "[SIMULATED] "

static const char base64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* --- headers --- */

static void
base64_add(struct buf *out, const char *text, size_t bytes)
{
    size_t i;

    for (i = 0; i < bytes; i += 3) {
        unsigned a = (unsigned char)text[i];
        unsigned b = i + 1 < bytes ? (unsigned char)text[i + 1] : 0;
        unsigned c = i + 2 < bytes ? (unsigned char)text[i + 2] : 0;

        buf_char(out, base64[a >> 2]);
        buf_char(out, base64[(a & 3) << 4 | b >> 4]);
        buf_char(out, i + 1 < bytes ? base64[(b & 15) << 2 | c >> 6] : '=');
        buf_char(out, i + 2 < bytes ? base64[c & 63] : '=');
    }
}

/* May stand in a header as it is, also before an address. */
static bool
text_plain(const char *text)
{
    size_t i;

    for (i = 0; text[i] != '\0'; i++) {
        if (text[i] < ' ' || text[i] > '~' ||
            strchr("()<>[]:;@\\,\"=?", text[i]) != NULL) {
            return false;
        }
    }
    return true;
}

void
mail_words(struct buf *out, size_t used, const char *text)
{
    size_t left = strlen(text);

    if (text_plain(text) && used + left <= LINE_COLUMNS) {
        buf_text(out, text);
        return;
    }
    while (left > 0) {
        size_t take = 0;

        while (take < left) {
            size_t one = utf8_char_bytes(text + take, left - take);

            one = one == 0 ? 1 : one;
            if (take > 0 && (take + one > WORD_BYTES ||
                             used + 12 + (take + one + 2) / 3 * 4 > LINE_COLUMNS)) {
                break;
            }
            take += one;
        }
        buf_text(out, "=?UTF-8?B?");
        base64_add(out, text, take);
        buf_text(out, "?=");
        text += take;
        left -= take;
        if (left > 0) {
            buf_text(out, "\r\n ");
        }
        used = 1;
    }
}

void
mail_date(struct buf *out, int64_t at_ms)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int of_day = (int)((at_ms + ZONE_MS) / 1000 % 86400);
    int32_t day = instant_day((struct instant){at_ms});
    int year;
    int month;
    int mday;

    day_to_civil(day, &year, &month, &mday);
    buf_format(out, "%s, %02d %s %04d %02d:%02d:%02d +0700", days[day_weekday(day)],
               mday, months[month - 1], year, of_day / 3600, of_day / 60 % 60,
               of_day % 60);
}

/* Part of a dot-atom: letters and digits; other bytes as =XX, so two never meet. A dot
 * stays between two of the others. */
static void
atom_add(struct buf *out, const char *text)
{
    unsigned char before = '.';

    for (; text[0] != '\0'; text++) {
        unsigned char c = (unsigned char)text[0];
        bool dot = c == '.' && before != '.' && text[1] != '\0';

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
            (c >= 'a' && c <= 'z') || c == '-' || c == '_' || dot) {
            buf_char(out, (char)c);
        } else {
            buf_format(out, "=%02X", c);
        }
        before = c;
    }
}

void
mail_message_id(struct buf *out, const char *code, const char *number,
                const char *leader, const char *from)
{
    const char *at = strchr(from, '@');

    buf_char(out, '<');
    atom_add(out, code);
    buf_char(out, '.');
    atom_add(out, number);
    buf_char(out, '.');
    atom_add(out, leader);
    buf_text(out, at == NULL ? "@localhost" : at);
    buf_char(out, '>');
}

static struct buf *
header_begin(struct mail *m, const char *name)
{
    struct buf *b = &m->headers[m->header_count++];

    buf_init(b, HEADER_BYTES_MAX);
    buf_format(b, "%s: ", name);
    return b;
}

char *
mail_line(const char *text)
{
    char *line = text_nfc(text);
    size_t i;

    for (i = 0; line[i] != '\0'; i++) {
        if ((unsigned char)line[i] < ' ') {
            line[i] = ' ';
        }
    }
    return line;
}

static void
header_words(struct buf *b, const char *text)
{
    char *line = mail_line(text);

    mail_words(b, b->len, line);
    mem_free(&line);
}

static void
header_to(struct mail *m, const struct mail_to *to)
{
    struct buf *b = header_begin(m, "To");
    size_t i;

    for (i = 0; i < to->count; i++) {
        if (i > 0) {
            buf_text(b, ",\r\n ");
        }
        if (to->title[0] != '\0') {
            char *line = mail_line(to->title);

            mail_words(b, i == 0 ? strlen("To: ") : 1, line);
            mem_free(&line);
            buf_text(b, "\r\n ");
        }
        buf_format(b, "<%s>", to->addresses[i]);
    }
}

static void
header_thread(struct mail *m, const struct wire_alert *a, const char *number,
              const struct mail_to *to, const struct smtp *smtp)
{
    mail_message_id(header_begin(m, "Message-ID"), a->code, number, to->leader,
                    smtp->from);
    if (strcmp(number, "1") != 0) {
        mail_message_id(header_begin(m, "In-Reply-To"), a->code, "1", to->leader,
                        smtp->from);
        mail_message_id(header_begin(m, "References"), a->code, "1", to->leader,
                        smtp->from);
    }
}

/* --- bodies --- */

static void
text_part(struct buf *out, const char *text)
{
    size_t i;

    for (i = 0; text[i] != '\0'; i++) {
        if (text[i] == '\n') {
            buf_text(out, "\r\n");
        } else if (text[i] != '\r') {
            buf_char(out, text[i]);
        }
    }
    if (i > 0 && text[i - 1] != '\n') {
        buf_text(out, "\r\n");
    }
}

/* One language's words in normal form; a simulation says so in its first line. */
struct words {
    const char *language;
    char *subject;
    char *text;
};

static void
words_make(struct words *w, const char *language, const struct wire_alert *a)
{
    bool vi = strcmp(language, "vi") == 0;
    const char *mark = vi ? SIMULATED_VI : SIMULATED_EN;
    const char *given = vi ? a->subject_vi : a->subject_en;
    struct buf subject;

    buf_init(&subject, HEADER_BYTES_MAX);
    if (a->simulated && strncmp(given, mark, strlen(mark)) != 0) {
        buf_text(&subject, mark);
    }
    buf_text(&subject, given);
    w->language = language;
    w->subject = mail_line(buf_str(&subject));
    w->text = text_nfc(vi ? a->text_vi : a->text_en);
    buf_fini(&subject);
}

static void
bodies_make(struct mail *m, const struct wire_alert *a, const struct words *first,
            const struct words *second)
{
    buf_init(&m->text, BODY_BYTES_MAX);
    text_part(&m->text, first->subject);
    buf_text(&m->text, "\r\n");
    text_part(&m->text, first->text);
    buf_text(&m->text, "\r\n----------\r\n\r\n");
    text_part(&m->text, second->subject);
    buf_text(&m->text, "\r\n");
    text_part(&m->text, second->text);

    buf_init(&m->html, BODY_BYTES_MAX);
    mail_html_begin(&m->html, first->language, first->subject);
    mail_html(&m->html, first->language, first->subject, first->text, a);
    buf_text(&m->html, "<hr>\r\n");
    mail_html(&m->html, second->language, second->subject, second->text, a);
    buf_text(&m->html, "</body>\r\n</html>\r\n");
}

void
mail_make(struct mail *m, const struct wire_alert *a, const struct mail_to *to,
          const struct smtp *smtp, int64_t now_ms)
{
    bool vi = strcmp(to->language, "en") != 0;
    const char *slash = strrchr(a->id, '/');
    struct words first;
    struct words second;
    struct buf *b;

    memset(m, 0, sizeof *m);
    words_make(&first, vi ? "vi" : "en", a);
    words_make(&second, vi ? "en" : "vi", a);
    b = header_begin(m, "From");
    header_words(b, smtp->from_name);
    buf_format(b, "\r\n <%s>", smtp->from);
    header_to(m, to);
    b = header_begin(m, "Subject");
    mail_words(b, b->len, first.subject);
    mail_date(header_begin(m, "Date"), a->at_ms > 0 ? a->at_ms : now_ms);
    header_thread(m, a, slash == NULL ? "0" : slash + 1, to, smtp);
    buf_text(header_begin(m, "MIME-Version"), "1.0");
    buf_text(header_begin(m, "Auto-Submitted"), "auto-generated");
    atom_add(header_begin(m, "X-Dondoc-Alert"), a->code);
    bodies_make(m, a, &first, &second);
    mem_free(&first.subject);
    mem_free(&first.text);
    mem_free(&second.subject);
    mem_free(&second.text);
}

void
mail_fini(struct mail *m)
{
    while (m->header_count > 0) {
        buf_fini(&m->headers[--m->header_count]);
    }
    buf_fini(&m->text);
    buf_fini(&m->html);
}

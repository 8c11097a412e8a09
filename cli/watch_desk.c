#include "cli/watch_desk.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/language.h"
#include "lib/instant.h"
#include "lib/mem.h"

#define COLUMNS_USUAL 80
#define COLUMNS_MIN 20
#define KEPT 200u /* messages that can be asked about */
#define AGAIN 20u /* of these, how many `l` shows */
#define TYPED_BYTES 4096
#define PAGE_BYTES (256u * 1024u)

struct kept {
    size_t number; /* 0: empty */
    struct wire_alert alert;
    struct arena *arena; /* its texts */
};

enum asking { ASKING_COMMAND, ASKING_NOTE, ASKING_UNTIL };

struct desk {
    bool details;
    bool keys;
    bool clears; /* a line, when it is told to */
    bool colour;
    bool ready; /* what waited is shown */
    size_t count;
    struct kept kept[KEPT]; /* a ring: number n lies at n % KEPT */
    enum asking asking;
    struct desk_wish wish;
    char typed[TYPED_BYTES];
    size_t typed_bytes;
    struct buf page;
};

static bool
terminal_obeys(void)
{
    const char *term = getenv("TERM");

    return term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

static bool
colour_wanted(void)
{
    const char *none = getenv("NO_COLOR");

    return none == NULL || none[0] == '\0';
}

struct desk *
desk_new(bool details, bool keys)
{
    struct desk *d;

    if (isatty(STDOUT_FILENO) == 0) {
        return NULL;
    }
    d = mem_alloc(sizeof *d);
    d->details = details;
    d->keys = keys && isatty(STDIN_FILENO) != 0;
    d->clears = terminal_obeys();
    d->colour = d->clears && colour_wanted();
    buf_init(&d->page, PAGE_BYTES);
    return d;
}

void
desk_free(struct desk **d)
{
    size_t i;

    if (*d == NULL) {
        return;
    }
    for (i = 0; i < KEPT; i++) {
        arena_free(&(*d)->kept[i].arena);
    }
    buf_fini(&(*d)->page);
    mem_free(d);
}

/* Asked each time: a window is made wider and narrower. */
static struct watch_look
look_now(const struct desk *d)
{
    struct watch_look k = {COLUMNS_USUAL, d->colour, instant_now().ms};
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        k.columns = size.ws_col < COLUMNS_MIN ? COLUMNS_MIN : size.ws_col;
    }
    return k;
}

/* --- showing --- */

/* What is half typed is not lost: the terminal has it, Ctrl-R shows it again. */
static void
line_begin(const struct desk *d)
{
    if (d->keys && d->ready) {
        (void)fputs(d->clears ? "\r\033[K" : "\n", stdout);
    }
}

static void
page_out(struct desk *d)
{
    (void)fputs(buf_str(&d->page),
                stdout); /* ferror is asked before anything is told */
    buf_clear(&d->page);
}

static void
prompt(const struct desk *d)
{
    if (!d->keys || !d->ready) {
        return;
    }
    if (d->asking == ASKING_NOTE) {
        (void)printf(words("Ghi chú cho %s (sẽ làm gì, do ai làm; để trống: thôi): ",
                           "Note for %s (what will be done, by whom; empty: leave "
                           "it): "),
                     d->wish.code);
    } else if (d->asking == ASKING_UNTIL) {
        (void)fputs(words("Làm xong trước ngày (31/10/2026; để trống nếu chưa định): ",
                          "Done by which day (31/10/2026; empty: not decided): "),
                    stdout);
    } else {
        (void)fputs("> ", stdout);
    }
    (void)fflush(stdout); /* the next flush says whether it went well */
}

static struct kept *
keep(struct desk *d, const struct wire_alert *a)
{
    struct kept *k = &d->kept[++d->count % KEPT];

    if (k->arena == NULL) {
        k->arena = arena_new(WIRE_ARENA_BYTES);
    }
    arena_reset(k->arena);
    k->number = d->count;
    watch_keep(a, k->arena, &k->alert);
    return k;
}

static void
details_show(struct desk *d, const struct kept *k)
{
    struct watch_look look = look_now(d);

    watch_details(words(k->alert.subject_vi, k->alert.subject_en),
                  words(k->alert.text_vi, k->alert.text_en), &look, &d->page);
    watch_rows(&k->alert, &look, &d->page);
    page_out(d);
}

void
desk_alert(struct desk *d, const struct wire_alert *a)
{
    struct watch_look look = look_now(d);
    const struct kept *k = keep(d, a);

    line_begin(d);
    watch_line(&k->alert, k->number, &look, &d->page);
    page_out(d);
    if (d->details) {
        details_show(d, k);
    }
    prompt(d);
}

void
desk_hidden(struct desk *d, const struct wire_alert *a)
{
    line_begin(d);
    (void)printf(words("(ngoài bộ lọc: %s)\n", "(outside the filter: %s)\n"), a->id);
    prompt(d);
}

void
desk_ready(struct desk *d)
{
    if (d->ready) {
        return;
    }
    d->ready = true;
    if (!d->keys) {
        return;
    }
    (void)printf(words("— Đã hiện %zu thông báo đang chờ; đang đợi thông báo mới. Gõ ? "
                       "để xem các lệnh. —\n",
                       "— %zu messages were waiting; new ones come as they are made. "
                       "Type ? for the commands. —\n"),
                 d->count);
    prompt(d);
}

void
desk_ask_again(struct desk *d)
{
    prompt(d);
}

/* --- what was typed --- */

static const struct kept *
kept_find(const struct desk *d, const char *text)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    const struct kept *k = &d->kept[number % KEPT];

    if (end == text || *end != '\0' || number == 0 || k->number != number) {
        (void)printf(words("Không có thông báo số “%s” trong %u thông báo gần nhất.\n",
                           "There is no message “%s” among the last %u.\n"),
                     text, KEPT);
        return NULL;
    }
    return k;
}

static void
again_show(struct desk *d)
{
    struct watch_look look = look_now(d);
    size_t n = d->count > AGAIN ? d->count - AGAIN + 1 : 1;

    for (; n <= d->count; n++) {
        watch_line(&d->kept[n % KEPT].alert, n, &look, &d->page);
    }
    page_out(d);
}

static void
help_show(void)
{
    (void)fputs(
        words("  3     xem toàn văn thông báo số 3\n"
              "  n 3   nhận xử lý cảnh báo của thông báo số 3\n"
              "  n MÃ  nhận xử lý cảnh báo có mã này, ví dụ trong bản tổng hợp\n"
              "  l     hiện lại các thông báo gần nhất\n"
              "  q     kết thúc (Ctrl-R: hiện lại phần đang gõ)\n",
              "  3     the whole text of message 3\n"
              "  a 3   acknowledge the alert of message 3\n"
              "  a CODE  acknowledge an alert by its code, of a digest say\n"
              "  l     the latest messages again\n"
              "  q     end (Ctrl-R: what is half typed, again)\n"),
        stdout);
}

/* Message 3, or a code as it stands in a line of a digest. */
static void
wish_begin(struct desk *d, const char *text)
{
    const struct kept *k;
    const char *code = text;

    if (strchr(text, '-') == NULL) {
        k = kept_find(d, text);
        if (k == NULL) {
            return;
        }
        if (watch_is_list(k->alert.kind)) {
            (void)puts(
                words("Thông báo này là một danh sách; đề nghị gõ n và mã của một "
                      "mục trong đó.",
                      "This message is a list; please type a and the code of one "
                      "of its lines."));
            return;
        }
        code = k->alert.code;
    }
    (void)snprintf(d->wish.code, sizeof d->wish.code, "%.*s", (int)strcspn(code, "/"),
                   code);
    d->asking = ASKING_NOTE;
}

static enum desk_order
command_take(struct desk *d, char *line)
{
    const struct kept *k;

    if (strcmp(line, "q") == 0) {
        return DESK_QUIT;
    }
    if (strcmp(line, "l") == 0) {
        again_show(d);
    } else if ((line[0] == 'n' || line[0] == 'a') && line[1] == ' ') {
        wish_begin(d, line + 1 + strspn(line + 1, " "));
    } else if (line[0] >= '0' && line[0] <= '9') {
        k = kept_find(d, line);
        if (k != NULL) {
            details_show(d, k);
        }
    } else if (line[0] != '\0') {
        help_show();
    }
    return DESK_NOTHING;
}

static enum desk_order
line_take(struct desk *d, char *line, struct desk_wish *wish)
{
    enum desk_order order = DESK_NOTHING;

    switch (d->asking) {
    case ASKING_COMMAND:
        order = command_take(d, line);
        break;
    case ASKING_NOTE:
        if (strlen(line) >= sizeof d->wish.note) {
            (void)printf(words("Ghi chú quá dài (nhiều nhất %zu byte).\n",
                               "The note is too long (at most %zu bytes).\n"),
                         sizeof d->wish.note - 1);
            break;
        }
        memcpy(d->wish.note, line, strlen(line) + 1);
        d->asking = line[0] == '\0' ? ASKING_COMMAND : ASKING_UNTIL;
        break;
    case ASKING_UNTIL:
        if (watch_day(line, d->wish.until)) {
            d->asking = ASKING_COMMAND;
            *wish = d->wish;
            return DESK_ACKNOWLEDGE; /* the answer brings the prompt back */
        }
        break;
    }
    if (order == DESK_NOTHING) {
        prompt(d);
    }
    return order;
}

/* A line that is too long for us ends where our room does. */
static bool
line_cut(struct desk *d, char line[TYPED_BYTES])
{
    char *end = memchr(d->typed, '\n', d->typed_bytes);
    size_t bytes;

    if (end == NULL && d->typed_bytes < sizeof d->typed) {
        return false;
    }
    bytes = end == NULL ? d->typed_bytes : (size_t)(end - d->typed) + 1;
    memcpy(line, d->typed, bytes);
    line[bytes - 1] = '\0';
    memmove(d->typed, d->typed + bytes, d->typed_bytes - bytes);
    d->typed_bytes -= bytes;
    while (line[0] != '\0' && strchr(" \t\r", line[strlen(line) - 1]) != NULL) {
        line[strlen(line) - 1] = '\0';
    }
    return true;
}

enum desk_order
desk_input(struct desk *d, struct desk_wish *wish)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    char line[TYPED_BYTES];
    ssize_t got;

    if (!d->keys) {
        return DESK_NOTHING;
    }
    /* In the background the keyboard is another's: reading would stop us. */
    if (tcgetpgrp(STDIN_FILENO) == getpgrp() && poll(&in, 1, 0) == 1) {
        got = read(STDIN_FILENO, d->typed + d->typed_bytes,
                   sizeof d->typed - d->typed_bytes);
        if (got == 0) {
            return DESK_QUIT; /* Ctrl-D, or the terminal is gone */
        }
        d->typed_bytes += got > 0 ? (size_t)got : 0;
    }
    return line_cut(d, line) ? line_take(d, line, wish) : DESK_NOTHING;
}

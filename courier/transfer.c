#include "courier/transfer_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <curl/curl.h>

#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/mem.h"
#include "lib/version.h"

#define EVENTS_A_TURN 64
#define CONNECTIONS_KEPT 16L
#define ADDRESS_BYTES 300
#define HEADER_BYTES 512
#define ANSWER_BYTES_MAX 65536u /* of a webhook; nobody reads it */
#define EX_OSERR 71

struct transfers {
    CURLM *multi;
    int epoll;
    bool timer; /* libcurl wants to be called at `due` */
    struct mono due;
    struct transfer *first; /* those under way */
};

struct transfer {
    struct transfers *all;
    struct transfer *next;
    CURL *easy;
    bool is_mail;
    transfer_done *done;
    void *context;
    struct curl_slist *headers;
    struct curl_slist *recipients;
    curl_mime *mime;
    struct dialogue dialogue;
    size_t answer_bytes;
};

/* --- the loop's side --- */

static void
must(CURLMcode code)
{
    if (code != CURLM_OK) {
        diag_fatal(EX_OSERR, "libcurl", "why=\"%s\"", curl_multi_strerror(code));
    }
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    struct transfers *t = context;
    struct epoll_event e = {.data.fd = fd};

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(t->epoll, EPOLL_CTL_DEL, fd, NULL); /* closed: gone already */
        (void)curl_multi_assign(t->multi, fd, NULL);        /* it is the one in hand */
        return 0;
    }
    e.events =
        (what != CURL_POLL_OUT ? EPOLLIN : 0u) | (what != CURL_POLL_IN ? EPOLLOUT : 0u);
    if (epoll_ctl(t->epoll, known == NULL ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &e) !=
            0 &&
        epoll_ctl(t->epoll, errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e) !=
            0) {
        return -1;
    }
    (void)curl_multi_assign(t->multi, fd, t); /* it is the one in hand */
    return 0;
}

static int
on_timer(CURLM *multi, long ms, void *context)
{
    struct transfers *t = context;

    (void)multi;
    t->timer = ms >= 0;
    t->due.us = mono_now().us + (int64_t)ms * 1000;
    return 0;
}

struct transfers *
transfers_new(void)
{
    struct transfers *t = mem_alloc(sizeof *t);

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        diag_fatal(EX_OSERR, "libcurl", "why=\"cannot be started\"");
    }
    t->multi = curl_multi_init();
    t->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (t->multi == NULL || t->epoll < 0) {
        diag_fatal(EX_OSERR, "libcurl", "why=\"no memory, or no descriptor\"");
    }
    must(curl_multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, on_socket));
    must(curl_multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t));
    must(curl_multi_setopt(t->multi, CURLMOPT_TIMERFUNCTION, on_timer));
    must(curl_multi_setopt(t->multi, CURLMOPT_TIMERDATA, t));
    must(curl_multi_setopt(t->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT));
    return t;
}

int
transfers_fd(const struct transfers *t)
{
    return t->epoll;
}

int
transfers_wait_ms(const struct transfers *t)
{
    int64_t us = t->due.us - mono_now().us;

    if (!t->timer) {
        return -1;
    }
    return us <= 0 ? 0 : (int)((us + 999) / 1000);
}

static void
transfer_free(struct transfer *x)
{
    struct transfer **at = &x->all->first;

    while (*at != x) {
        at = &(*at)->next;
    }
    *at = x->next;
    (void)curl_multi_remove_handle(x->all->multi, x->easy); /* it is in there */
    curl_easy_cleanup(x->easy);
    curl_mime_free(x->mime);
    curl_slist_free_all(x->headers);
    curl_slist_free_all(x->recipients);
    mem_free(&x);
}

static void
transfer_end(struct transfer *x, CURLcode code)
{
    const char *error = code == CURLE_OK ? NULL : curl_easy_strerror(code);
    transfer_done *done = x->done;
    void *context = x->context;
    struct handover result;
    long status = 0;

    if (x->is_mail) {
        mail_judge(&x->dialogue, error, &result);
    } else {
        (void)curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status); /* or 0 */
        /* All that counts of an answer is its status; the rest may fail. */
        post_judge(status, status >= 200 && code == CURLE_WRITE_ERROR ? NULL : error,
                   &result);
    }
    transfer_free(x);
    done(context, &result);
}

void
transfers_turn(struct transfers *t)
{
    struct epoll_event events[EVENTS_A_TURN];
    int count = epoll_wait(t->epoll, events, EVENTS_A_TURN, 0);
    CURLMsg *message;
    int running;
    int left;

    for (int i = 0; i < count; i++) {
        int what =
            ((events[i].events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
            ((events[i].events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
            ((events[i].events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);

        must(curl_multi_socket_action(t->multi, events[i].data.fd, what, &running));
    }
    if (t->timer && transfers_wait_ms(t) == 0) {
        t->timer = false;
        must(curl_multi_socket_action(t->multi, CURL_SOCKET_TIMEOUT, 0, &running));
    }
    while ((message = curl_multi_info_read(t->multi, &left)) != NULL) {
        struct transfer *x = NULL;
        CURLcode code = message->data.result;

        MUST(message->msg == CURLMSG_DONE);
        MUST(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &x) == CURLE_OK);
        transfer_end(x, code);
    }
}

void
transfer_cancel(struct transfer **x)
{
    if (*x != NULL) {
        transfer_free(*x);
        *x = NULL;
    }
}

void
transfers_free(struct transfers **t)
{
    if (*t == NULL) {
        return;
    }
    while ((*t)->first != NULL) {
        transfer_free((*t)->first);
    }
    must(curl_multi_cleanup((*t)->multi));
    (void)close((*t)->epoll);
    curl_global_cleanup();
    mem_free(t);
}

/* --- one transfer --- */

/* Out of memory, or an option that this libcurl does not have: both end us. */
#define SET(x, option, value)                                                          \
    MUST(curl_easy_setopt((x)->easy, CURLOPT_##option, value) == CURLE_OK)

static int
on_debug(CURL *easy, curl_infotype type, char *data, size_t bytes, void *context)
{
    struct transfer *x = context;

    (void)easy;
    if (type == CURLINFO_HEADER_OUT) {
        dialogue_said(&x->dialogue, data, bytes);
    } else if (type == CURLINFO_HEADER_IN) {
        dialogue_heard(&x->dialogue, data, bytes);
    }
    return 0;
}

static size_t
on_answer(char *data, size_t one, size_t count, void *context)
{
    struct transfer *x = context;

    (void)data;
    x->answer_bytes += one * count;
    return x->answer_bytes > ANSWER_BYTES_MAX ? 0 : one * count;
}

static struct transfer *
transfer_new(struct transfers *t, int64_t timeout_ms, const char *ca_file,
             transfer_done *done, void *context)
{
    struct transfer *x = mem_alloc(sizeof *x);

    x->all = t;
    x->done = done;
    x->context = context;
    x->easy = curl_easy_init();
    MUST(x->easy != NULL);
    SET(x, PRIVATE, x);
    SET(x, NOSIGNAL, 1L);
    SET(x, QUICK_EXIT, 1L); /* a resolver that stalls holds back nobody else */
    SET(x, PROXY, "");      /* what the environment says is not for a service */
    SET(x, TIMEOUT_MS, (long)timeout_ms);
    SET(x, CONNECTTIMEOUT_MS, (long)timeout_ms);
    SET(x, WRITEFUNCTION, on_answer);
    SET(x, WRITEDATA, x);
    if (ca_file[0] != '\0') {
        SET(x, CAINFO, ca_file);
    }
    return x;
}

static struct transfer *
transfer_begin(struct transfer *x)
{
    x->next = x->all->first;
    x->all->first = x;
    must(curl_multi_add_handle(x->all->multi, x->easy));
    return x;
}

static void
list_add(struct curl_slist **list, const char *text)
{
    struct curl_slist *longer = curl_slist_append(*list, text);

    MUST(longer != NULL);
    *list = longer;
}

static void
part_add(curl_mime *alternatives, const struct buf *body, const char *type)
{
    curl_mimepart *part = curl_mime_addpart(alternatives);

    MUST(part != NULL && curl_mime_data(part, buf_str(body), body->len) == CURLE_OK &&
         curl_mime_type(part, type) == CURLE_OK &&
         curl_mime_encoder(part, "quoted-printable") == CURLE_OK);
}

static void
mail_addresses(struct transfer *x, const struct smtp *smtp, const struct office *office)
{
    char address[ADDRESS_BYTES];
    size_t i;

    (void)snprintf(address, sizeof address, "<%s>", smtp->from);
    SET(x, MAIL_FROM, address);
    for (i = 0; i < office->mail_count; i++) {
        (void)snprintf(address, sizeof address, "<%s>", office->mail[i]);
        list_add(&x->recipients, address);
    }
    SET(x, MAIL_RCPT, x->recipients);
    /* One address that is gone must not keep the others from hearing. */
    SET(x, MAIL_RCPT_ALLLOWFAILS, 1L);
}

static void
mail_server(struct transfer *x, const struct smtp *smtp)
{
    char url[ADDRESS_BYTES];

    (void)snprintf(url, sizeof url, "smtp://%s:%lld", smtp->host,
                   (long long)smtp->port);
    SET(x, URL, url);
    SET(x, PROTOCOLS_STR, "smtp");
    SET(x, USE_SSL, smtp->starttls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    if (smtp->user[0] != '\0') {
        SET(x, USERNAME, smtp->user);
        SET(x, PASSWORD, smtp->password);
    }
}

struct transfer *
transfer_mail(struct transfers *t, const struct smtp *smtp, const struct office *office,
              const struct mail *mail, int64_t timeout_ms, transfer_done *done,
              void *context)
{
    struct transfer *x = transfer_new(t, timeout_ms, smtp->ca_file, done, context);
    size_t i;

    x->is_mail = true;
    mail_server(x, smtp);
    mail_addresses(x, smtp, office);
    for (i = 0; i < mail->header_count; i++) {
        list_add(&x->headers, buf_str(&mail->headers[i]));
    }
    /* libcurl adds the boundary, and MIME-Version. */
    list_add(&x->headers, "Content-Type: multipart/alternative");
    SET(x, HTTPHEADER, x->headers);
    x->mime = curl_mime_init(x->easy);
    MUST(x->mime != NULL);
    part_add(x->mime, &mail->text, "text/plain; charset=utf-8");
    part_add(x->mime, &mail->html, "text/html; charset=utf-8");
    SET(x, MIMEPOST, x->mime);
    SET(x, DEBUGFUNCTION, on_debug);
    SET(x, DEBUGDATA, x);
    SET(x, VERBOSE, 1L); /* into on_debug, and nowhere else */
    return transfer_begin(x);
}

struct transfer *
transfer_post(struct transfers *t, const struct post *post, int64_t timeout_ms,
              transfer_done *done, void *context)
{
    struct transfer *x = transfer_new(t, timeout_ms, post->ca_file, done, context);
    char header[HEADER_BYTES];

    SET(x, URL, post->url);
    SET(x, PROTOCOLS_STR, "http,https"); /* plain only to this machine: settings.c */
    SET(x, USERAGENT, "dondoc-courier/" DONDOC_VERSION);
    SET(x, POSTFIELDSIZE_LARGE, (curl_off_t)post->bytes);
    SET(x, COPYPOSTFIELDS, post->body);
    list_add(&x->headers, "Content-Type: application/json");
    list_add(&x->headers, "Expect:");
    (void)snprintf(header, sizeof header, "X-Dondoc-Id: %.300s", post->id);
    list_add(&x->headers, header);
    (void)snprintf(header, sizeof header, "X-Dondoc-Signature: %s", post->signature);
    list_add(&x->headers, header);
    SET(x, HTTPHEADER, x->headers);
    return transfer_begin(x);
}

/*
 * The transfers under way. libcurl's SMTP waits inside for some answers (after the
 * message, after QUIT), so each mail has a thread of its own, few at a time: a server
 * that stalls holds back nobody else. What a thread touches is its transfer's alone
 * until it says that it is over. HTTP goes through one multi handle in the loop.
 */
#include "courier/transfer_curl.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lib/mem.h"

#define EVENTS_A_TURN 64
#define CONNECTIONS_KEPT 16L
#define EX_OSERR 71

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
    struct epoll_event e = {.events = EPOLLIN};

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        diag_fatal(EX_OSERR, "libcurl", "why=\"cannot be started\"");
    }
    t->multi = curl_multi_init();
    t->epoll = epoll_create1(EPOLL_CLOEXEC);
    t->mail_over = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    e.data.fd = t->mail_over;
    if (t->multi == NULL || t->epoll < 0 || t->mail_over < 0 ||
        epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->mail_over, &e) != 0) {
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
    if (x->is_mail) {
        atomic_store(&x->stop, true); /* seen within a second */
        MUST(pthread_join(x->thread, NULL) == 0);
    } else {
        (void)curl_multi_remove_handle(x->all->multi, x->easy); /* it is in there */
    }
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

static struct transfer *
mail_that_is_over(const struct transfers *t)
{
    struct transfer *x = t->first;

    while (x != NULL && !(x->is_mail && atomic_load(&x->over))) {
        x = x->next;
    }
    return x;
}

static void
mails_turn(struct transfers *t)
{
    struct transfer *x;
    uint64_t count;

    (void)!read(t->mail_over, &count, sizeof count); /* none: nobody is over */
    while ((x = mail_that_is_over(t)) != NULL) {
        transfer_end(x, x->code);
    }
}

void
transfers_turn(struct transfers *t)
{
    struct epoll_event events[EVENTS_A_TURN];
    int count = epoll_wait(t->epoll, events, EVENTS_A_TURN, 0);
    CURLMsg *message;
    int running;
    int left;

    mails_turn(t);
    for (int i = 0; i < count; i++) {
        int what =
            ((events[i].events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
            ((events[i].events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
            ((events[i].events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);

        if (events[i].data.fd != t->mail_over) {
            must(curl_multi_socket_action(t->multi, events[i].data.fd, what, &running));
        }
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
    for (struct transfer *x = (*t)->first; x != NULL; x = x->next) {
        atomic_store(&x->stop, true); /* all at once */
    }
    while ((*t)->first != NULL) {
        transfer_free((*t)->first);
    }
    must(curl_multi_cleanup((*t)->multi));
    (void)close((*t)->mail_over);
    (void)close((*t)->epoll);
    curl_global_cleanup();
    mem_free(t);
}

/* --- putting one under way --- */

static int
on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct transfer *x = context;

    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return atomic_load(&x->stop) ? 1 : 0;
}

static void *
mail_run(void *context)
{
    const uint64_t one = 1;
    struct transfer *x = context;

    x->code = curl_easy_perform(x->easy);
    atomic_store(&x->over, true);
    (void)!write(x->all->mail_over, &one, sizeof one); /* full: it is seen anyway */
    return NULL;
}

/* Signals are for the loop: the thread gets none of them. */
static void
mail_thread(struct transfer *x)
{
    sigset_t all;
    sigset_t before;
    int failed;

    SET(x, XFERINFOFUNCTION, on_progress);
    SET(x, XFERINFODATA, x);
    SET(x, NOPROGRESS, 0L);
    SET(x, FORBID_REUSE, 1L); /* it says goodbye in its thread */
    (void)sigfillset(&all);
    MUST(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    failed = pthread_create(&x->thread, NULL, mail_run, x);
    MUST(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    if (failed != 0) {
        diag_fatal(EX_OSERR, "thread", "why=\"%s\"", strerror(failed));
    }
}

struct transfer *
transfer_begin(struct transfer *x)
{
    x->next = x->all->first;
    x->all->first = x;
    if (x->is_mail) {
        mail_thread(x);
    } else {
        must(curl_multi_add_handle(x->all->multi, x->easy));
    }
    return x;
}

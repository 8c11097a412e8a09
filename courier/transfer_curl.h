/* What transfer.c and transfer_make.c share of libcurl. Nobody else includes this. */
#ifndef DONDOC_COURIER_TRANSFER_CURL_H
#define DONDOC_COURIER_TRANSFER_CURL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

#include "courier/transfer_private.h"
#include "lib/diag.h"
#include "lib/instant.h"

struct transfers {
    CURLM *multi;
    int epoll;
    int mail_over; /* written when a mail's thread has ended */
    bool timer;    /* libcurl wants to be called at `due` */
    struct mono due;
    struct transfer *first; /* those under way */
};

struct transfer {
    struct transfers *all;
    struct transfer *next;
    CURL *easy;
    bool is_mail;
    pthread_t thread; /* of a mail */
    atomic_bool over; /* its last word, after `code` */
    atomic_bool stop; /* ours to it */
    CURLcode code;
    transfer_done *done;
    void *context;
    struct curl_slist *headers;
    struct curl_slist *recipients;
    curl_mime *mime;
    struct dialogue dialogue;
    size_t answer_bytes;
};

/* Out of memory, or an option that this libcurl does not have: both end us. */
#define SET(x, option, value)                                                          \
    MUST(curl_easy_setopt((x)->easy, CURLOPT_##option, value) == CURLE_OK)

/* Puts it under way; it is in the list of those from then on. */
struct transfer *transfer_begin(struct transfer *x);

#endif

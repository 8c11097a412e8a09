/*
 * transfer - one attempt to hand a message over, by SMTP or HTTP; transfer*.c are the
 * only includers of libcurl. Nothing blocks: the loop polls one descriptor and calls
 * transfers_turn. Words about an outcome are our own and never hold an address or what
 * the other side said.
 */
#ifndef DONDOC_COURIER_TRANSFER_H
#define DONDOC_COURIER_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>

#include "courier/mail.h"
#include "courier/settings.h"

struct transfers;
struct transfer;

#define HANDOVER_WHY_BYTES 128

struct handover {
    bool handed_over;
    bool permanent;   /* refused for good; else the same again, later */
    unsigned refused; /* addresses that the server refused while it took others */
    char why[HANDOVER_WHY_BYTES]; /* "" when handed over */
};

/* Called from transfers_turn; the transfer is gone after it. */
typedef void transfer_done(void *context, const struct handover *result);

struct transfers *transfers_new(void);
void transfers_free(struct transfers **t); /* ends those that are under way */
int transfers_fd(const struct transfers *t);
/* How long until transfers_turn has something to do by itself, ms; -1: nothing. */
int transfers_wait_ms(const struct transfers *t);
void transfers_turn(struct transfers *t);

/* All copied, as below. */
struct transfer *transfer_mail(struct transfers *t, const struct smtp *smtp,
                               const struct office *office, const struct mail *mail,
                               int64_t timeout_ms, transfer_done *done, void *context);

struct post {
    const char *url;
    const char *ca_file;
    const char *id;        /* X-Dondoc-Id */
    const char *leader;    /* with it the Idempotency-Key */
    const char *signature; /* X-Dondoc-Signature */
    const void *body;
    size_t bytes;
};
struct transfer *transfer_post(struct transfers *t, const struct post *post,
                               int64_t timeout_ms, transfer_done *done, void *context);
/* Ends it without calling done. NULL is fine; cleared. */
void transfer_cancel(struct transfer **x);

#endif

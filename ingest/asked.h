/* A request in hand, and what the files that answer it share. */
#ifndef DONDOC_INGEST_ASKED_H
#define DONDOC_INGEST_ASKED_H

#include "ingest/ingest.h"

struct asked {
    struct ingest *in;
    struct bus_socket *socket;
    const struct bus_message *message;
    const struct principal *who;
    unsigned lane; /* of who; queue.h */
    struct province *province;
    struct arena *arena; /* taken by a push or a chore, then NULL */
    struct unit_request request;
};

/* request.c */
void asked_refuse(const struct asked *q, enum refusal_code code, const char *field,
                  const char *value, const char *expected);
void asked_many(const struct asked *q, const char *field, size_t count); /* too */
/* What needs Redis waits its turn: made of the request (whose arena it takes), queued.
 */
struct chore *chore_new(struct asked *q);
void chore_take(struct asked *q, struct chore *c);

/* push.c */
void push_ask(struct asked *q);

/* upload.c: one part of a programme; with the last one it is checked and queued. */
void upload_part(struct asked *q);

#endif

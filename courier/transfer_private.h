/* What transfer.c and transfer_judge.c share. Nobody else includes this. */
#ifndef DONDOC_COURIER_TRANSFER_PRIVATE_H
#define DONDOC_COURIER_TRANSFER_PRIVATE_H

#include "courier/transfer.h"

/* How far an SMTP dialogue has come: what an answer was an answer to. */
enum stage { STAGE_BEFORE, STAGE_RECIPIENT, STAGE_DATA };

struct dialogue {
    enum stage stage;
    bool over;         /* what comes now is only goodbye */
    unsigned accepted; /* recipients */
    unsigned refused;
    bool refused_for_good; /* every refusal so far was a 5xx */
    int last;              /* last code of the server; 0: none */
};

/* A command that we sent, an answer that came; each may be a piece of one. */
void dialogue_said(struct dialogue *d, const char *line, size_t bytes);
void dialogue_heard(struct dialogue *d, const char *line, size_t bytes);
/* error: libcurl's words for what went wrong, NULL when nothing did. */
void mail_judge(const struct dialogue *d, const char *error, struct handover *out);
/* code: the HTTP status, 0 when there was none. */
void post_judge(long code, const char *error, struct handover *out);

#endif

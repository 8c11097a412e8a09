/*
 * status - what can come of a call that can fail. Few codes, each with one
 * meaning; the header of a function says which it returns and what to do.
 */
#ifndef DONDOC_STATUS_H
#define DONDOC_STATUS_H

enum status {
    ST_OK,
    ST_AGAIN,  /* temporary, or the outcome is unknown: the same again, later */
    ST_BAD,    /* the input is wrong and stays wrong */
    ST_LIMIT,  /* a bound was reached; nothing was done */
    ST_DENIED, /* not for this caller */
    ST_GONE,   /* what was named is not there (any more) */
    ST_STALE,  /* somebody else moved first: read again, then decide again */
    ST_FENCED, /* a newer instance has taken over: stand by */
};

#define MUST_USE __attribute__((warn_unused_result))

/* For the rare call whose failure changes nothing; the caller says why in a comment. */
static inline void
status_ignore(enum status st)
{
    (void)st;
}

/* A word for logs; never NULL. */
const char *status_name(enum status st);

#endif

/*
 * decide - what becomes of a checked report, given what stands. Pure.
 *
 *   nothing stands                               -> ACCEPTED, revision 1; one that
 *                    names what is gone (after a loss): the revision behind that one
 *   content equal to what stands                 -> DUPLICATE, its receipt again
 *   other content, replaces names what stands    -> REPLACED, next revision
 *   other content, replaces names anything else  -> SUPERSEDED, nothing changes
 *
 * `replaces` names revision and hash ("2/<hash>"): with the hash alone a late retry
 * could replace a revision that happens to hold the same figures as an older one.
 * A correction after the due date, and any report by an office, needs a reason.
 *
 * A report that is offered again after a loss (seal.h) keeps its number R, so that an
 * older one that is offered later can never undo it. With revision S standing (0:
 * none):
 *
 *   R > S                       -> ACCEPTED (S = 0) or REPLACED, as revision R; the
 *                                  revisions between become placeholders (receipt.h)
 *   R > S + OFFERED_GAP_MAX     -> the same as revision S + OFFERED_GAP_MAX; with equal
 *                                  content DUPLICATE, since it was taken so before
 *   R = S, content equal        -> DUPLICATE
 *   R = S, other content; R < S -> SUPERSEDED, nothing changes
 *
 * Source: design.md section 4, Report.
 */
#ifndef INGEST_DECIDE_H
#define INGEST_DECIDE_H

#include "ingest/present.h"
#include "ingest/validate.h"

/* One call writes a line for each revision that is jumped over. */
#define OFFERED_GAP_MAX 200u

/*
 * report_decide - present NULL: nothing stands.
 * revision  out; what the report becomes; set for ACCEPTED and REPLACED.
 * why       out; set for REJECTED.
 */
enum outcome report_decide(const struct checked *report, const struct receipt *present,
                           uint32_t *revision, struct refused *why);

#endif

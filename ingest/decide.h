/*
 * decide - what becomes of a checked report, given what stands. Pure.
 *
 *   nothing stands                               -> ACCEPTED, revision 1
 *   content equal to what stands                 -> DUPLICATE, its receipt again
 *   other content, replaces names what stands    -> REPLACED, next revision
 *   other content, replaces names anything else  -> SUPERSEDED, nothing changes
 *
 * `replaces` names revision and hash ("2/<hash>"): with the hash alone a late retry
 * could replace a revision that happens to hold the same figures as an older one.
 * A correction after the due date, and any report by an office, needs a reason.
 * Source: design.md section 4, Report.
 */
#ifndef INGEST_DECIDE_H
#define INGEST_DECIDE_H

#include "ingest/present.h"
#include "ingest/validate.h"

/* present NULL: nothing stands. why is set when the outcome is REJECTED. */
enum outcome report_decide(const struct checked *report, const struct present *present,
                           struct refused *why);

#endif

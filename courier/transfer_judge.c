/*
 * What an answer means. Pure.
 *
 * For good: a mail server that refuses every recipient, or the message itself, with
 * 5xx; a webhook that answers 4xx other than 408, 425 and 429. All else is worth
 * another try: 4xx of a mail server (that is its word for "later"); 5xx before the
 * first recipient (who we are, our password, our sender: a setting that somebody has to
 * mend, and no reason to throw the day's alerts away); 5xx, 3xx and 1xx of a webhook;
 * no answer.
 */
#include "courier/transfer_private.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool
begins(const char *line, size_t bytes, const char *word)
{
    return bytes >= strlen(word) && strncasecmp(line, word, strlen(word)) == 0;
}

void
dialogue_said(struct dialogue *d, const char *line, size_t bytes)
{
    if (begins(line, bytes, "RCPT TO")) {
        d->stage = STAGE_RECIPIENT;
    } else if (begins(line, bytes, "DATA")) {
        d->stage = STAGE_DATA;
    } else if (begins(line, bytes, "QUIT") || begins(line, bytes, "RSET")) {
        d->over = true;
    }
}

void
dialogue_heard(struct dialogue *d, const char *line, size_t bytes)
{
    int code = 0;
    size_t i;

    for (i = 0; i < 3; i++) {
        if (bytes < 4 || line[i] < '0' || line[i] > '9') {
            return;
        }
        code = code * 10 + (line[i] - '0');
    }
    if (line[3] == '-' || d->over) {
        return; /* more lines of the same answer; or what no longer matters */
    }
    d->last = code;
    if (d->stage == STAGE_RECIPIENT && code / 100 == 2) {
        d->accepted++;
    } else if (d->stage == STAGE_RECIPIENT) {
        d->refused_for_good =
            code / 100 == 5 && (d->refused == 0 || d->refused_for_good);
        d->refused++;
    }
}

void
mail_judge(const struct dialogue *d, const char *error, struct handover *out)
{
    static const char *const stages[] = {"before a recipient", "recipient", "message"};

    memset(out, 0, sizeof *out);
    if (error == NULL) {
        out->handed_over = true;
        out->refused = d->refused;
        return;
    }
    out->permanent = (d->stage == STAGE_RECIPIENT && d->accepted == 0 &&
                      d->refused_for_good && d->last / 100 == 5) ||
                     (d->stage == STAGE_DATA && d->last / 100 == 5);
    if (d->last >= 400) {
        (void)snprintf(out->why, sizeof out->why, "mail server answered %d (%s)",
                       d->last, stages[d->stage]);
    } else {
        (void)snprintf(out->why, sizeof out->why, "%.80s (%s)", error,
                       stages[d->stage]);
    }
}

void
post_judge(long code, const char *error, struct handover *out)
{
    memset(out, 0, sizeof *out);
    if (error != NULL) {
        (void)snprintf(out->why, sizeof out->why, "%.80s", error);
        return;
    }
    if (code / 100 == 2) {
        out->handed_over = true;
        return;
    }
    out->permanent = code / 100 == 4 && code != 408 && code != 425 && code != 429;
    (void)snprintf(out->why, sizeof out->why, "webhook answered %ld", code);
}

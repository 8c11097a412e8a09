/*
 * dondoc-scorer - turns reports into scores and alerts.
 *
 * What it does: follows the reports journal of each province, keeps the newest figures,
 *     scores every target they touch with exact fractions, and opens, corrects and
 *     resolves alerts by comparing what should be open with what was told.
 * Reads:  the reports journal; hints of ingest, with entries of it.
 * Writes: facts, scores, summary, told, alert:<code>, the alerts journal and its own
 *     checkpoint, together in one Function call; hints for notifier.
 * On failure: after an unknown outcome it drops its memory and takes over again from
 *     the checkpoint. Fenced by another instance it stands by. A province whose journal
 *     is not as it was written stops until SIGHUP; the others go on.
 * See also: scorer/scorer.h (the path of an entry), lib/score.h, doc/design.md.
 */
#include "lib/service.h"

int scorer_run(struct service *s);

static const struct conf_setting settings[] = {
    {"hints-from", CONF_TEXT, "tcp://127.0.0.1:5704", 0, 0,
     "endpoint of ingest's hints; empty: sweep only"},
    {"hints-from-key", CONF_TEXT, "", 0, 0,
     "public key of ingest (Z85); empty: sweep only"},
    {"listen-hints", CONF_TEXT, "tcp://127.0.0.1:5705", 0, 0,
     "endpoint where notifier hears of new alert entries"},
    {"sweep-ms", CONF_INT, "500", 10, 60000, "how often to look without a hint, ms"},
};

static const struct service_spec spec = {
    "scorer",
    "turns reports into scores and alerts",
    "Scores are exact fractions; everything written can be computed again from the\n"
    "journal, byte for byte.\n",
    settings,
    sizeof settings / sizeof *settings,
    scorer_run,
    NULL,
};

int
main(int argc, char **argv)
{
    return service_main(argc, argv, &spec);
}

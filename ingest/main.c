/*
 * dondoc-ingest - takes the reports of departments, districts and communes.
 *
 * What it does: authenticates (CURVE, keyring), checks each report against the
 *     programme in force, makes it durable, and only then acknowledges it. It also
 *     appends what else can change an outcome: ticks, programmes, acts of people.
 * Reads:  messages of units and ops; the head and receipts of the reports journal.
 * Writes: the reports journal and receipts, in one Function call a batch; hints.
 * On failure: without Redis, or with a Redis that is not set up as it must be, or whose
 *     journal is not as it was written, nothing is acknowledged: reports get
 *     RETRY_LATER, while Redis is away after ten seconds.
 * Known limits: one call in flight a province; a batch is 512 reports or 256 KiB.
 * See also: ingest/ingest.h (the path of a report), doc/delivery.md, proto/README.md.
 */
#include "ingest/ingest.h"
#include "lib/service.h"

int ingest_run(struct service *s);

static const struct conf_setting settings[] = {
    {"listen", CONF_TEXT, "tcp://127.0.0.1:5701", 0, 0,
     "endpoint for units (ZeroMQ, CURVE)"},
    {"listen-ops", CONF_TEXT, "tcp://127.0.0.1:5703", 0, 0,
     "endpoint for operators: programmes, acts"},
    {"listen-hints", CONF_TEXT, "tcp://127.0.0.1:5704", 0, 0,
     "endpoint where scorer hears of new entries"},
    {"old-key-file", CONF_TEXT, "", 0, 0,
     "the key pair before this one, while units still know it"},
    {"old-listen", CONF_TEXT, "", 0, 0, "endpoint for units that know the old key"},
    {"old-listen-ops", CONF_TEXT, "", 0, 0,
     "endpoint for operators who know the old key"},
};

static enum status
settings_check(const struct service *s)
{
    static const char *const doors[] = {"old-listen", "old-listen-ops"};

    return service_old_check(s, doors, sizeof doors / sizeof *doors);
}

static const struct service_spec spec = {
    "ingest",
    "takes the reports of units: checks, makes durable, acknowledges",
    "A report is acknowledged only when it is on disk. Nothing is acknowledged while\n"
    "Redis is not set up as etc/redis.conf does it.\n",
    settings,
    sizeof settings / sizeof *settings,
    ingest_run,
    settings_check,
};

int
main(int argc, char **argv)
{
    return service_main(argc, argv, &spec);
}

/*
 * load - the load generator of bench/run; bench/README.md says what it measures.
 *
 *   load flood|paced|follow|echo|oneway|disk --out FILE [settings]
 *
 * Writes one line of JSON to FILE. Exit status 0 only when every report was ACCEPTED
 * and, paced, every report came back as exactly one alert. Sends SYNTHETIC figures.
 */
#include "bench/bench.h"

#include <string.h>

#include "lib/crypto.h"
#include "lib/diag.h"

#define EXIT_USAGE 64
#define ARGUMENTS_MAX 48

static const struct conf_setting settings[] = {
    {"out", CONF_TEXT, "/dev/stdout", 0, 0, "file for the result, one line of JSON"},
    {"server", CONF_TEXT, "", 0, 0, "ingest's endpoint for units"},
    {"leaders", CONF_TEXT, "", 0, 0, "paced: notifier's endpoint"},
    {"server-key", CONF_TEXT, "", 0, 0, "public key of the services"},
    {"key", CONF_TEXT, "", 0, 0, "key file of the reporters"},
    {"leader-key", CONF_TEXT, "", 0, 0, "paced: key file of the leader"},
    {"redis", CONF_TEXT, "", 0, 0, "flood, follow: where checkpoints are read"},
    {"redis-user", CONF_TEXT, "", 0, 0, "flood: who may read it"},
    {"redis-password-file", CONF_TEXT, "", 0, 0, "flood: that user's password"},
    {"province", CONF_TEXT, "bench", 0, 0, "slug of the synthetic programme"},
    {"plan", CONF_TEXT, "months", 0, 0, "flood: months, or days (bench/programme)"},
    {"until", CONF_TEXT, "alerted", 0, 0, "flood: acked, scored or alerted"},
    {"from", CONF_INT, "2016", 1991, 2025, "days: the first year"},
    {"skip", CONF_INT, "0", 0, 3000, "days: so many are left out at the beginning"},
    {"pace", CONF_INT, "0", 0, 1000000, "flood: reports a second at most; 0: no limit"},
    {"units", CONF_INT, "384", 1, 200000, "communes of the programme"},
    {"reporters", CONF_INT, "64", 1, 1024, "connections"},
    {"window", CONF_INT, "16", 1, 4096, "flood: reports on their way, a reporter"},
    {"reports", CONF_INT, "10000", 1, 100000000, "reports in all"},
    {"rate", CONF_INT, "1000", 1, 100000, "paced, oneway: a second"},
    {"every", CONF_INT, "1", 0, 1, "paced: 1: every report must come back as an alert"},
    {"dir", CONF_TEXT, ".", 0, 0, "disk: a directory on the disk to measure"},
    {"processes", CONF_TEXT, "", 0, 0, "whose processor time: redis=PID,ingest=PID"},
};

int
main(int argc, char **argv)
{
    struct conf *conf = conf_new(settings, sizeof settings / sizeof *settings);
    char *rest[ARGUMENTS_MAX];
    char why[256];
    int count = 0;
    FILE *out;

    diag_init("bench");
    crypto_init();
    if (argc > ARGUMENTS_MAX ||
        conf_flags(conf, argc - 1, argv + 1, rest, &count, why, sizeof why) != ST_OK) {
        diag_fatal(EXIT_USAGE, "usage", "%s", why);
    }
    if (count != 1) {
        diag_fatal(EXIT_USAGE, "usage",
                   "load flood|paced|follow|echo|oneway|disk --out FILE");
    }
    usage_watch(conf_text(conf, "processes"));
    out = fopen(conf_text(conf, "out"), "w");
    if (out == NULL) {
        FAIL("file=%s cannot be written", conf_text(conf, "out"));
    }
    if (strcmp(rest[0], "flood") == 0) {
        flood_run(conf, out);
    } else if (strcmp(rest[0], "paced") == 0) {
        paced_run(conf, out);
    } else if (strcmp(rest[0], "follow") == 0) {
        follow_run(conf, out);
    } else if (strcmp(rest[0], "echo") == 0) {
        echo_run(conf, out);
    } else if (strcmp(rest[0], "oneway") == 0) {
        oneway_run(conf, out);
    } else if (strcmp(rest[0], "disk") == 0) {
        disk_run(conf, out);
    } else {
        diag_fatal(EXIT_USAGE, "usage", "there is no measurement %s", rest[0]);
    }
    conf_free(&conf);
    return fclose(out) == 0 ? 0 : 1;
}

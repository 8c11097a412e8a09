/*
 * dondoc-notifier - tells the leaders.
 *
 * What it does: follows the alerts journal, decides by scope who hears of an event,
 * keeps an inbox for each leader, and streams it to whoever has subscribed, in
 * Vietnamese and English, at least once with stable ids. Acknowledgements become acts.
 * Reads:  the alerts journal; hints of scorer, with entries of it; messages of leaders.
 * Writes: inbox:<leader>, told:* and ack_* of alert:<code>, cursors and its own
 *     checkpoint, together in one Function call; acts to the reports journal.
 * On failure: after an unknown outcome it drops its memory and takes over again from
 * the checkpoint; what was sent and not received is sent again. Fenced by another
 *     instance it stands by until that one's heartbeat is gone.
 * Known limits: an inbox keeps its last 10.000 rows.
 * See also: notifier/notifier.h (the path of an alert), lib/phrases.def (the
 * words).
 */
#include "lib/service.h"

int notifier_run(struct service *s);

static const struct conf_setting settings[] = {
    {"listen", CONF_TEXT, "tcp://127.0.0.1:5702", 0, 0,
     "endpoint for leaders (ZeroMQ, CURVE)"},
    {"hints-from", CONF_TEXT, "tcp://127.0.0.1:5705", 0, 0,
     "endpoint of scorer's hints; empty: sweep only"},
    {"hints-from-key", CONF_TEXT, "", 0, 0,
     "public key of scorer (Z85); empty: sweep only"},
    {"old-key-file", CONF_TEXT, "", 0, 0,
     "the key pair before this one, while leaders still know it"},
    {"old-listen", CONF_TEXT, "", 0, 0,
     "endpoint for leaders and couriers that know the old key"},
    {"seal", CONF_SWITCH, "off", 0, 0,
     "seal each message to the key of the connection that it goes to"},
    {"sweep-ms", CONF_INT, "500", 10, 60000, "how often to look without a hint, ms"},
};

static enum status
settings_check(const struct service *s)
{
    static const char *const doors[] = {"old-listen"};

    return service_old_check(s, doors, sizeof doors / sizeof *doors);
}

static const struct service_spec spec = {
    "notifier",
    "tells leaders what concerns them, and takes their acknowledgements",
    "A leader hears of what lies in the scope of leaders.yaml, once, and sees nothing\n"
    "else. Who a leader is says the key, never a message.\n",
    settings,
    sizeof settings / sizeof *settings,
    notifier_run,
    settings_check,
};

int
main(int argc, char **argv)
{
    return service_main(argc, argv, &spec);
}

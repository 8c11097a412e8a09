/*
 * dondoc-courier - carries alerts to mailboxes and webhooks.
 *
 * What it does: is one more device of each office that courier.yaml names. It
 * subscribes to the office's inbox at the notifier, hands each message over by mail or
 * webhook, in order and in the office's hours, and marks it received when the other
 * side has taken it, or when it is a dead letter: refused for good, or not deliverable
 * for too long.
 *
 * Reads: the notifier's leaders' socket (key of role courier); courier.yaml, passwords
 * and secrets.
 * Writes: nothing that anybody decides by. Its place in each inbox is a cursor that the
 * notifier keeps. In Redis only what operators look at, and without Redis it works as
 * well, but that a dead letter is passed over only when it stands there.
 * On failure: an office whose server is away waits with back-off, and only that office;
 * its messages lie in its inbox at the notifier. After a kill what was not marked
 * received comes again, with the same Message-ID and Idempotency-Key: one message for
 * each office and channel at most was handed over before. A second courier for the same
 * office and channel stands by.
 * Known limits: up to CHANNELS_MAX channels; the 10.000 rows of an inbox; a thread and
 * a connection for each mail under way. How long a channel has failed is counted from
 * this start on. A new key carries all that the inboxes hold.
 * See also: courier/courier.h (the path of a message), doc/operations.md, Mail and
 * webhooks; dondoc-courier(8).
 */
#include "lib/service.h"

int courier_run(struct service *s);
enum status courier_check(const struct service *s);

static const struct conf_setting settings[] = {
    {"notifier", CONF_TEXT, "tcp://127.0.0.1:5702", 0, 0,
     "endpoint of notifier for leaders (ZeroMQ, CURVE)"},
    {"notifier-key", CONF_TEXT, "", 0, 0, "public key of notifier (Z85)"},
    {"channels", CONF_TEXT, "/etc/dondoc/courier.yaml", 0, 0,
     "file with the mail server, and each office's addresses and webhook"},
};

static const struct service_spec spec = {
    "courier",
    "carries alerts to mailboxes and webhooks",
    "It is one more device of each office that --channels names: what stands in the\n"
    "office's inbox goes out by mail or webhook, in order, in the office's hours.\n"
    "\n"
    "To begin:\n"
    "  dondoc keys new courier                      makes courier.key\n"
    "  dondoc keys add KEYRING role=courier name=courier-1 province=SLUG KEY\n"
    "                                               at the notifier, then HUP to it;\n"
    "                                               without province= the key reads\n"
    "                                               every office of every province\n"
    "  dondoc-courier --province SLUG --key-file courier.key --notifier-key KEY \\\n"
    "      --channels courier.yaml --check-config   says what is wrong, sends nothing\n"
    "\n"
    "The notifier keeps this key's place in each inbox; a new key begins at the\n"
    "oldest message. A second courier with the same key and another --instance\n"
    "stands by. An empty --redis is fine: then `dondoc status` does not show this\n"
    "service, and dead letters stand in the log alone.\n",
    settings,
    sizeof settings / sizeof *settings,
    courier_run,
    courier_check,
};

int
main(int argc, char **argv)
{
    return service_main(argc, argv, &spec);
}

/*
 * dondoc-courier - carries alerts to mailboxes and webhooks.
 *
 * What it does: is one more device of each office that courier.yaml names. It
 * subscribes to the office's inbox at the notifier, hands each message over by mail or
 * webhook, in order, and marks it received when the other side has taken it, or when it
 * is a dead letter: refused for good, or not deliverable for too long. Reads:  the
 * notifier's leaders' socket (key of role courier); courier.yaml, passwords and
 * secrets. Writes: nothing that anybody decides by. Its place in each inbox is a cursor
 * that the notifier keeps. In Redis only what operators look at, and without Redis it
 * works as well. On failure: an office whose server is away waits with back-off, and
 * only that office; its messages lie in its inbox at the notifier. After a kill what
 * was not marked received comes again, with the same Message-ID and X-Dondoc-Id. Known
 * limits: up to CHANNELS_MAX channels; the 10.000 rows of an inbox. How long a channel
 * has failed is counted from this start on. See also: courier/courier.h (the path of a
 * message), doc/operations.md.
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
    "Our key needs role=courier in the keyring of notifier. An empty --redis is fine:\n"
    "then only `dondoc status` does not show this service.\n",
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

/* The loop of dondoc-courier: a message, an answer, a time that has come. */
#include "courier/courier.h"

#include <string.h>

#include "lib/diag.h"

#define FINISH_US 5000000
#define FINISH_STEP_MS 50

int courier_run(struct service *s);
enum status courier_check(const struct service *s);

/* --- which devices there have to be --- */

static struct device *
device_find(const struct courier *c, const char *leader, enum channel channel)
{
    size_t i;

    for (i = 0; i < c->device_count; i++) {
        if (c->devices[i]->channel == channel &&
            strcmp(c->devices[i]->leader, leader) == 0) {
            return c->devices[i];
        }
    }
    return NULL;
}

static void
devices_match(struct courier *c)
{
    size_t i = c->device_count;
    int k;

    while (i-- > 0) {
        const struct office *o = settings_office(c->settings, c->devices[i]->leader);

        if (o == NULL || !office_has(o, c->devices[i]->channel)) {
            device_free(&c->devices[i]);
            c->devices[i] = c->devices[--c->device_count];
        }
    }
    for (i = 0; i < c->settings->office_count; i++) {
        const struct office *o = &c->settings->offices[i];

        for (k = 0; k < CHANNEL_COUNT; k++) {
            if (office_has(o, (enum channel)k) &&
                device_find(c, o->leader, (enum channel)k) == NULL) {
                mem_array_room((void **)&c->devices, c->device_count, &c->device_room,
                               sizeof(struct device *));
                c->devices[c->device_count++] =
                    device_new(c, o->leader, (enum channel)k);
            }
        }
    }
}

static struct settings *
settings_now(const struct service *service)
{
    const char *path = conf_text(service_conf(service), "channels");
    struct settings *s = NULL;
    char why[WHY_BYTES];

    if (settings_load(path, &s, why, sizeof why) != ST_OK) {
        diag_warn("config", "setting=channels reason=\"%s\"", why);
    }
    return s;
}

enum status
courier_check(const struct service *s)
{
    struct settings *found = settings_now(s);
    enum status st = found == NULL ? ST_BAD : ST_OK;

    settings_free(&found);
    return st;
}

/* What waits is tried at once: perhaps that is why somebody changed something. */
static void
reload(struct courier *c)
{
    struct settings *s;
    size_t i;

    service_reload(c->service);
    s = settings_now(c->service);
    if (s == NULL) {
        diag_warn("reload_refused", "effect=\"the channels stay as they were\"");
        return;
    }
    settings_free(&c->settings);
    c->settings = s;
    devices_match(c);
    for (i = 0; i < c->device_count; i++) {
        c->devices[i]->retry_at.us = 0;
        c->devices[i]->ask_at.us = 0;
    }
    diag_info("channels", "offices=%zu channels=%zu", s->office_count, c->device_count);
}

/* --- start and end --- */

static void
courier_init(struct courier *c, struct service *s)
{
    memset(c, 0, sizeof *c);
    c->service = s;
    c->simulated = conf_switch(service_conf(s), "simulated");
    if (service_province_count(s) != 1) {
        diag_fatal(
            EXIT_CONFIG, "config",
            "setting=province reason=\"a courier carries for one province; start "
            "another one for the next\"");
    }
    c->province = service_province(s, 0);
    c->settings = settings_now(s);
    if (c->settings == NULL) {
        diag_fatal(
            EXIT_CONFIG, "config",
            "setting=channels remedy=\"doc/operations.md, Mail and webhooks, has "
            "an example\"");
    }
    if (bus_new(NULL, NULL, &c->bus) != ST_OK) { /* nobody connects to us */
        diag_fatal(EXIT_UNAVAILABLE, "bus", "reason=\"libzmq is not fit\"");
    }
    c->arena = arena_new(WIRE_ARENA_BYTES);
    buf_init(&c->out, BUS_MESSAGE_MAX);
    c->transfers = transfers_new();
    report_open(c);
    devices_match(c);
}

static void
courier_fini(struct courier *c)
{
    while (c->device_count > 0) {
        device_free(&c->devices[--c->device_count]);
    }
    mem_free(&c->devices);
    report_close(c);
    transfers_free(&c->transfers);
    settings_free(&c->settings);
    bus_free(&c->bus);
    arena_free(&c->arena);
    buf_fini(&c->out);
}

/* --- one turn --- */

static void
turn(struct courier *c)
{
    size_t i;

    transfers_turn(c->transfers);
    c->turn++;
    for (i = 0; i < c->device_count; i++) {
        struct device *d = c->devices[(c->turn + i) % c->device_count];

        link_turn(d);
        device_turn(d);
    }
}

static int
least(int a, int b)
{
    return b >= 0 && b < a ? b : a;
}

static int
wait_ms(const struct courier *c)
{
    int ms = least(report_wait_ms(c), transfers_wait_ms(c->transfers));
    size_t i;

    for (i = 0; i < c->device_count; i++) {
        ms = least(ms, link_wait_ms(c->devices[i]));
        ms = least(ms, device_wait_ms(c->devices[i]));
    }
    return ms;
}

static void
poll_once(struct courier *c, struct bus_poll_item *items, int ms)
{
    size_t n = 0;
    size_t i;

    memset(items, 0, BUS_ITEMS_MAX * sizeof *items);
    items[n++].fd = service_wake_fd(c->service);
    items[n++].fd = transfers_fd(c->transfers);
    for (i = 0; i < c->device_count; i++) {
        items[n++].socket = c->devices[i]->socket;
    }
    if (bus_poll(c->bus, items, n, ms) != ST_OK) {
        diag_fatal(EXIT_BUG, "poll", "why=\"%s\"", bus_error(c->bus));
    }
}

/* What is under way may be taken at this moment: its answer is worth a few seconds. */
static void
finish(struct courier *c, struct bus_poll_item *items)
{
    struct mono start = mono_now();

    c->stopping = true;
    while (c->under_way > 0 && mono_since_us(start) < FINISH_US) {
        poll_once(c, items, least(FINISH_STEP_MS, transfers_wait_ms(c->transfers)));
        turn(c);
    }
}

int
courier_run(struct service *s)
{
    struct courier c;
    struct bus_poll_item *items = mem_alloc(BUS_ITEMS_MAX * sizeof *items);

    courier_init(&c, s);
    service_ready(s, "channels=%zu", c.device_count);
    while (!service_stopping(s)) {
        poll_once(&c, items, wait_ms(&c));
        if (service_reload_wanted(s)) {
            reload(&c);
        }
        turn(&c);
        report_turn(&c);
    }
    finish(&c, items);
    courier_fini(&c);
    mem_free(&items);
    return EXIT_DONE;
}

/*
 * lib/bus.h as the services see it, without ZeroMQ: ports with a name, links of actors
 * to them, and hints from publishers to subscribers. Messages of one link arrive in
 * order and are lost only when it breaks; hints are lost, doubled and late as they
 * like.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bus.h"
#include "lib/mem.h"
#include "lib/z85.h"
#include "tests/sim/sim.h"

#define PORTS_MAX 24
#define LINKS_MAX 8192
#define SUBS_MAX 64

struct letter {
    struct letter *next;
    struct link *link; /* NULL: a hint */
    struct port *port;
    uint64_t life; /* of the port when it was sent */
    const uint8_t *body;
    size_t bytes;
};

struct port {
    char name[64];
    struct process *owner; /* NULL: nobody listens */
    uint64_t life;
    struct letter *in;
    struct letter **in_end;
};

struct link {
    uint32_t number;
    bool up;
    bool told; /* the actor knows that it is down */
    struct actor *actor;
    const char *key;
    struct port *port;
    uint64_t life;
    int64_t there_us;
    int64_t back_us;
};

/* A subscription lives as long as its process. */
struct subscription {
    struct port *from;
    struct port inbox;
    uint64_t life;
};

struct bus {
    bus_admit *admit;
    void *context;
};

struct bus_socket {
    struct bus *bus;
    struct port *port; /* its inbox; a publisher's has none to read */
    const char *domain;
};

static struct port ports[PORTS_MAX];
static struct link *links[LINKS_MAX];
static size_t link_count;
static struct subscription *subs[SUBS_MAX];
static size_t sub_count;

void
net_begin(void)
{
    memset(ports, 0, sizeof ports);
    link_count = sub_count = 0;
}

static struct port *
port_of(const char *name)
{
    size_t i;

    for (i = 0; i < PORTS_MAX; i++) {
        if (ports[i].name[0] == '\0') {
            (void)snprintf(ports[i].name, sizeof ports[i].name, "%s", name);
        }
        if (strcmp(ports[i].name, name) == 0) {
            return &ports[i];
        }
    }
    sim_fail("too many ports");
    return &ports[0];
}

/* ---- letters ---- */

static void
port_take(struct port *p, struct letter *l)
{
    l->next = NULL;
    *p->in_end = l;
    p->in_end = &l->next;
    process_notify(p->owner);
}

static struct letter *
letter_new(struct port *port, const void *body, size_t bytes)
{
    struct letter *l = world_take(sizeof *l);

    l->port = port;
    l->life = port->life;
    l->body = (const uint8_t *)text_copy(body, bytes).at;
    l->bytes = bytes;
    return l;
}

static void
letter_there(void *context, uint64_t number)
{
    struct letter *l = context;

    (void)number;
    if (l->port->owner != NULL && l->port->life == l->life &&
        (l->link == NULL || l->link->up)) {
        port_take(l->port, l);
    }
}

static void
letter_back(void *context, uint64_t number)
{
    struct letter *l = context;
    struct link *link = l->link;

    (void)number;
    if (link->actor->link == link && !link->told) {
        link->actor->hear(link->actor, l->body, l->bytes);
    }
}

static int64_t
delay_us(void)
{
    return chance_of(20) ? chance_between(1000, 800000) : chance_between(20, 400);
}

/* ---- links, as actors see them ---- */

struct link *
link_open(struct actor *a, enum part part, const char *what, const char *key)
{
    static const char *const names[PARTS] = {"ingest", "scorer", "notifier"};
    struct link *l;
    char name[64];

    (void)snprintf(name, sizeof name, "%s-%s%s", names[part],
                   chance_below(2) == 0 ? "a" : "b", what);
    if (port_of(name)->owner == NULL) {
        name[strlen(names[part]) + 1] ^= 'a' ^ 'b';
    }
    if (port_of(name)->owner == NULL || link_count == LINKS_MAX) {
        return NULL;
    }
    l = world_take(sizeof *l);
    l->number = (uint32_t)link_count;
    l->up = true;
    l->actor = a;
    l->key = key;
    l->port = port_of(name);
    l->life = l->port->life;
    l->there_us = world.now_us + delay_us();
    links[link_count++] = l;
    a->link = l;
    return l;
}

void
link_close(struct link *l)
{
    l->up = false;
    l->told = true;
}

bool
link_up(const struct link *l)
{
    return l != NULL && !l->told;
}

void
link_send(struct link *l, const void *body, size_t bytes)
{
    struct letter *letter = letter_new(l->port, body, bytes);
    int64_t at = world.now_us + delay_us();

    letter->link = l;
    letter->life = l->life;
    l->there_us = at > l->there_us ? at : l->there_us + 1;
    event_at(l->there_us, letter_there, letter, 0);
}

/* The actor hears of it, some time later: heartbeats stay away. */
static void
link_told(void *context, uint64_t number)
{
    struct link *l = context;

    (void)number;
    if (!l->told) {
        l->told = true;
        if (l->actor->link == l) {
            l->actor->turn++;
            l->actor->act(l->actor, l->actor->turn);
        }
    }
}

static void
link_break(struct link *l)
{
    l->up = false;
    event_in(chance_between(1, chance_of(200) ? 4000 : 100) * US_A_MS, link_told, l, 0);
}

void
net_fault(void)
{
    size_t i = chance_below(link_count);

    if (link_count > 0 && links[i]->up) {
        TRACE(links[i]->actor->name, "its link breaks");
        link_break(links[i]);
    }
}

void
net_process_gone(struct process *p)
{
    size_t i;

    for (i = 0; i < PORTS_MAX; i++) {
        if (ports[i].owner == p) {
            ports[i].owner = NULL;
            ports[i].life++;
        }
    }
    for (i = 0; i < link_count; i++) {
        if (links[i]->up && links[i]->life != links[i]->port->life) {
            link_break(links[i]);
        }
    }
}

/* ---- the sockets of services ---- */

enum status
bus_new(bus_admit *admit, void *context, struct bus **out)
{
    *out = mem_alloc(sizeof **out);
    (*out)->admit = admit;
    (*out)->context = context;
    return ST_OK;
}

void
bus_free(struct bus **b)
{
    mem_free(b);
}

static void
port_open(struct port *p)
{
    p->owner = process_now;
    p->life++;
    p->in = NULL;
    p->in_end = &p->in;
}

static enum status
socket_bind(struct bus *b, const char *endpoint, const char *domain,
            struct bus_socket **out)
{
    *out = mem_alloc(sizeof **out);
    (*out)->bus = b;
    (*out)->port = port_of(endpoint);
    (*out)->domain = domain;
    port_open((*out)->port);
    return ST_OK;
}

enum status
bus_bind_router(struct bus *b, const char *endpoint, const char *domain,
                const struct bus_keys *keys, struct bus_socket **out)
{
    (void)keys;
    return socket_bind(b, endpoint, domain, out);
}

enum status
bus_bind_pub(struct bus *b, const char *endpoint, const char *domain,
             const struct bus_keys *keys, struct bus_socket **out)
{
    (void)keys;
    return socket_bind(b, endpoint, domain, out);
}

enum status
bus_connect_sub(struct bus *b, const char *endpoint, const char *server_key,
                const struct bus_keys *keys, struct bus_socket **out)
{
    struct subscription *sub = world_take(sizeof *sub);

    (void)server_key;
    (void)keys;
    sub->from = port_of(endpoint);
    sub->life = process_now->life;
    port_open(&sub->inbox);
    if (sub_count == SUBS_MAX) {
        sub_count = 0; /* the oldest are of processes that are gone */
    }
    subs[sub_count++] = sub;
    *out = mem_alloc(sizeof **out);
    (*out)->bus = b;
    (*out)->port = &sub->inbox;
    return ST_OK;
}

void
bus_close(struct bus_socket **s)
{
    mem_free(s); /* its port goes with the process */
}

const char *
bus_endpoint(const struct bus_socket *s)
{
    return s->port->name;
}

const char *
bus_error(const struct bus *b)
{
    (void)b;
    return "nothing fails here";
}

static bool
item_ready(struct bus_poll_item *item)
{
    item->readable = item->writable = false;
    if (item->socket != NULL) {
        item->readable = item->socket->port->in != NULL;
    } else if (item->fd >= 100) { /* a connection to Redis; below: the wake pipe */
        item->readable = conn_broken(item->fd) || conn_reply(item->fd, false) != NULL;
    }
    return item->readable;
}

enum status
bus_poll(struct bus *b, struct bus_poll_item *items, size_t count, int timeout_ms)
{
    int64_t until = world.now_us + (int64_t)timeout_ms * US_A_MS;

    (void)b;
    process_wait(world.now_us + chance_between(2, 30)); /* what a turn costs */
    for (;;) {
        bool ready = process_now->stop;
        size_t i;

        for (i = 0; i < count; i++) {
            ready |= item_ready(&items[i]);
        }
        if (ready || (timeout_ms >= 0 && world.now_us >= until)) {
            return ST_OK;
        }
        process_wait(timeout_ms < 0 ? world.now_us + US_A_S : until);
    }
}

enum status
bus_receive(struct bus_socket *s, struct bus_message *m)
{
    struct port *p = s->port;
    struct letter *l = p->in;

    while (l != NULL && l->link != NULL &&
           !s->bus->admit(s->bus->context, s->domain, l->link->key)) {
        l = l->next; /* as ZAP and rule 3 of lib/bus.h would */
    }
    p->in = l == NULL ? NULL : l->next;
    if (p->in == NULL) {
        p->in_end = &p->in;
    }
    if (l == NULL) {
        return ST_AGAIN;
    }
    memset(m, 0, sizeof *m);
    m->key = "";
    if (l->link != NULL) {
        m->peer.len = 5;
        memcpy(m->peer.id + 1, &l->link->number, 4);
        m->key = l->link->key;
    }
    m->body = l->body;
    m->body_bytes = l->bytes;
    return ST_OK;
}

void
bus_message_close(struct bus_message *m)
{
    (void)m; /* its bytes are the world's */
}

enum status
bus_send_to(struct bus_socket *s, const struct bus_peer *peer, const void *body,
            size_t body_bytes)
{
    struct letter *letter;
    uint32_t number;
    struct link *l;
    int64_t at = world.now_us + delay_us();

    memcpy(&number, peer->id + 1, sizeof number);
    l = links[number];
    if (body_bytes > BUS_MESSAGE_MAX) {
        return ST_LIMIT;
    }
    if (!l->up || l->life != s->port->life || l->port != s->port) {
        return ST_GONE;
    }
    if (chance_of(2)) {
        return ST_AGAIN; /* its queue is full */
    }
    letter = letter_new(l->port, body, body_bytes);
    letter->link = l;
    l->back_us = at > l->back_us ? at : l->back_us + 1;
    event_at(l->back_us, letter_back, letter, 0);
    return ST_OK;
}

enum status
bus_send(struct bus_socket *s, const void *body, size_t body_bytes)
{
    size_t i;

    for (i = 0; i < sub_count; i++) {
        struct subscription *sub = subs[i];
        unsigned times = chance_of(60) ? 0 : chance_of(50) ? 2 : 1;

        if (sub->from != s->port || !sub->inbox.owner->alive ||
            sub->inbox.owner->life != sub->life) {
            continue;
        }
        while (times-- > 0) {
            event_in(delay_us(), letter_there,
                     letter_new(&sub->inbox, body, body_bytes), 0);
        }
    }
    return ST_OK;
}

/* ---- what no service here needs, or always holds ---- */

void
bus_memory_max(struct bus *b, size_t bytes)
{
    (void)b;
    (void)bytes;
}

uint64_t
bus_dropped(const struct bus *b)
{
    (void)b;
    return 0;
}

uint64_t
bus_refused(const struct bus *b)
{
    (void)b;
    return 0;
}

enum status
bus_keys_from_secret(const char *secret, struct bus_keys *made)
{
    (void)secret;
    memset(made, 0, sizeof *made);
    return ST_OK;
}

bool
bus_key_valid(const char *key)
{
    return z85_key_valid(key);
}

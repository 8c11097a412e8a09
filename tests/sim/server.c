/*
 * Redis as a process: connections, one thread, a log that is durable up to a place.
 *
 * A turn takes all that has come, connection by connection in any order, does it, and,
 * when something was written, syncs; only then do the answers go out, those of reads
 * among them. A kill keeps what was written to the file (the page cache lives), a power
 * cut what was synced and any number of whole transactions behind it. After a restart
 * from the page cache nothing is synced until the next write: what reads show until
 * then can still be taken back (reliability.md, F2).
 */
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <string.h>

#define CONNS_MAX 4096
#define CONNS_OPEN_MAX 64
#define FD_FIRST 100

struct conn {
    struct process *owner; /* NULL: the client has closed it, or is gone */
    bool broken;           /* the client sees it */
    uint64_t server_life;  /* which Redis it leads to */
    int64_t there_us;      /* when the last thing sent will have arrived */
    int64_t back_us;
    int64_t stalled_until_us;
    struct waiting *arrived; /* at the server, oldest first */
    struct waiting **arrived_end;
    struct waiting *answers; /* at the client */
    struct waiting **answers_end;
};

struct waiting {
    struct waiting *next;
    struct conn *conn;
    struct command command;
    struct rep *rep;
};

struct store *store;

struct server {
    bool up;
    bool loading;
    bool syncing;
    bool turn_asked;
    uint64_t life;
    int64_t hung_until_us;
    int64_t full_until_us;
    struct op *log;
    uint64_t *log_tx; /* the transaction that each op belongs to */
    size_t log_count;
    size_t log_room;
    uint64_t tx;         /* executed so far */
    uint64_t tx_written; /* in the file */
    uint64_t tx_durable; /* on disk */
    bool dirty;          /* the present turn has written */
    bool kill_armed;     /* to be killed while it next syncs */
    int64_t kill_down_us;
    struct waiting *out; /* answers that wait for the sync */
    struct waiting **out_end;
    struct conn *conns[CONNS_OPEN_MAX];
    size_t conn_count;
};
static struct server server;

/* By descriptor, all of the run. */
static struct conn *all_conns[CONNS_MAX];
static size_t all_count;

static void server_turn(void *context, uint64_t life);

void
server_begin(uint64_t life)
{
    server = (struct server){.life = life, .up = true};
    all_count = 0;
    server.out_end = &server.out;
    store = world_take(sizeof *store);
}

bool
server_up(void)
{
    return server.up;
}

uint64_t
server_transactions(void)
{
    return server.tx;
}

unsigned
server_life(void)
{
    return (unsigned)server.life;
}

/* ---- writing ---- */

void
server_write(const struct op *op)
{
    static const char shown_only[] = "dondoc:ops:metric:";

    server.dirty = true;
    store_do(store, op);
    if (op->key.len >= sizeof shown_only &&
        memcmp(op->key.at, shown_only, sizeof shown_only - 1) == 0) {
        return; /* nothing reads them back: the log stays small */
    }
    if (server.log_count == server.log_room) {
        size_t room = server.log_room == 0 ? 1024 : server.log_room * 2;
        struct op *log = world_take(room * sizeof *log);
        uint64_t *log_tx = world_take(room * sizeof *log_tx);

        if (server.log_count > 0) {
            memcpy(log, server.log, server.log_count * sizeof *log);
            memcpy(log_tx, server.log_tx, server.log_count * sizeof *log_tx);
        }
        server.log = log;
        server.log_tx = log_tx;
        server.log_room = room;
    }
    server.log[server.log_count] = *op;
    server.log_tx[server.log_count++] = server.tx;
}

/* ---- one turn ---- */

static void
answers_send(void)
{
    struct waiting *w = server.out;

    server.out = NULL;
    server.out_end = &server.out;
    while (w != NULL) {
        struct waiting *next = w->next;
        struct conn *c = w->conn;

        if (c->owner != NULL && !c->broken) {
            int64_t at = world.now_us + chance_between(5, 60);

            if (chance_of(5)) {
                at += chance_between(1, 900) * US_A_MS; /* the network is slow */
            }
            at = at > c->stalled_until_us ? at : c->stalled_until_us;
            c->back_us = at > c->back_us ? at : c->back_us;
            w->next = NULL;
            event_at(c->back_us, server_turn, w, 0);
        }
        w = next;
    }
}

static void
answer_arrives(struct waiting *w)
{
    struct conn *c = w->conn;

    if (c->owner != NULL && !c->broken) {
        *c->answers_end = w;
        c->answers_end = &w->next;
        process_notify(c->owner);
    }
}

static bool
command_writes(const struct command *c)
{
    return text_is(c->argv[0], "FCALL") || text_is(c->argv[0], "SET") ||
           text_is(c->argv[0], "HSET") || text_is(c->argv[0], "INCR");
}

static struct rep *
command_answer(const struct command *c)
{
    struct rep *rep;

    if (server.loading) {
        return rep_error("LOADING Redis is loading the dataset in memory");
    }
    if (server.full_until_us > world.now_us && command_writes(c)) {
        return rep_error("OOM command not allowed when used memory > 'maxmemory'.");
    }
    server.tx++;
    rep = command_do(c);
    if (command_writes(c)) {
        oracle_executed(c, rep);
    }
    return rep;
}

static void
conn_serve(struct conn *c)
{
    struct waiting *w = c->arrived;

    c->arrived = NULL;
    c->arrived_end = &c->arrived;
    while (w != NULL && !world.failed) {
        struct waiting *next = w->next;

        w->rep = command_answer(&w->command);
        TRACE("redis", "%.*s %.*s", (int)w->command.argv[0].len, w->command.argv[0].at,
              w->command.argc > 1 ? (int)w->command.argv[1].len : 0,
              w->command.argc > 1 ? w->command.argv[1].at : "");
        w->next = NULL;
        *server.out_end = w;
        server.out_end = &w->next;
        w = next;
    }
}

static void
turn_ask(void)
{
    if (server.up && !server.syncing && !server.turn_asked) {
        int64_t at = world.now_us + chance_between(1, 15);

        server.turn_asked = true;
        at = at > server.hung_until_us ? at : server.hung_until_us;
        event_at(at, server_turn, NULL, server.life);
    }
}

static void
server_kill_now(void *context, uint64_t life)
{
    (void)context;
    if (life == server.life) {
        server_kill(false, server.kill_down_us);
    }
}

static void
server_synced(void *context, uint64_t life)
{
    size_t i;

    (void)context;
    if (life != server.life) {
        return;
    }
    if (server.hung_until_us > world.now_us) {
        event_at(server.hung_until_us, server_synced, NULL, life);
        return;
    }
    server.syncing = false;
    server.tx_durable = server.tx_written = server.tx;
    answers_send();
    for (i = 0; i < server.conn_count; i++) {
        if (server.conns[i]->arrived != NULL) {
            turn_ask();
            break;
        }
    }
}

/* Of those that the client has closed, and from which nothing will come any more. */
static void
conns_forget(void)
{
    size_t kept = 0;
    size_t i;

    for (i = 0; i < server.conn_count; i++) {
        struct conn *c = server.conns[i];

        if ((c->owner != NULL && !c->broken) || c->arrived != NULL ||
            c->there_us >= world.now_us) {
            server.conns[kept++] = c;
        }
    }
    server.conn_count = kept;
}

/* context NULL: a turn of the server; else an answer that arrives at its client. */
static void
server_turn(void *context, uint64_t life)
{
    size_t from;
    size_t i;

    if (context != NULL) {
        answer_arrives(context);
        return;
    }
    if (life != server.life || !server.up) {
        return;
    }
    server.turn_asked = false;
    server.dirty = false;
    conns_forget();
    from = chance_below(server.conn_count);
    for (i = 0; i < server.conn_count && !world.failed; i++) {
        struct conn *c = server.conns[(from + i) % server.conn_count];

        if (c->arrived != NULL) {
            conn_serve(c);
        }
    }
    if (server.dirty) {
        int64_t sync_us =
            chance_of(30) ? chance_between(1000, 60000) : chance_between(40, 400);

        server.syncing = true;
        event_in(sync_us, server_synced, NULL, server.life);
        if (server.kill_armed && !world.healing) {
            event_in(chance_between(0, sync_us - 1), server_kill_now, NULL,
                     server.life);
        }
    } else {
        answers_send();
    }
}

/* ---- dying and coming back ---- */

static void
store_rebuild(uint64_t keep)
{
    size_t kept = 0;

    store = world_take(sizeof *store);
    while (kept < server.log_count && server.log_tx[kept] <= keep) {
        store_do(store, &server.log[kept++]);
    }
    server.log_count = kept;
    server.tx = keep;
}

static void
server_loaded(void *context, uint64_t life)
{
    (void)context;
    if (life == server.life) {
        server.loading = false;
    }
}

static void
server_power_now(void *context, uint64_t life)
{
    (void)context;
    if (life == server.life && !world.healing) {
        server_kill(true, chance_between(20, 600) * US_A_MS);
    }
}

static void
server_start(void *context, uint64_t life)
{
    (void)context;
    if (life != server.life) {
        return;
    }
    server.up = true;
    server.loading = chance_of(300);
    if (server.loading) {
        event_in(chance_between(20, 300) * US_A_MS, server_loaded, NULL, life);
    }
    if (server.tx > server.tx_durable && !world.healing && chance_of(500)) {
        /* What is shown now may be taken back: the power goes soon. */
        event_in(chance_between(90, 500) * US_A_MS, server_power_now, NULL, life);
    }
    TRACE("redis", "starts with %" PRIu64 " transactions, %" PRIu64 " of them durable",
          server.tx, server.tx_durable);
}

void
server_kill(bool power, int64_t down_us)
{
    uint64_t written;
    uint64_t keep;
    size_t i;

    if (!server.up) {
        return;
    }
    /* Killed before, in the midst of or after writing the file of this turn. */
    written = (uint64_t)chance_between((int64_t)server.tx_written, (int64_t)server.tx);
    keep = power
               ? (uint64_t)chance_between((int64_t)server.tx_durable, (int64_t)written)
               : written;
    TRACE("redis", "%s: keeps %" PRIu64 " of %" PRIu64 " transactions",
          power ? "power cut" : "killed", keep, server.tx);
    server.up = false;
    server.syncing = server.turn_asked = false;
    server.life++;
    server.hung_until_us = 0;
    server.kill_armed = false;
    server.out = NULL;
    server.out_end = &server.out;
    server.tx_written = keep;
    server.tx_durable = power ? keep : server.tx_durable;
    store_rebuild(keep);
    oracle_rebuilt();
    for (i = 0; i < server.conn_count; i++) {
        struct conn *c = server.conns[i];

        c->arrived = NULL;
        c->arrived_end = &c->arrived;
        if (c->owner != NULL) {
            c->broken = true;
            process_notify(c->owner);
        }
    }
    server.conn_count = 0;
    event_in(down_us, server_start, NULL, server.life);
}

void
server_kill_in_sync(int64_t down_us)
{
    server.kill_armed = true;
    server.kill_down_us = down_us;
}

void
server_hang(int64_t us)
{
    server.hung_until_us = world.now_us + us;
}

void
server_full(int64_t us)
{
    server.full_until_us = world.now_us + us;
}

/* ---- connections, as the client sees them ---- */

static struct conn *
conn_of(int fd)
{
    return all_conns[fd - FD_FIRST];
}

int
conn_open(struct process *p, bool *refused)
{
    struct conn *c;

    *refused = !server.up;
    if (!server.up) {
        return -1;
    }
    conns_forget();
    if (all_count == CONNS_MAX || server.conn_count == CONNS_OPEN_MAX) {
        sim_fail("too many connections to Redis");
        return -1;
    }
    c = world_take(sizeof *c);
    c->owner = p;
    c->server_life = server.life;
    c->arrived_end = &c->arrived;
    c->answers_end = &c->answers;
    all_conns[all_count++] = c;
    server.conns[server.conn_count++] = c;
    return FD_FIRST + (int)all_count - 1;
}

void
conn_close(int fd)
{
    conn_of(fd)->owner = NULL; /* what was sent may still arrive and be done */
}

bool
conn_broken(int fd)
{
    return conn_of(fd)->broken;
}

static void
command_arrives(void *context, uint64_t life)
{
    struct waiting *w = context;
    struct conn *c = w->conn;

    if (life != server.life || !server.up || c->server_life != server.life) {
        return; /* it went to a Redis that is no more */
    }
    *c->arrived_end = w;
    c->arrived_end = &w->next;
    turn_ask();
}

void
conn_send(int fd, struct command *list, size_t count)
{
    struct conn *c = conn_of(fd);
    int64_t at = world.now_us + chance_between(3, 40);
    size_t i;

    if (chance_of(5)) {
        at += chance_between(1, 900) * US_A_MS;
    }
    at = at > c->stalled_until_us ? at : c->stalled_until_us;
    for (i = 0; i < count; i++) {
        struct waiting *w = world_take(sizeof *w);

        if (i > 0 && chance_of(10)) {
            at += chance_between(1, 2000); /* another segment */
        }
        c->there_us = at > c->there_us ? at : c->there_us;
        w->conn = c;
        w->command = list[i];
        event_at(c->there_us, command_arrives, w, c->server_life);
    }
}

struct rep *
conn_reply(int fd, bool take)
{
    struct conn *c = conn_of(fd);
    struct waiting *w = c->answers;

    if (w == NULL) {
        return NULL;
    }
    if (take) {
        c->answers = w->next;
        if (c->answers == NULL) {
            c->answers_end = &c->answers;
        }
    }
    return w->rep;
}

void
server_process_gone(struct process *p)
{
    size_t i;

    for (i = 0; i < server.conn_count; i++) {
        if (server.conns[i]->owner == p) {
            server.conns[i]->owner = NULL;
        }
    }
}

/* Cut: at once, with or without what is on the way there. Stall: for a while. */
void
server_conn_fault(void)
{
    struct conn *c;

    if (server.conn_count == 0) {
        return;
    }
    c = server.conns[chance_below(server.conn_count)];
    if (c->owner == NULL) {
        return;
    }
    if (chance_of(500)) {
        c->stalled_until_us = world.now_us + chance_between(1, 4000) * US_A_MS;
        TRACE(c->owner->name, "its connection stalls");
        return;
    }
    TRACE(c->owner->name, "its connection is cut");
    c->broken = true;
    if (chance_of(500)) {
        c->server_life = 0; /* nor does what was sent arrive */
    }
    process_notify(c->owner);
}

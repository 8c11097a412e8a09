/*
 * sim - the real services under virtual time, network and storage, from one seed.
 *
 * One run is one world: a clock, a heap of events, one chance. Each service is a
 * process with a stack and a heap of its own; it runs until it waits (for Redis, for a
 * message, for a time-out), and then the next event is due. A killed process never runs
 * again and its heap is gone, so nothing of it can be seen by the next one.
 *
 * What stands in for the outside world, by link-time substitution:
 *     client.c   lib/redis.c, redis_connect.c   commands go to server.c
 *     net.c      lib/bus*.c, zap.c              messages go to and from actors
 *     host.c     lib/service.c, diag.c, …       signals, settings, fatal ends
 *     process.c  malloc, the clock, random bytes, crash points
 * Everything else is the code that is shipped.
 */
#ifndef DONDOC_TESTS_SIM_H
#define DONDOC_TESTS_SIM_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_PROVINCE "sim"
#define SIM_PREFIX "dondoc:{" SIM_PROVINCE "}:"
#define US_A_MS 1000
#define US_A_S 1000000

/* ---- world.c: chance, events, the trace ---- */

struct world {
    uint64_t seed;
    uint64_t chance[2];
    int64_t now_us;      /* since the run began; also the monotonic clock */
    int64_t wall_ms;     /* wall time at now_us 0 */
    int64_t wall_off_ms; /* jumps of the wall clock so far */
    bool trace;
    bool quiet;   /* an undisturbed world: no faults, no delays, no trace */
    bool healing; /* no new faults */
    bool failed;
    char failure[512];
    uint64_t digest; /* of what happened, in order */
    uint64_t events;
};
extern struct world world;

void world_begin(uint64_t seed, bool trace);
int64_t world_wall_ms(void);

uint64_t chance_bits(void);
uint64_t chance_below(uint64_t n);                   /* 0 … n-1 */
int64_t chance_between(int64_t least, int64_t most); /* both inclusive */
bool chance_of(unsigned in_thousand);

typedef void event_do(void *context, uint64_t number);
void event_at(int64_t at_us, event_do *what, void *context, uint64_t number);
void event_in(int64_t us, event_do *what, void *context, uint64_t number);
bool event_next(void); /* false: there is none */

/* The first failure of a run stands; nothing runs after it. */
void sim_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* One line of the trace; formatted only when somebody reads it. */
void trace_line(const char *who, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
#define TRACE(who, ...)                                                                \
    do {                                                                               \
        if (world.trace) {                                                             \
            trace_line(who, __VA_ARGS__);                                              \
        }                                                                              \
    } while (0)
/* Goes into the digest: two runs of a seed that differ anywhere differ here. */
void trace_mark(uint64_t what);

/* ---- heap.c: memory that goes as a whole ---- */

struct piece;
struct heap {
    unsigned char *base;
    size_t used;
    size_t room;
    size_t most;
    struct piece *spare[48]; /* by power of two */
};
extern struct heap *heap_now;    /* malloc of everything that is linked in */
extern struct heap heap_lasting; /* the programme, the keyring: for all runs */
extern struct heap heap_world;   /* of this run: Redis, the net, the actors */
void heap_make(struct heap *h, size_t room);
void heap_reset(struct heap *h);
void *world_take(size_t bytes); /* zeroed, until the run ends */

/* ---- bytes ---- */

struct text {
    const char *at;
    size_t len;
};
struct text text_of(const char *zero_terminated); /* borrowed */
struct text text_copy(const void *p, size_t len); /* into the world */
struct text text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool text_same(struct text a, struct text b);
bool text_is(struct text a, const char *b);
int64_t text_number(struct text t);

/* ---- process.c ---- */

#define PROCESS_MAX 6
#define PROCESS_STACK_BYTES (1u << 20)

enum part { PART_INGEST, PART_SCORER, PART_NOTIFIER, PARTS };

struct process {
    char name[24]; /* "ingest-a" */
    enum part part;
    char instance[4];
    bool used; /* this slot runs in this world */
    bool alive;
    bool fresh;    /* has not run yet */
    bool stop;     /* SIGTERM */
    uint64_t life; /* which one of this slot; grows with every start */
    uint64_t turn; /* which wait; a wake of an older one is stale */
    bool notified;
    int64_t hung_until_us;
    int64_t down_us; /* how long until it is started again; < 0: not again */
    struct heap heap;
    unsigned char *stack;
    jmp_buf here;
};
extern struct process processes[PROCESS_MAX];
extern struct process *process_now; /* NULL: the world itself runs */

void processes_begin(void);
struct process *process_use(enum part part, const char *instance);
void process_start(struct process *p);
void process_kill(struct process *p, const char *why, int64_t down_us);
void process_notify(struct process *p); /* what it may wait for is there */
/* In a process: gives the world its turn until something comes or that time. */
void process_wait(int64_t until_us);
_Noreturn void process_exit(const char *why, int64_t down_us);
/* One pass of a crash point in this many kills; 0: none. */
extern unsigned process_crash_in;

/* ---- store.c: what Redis holds ---- */

enum object_type { OBJECT_NONE, OBJECT_STRING, OBJECT_HASH, OBJECT_STREAM };

struct field {
    struct text name;
    struct text value;
};
struct row {
    uint64_t ms;
    uint64_t seq;
    const struct field *fields;
    size_t count;
};
struct object {
    struct text key;
    enum object_type type;
    int64_t expires_ms; /* wall; 0: never */
    struct text value;
    struct field *fields;
    size_t count; /* of fields or rows */
    size_t room;
    struct row *rows;
    uint64_t last_ms;
    uint64_t last_seq;
};
struct store {
    struct object **objects;
    size_t count;
    size_t room;
};

enum op_kind { OP_SET, OP_HSET, OP_HDEL, OP_XADD, OP_XDEL, OP_DEL };
struct op {
    enum op_kind kind;
    struct text key;
    struct text name;
    struct text value;
    int64_t expires_ms;
    const struct field *fields; /* OP_XADD */
    size_t count;
    uint64_t ms;
    uint64_t seq;
};

struct object *store_find(struct store *s, struct text key); /* NULL: not there */
struct object *store_get(struct store *s, const char *key);
struct text *hash_get(const struct object *o, struct text name); /* NULL: absent */
const struct text *store_hget(struct store *s, const char *key, const char *name);
void store_do(struct store *s, const struct op *op);

/* ---- server.c: Redis, its durable prefix and its volatile tail ---- */

struct rep {
    int type; /* REDIS_REPLY_* */
    long long integer;
    struct text str;
    struct rep **items;
    size_t count;
};
struct command {
    struct text *argv;
    size_t argc;
};
struct conn;

extern struct store *store; /* as it stands in the memory of Redis */

void server_begin(uint64_t life); /* its number: events of another life do nothing */
void server_write(const struct op *op); /* does it and puts it behind the log */
void server_kill(bool power, int64_t down_us);
void server_kill_in_sync(int64_t down_us); /* when next it does */
void server_hang(int64_t us);
void server_full(int64_t us);
bool server_up(void);
unsigned server_life(void); /* how often it has started; its run id */
void server_process_gone(struct process *p);
void server_conn_fault(void); /* cuts or stalls one connection */
/* Rebuilds what the log says; the fact model is told that time went back. */
uint64_t server_transactions(void);

/* Client side of a connection; the numbers are descriptors. */
int conn_open(struct process *p, bool *refused);
void conn_close(int fd);
bool conn_broken(int fd);
void conn_send(int fd, struct command *commands, size_t count);
struct rep *conn_reply(int fd, bool take); /* NULL: none has come */

/* command.c, functions.c */
struct rep *command_do(const struct command *c);
struct rep *function_do(const struct command *c);
struct rep *rep_error(const char *text);
struct rep *rep_status(const char *text);
struct rep *rep_text(struct text t);
struct rep *rep_nil(void);
struct rep *rep_integer(long long n);
struct rep *rep_array(size_t count);

/* ---- net.c: the bus ---- */

struct actor;
typedef void actor_hear(struct actor *a, const uint8_t *body, size_t bytes);
struct link;
struct link *link_open(struct actor *a, enum part part, const char *what,
                       const char *key); /* NULL: nobody listens */
void link_close(struct link *l);
bool link_up(const struct link *l);
void link_send(struct link *l, const void *body, size_t bytes);
void net_begin(void);
void net_process_gone(struct process *p);
void net_fault(void); /* breaks one link, with what is on the way */

/* ---- actors.c, units.c, leaders.c ---- */

struct actor {
    const char *name;
    const char *key;
    struct link *link;
    actor_hear *hear;
    event_do *act; /* its timer; number is turn */
    uint64_t turn;
    void *self;
};
void actor_later(struct actor *a, int64_t us);
void actors_begin(void);
const char *actors_busy(void); /* NULL: all have what they wanted */
const char *actors_keyring(void);

struct sim_report { /* what a unit sent, whatever became of it */
    const char *unit;
    char period[16];
    int64_t results;
    int64_t digitised;
    uint32_t revision;
    uint64_t entry;
    uint32_t index;
    char hash[40];
};
extern struct sim_report *sent;
extern size_t sent_count;
const struct sim_report *sent_find(const char *unit, const char *period,
                                   int64_t results, int64_t digitised);

extern struct sim_report *acked; /* with what the receipt said */
extern size_t acked_count;
extern int sim_month; /* of 2023, in which the run begins */

struct sim_ack { /* an acknowledgement that was answered */
    char id[40];
    uint64_t entry;
};
extern struct sim_ack *acks;
extern size_t ack_count;

struct heard { /* an alert that a leader has stored */
    uint64_t position;
    char id[96];
};
struct office {
    struct actor actor;
    const char *office;
    struct heard *heard;
    size_t count;
    size_t room;
};
#define LEADERS 3
extern struct office leaders[LEADERS];
void units_begin(void);
bool units_done(void);
void leaders_begin(void);
bool leaders_done(void);

/* ---- faults.c ---- */

void faults_begin(void);
void faults_heal(void);
extern int64_t faults_until_us;

/* ---- oracle.c ---- */

void oracle_begin(void);
void oracle_rebuilt(void); /* Redis has started again from what was kept */
void oracle_executed(const struct command *c, const struct rep *rep); /* a write */
const char *oracle_undrained(void); /* NULL: nothing is under way any more */
void oracle_end(void);
void oracle_replay(void); /* the derived state equals that of a world without faults */

/* host.c */
void host_load(const char *programme_dir);
#define PROGRAMMES 2
struct programme {
    struct text bundle;
    char digest[65];
};
extern struct programme programmes[PROGRAMMES];

#endif

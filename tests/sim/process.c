/*
 * Processes: each runs on a stack of its own until it waits. Switching is a pair of
 * _setjmp and _longjmp; only the first step onto a new stack needs makecontext.
 */
#undef _FORTIFY_SOURCE /* its longjmp refuses to go to another stack */
#define _DEFAULT_SOURCE
#include "tests/sim/sim.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "lib/crypto.h"
#include "lib/fault.h"
#include "lib/instant.h"

#define CRASH_CLASSES 11
#define HEAP_ROOM ((size_t)256 << 20)

int ingest_main(int argc, char **argv);
int scorer_main(int argc, char **argv);
int notifier_main(int argc, char **argv);

struct process processes[PROCESS_MAX];
struct process *process_now;
unsigned process_crash_in;

static jmp_buf world_here;

static const struct {
    const char *name;
    int (*main)(int argc, char **argv);
} parts[PARTS] = {
    [PART_INGEST] = {"ingest", ingest_main},
    [PART_SCORER] = {"scorer", scorer_main},
    [PART_NOTIFIER] = {"notifier", notifier_main},
};

void
processes_begin(void)
{
    size_t i;

    for (i = 0; i < PROCESS_MAX; i++) {
        struct process *p = &processes[i];
        uint64_t life = p->life + 1;

        if (p->stack == NULL) {
            heap_make(&p->heap, HEAP_ROOM);
            p->stack = mmap(NULL, PROCESS_STACK_BYTES, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        }
        p->used = p->alive = false;
        p->life = life;
    }
    process_now = NULL;
    process_crash_in = 0;
    heap_now = &heap_world;
}

struct process *
process_use(enum part part, const char *instance)
{
    struct process *p = processes;

    while (p->used) {
        p++;
    }
    p->used = true;
    p->part = part;
    (void)snprintf(p->instance, sizeof p->instance, "%s", instance);
    (void)snprintf(p->name, sizeof p->name, "%s-%s", parts[part].name, instance);
    return p;
}

/* ---- on its own stack ---- */

static void
process_body(void)
{
    struct process *p = process_now;
    static char province[] = "--province=" SIM_PROVINCE;
    static char keyring[] = "--keyring=keyring";
    static char instance[] = "--instance";
    static char hints_key[] = "--hints-from-key=peer";
    char listen[3][64];
    char from[64];
    char *argv[24];
    int argc = 0;

    (void)snprintf(listen[0], sizeof listen[0], "--listen=%s", p->name);
    (void)snprintf(listen[1], sizeof listen[1], "--listen-ops=%s.ops", p->name);
    (void)snprintf(listen[2], sizeof listen[2], "--listen-hints=%s.hints", p->name);
    (void)snprintf(from, sizeof from, "--hints-from=%s.hints",
                   p->part == PART_SCORER ? "ingest-a" : "scorer-a");
    argv[argc++] = p->name;
    argv[argc++] = province;
    argv[argc++] = keyring;
    argv[argc++] = instance;
    argv[argc++] = p->instance;
    if (p->part != PART_SCORER) {
        argv[argc++] = listen[0];
    }
    if (p->part == PART_INGEST) {
        argv[argc++] = listen[1];
    } else {
        argv[argc++] = from;
        argv[argc++] = hints_key;
    }
    if (p->part != PART_NOTIFIER) {
        argv[argc++] = listen[2];
    }
    argv[argc] = NULL;
    (void)parts[p->part].main(argc, argv);
    process_exit("stopped as asked", world.quiet ? -1 : chance_between(50, 800) * 1000);
}

static void
process_run(struct process *p)
{
    /* volatile: read again after _longjmp came back here */
    struct heap *volatile before = heap_now;
    ucontext_t first;

    process_now = p;
    heap_now = &p->heap;
    if (_setjmp(world_here) == 0) {
        if (!p->fresh) {
            _longjmp(p->here, 1);
        }
        p->fresh = false;
        (void)getcontext(&first);
        first.uc_stack.ss_sp = p->stack;
        first.uc_stack.ss_size = PROCESS_STACK_BYTES;
        first.uc_link = NULL;
        makecontext(&first, process_body, 0);
        (void)setcontext(&first);
    }
    process_now = NULL;
    heap_now = before;
}

static void
process_wake(void *context, uint64_t turn)
{
    struct process *p = context;

    if (!p->alive || p->turn != turn) {
        return;
    }
    if (p->hung_until_us > world.now_us) {
        event_at(p->hung_until_us, process_wake, p, turn);
        return;
    }
    process_run(p);
}

void
process_notify(struct process *p)
{
    if (p->alive && !p->notified && p != process_now) {
        p->notified = true;
        event_in(chance_of(20) ? chance_between(50, 20000) : chance_between(1, 40),
                 process_wake, p, p->turn);
    }
}

void
process_wait(int64_t until_us)
{
    struct process *p = process_now;

    p->turn++;
    p->notified = false;
    event_at(until_us <= world.now_us ? world.now_us + 2 : until_us, process_wake, p,
             p->turn);
    if (_setjmp(p->here) == 0) {
        _longjmp(world_here, 1);
    }
}

/* ---- beginning and end ---- */

static void
process_begin_again(void *context, uint64_t life)
{
    struct process *p = context;

    if (p->used && !p->alive && p->life == life) {
        process_start(p);
    }
}

void
process_start(struct process *p)
{
    p->alive = p->fresh = true;
    p->stop = p->notified = false;
    p->hung_until_us = 0;
    p->life++;
    p->turn++;
    heap_reset(&p->heap);
    TRACE(p->name, "starts");
    event_in(chance_between(1, 2000), process_wake, p, p->turn);
}

static void
process_end(struct process *p, const char *why, int64_t down_us)
{
    TRACE(p->name, "ends: %s", why);
    p->alive = false;
    p->life++;
    p->turn++;
    net_process_gone(p);
    server_process_gone(p);
    if (down_us >= 0) {
        event_in(down_us, process_begin_again, p, p->life);
    }
}

void
process_kill(struct process *p, const char *why, int64_t down_us)
{
    if (p->alive) {
        process_end(p, why, down_us);
    }
}

void
process_exit(const char *why, int64_t down_us)
{
    process_end(process_now, why, down_us);
    _longjmp(world_here, 1);
}

/* ---- what the services ask: crash points, the clock, chance ---- */

void fault_point(const char *name); /* lib/fault.h declares it with FAULTS only */

/* Only points of one class in a run: the busiest ones would leave the others no turn.
 */
void
fault_point(const char *name)
{
    unsigned sum = 0;
    const char *at;

    if (process_crash_in == 0 || world.healing || process_now == NULL) {
        return;
    }
    for (at = name; *at != '\0'; at++) {
        sum = sum * 31 + (unsigned char)*at;
    }
    if (sum % CRASH_CLASSES == world.seed / 7 % CRASH_CLASSES &&
        chance_below(process_crash_in) == 0) {
        process_exit(name, chance_between(20, 1500) * US_A_MS);
    }
}

struct instant __wrap_instant_now(void);
struct mono __wrap_mono_now(void);
int64_t __wrap_mono_since_us(struct mono start);
void __wrap_crypto_random(void *out, size_t bytes);
void __wrap_crypto_random_id(char out[CRYPTO_HEX128_BYTES]);

struct instant
__wrap_instant_now(void)
{
    return (struct instant){world_wall_ms()};
}

struct mono
__wrap_mono_now(void)
{
    return (struct mono){world.now_us};
}

int64_t
__wrap_mono_since_us(struct mono start)
{
    return world.now_us - start.us;
}

void
__wrap_crypto_random(void *out, size_t bytes)
{
    unsigned char *at = out;

    while (bytes-- > 0) {
        *at++ = (unsigned char)(chance_bits() >> 17);
    }
}

void
__wrap_crypto_random_id(char out[CRYPTO_HEX128_BYTES])
{
    unsigned char id[16];

    __wrap_crypto_random(id, sizeof id);
    crypto_hex(id, sizeof id, out);
}

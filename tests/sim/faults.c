/*
 * What goes wrong in a run: a few kinds are chosen by the seed, then some faults of
 * these kinds at times chosen by the seed, then nothing more: all must heal by itself.
 */
#include "tests/sim/sim.h"

#include <stdio.h>

#define HOUR_MS 3600000

enum fault {
    FAULT_REDIS_KILL,
    FAULT_REDIS_POWER,
    FAULT_REDIS_HANG,
    FAULT_REDIS_FULL,
    FAULT_CONN,
    FAULT_SERVICE_KILL,
    FAULT_SERVICE_HANG,
    FAULT_SERVICE_STOP,
    FAULT_LINK,
    FAULT_CLOCK,
    FAULT_HOST_POWER, /* Redis and all services at once */
    FAULTS
};

int64_t faults_until_us;

static enum fault kinds[FAULTS];
static size_t kind_count;

static struct process *
some_process(void)
{
    struct process *p = &processes[chance_below(PROCESS_MAX)];

    return p->used && p->alive ? p : NULL;
}

static int64_t
down_us(void)
{
    return chance_between(20, chance_of(300) ? 4000 : 600) * US_A_MS;
}

static void
clock_jump(void)
{
    static const int64_t jumps_h[] = {1,  1,  2,  5,   13, 24, 25, 26,
                                      27, 30, 50, 200, -1, -2, -26};
    int64_t h = jumps_h[chance_below(sizeof jumps_h / sizeof *jumps_h)];

    world.wall_off_ms += h * HOUR_MS + chance_between(-1800, 1800) * 1000;
    TRACE("clock", "jumps by %lld h", (long long)h);
}

static void
host_power(void)
{
    size_t i;

    TRACE("host", "power cut");
    server_kill(true, down_us());
    for (i = 0; i < PROCESS_MAX; i++) {
        process_kill(&processes[i], "power cut", down_us());
    }
}

static void
service_fault(enum fault what)
{
    struct process *p = some_process();

    if (p == NULL) {
        return;
    }
    if (what == FAULT_SERVICE_KILL) {
        process_kill(p, "killed", down_us());
    } else if (what == FAULT_SERVICE_HANG) {
        p->hung_until_us =
            world.now_us + chance_between(1, chance_of(300) ? 20000 : 3000) * US_A_MS;
        TRACE(p->name, "hangs for %lld ms",
              (long long)(p->hung_until_us - world.now_us) / US_A_MS);
    } else {
        TRACE(p->name, "is asked to stop");
        p->stop = true;
        process_notify(p);
    }
}

static void
fault_do(void *context, uint64_t what)
{
    (void)context;
    if (world.healing) {
        return;
    }
    switch ((enum fault)what) {
    case FAULT_REDIS_KILL:
        if (chance_of(700)) {
            server_kill_in_sync(down_us());
        } else {
            server_kill(false, down_us());
        }
        break;
    case FAULT_REDIS_POWER:
        server_kill(true, down_us());
        break;
    case FAULT_REDIS_HANG:
        TRACE("redis", "hangs");
        server_hang(chance_between(1, 5000) * US_A_MS);
        break;
    case FAULT_REDIS_FULL:
        TRACE("redis", "is full for a while");
        server_full(chance_between(1, 1500) * US_A_MS);
        break;
    case FAULT_CONN:
        server_conn_fault();
        break;
    case FAULT_SERVICE_KILL:
    case FAULT_SERVICE_HANG:
    case FAULT_SERVICE_STOP:
        service_fault((enum fault)what);
        break;
    case FAULT_LINK:
        net_fault();
        break;
    case FAULT_CLOCK:
        clock_jump();
        break;
    case FAULT_HOST_POWER:
        host_power();
        break;
    case FAULTS:
        break;
    }
}

void
faults_begin(void)
{
    int64_t last_us = chance_between(3, 9) * US_A_S;
    int64_t count = chance_between(2, 10);
    unsigned f;

    faults_until_us = world.now_us + last_us;
    kind_count = 0;
    for (f = 0; f < FAULTS; f++) {
        if (chance_of(350)) {
            kinds[kind_count++] = (enum fault)f;
        }
    }
    if (chance_of(400)) {
        process_crash_in = 1u << chance_between(1, 7);
    }
    while (kind_count > 0 && count-- > 0) {
        event_in(chance_between(100, last_us / US_A_MS) * US_A_MS, fault_do, NULL,
                 kinds[chance_below(kind_count)]);
    }
}

void
faults_heal(void)
{
    size_t i;

    world.healing = true;
    server_hang(0);
    server_full(0);
    for (i = 0; i < PROCESS_MAX; i++) {
        processes[i].hung_until_us = 0;
    }
    TRACE("world", "heals");
}

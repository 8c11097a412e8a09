#include "tests/support/attack.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/buf.h"

#define SAMPLES_MAX 4096
#define PAUSE_MS 10
#define ROGUE_UNITS 60
#define RESIDENT_MORE_KB 160000
#define TRIES 3

static int64_t
p99_max_us(void)
{
    const char *quiet = getenv("DONDOC_QUIET");

    return quiet != NULL && strcmp(quiet, "1") == 0 ? ATTACK_P99_US
                                                    : ATTACK_P99_BUSY_US;
}

/* ---- the scene ---- */

/* A commune whose name changed stands there twice. */
static bool
codes_have(const struct attack_scene *s, const char *code)
{
    size_t i;

    for (i = 0; i < s->code_count; i++) {
        if (strcmp(s->codes[i], code) == 0) {
            return true;
        }
    }
    return false;
}

static void
codes_read(struct attack_scene *s)
{
    FILE *f = fopen("programmes/quang-ngai/units.csv", "re");
    char line[512];

    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        const char *kind = strstr(line, ",commune,commune,");
        int end = 0;

        /* "…,commune,commune,PARENT,," was there before the first year. */
        if (kind != NULL && sscanf(kind, ",commune,commune,%*[0-9],,%n", &end) == 0 &&
            end > 0) {
            assert_true(s->code_count < ATTACK_UNITS_MAX);
            assert_int_equal(sscanf(line, "%15[0-9]", s->codes[s->code_count]), 1);
            s->code_count += !codes_have(s, s->codes[s->code_count]);
        }
    }
    (void)fclose(f); /* only read */
    assert_true(s->code_count > ROGUE_UNITS + 40);
    s->rogue_from = s->code_count - ROGUE_UNITS;
}

static const struct bus_keys *
unit_key(struct attack_scene *s, const char *name, size_t from, size_t to)
{
    const struct bus_keys *keys;
    struct buf line;
    size_t i;

    buf_init(&line, ATTACK_UNITS_MAX * 16);
    buf_format(&line, "role=unit name=%s scope=", name);
    for (i = from; i < to; i++) {
        buf_format(&line, "%s%s", i == from ? "" : ",", s->codes[i]);
    }
    keys = stack_key(&s->stack, name, buf_str(&line));
    buf_fini(&line);
    return keys;
}

static unsigned
port_free(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t bytes = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &bytes), 0);
    assert_int_equal(close(fd), 0);
    return ntohs(at.sin_port);
}

static void
scene_open(struct attack_scene *s, unsigned port)
{
    const struct bus_keys *good;
    const struct bus_keys *ops;

    memset(s, 0, sizeof *s);
    stack_init(&s->stack, "quang-ngai", true);
    s->stack.units_port = port;
    codes_read(s);
    good = unit_key(s, "good", 0, s->rogue_from);
    ops = stack_key(&s->stack, "ops", "role=ops name=ops");
    s->rogue = *unit_key(s, "rogue", s->rogue_from, s->code_count);
    s->head = *stack_key(&s->stack, "head", "role=leader name=head-21055");
    assert_int_equal(bus_keys_new(&s->stranger), ST_OK);
    stack_start(&s->stack);
    stack_endpoint(&s->stack, SIDE_UNITS, s->units);
    stack_endpoint(&s->stack, SIDE_LEADERS, s->leaders);
    side_open(&s->good, &s->stack, SIDE_UNITS, good);
    side_open(&s->ops, &s->stack, SIDE_OPS, ops);
    side_clock(&s->ops, "2024-01-02 09:00");
    side_programme(&s->ops, "programmes/quang-ngai");
    memcpy(s->pids, s->stack.pids, sizeof s->pids);
    s->resident_kb = attack_resident_kb(s->pids[PART_INGEST]);
}

void
attack_open(struct attack_scene *s)
{
    scene_open(s, 0);
}

void
attack_open_with_port(struct attack_scene *s)
{
    scene_open(s, port_free());
}

void
attack_close(struct attack_scene *s)
{
    side_close(&s->good);
    side_close(&s->ops);
    stack_stop(&s->stack, true);
}

void
attack_key(const struct attack_scene *s, size_t from, size_t i, const char **unit,
           char period[16])
{
    size_t month = i % ATTACK_MONTHS;

    assert_true(from + i / ATTACK_MONTHS < s->code_count);
    *unit = s->codes[from + i / ATTACK_MONTHS];
    (void)snprintf(period, 16, "%zu-%02zu", 2016 + month / 12, month % 12 + 1);
}

/* ---- the others ---- */

static int64_t
hello_us(struct attack_scene *s)
{
    struct unit_request q = {.kind = UNIT_REQUEST_HELLO};
    struct unit_reply r;
    struct mono began = mono_now();

    assert_int_equal(side_ask(&s->good, &q, &r), ST_OK);
    return mono_since_us(began);
}

/* A report that was never there, until it is acknowledged. */
static int64_t
push_us(struct attack_scene *s)
{
    struct wire_receipt r;
    struct mono began;
    const char *unit;
    char period[16];

    attack_key(s, 0, s->pushed++, &unit, period);
    assert_true(s->pushed < s->rogue_from * ATTACK_MONTHS);
    began = mono_now();
    side_push(&s->good, unit, "digitisation", period,
              "results_in_force=2386 results_in_force_digitised=1130", "", "", &r);
    while (r.outcome == OUTCOME_RETRY_LATER) {
        nap_ms(5);
        side_push(&s->good, unit, "digitisation", period,
                  "results_in_force=2386 results_in_force_digitised=1130", "", "", &r);
    }
    if (r.outcome != OUTCOME_ACCEPTED && r.outcome != OUTCOME_DUPLICATE) {
        fail_msg("%s %s: outcome %d %s", unit, period, r.outcome, r.refusal.code);
    }
    return mono_since_us(began);
}

static int
by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static int64_t
p99(int64_t *took, size_t count)
{
    qsort(took, count, sizeof *took, by_size);
    return took[count * 99 / 100];
}

/* False: others had to wait longer than they may. */
static bool
served_while(struct attack_scene *s, pid_t attacker, const char *name)
{
    static int64_t pushes[SAMPLES_MAX];
    static int64_t hellos[SAMPLES_MAX];
    size_t count = 0;
    int64_t push;
    int64_t hello;
    int status;

    while (waitpid(attacker, &status, WNOHANG) == 0) {
        assert_true(count < SAMPLES_MAX);
        pushes[count] = push_us(s);
        hellos[count] = hello_us(s);
        count++;
        nap_ms(PAUSE_MS);
    }
    assert_int_equal(status, 0); /* it did what it was to do */
    if (count < 5) {
        fail_msg("%s: %zu reports in all the time", name, count);
    }
    push = p99(pushes, count);
    hello = p99(hellos, count);
    print_message("%s: %zu reports, p50 %lld us, p99 %lld us, worst %lld us; questions "
                  "p99 %lld us; ingest %zu kB\n",
                  name, count, (long long)pushes[count / 2], (long long)push,
                  (long long)pushes[count - 1], (long long)hello,
                  attack_resident_kb(s->pids[PART_INGEST]));
    return push < p99_max_us() && hello < p99_max_us();
}

void
attack_serves(struct attack_scene *s, void (*with)(void), const char *name)
{
    int tries;

    for (tries = 0; tries < TRIES; tries++) {
        if (served_while(s, attack_start(with), name)) {
            attack_recovered(s, name);
            return;
        }
        attack_recovered(s, name);
    }
    fail_msg("%s: the others waited too long", name);
}

/* ---- the attack ---- */

pid_t
attack_start(void (*with)(void))
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        with();
        _exit(0);
    }
    return pid;
}

bool
attack_over(struct mono began)
{
    return mono_since_us(began) > (int64_t)ATTACK_MS * 1000;
}

size_t
attack_resident_kb(pid_t pid)
{
    char path[64];
    char line[256];
    size_t kb = 0;
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    f = fopen(path, "re");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "VmRSS: %zu kB", &kb) == 1) {
            break;
        }
    }
    (void)fclose(f); /* only read */
    return kb;
}

void
attack_recovered(struct attack_scene *s, const char *name)
{
    struct mono began = mono_now();
    size_t kb;
    int part;

    for (part = 0; part < PART_COUNT; part++) {
        stack_part_signal(&s->stack, (enum stack_part)part, 0);
        assert_int_equal(s->stack.pids[part], s->pids[part]);
        assert_int_equal(waitpid(s->pids[part], NULL, WNOHANG), 0);
    }
    while (push_us(s) >= p99_max_us() ||
           (kb = attack_resident_kb(s->pids[PART_INGEST])) >
               s->resident_kb + RESIDENT_MORE_KB) {
        if (mono_since_us(began) > (int64_t)ATTACK_RECOVERY_MS * 1000) {
            fail_msg("%s: not as before after %d ms; ingest %zu kB, was %zu kB", name,
                     ATTACK_RECOVERY_MS, attack_resident_kb(s->pids[PART_INGEST]),
                     s->resident_kb);
        }
        nap_ms(20);
    }
    print_message("%s: as before after %lld ms, ingest %zu kB\n", name,
                  (long long)(mono_since_us(began) / 1000), kb);
}

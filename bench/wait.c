/* Until the services behind ingest have followed: looks at checkpoints in Redis. */
#include "bench/bench.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "lib/diag.h"
#include "lib/instant.h"
#include "lib/keys.h"
#include "lib/redis.h"

#define STALL_US 30000000
#define LOOK_NS 500000 /* between two looks */

static struct redis *looking;

/* The first line of the setting's file; "" when it is not set. */
static void
password_read(const struct conf *conf, char *out, int bytes)
{
    const char *path = conf_text(conf, "redis-password-file");
    FILE *f = path[0] == '\0' ? NULL : fopen(path, "re");

    out[0] = '\0';
    if (path[0] != '\0' && (f == NULL || fgets(out, bytes, f) == NULL)) {
        FAIL("cannot read %s", path);
    }
    out[strcspn(out, "\r\n")] = '\0';
    if (f != NULL) {
        (void)fclose(f); /* only read */
    }
}

void
wait_open(const struct conf *conf)
{
    char password[256];
    struct redis_settings settings = {.address = conf_text(conf, "redis"),
                                      .user = conf_text(conf, "redis-user"),
                                      .password = password,
                                      .timeout_ms = 5000};

    password_read(conf, password, sizeof password);
    looking = redis_new(&settings);
    if (redis_connect(looking, NULL, NULL) != ST_OK) {
        FAIL("%s", redis_error(looking));
    }
}

void
wait_close(void)
{
    redis_free(&looking);
}

static uint64_t
field_read(const char *key, const char *field)
{
    const char *argv[3] = {"HGET", key, field};
    struct reply *rep = NULL;
    int64_t value;

    if (redis_call(looking, 3, argv, NULL, &rep) != ST_OK) {
        FAIL("%s", redis_error(looking));
    }
    value = reply_int(rep);
    reply_free(&rep);
    return value > 0 ? (uint64_t)value : 0; /* (not there yet: nothing followed) */
}

/* Until field of key is at least `entry`. */
static void
reached_wait(const char *key, const char *field, uint64_t entry)
{
    const struct timespec pause = {0, LOOK_NS};
    struct mono moved = mono_now();
    uint64_t before = 0;
    uint64_t seq;

    while ((seq = field_read(key, field)) < entry) {
        if (seq != before) {
            before = seq;
            moved = mono_now();
        } else if (mono_since_us(moved) > STALL_US) {
            FAIL("%s stands at %" PRIu64 ", not at %" PRIu64, key, seq, entry);
        }
        (void)nanosleep(&pause, NULL);
    }
}

void
wait_scored(const struct conf *conf, uint64_t entry)
{
    char key[KEY_BYTES];

    key_make2(key, conf_text(conf, "province"), KEY_CHECKPOINT, "scorer");
    reached_wait(key, "seq", entry);
}

void
wait_alerted(const struct conf *conf)
{
    char scorer[KEY_BYTES], notifier[KEY_BYTES];

    key_make2(scorer, conf_text(conf, "province"), KEY_CHECKPOINT, "scorer");
    key_make2(notifier, conf_text(conf, "province"), KEY_CHECKPOINT, "notifier");
    reached_wait(notifier, "seq", field_read(scorer, "out"));
}

/* From the start of this program to the end of both journals: services that were away
 * and are started beside it. */
void
follow_run(const struct conf *conf, FILE *out)
{
    double reports = (double)conf_int(conf, "reports");
    int64_t began = mono_now().us;
    char head[KEY_BYTES];
    struct usage before, after;
    int64_t scored, alerted;

    usage_look(&before);
    wait_open(conf);
    key_make(head, conf_text(conf, "province"), KEY_HEAD);
    wait_scored(conf, field_read(head, "seq"));
    scored = mono_now().us;
    wait_alerted(conf);
    alerted = mono_now().us;
    wait_close();
    usage_look(&after);
    (void)fprintf(out,
                  "{\"what\":\"follow\",\"reports\":%.0f,\"scored_per_s\":%.0f"
                  ",\"alerted_per_s\":%.0f,\"seconds\":%.3f",
                  reports, reports * 1e6 / (double)(scored - began),
                  reports * 1e6 / (double)(alerted - began),
                  (double)(alerted - began) / 1e6);
    usage_write(&before, &after, out);
    (void)fputs("}\n", out);
}

#include "lib/owner.h"

#include <stdio.h>
#include <string.h>

#include "lib/keys.h"

enum status
owner_write(struct redis *r, const char *province, const char *service,
            const char *instance)
{
    char key[KEY_BYTES];
    const char *argv[3] = {"SET", key, instance};
    struct reply *rep = NULL;
    enum status st;

    key_make2(key, province, KEY_OWNER, service);
    st = redis_call(r, 3, argv, NULL, &rep);
    reply_free(&rep);
    return st;
}

static enum status
owner_read(struct redis *r, const char *province, const char *service, char *owner)
{
    char key[KEY_BYTES];
    const char *argv[2] = {"GET", key};
    struct reply *rep = NULL;
    enum status st;

    key_make2(key, province, KEY_OWNER, service);
    st = redis_call(r, 2, argv, NULL, &rep);
    (void)snprintf(owner, OWNER_BYTES, "%s", reply_str(rep, NULL));
    reply_free(&rep);
    return st;
}

enum status
owner_stands(struct redis *r, const char *province, const char *service,
             const char *instance, char *owner, bool *stands)
{
    char key[256];
    const char *argv[2] = {"EXISTS", key};
    struct reply *rep = NULL;
    enum status st = ST_OK;
    int64_t first;

    if (!redis_connected(r)) {
        st = redis_connect(r, "dondoc:ops:hello", &first);
    }
    if (st == ST_OK && owner[0] == '\0') {
        st = owner_read(r, province, service, owner);
    }
    if (st == ST_OK) {
        (void)snprintf(key, sizeof key, "dondoc:ops:heartbeat:%s:%s", service, owner);
        st = redis_call(r, 2, argv, NULL, &rep);
        *stands = reply_int(rep) > 0 && strcmp(owner, instance) != 0;
        reply_free(&rep);
    }
    if (st == ST_OK) {
        return ST_OK;
    }
    redis_close(r);
    return ST_AGAIN;
}

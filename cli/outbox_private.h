/* What the files of the outbox share. Nobody else includes this. */
#ifndef DONDOC_CLI_OUTBOX_PRIVATE_H
#define DONDOC_CLI_OUTBOX_PRIVATE_H

#include "cli/outbox.h"
#include "lib/buf.h"
#include "lib/mem.h"
#include "lib/table.h"

#define OUTBOX_ITEM_BYTES (256u * 1024u)
#define OUTBOX_NAME_BYTES 32
#define OUTBOX_PATH_BYTES 4096
#define OUTBOX_NUMBER_MAX UINT64_C(9999999999)

struct outbox {
    char *dir;
    char *province;
    int lock;
    int folder; /* dir, dir/kept, dir/refused, opened; the last when it is needed */
    int kept_folder;
    int refused_folder;
    uint64_t next;
    size_t count; /* waiting */
    struct plan waiting;
    struct plan kept;
    struct table *promised; /* unit, group, period, revision, hash of our receipts */
    struct arena *arena;    /* of `server` */
    struct outbox_server server;
    char *server_text; /* server.json as it stands on disk; "" none */
};

/* outbox_item.c: one report as JSON, with its receipt when it was taken. Pure. */
void outbox_item_write(const struct planned *item, const char *province,
                       struct buf *out);
/* Adds it to the plan. Errors: ST_BAD (why); ST_DENIED: of another province, which is
 * in why. */
MUST_USE enum status outbox_item_read(const char *text, size_t bytes,
                                      const char *province, bool kept, uint64_t number,
                                      struct plan *p, char *why, size_t why_bytes);

/* outbox_settle.c: this receipt is kept. */
void outbox_promise(struct outbox *b, const struct wire_held *held);

/* outbox_server.c */
void outbox_server_read(struct outbox *b);

/* outbox_disk.c */
void outbox_name(uint64_t number, char out[OUTBOX_NAME_BYTES]);
/* All at once into one of the two folders: written, synced, named, the names synced. */
MUST_USE enum status outbox_put(struct outbox *b, int folder,
                                struct planned *const *items, size_t count, char *why,
                                size_t why_bytes);
/* One file of a name of its own, whole or not at all. */
MUST_USE enum status outbox_put_text(struct outbox *b, const char *name,
                                     const char *text, size_t bytes, char *why,
                                     size_t why_bytes);
/* Names of a folder that are reports, in order, and removal of what was never
 * finished. *next is put above every number there, of what was put aside as well. */
MUST_USE enum status outbox_list(struct outbox *b, int folder, uint64_t **numbers,
                                 size_t *count, char *why, size_t why_bytes);
/* DIR/NAME/, made if need be; *folder stays open. */
MUST_USE enum status outbox_folder(struct outbox *b, const char *name, int *folder,
                                   char *why, size_t why_bytes);
/* The text of one, mem_free it; NULL: gone or unreadable (errno). */
char *outbox_get(int folder, const char *name, size_t max, size_t *bytes);
enum status outbox_fail(const struct outbox *b, const char *name, char *why,
                        size_t why_bytes);
/* Is the server's answer final and a yes? */
bool outbox_taken(const struct planned *item);

#endif

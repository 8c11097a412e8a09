/*
 * What bus.c, bus_client.c, bus_message.c and zap.c share. Nobody else includes this.
 *
 * A bus_socket lives from bind or connect to bus_close and stands in bus->sockets, so
 * that bus_poll serves monitors and retries of sockets that the caller does not poll.
 */
#ifndef DONDOC_BUS_PRIVATE_H
#define DONDOC_BUS_PRIVATE_H

#include "lib/bus.h"
#include "lib/instant.h"
#include "lib/table.h"

#define BUS_SOCKETS_MAX 600 /* courier has one for each office and channel */
#define BUS_ENDPOINT_BYTES 256
#define BUS_ERROR_BYTES 384

/* CURVE adds 33 bytes to a frame before libzmq compares it with ZMQ_MAXMSGSIZE. */
#define BUS_FRAME_MAX (BUS_MESSAGE_MAX + 64)

enum bus_kind { BUS_ROUTER, BUS_PUB, BUS_DEALER, BUS_SUB };

/* What became of a client's connection; only bus_client.c writes it. */
struct bus_link {
    void *monitor;         /* PAIR that hears the socket monitor */
    bool settled;          /* as that of the socket */
    enum bus_sight sight;  /* what bus_sight_now reports */
    bool attempted;        /* a TCP connect was begun since the last failure */
    bool lookup;           /* an attempt failed before TCP: is the name known? */
    struct mono connected; /* when TCP stood */
    unsigned cut;          /* handshakes in a row that the server cut off at once */
    unsigned failures;     /* handshakes in a row that failed; sets the pause */
    unsigned handshakes;   /* that succeeded, ever */
    bool pausing;          /* disconnected by us until retry_at */
    struct mono retry_at;
    char server_key[BUS_KEY_BYTES];
};

struct bus_socket {
    struct bus *bus;
    void *socket;
    enum bus_kind kind;
    const char *domain; /* server sockets; one of the known names */
    uint8_t door;       /* ROUTER: its number on this bus, never given again */
    struct bus_keys keys;
    char endpoint[BUS_ENDPOINT_BYTES];
    bool draining; /* frames of a message that was dropped are still to be read */
    bool settled;  /* it has nothing, and its descriptor will say when it has */
    struct bus_link link;
};

struct bus {
    void *context;
    void *zap;
    bool zap_settled;
    bus_admit *admit;
    void *admit_context;
    struct bus_socket *sockets[BUS_SOCKETS_MAX];
    size_t count;
    uint64_t dropped;
    uint64_t refused;
    uint8_t doors; /* given so far */
    bus_look *look;
    void *look_context;
    struct mono looked;
    size_t memory_max_bytes; /* 0: not watched */
    struct mono memory_looked;
    size_t memory_low_bytes; /* the least of this process since its start */
    struct mono gave_back;
    unsigned gave_back_pause; /* seconds */
    struct mono reopened;
    struct mono fds_warned;
    struct table *came; /* key -> handshakes that ZAP admitted, halved as they grow */
    uint64_t came_total;
    struct mono crowd_warned;
    unsigned monitors; /* names of inproc endpoints */
    char error[BUS_ERROR_BYTES];
};

/* zap.c */
void zap_open(struct bus *b);
void zap_close(struct bus *b);
/* Answers what waits, at most a fixed number at a time. */
void zap_answer(struct bus *b);
/* The known name equal to domain, or NULL. */
const char *zap_domain(const char *domain);

/* bus.c */
struct bus_socket *bus_socket_new(struct bus *b, enum bus_kind kind);
void bus_socket_int(struct bus_socket *s, int option, int value);
void bus_socket_text(struct bus_socket *s, int option, const char *text);
void bus_socket_common(struct bus_socket *s);
enum status bus_fail(struct bus *b, enum status st, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* bus_client.c */
void bus_link_close(struct bus_socket *s);
/* Reads the monitor and reconnects when the pause is over. */
void bus_link_turn(struct bus_socket *s);

#endif

/*
 * wire - messages as plain structs. wire*.c are the only includers of the generated
 * protobuf code. Decoding takes all memory from an arena (bounded, zeroed), so a
 * hostile message costs at most the arena; texts and arrays are borrowed from it.
 * Encoding appends to a buf. Presence and range of values are the caller's to check.
 * Source: proto/README.md.
 */
#ifndef DONDOC_WIRE_H
#define DONDOC_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/mem.h"
#include "lib/ratio.h"
#include "lib/status.h"

#define WIRE_VERSION 1u
/* Reports of a push, keys of a question: so that the answer, refusals and all, fits a
 * message. */
#define WIRE_REPORTS_MAX 100u
#define WIRE_ARENA_BYTES (1024u * 1024u)

/* ---- units, ops <-> ingest ---- */

enum wire_value { WIRE_NOTHING, WIRE_COUNT, WIRE_DECIMAL, WIRE_NOT_APPLICABLE };

struct wire_figure {
    const char *measure;
    enum wire_value kind;
    int64_t count;
    const char *decimal;
};

#define WIRE_SEAL_BYTES 16

/* A receipt as the client keeps it; texts "" when absent. */
struct wire_held {
    const char *unit;
    const char *group;
    const char *period;
    uint32_t revision;
    const char *hash; /* 32 hex digits */
    uint64_t entry;
    uint32_t index;
    int64_t received_at_ms;
    const char *due; /* ISO day or "" */
    bool on_time;
    uint8_t seal[WIRE_SEAL_BYTES]; /* zeros when it came with another length */
};

struct wire_report {
    const char *unit;
    const char *group;
    const char *period;
    const char *from;
    const char *to;
    const struct wire_figure *figures;
    size_t figure_count;
    const char *reason;
    int64_t made_at_ms;
    const char *source_system;
    const char *replaces;
    const struct wire_held *offered; /* NULL: an ordinary report */
};

struct wire_key {
    const char *unit;
    const char *group;
    const char *period;
};

struct wire_act {
    const char *id;
    const char *kind;
    const char *subject;
    const char *note;
    const char *until;
    const char *by;
    int64_t at_ms;
    const char *drop; /* release: kinds that are not sent, separated by commas */
};

enum unit_request_kind {
    UNIT_REQUEST_NONE,
    UNIT_REQUEST_HELLO,
    UNIT_REQUEST_PUSH,
    UNIT_REQUEST_STANDING,
    UNIT_REQUEST_PROGRAMME,
    UNIT_REQUEST_ACT,
    UNIT_REQUEST_CLOCK,
};

struct unit_request {
    uint32_t version;
    uint64_t request_id;
    const char *province;
    enum unit_request_kind kind;
    unsigned unknown_fields; /* kept by nobody here, counted for ops */
    struct {
        const char *log_id;
        const char *software;
        const struct wire_held *last; /* NULL: the client keeps no receipt */
    } hello;
    struct {
        const struct wire_report *reports;
        size_t count;
        bool validate_only;
    } push;
    struct {
        const struct wire_key *keys;
        size_t count;
    } standing;
    struct {
        const char *digest;
        uint32_t total_bytes;
        uint32_t offset;
        const uint8_t *data;
        size_t data_bytes;
        bool validate_only;
    } programme;
    struct wire_act act;
    int64_t clock_ms;
};

struct wire_refusal {
    const char *code; /* NULL: no refusal */
    const char *field;
    const char *value;
    const char *message_vi;
    const char *message_en;
};

enum outcome {
    OUTCOME_NONE,
    OUTCOME_ACCEPTED,
    OUTCOME_REPLACED,
    OUTCOME_DUPLICATE,
    OUTCOME_SUPERSEDED,
    OUTCOME_REJECTED,
    OUTCOME_RETRY_LATER,
    OUTCOME_VALID,
};
const char *outcome_name(enum outcome o); /* "ACCEPTED" */

struct wire_receipt {
    enum outcome outcome;
    const char *unit;
    const char *group;
    const char *period;
    uint32_t revision;
    uint64_t entry;
    uint32_t index;
    const char *hash;
    int64_t received_at_ms;
    const char *due;
    bool on_time;
    const char *from;
    const char *to;
    const struct wire_figure *old_figures;
    size_t old_count;
    struct wire_refusal refusal;
    bool sealed;                   /* false: seal is not sent */
    uint8_t seal[WIRE_SEAL_BYTES]; /* of a receipt that stands; see Held */
    int64_t first_received_at_ms;  /* offered again; else 0 */
};

struct wire_group_info {
    const char *code;
    const char *const *measures;
    size_t measure_count;
};

struct wire_server_info {
    const char *server_version;
    const char *log_id;
    int64_t now_ms;
    const char *programme_digest;
    uint32_t message_bytes_max;
    uint32_t reports_max;
    const char *principal;
    const char *const *scope;
    size_t scope_count;
    bool simulated;
    const char *state;
    const struct wire_group_info *groups;
    size_t group_count;
    bool re_offer; /* the client holds receipts that are not here */
};

struct wire_standing {
    uint32_t revision;
    const char *hash;
    int64_t received_at_ms;
    const struct wire_figure *figures;
    size_t figure_count;
};

enum unit_reply_kind {
    UNIT_REPLY_NONE,
    UNIT_REPLY_SERVER_INFO,
    UNIT_REPLY_RECEIPTS,
    UNIT_REPLY_STANDINGS,
    UNIT_REPLY_DONE,
    UNIT_REPLY_REFUSAL,
};

struct unit_reply {
    uint32_t version;
    uint64_t request_id;
    enum unit_reply_kind kind;
    struct wire_server_info info;
    const struct wire_receipt *receipts;
    size_t receipt_count;
    const struct wire_standing *standings;
    size_t standing_count;
    uint64_t done_entry;
    const char *done_note;
    struct wire_refusal refusal;
};

/* Decoders: ST_BAD malformed; ST_LIMIT more than the arena holds. */
MUST_USE enum status unit_request_decode(const void *p, size_t bytes, struct arena *a,
                                         struct unit_request *out);
void unit_request_encode(const struct unit_request *in, struct arena *a,
                         struct buf *out);
MUST_USE enum status unit_reply_decode(const void *p, size_t bytes, struct arena *a,
                                       struct unit_reply *out);
void unit_reply_encode(const struct unit_reply *in, struct arena *a, struct buf *out);
/* The reply of kind UNIT_REPLY_RECEIPTS, of which there is one for every push. */
void push_reply_encode(uint32_t version, uint64_t request_id,
                       const struct wire_receipt *receipts, size_t count,
                       struct arena *a, struct buf *out);

/* ---- leaders <-> notifier ---- */

enum leader_request_kind {
    LEADER_REQUEST_NONE,
    LEADER_REQUEST_SUBSCRIBE,
    LEADER_REQUEST_RECEIVED,
    LEADER_REQUEST_ACKNOWLEDGE,
    LEADER_REQUEST_BEAT,
    LEADER_REQUEST_PREVIEW,
};

struct leader_request {
    uint32_t version;
    uint64_t request_id;
    const char *province;
    enum leader_request_kind kind;
    unsigned unknown_fields;
    uint32_t credit;
    bool from_start;
    const char *leader;  /* courier: on behalf of this office; ops: whose preview */
    const char *channel; /* of a courier: which of its cursors */
    uint64_t received;
    struct {
        const char *id;
        const char *alert;
        const char *note;
        const char *until;
    } acknowledge;
};

enum leader_reply_kind {
    LEADER_REPLY_NONE,
    LEADER_REPLY_SUBSCRIBED,
    LEADER_REPLY_ALERT,
    LEADER_REPLY_ACKNOWLEDGED,
    LEADER_REPLY_BACKLOG_END,
    LEADER_REPLY_BEAT,
    LEADER_REPLY_REFUSAL,
    LEADER_REPLY_SEALED, /* an alert in a box: lib/sealed.h opens it */
};

/* A line of a table, as a person reads it. */
struct wire_row {
    const char *code;
    const char *kind;
    const char *reason;
    const char *unit;
    const char *target;
    const char *unit_vi;
    const char *unit_en;
    const char *about_vi; /* the target, or the report */
    const char *about_en;
    const char *figure_vi;
    const char *figure_en;
    const char *since_vi;
    const char *since_en;
    bool acknowledged;
};

struct wire_alert {
    uint64_t position;
    const char *id;
    const char *code;
    const char *kind;
    const char *reason;
    const char *unit;
    const char *target;
    const char *window;
    const char *subject_vi;
    const char *subject_en;
    const char *text_vi;
    const char *text_en;
    const char *brief_vi; /* whom it is about and the essential figure */
    const char *brief_en;
    int64_t at_ms;
    bool simulated;
    bool acknowledged;
    bool urgent;                 /* also outside the office's working hours */
    int64_t wait_until_ms;       /* a device waits until then; 0: at once */
    uint32_t rung;               /* 2, 3: climbed to this office; 0: its own */
    bool held;                   /* was held, and released */
    const struct wire_row *rows; /* digest, hold, progress: the table */
    size_t row_count;
};

struct leader_reply {
    uint32_t version;
    uint64_t request_id;
    enum leader_reply_kind kind;
    struct {
        const char *leader;
        const char *title_vi;
        const char *title_en;
        uint64_t position;
        uint64_t waiting;
        bool simulated;
        const char *language;
    } subscribed;
    struct wire_alert alert;
    struct {
        const uint8_t *bytes;
        size_t len;
    } sealed;
    struct {
        const char *alert;
        uint64_t entry;
    } acknowledged;
    uint64_t backlog_position;
    struct wire_refusal refusal;
};

MUST_USE enum status leader_request_decode(const void *p, size_t bytes, struct arena *a,
                                           struct leader_request *out);
void leader_request_encode(const struct leader_request *in, struct arena *a,
                           struct buf *out);
MUST_USE enum status leader_reply_decode(const void *p, size_t bytes, struct arena *a,
                                         struct leader_reply *out);
void leader_reply_encode(const struct leader_reply *in, struct arena *a,
                         struct buf *out);
/* An AlertMessage by itself, as a box holds it. */
MUST_USE enum status wire_alert_decode(const void *p, size_t bytes, struct arena *a,
                                       struct wire_alert *out);
void wire_alert_encode(const struct wire_alert *in, struct arena *a, struct buf *out);

/* ---- bodies of journal entries ---- */

struct figure_record {
    const char *measure;
    int64_t scaled;
    bool not_applicable;
};

struct report_record {
    const char *unit;
    const char *group;
    const char *period;
    int32_t first_day;
    int32_t last_day;
    uint32_t revision;
    const struct figure_record *figures;
    size_t figure_count;
    int64_t received_at_ms;
    int32_t due_day; /* 0: none */
    bool on_time;
    const char *principal;
    const char *reason;
    int64_t made_at_ms;
    const char *source_system;
    const uint8_t *hash;          /* 16 bytes */
    int64_t first_received_at_ms; /* offered again after a loss; else 0 */
};

/* Appends length prefix (journal_record_head's form) and record. */
void report_record_encode(const struct report_record *in, struct arena *a,
                          struct buf *out);
MUST_USE enum status report_record_decode(const void *p, size_t bytes, struct arena *a,
                                          struct report_record *out);

struct tick_record {
    int64_t hour;
    uint32_t down_minutes;
    bool simulated;
    bool caught_up; /* a later one was due already when it was appended */
};
void tick_encode(const struct tick_record *in, struct buf *out);
MUST_USE enum status tick_decode(const void *p, size_t bytes, struct tick_record *out);

struct programme_record {
    const char *digest;
    const uint8_t *bundle; /* empty on the alerts journal */
    size_t bundle_bytes;
    const char *by;
    int64_t at_ms;
};
void programme_encode(const struct programme_record *in, struct arena *a,
                      struct buf *out);
MUST_USE enum status programme_decode(const void *p, size_t bytes, struct arena *a,
                                      struct programme_record *out);

void act_encode(const struct wire_act *in, struct arena *a, struct buf *out);
MUST_USE enum status act_decode(const void *p, size_t bytes, struct arena *a,
                                struct wire_act *out);

struct wire_file {
    const char *name;
    const uint8_t *text;
    size_t bytes;
};
void bundle_encode(const struct wire_file *files, size_t count, struct arena *a,
                   struct buf *out);
MUST_USE enum status bundle_decode(const void *p, size_t bytes, struct arena *a,
                                   struct wire_file **files, size_t *count);

/* How many subjects of a target stand where. */
struct progress_row {
    const char *target;
    const char *level;
    uint32_t met, on_pace, behind, missed, on_way, no_data, other;
};

struct alert_event {
    const char *code;
    uint32_t number;
    const char *kind;
    const char *reason;
    const char *target;
    const char *subject;
    int32_t year;
    const char *window;
    int32_t first_day;
    int32_t last_day;
    int64_t numerator;
    int64_t denominator;
    struct ratio required;
    struct ratio step;
    struct ratio step_before;
    int32_t step_before_year;
    int64_t need_now;
    int64_t need_year;
    const char *since_window;
    uint32_t windows;
    int64_t old_numerator;
    int64_t old_denominator;
    const char *old_window;
    int64_t at_ms;
    int64_t opened_at_ms;
    uint64_t entry;
    uint32_t index;
    bool simulated;
    uint32_t covered;
    uint32_t units;
    int64_t ranked;
    int64_t pool;
    const char *group;
    int32_t due_day;
    int32_t rule_day;
    bool late;
    const char *brake;   /* why it is held at once; "": it is not */
    const char *by;      /* principal of the report behind it */
    const char *measure; /* falling */
    const struct progress_row *progress;
    size_t progress_count;
};
void alert_events_encode(const struct alert_event *events, size_t count,
                         struct arena *a, struct buf *out);
MUST_USE enum status alert_events_decode(const void *p, size_t bytes, struct arena *a,
                                         struct alert_event **events, size_t *count);

#endif

/*
 * keys - the names of dondoc's Redis keys in one place (doc/operations.md describes
 * what stands under each). Every key of a province has the hash tag {province}.
 */
#ifndef DONDOC_KEYS_H
#define DONDOC_KEYS_H

#define KEY_BYTES 192

/* "dondoc:{quang-ngai}:reports"; ST: out is always zero-terminated, panics if cut. */
void key_make(char out[KEY_BYTES], const char *province, const char *name);
/* "dondoc:{quang-ngai}:facts:21040" */
void key_make2(char out[KEY_BYTES], const char *province, const char *name,
               const char *part);

#define KEY_REPORTS "reports"
#define KEY_ALERTS "alerts"
#define KEY_HEAD "head" /* hash: seq chain tick programme log */
#define KEY_RECEIPTS "receipts"
#define KEY_ACTS "acts"     /* hash: act id -> entry */
#define KEY_FACTS "facts"   /* :unit */
#define KEY_SCORES "scores" /* :unit, :level-commune */
#define KEY_SUMMARY "summary"
#define KEY_TOLD "told"       /* hash: code -> what leaders were told last */
#define KEY_MISSING "missing" /* hash: code -> the same of a missing report */
#define KEY_OPENED "opened"   /* hash: key/unit -> when it opened an alert */
#define KEY_DUE "due"         /* hash: what due dates are reckoned with */
#define KEY_ALERT "alert"     /* :code */
#define KEY_INBOX "inbox"     /* :leader */
#define KEY_LADDER "ladder"   /* hash: code -> how far an open alert has climbed */
#define KEY_ROWS "rows"       /* hash: leader/code -> row of the next digest */
#define KEY_DIGEST "digest"   /* :id, hash: the rows of one that was sent */
#define KEY_HOLD "hold"       /* hash: id -> why nothing goes out, until when */
#define KEY_HELD "held"       /* hash: code -> the event that waits */
#define KEY_CURSOR "cursor"   /* hash: leader/key-fingerprint -> position */
#define KEY_CHECKPOINT "checkpoint" /* :service */
#define KEY_EPOCH "epoch"           /* :service */
#define KEY_OWNER "owner"           /* :service */
#define KEY_PROGRAMME "programme"   /* :digest */
#define KEY_PARKED "parked"

#endif

/* One attempt as libcurl wants it described: a mail, a POST. */
#include "courier/transfer_curl.h"

#include <stdio.h>

#include "lib/mem.h"
#include "lib/version.h"

#define ADDRESS_BYTES 300
#define HEADER_BYTES 512
#define ANSWER_BYTES_MAX 65536u /* of a webhook; nobody reads it */

static int
on_debug(CURL *easy, curl_infotype type, char *data, size_t bytes, void *context)
{
    struct transfer *x = context;

    (void)easy;
    if (type == CURLINFO_HEADER_OUT) {
        dialogue_said(&x->dialogue, data, bytes);
    } else if (type == CURLINFO_HEADER_IN) {
        dialogue_heard(&x->dialogue, data, bytes);
    }
    return 0;
}

static size_t
on_answer(char *data, size_t one, size_t count, void *context)
{
    struct transfer *x = context;

    (void)data;
    x->answer_bytes += one * count;
    return x->answer_bytes > ANSWER_BYTES_MAX ? 0 : one * count;
}

static struct transfer *
transfer_new(struct transfers *t, int64_t timeout_ms, const char *ca_file,
             transfer_done *done, void *context)
{
    struct transfer *x = mem_alloc(sizeof *x);

    x->all = t;
    x->done = done;
    x->context = context;
    x->easy = curl_easy_init();
    MUST(x->easy != NULL);
    SET(x, PRIVATE, x);
    SET(x, NOSIGNAL, 1L);
    SET(x, QUICK_EXIT, 1L); /* a resolver that stalls holds back nobody else */
    SET(x, PROXY, "");      /* what the environment says is not for a service */
    SET(x, TIMEOUT_MS, (long)timeout_ms);
    SET(x, CONNECTTIMEOUT_MS, (long)timeout_ms);
    SET(x, SERVER_RESPONSE_TIMEOUT, (long)((timeout_ms + 999) / 1000));
    SET(x, WRITEFUNCTION, on_answer);
    SET(x, WRITEDATA, x);
    if (ca_file[0] != '\0') {
        SET(x, CAINFO, ca_file);
    }
    return x;
}

static void
list_add(struct curl_slist **list, const char *text)
{
    struct curl_slist *longer = curl_slist_append(*list, text);

    MUST(longer != NULL);
    *list = longer;
}

static void
part_add(curl_mime *alternatives, const struct buf *body, const char *type)
{
    curl_mimepart *part = curl_mime_addpart(alternatives);

    MUST(part != NULL && curl_mime_data(part, buf_str(body), body->len) == CURLE_OK &&
         curl_mime_type(part, type) == CURLE_OK &&
         curl_mime_encoder(part, "quoted-printable") == CURLE_OK);
}

static void
mail_addresses(struct transfer *x, const struct smtp *smtp, const struct office *office)
{
    char address[ADDRESS_BYTES];
    size_t i;

    (void)snprintf(address, sizeof address, "<%s>", smtp->from);
    SET(x, MAIL_FROM, address);
    for (i = 0; i < office->mail_count; i++) {
        (void)snprintf(address, sizeof address, "<%s>", office->mail[i]);
        list_add(&x->recipients, address);
    }
    SET(x, MAIL_RCPT, x->recipients);
    /* One address that is gone must not keep the others from hearing. */
    SET(x, MAIL_RCPT_ALLLOWFAILS, 1L);
}

static void
mail_server(struct transfer *x, const struct smtp *smtp)
{
    char url[ADDRESS_BYTES];

    (void)snprintf(url, sizeof url, "smtp://%s:%lld", smtp->host,
                   (long long)smtp->port);
    SET(x, URL, url);
    SET(x, PROTOCOLS_STR, "smtp");
    SET(x, USE_SSL, smtp->starttls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    if (smtp->user[0] != '\0') {
        SET(x, USERNAME, smtp->user);
        SET(x, PASSWORD, smtp->password);
    }
}

struct transfer *
transfer_mail(struct transfers *t, const struct smtp *smtp, const struct office *office,
              const struct mail *mail, int64_t timeout_ms, transfer_done *done,
              void *context)
{
    struct transfer *x = transfer_new(t, timeout_ms, smtp->ca_file, done, context);
    size_t i;

    x->is_mail = true;
    mail_server(x, smtp);
    mail_addresses(x, smtp, office);
    for (i = 0; i < mail->header_count; i++) {
        list_add(&x->headers, buf_str(&mail->headers[i]));
    }
    /* libcurl adds the boundary, and MIME-Version. */
    list_add(&x->headers, "Content-Type: multipart/alternative");
    SET(x, HTTPHEADER, x->headers);
    x->mime = curl_mime_init(x->easy);
    MUST(x->mime != NULL);
    part_add(x->mime, &mail->text, "text/plain; charset=utf-8");
    part_add(x->mime, &mail->html, "text/html; charset=utf-8");
    SET(x, MIMEPOST, x->mime);
    SET(x, DEBUGFUNCTION, on_debug);
    SET(x, DEBUGDATA, x);
    SET(x, VERBOSE, 1L); /* into on_debug, and nowhere else */
    return transfer_begin(x);
}

struct transfer *
transfer_post(struct transfers *t, const struct post *post, int64_t timeout_ms,
              transfer_done *done, void *context)
{
    struct transfer *x = transfer_new(t, timeout_ms, post->ca_file, done, context);
    char header[HEADER_BYTES];

    SET(x, URL, post->url);
    SET(x, PROTOCOLS_STR, "http,https"); /* plain only to this machine: settings.c */
    SET(x, USERAGENT, "dondoc-courier/" DONDOC_VERSION);
    SET(x, POSTFIELDSIZE_LARGE, (curl_off_t)post->bytes);
    SET(x, COPYPOSTFIELDS, post->body);
    list_add(&x->headers, "Content-Type: application/json");
    list_add(&x->headers, "Expect:");
    (void)snprintf(header, sizeof header, "X-Dondoc-Id: %.300s", post->id);
    list_add(&x->headers, header);
    /* One address may serve several offices, each of which gets the same id. */
    (void)snprintf(header, sizeof header, "Idempotency-Key: %s:%.300s", post->leader,
                   post->id);
    list_add(&x->headers, header);
    (void)snprintf(header, sizeof header, "X-Dondoc-Signature: %s", post->signature);
    list_add(&x->headers, header);
    SET(x, HTTPHEADER, x->headers);
    return transfer_begin(x);
}

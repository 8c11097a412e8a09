/* Why there is no connection, no answer, or no yes: which it is, and what to do. */
#include "cli/link_private.h"

#include <stdio.h>

#include "cli/cli.h"
#include "cli/flow.h"
#include "cli/language.h"
#include "lib/keyring.h"
#include "lib/refusal.h"

static int
explain_refused(const struct link *l)
{
    char fingerprint[KEYRING_FINGERPRINT_BYTES];

    keyring_fingerprint(l->keys.public_key, fingerprint);
    (void)fprintf(stderr,
                  words("Máy chủ %s không chấp nhận khóa của chúng ta: khóa chưa được "
                        "đăng ký, hoặc đã bị thu hồi, hoặc không có quyền tại địa chỉ "
                        "này.\n"
                        "  dấu vân tay: %s\n  khóa công khai: %s\n"
                        "Đề nghị gửi dòng khóa công khai này cho đầu mối của tỉnh để "
                        "đăng ký (dondoc keys add), và kiểm tra lại địa chỉ trong "
                        "cài đặt server. Máy chủ chưa nhận gì.\n",
                        "The server %s does not accept our key: it is not registered, "
                        "or was taken back, or has no right at this address.\n"
                        "  fingerprint: %s\n  public key: %s\n"
                        "Please send the public key to the province's contact, who "
                        "registers it (dondoc keys add), and look at the address "
                        "in the setting server. The server has taken nothing.\n"),
                  l->target.endpoint, fingerprint, l->keys.public_key);
    return EXIT_REFUSED;
}

int
link_explain(struct link *l)
{
    const char *at = l->target.endpoint;

    switch (bus_sight_now(l->socket)) {
    case SIGHT_NAME_UNKNOWN:
        (void)fprintf(
            stderr,
            words("Không tìm thấy tên máy chủ trong %s. Đề nghị kiểm tra cài "
                  "đặt server và mạng (DNS).\n",
                  "The host name in %s is not found. Please check the setting "
                  "server, and the network (DNS).\n"),
            at);
        return EXIT_UNAVAILABLE;
    case SIGHT_NOT_REACHABLE:
        (void)fprintf(
            stderr,
            words("Không kết nối được cổng của %s: không có dịch vụ nào trả "
                  "lời. Có thể dịch vụ đang dừng, số cổng sai hoặc tường lửa "
                  "chặn. Đề nghị chạy lại sau, hoặc hỏi đầu mối của tỉnh.\n",
                  "The port of %s is not reachable: nobody answers there. The "
                  "service may be down, the port wrong, or a firewall in "
                  "between. Please run it again later, or ask the province's "
                  "contact.\n"),
            at);
        return EXIT_UNAVAILABLE;
    case SIGHT_SERVER_KEY:
        (void)fprintf(
            stderr,
            words("Máy chủ %s có khóa khác với cài đặt server-key (%s), hoặc "
                  "đó không phải là dịch vụ dondoc. Chưa có số liệu nào được "
                  "gửi. Đề nghị hỏi đầu mối của tỉnh khóa công khai hiện nay "
                  "của máy chủ.\n",
                  "The server at %s has another key than the setting "
                  "server-key (%s), or is no dondoc service. Nothing was sent. "
                  "Please ask the province's contact for the present public "
                  "key of the server.\n"),
            at, l->target.server_key);
        return EXIT_CONFIG;
    case SIGHT_KEY_REFUSED:
        return explain_refused(l);
    case SIGHT_NOTHING:
    case SIGHT_CONNECTED:
        (void)fprintf(stderr,
                      words("Máy chủ %s không trả lời trong %ld giây. Đề nghị chạy lại "
                            "lệnh này sau; chạy lại là an toàn.\n",
                            "The server at %s did not answer within %ld s. Please run "
                            "the same command later; that is safe.\n"),
                      at, l->target.timeout_s);
        return EXIT_UNAVAILABLE;
    case SIGHT_READY:
        break;
    }
    (void)fprintf(
        stderr,
        words("Đã kết nối %s nhưng không nhận được trả lời sau %d lần, mỗi lần "
              "%ld giây. Chưa biết kết quả: đề nghị chạy lại chính lệnh này; "
              "chạy lại là an toàn.\n",
              "Connected to %s, but no answer came to %d requests of %ld s "
              "each. The outcome is not known: please run the same command "
              "again; that is safe.\n"),
        at, LINK_TRIES, l->target.timeout_s);
    return EXIT_UNAVAILABLE;
}

int
link_refused(const struct wire_refusal *why)
{
    enum refusal_code code = refusal_parse(why->code);

    flow_print(stderr, words(why->message_vi, why->message_en), true);
    flow_printf(stderr, " (%s)\n", why->code);
    if (refusal_retry(code)) {
        (void)fprintf(
            stderr, "%s\n",
            words("Đề nghị chạy lại lệnh này sau ít phút; chạy lại là an toàn.",
                  "Please run the same command again in some minutes; that is "
                  "safe."));
        return EXIT_AGAIN;
    }
    switch (code) {
    case REFUSAL_DENIED:
        return EXIT_REFUSED;
    case REFUSAL_UNKNOWN_PROVINCE:
    case REFUSAL_WRONG_VERSION:
        return EXIT_CONFIG;
    case REFUSAL_NO_PROGRAMME:
        return EXIT_UNAVAILABLE;
    default:
        return EXIT_DATA;
    }
}

/* Refusals to leaders: those that all sockets share, and those of our own. */
#include "notifier/notifier.h"

#include "lib/refusal.h"

/* Only leaders get these, so they stand here and not in the units' table. */
static const struct {
    const char *code;
    const char *vi;
    const char *en;
} own[] = {
    [LEADER_NOT_YOURS] = {"not_yours",
                          "Mã cảnh báo này không có trong các thông báo đã gửi đến "
                          "chức danh của khóa đang sử "
                          "dụng. Đề nghị kiểm tra lại mã cảnh báo.",
                          "No alert of this code was sent to the office of the key in "
                          "use. Please check the "
                          "code."},
    [LEADER_UNKNOWN_OFFICE] =
        {"unknown_office",
         "Chức danh ghi cho khóa này không có trong chương trình đang áp dụng. Đề nghị "
         "liên "
         "hệ đầu mối của tỉnh để đối chiếu danh sách khóa với tệp leaders.yaml.",
         "The office that the keyring names for this key is not in the programme in "
         "force. "
         "Please ask the province's contact to compare the keyring with leaders.yaml."},
    [LEADER_BAD_OFFICE] =
        {"bad_office",
         "Yêu cầu nhận thông báo không ghi đúng chức danh hoặc kênh: khóa của dịch vụ "
         "chuyển thông báo phải ghi cả hai, khóa của một chức danh không ghi chức danh "
         "khác và không ghi kênh.",
         "The subscription does not name its office or channel rightly: a courier's "
         "key names both, the key of an office names no other office and no channel."},
    [LEADER_CHANNEL_UNWANTED] =
        {"channel_unwanted",
         "Theo chương trình đang áp dụng, chức danh này không nhận thông báo qua kênh "
         "được yêu cầu. Nếu cần nhận, đề nghị bổ sung kênh vào mục channels của tệp "
         "leaders.yaml; nếu không, đề nghị bỏ kênh này khỏi tệp courier.yaml.",
         "By the programme in force this office does not take messages by the channel "
         "asked for. If it should, please add the channel to its channels in "
         "leaders.yaml; if not, please take it out of courier.yaml."},
    [LEADER_OTHER_COURIER] =
        {"other_courier",
         "Một dịch vụ chuyển thông báo khác đang chuyển cho chức danh này qua cùng "
         "kênh. Dịch vụ gửi yêu cầu này được đặt ở chế độ chờ và sẽ tiếp nhận khi dịch "
         "vụ kia ngừng kết nối.",
         "Another courier is carrying to this office by the same channel. The one that "
         "asks stands by, and takes over when the other's connection ends."},
    [LEADER_CURSOR_BEYOND] =
        {"cursor_beyond",
         "Vị trí báo đã nhận lớn hơn vị trí của thông báo mới nhất gửi tới chức danh "
         "này nên không được ghi nhận, không có gì thay đổi. Đây là lỗi của phần mềm "
         "nhận thông báo; đề nghị chỉ báo vị trí của thông báo đã nhận. Vị trí được "
         "báo "
         "và vị trí mới nhất:",
         "The position said to be received lies beyond the newest message of this "
         "office; it was not taken, and nothing has changed. This is a bug of the "
         "receiving program: please say Received only for messages that came. The "
         "position said, and the newest one:"},
};

static enum refusal_code
shared_code(enum leader_refusal code)
{
    switch (code) {
    case LEADER_BAD_FRAME:
        return REFUSAL_BAD_FRAME;
    case LEADER_WRONG_VERSION:
        return REFUSAL_WRONG_VERSION;
    case LEADER_UNKNOWN_PROVINCE:
        return REFUSAL_UNKNOWN_PROVINCE;
    case LEADER_DENIED:
        return REFUSAL_DENIED;
    case LEADER_NOT_READY:
        return REFUSAL_NOT_READY;
    case LEADER_BUSY:
        return REFUSAL_BUSY;
    case LEADER_BAD_ACT:
        return REFUSAL_BAD_ACT;
    case LEADER_NOT_YOURS:
    case LEADER_UNKNOWN_OFFICE:
    case LEADER_BAD_OFFICE:
    case LEADER_CHANNEL_UNWANTED:
    case LEADER_OTHER_COURIER:
    case LEADER_CURSOR_BEYOND:
        break;
    }
    return REFUSAL_NONE;
}

void
leader_refuse(struct notifier *n, const struct bus_peer *peer, uint64_t request_id,
              enum leader_refusal code, const char *field, const char *value)
{
    struct leader_reply reply = {.version = WIRE_VERSION,
                                 .request_id = request_id,
                                 .kind = LEADER_REPLY_REFUSAL};
    const struct refusal_values values = {
        .field = field,
        .value = value,
        .expected = code == LEADER_WRONG_VERSION ? "1" : NULL};
    enum refusal_code shared = shared_code(code);
    struct buf vi;
    struct buf en;

    buf_init(&vi, REFUSAL_MESSAGE_MAX);
    buf_init(&en, REFUSAL_MESSAGE_MAX);
    if (shared == REFUSAL_NONE) {
        reply.refusal.code = own[code].code;
        buf_text(&vi, own[code].vi);
        buf_text(&en, own[code].en);
        if (code == LEADER_CURSOR_BEYOND) {
            buf_format(&vi, " %s.", value);
            buf_format(&en, " %s.", value);
        }
    } else {
        reply.refusal.code = refusal_name(shared);
        refusal_fill(shared, &values, &vi, &en);
    }
    reply.refusal.message_vi = buf_str(&vi);
    reply.refusal.message_en = buf_str(&en);
    n->counters.refused++;
    /* Who is gone does not wait for it. */
    status_ignore(reply_send(n, peer, &reply));
    buf_fini(&vi);
    buf_fini(&en);
}

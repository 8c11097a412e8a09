#include "lib/z85.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define Z85_GROUP 5

/* Public and secret keys printed in zmq_curve(7), and the pair of our proto/README.md.
 */
static const char *const published[] = {
    "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
    "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs",
    "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
    "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6",
    "2CVWV6D&QXW]Ii55A)@qco1MAyn+7#3/w+9Xnrjk",
    "0rJua1Qkhq2)}4G4gS)W5Ft->6=4P585:Cl9uDpB",
};

static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

static bool
z85_group_valid(const char *text, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < Z85_GROUP; i++) {
        const char *at = strchr(alphabet, text[i]);

        if (at == NULL || text[i] == '\0') {
            return false;
        }
        *value = *value * 85 + (uint64_t)(at - alphabet);
    }
    return *value <= UINT32_MAX;
}

bool
z85_key_valid(const char *text)
{
    uint64_t any = 0;

    if (text == NULL || strnlen(text, Z85_KEY_LEN + 1) != Z85_KEY_LEN) {
        return false;
    }
    for (size_t i = 0; i < Z85_KEY_LEN; i += Z85_GROUP) {
        uint64_t value;

        if (!z85_group_valid(text + i, &value)) {
            return false;
        }
        any |= value;
    }
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        if (strcmp(text, published[i]) == 0) {
            return false;
        }
    }
    return any != 0;
}

bool
z85_key_decode(const char *text, uint8_t out[Z85_RAW_KEY_BYTES])
{
    if (text == NULL || strnlen(text, Z85_KEY_LEN + 1) != Z85_KEY_LEN) {
        return false;
    }
    for (size_t i = 0; i < Z85_KEY_LEN / Z85_GROUP; i++) {
        uint64_t value;

        if (!z85_group_valid(text + i * Z85_GROUP, &value)) {
            return false;
        }
        out[i * 4] = (uint8_t)(value >> 24);
        out[i * 4 + 1] = (uint8_t)(value >> 16);
        out[i * 4 + 2] = (uint8_t)(value >> 8);
        out[i * 4 + 3] = (uint8_t)value;
    }
    return true;
}

/*
 * phrases.yaml: a province's own wording of what leaders read, in place of ours
 * (lib/phrases.def). It may be left out, and so may every phrase and either language of
 * one. Strict: a text that could leave a hole in a message is refused here, not seen by
 * a leader.
 */
#include <string.h>

#include "lib/buf.h"
#include "lib/catalogue_private.h"
#include "lib/phrase.h"

#define NAMES_BYTES 200

static const char *const LANGUAGES[LANGUAGE_COUNT] = {
    [LANGUAGE_VI] = "vi", [LANGUAGE_EN] = "en"};

struct name {
    const char *text;
};

static const char *
nearest_phrase(const char *name)
{
    struct name names[PHRASE_COUNT];

    for (size_t i = 0; i < PHRASE_COUNT; i++) {
        names[i].text = phrase_name((enum phrase)i);
    }
    return catalogue_nearest(names, PHRASE_COUNT, sizeof *names, name);
}

static const char *
nearest_slot(const char *name)
{
    struct name names[SLOT_COUNT];

    for (size_t i = 0; i < SLOT_COUNT; i++) {
        names[i].text = slot_name((enum slot)i);
    }
    return catalogue_nearest(names, SLOT_COUNT, sizeof *names, name);
}

static void
refuse_unknown_phrase(struct loader *l, const struct yaml_node *at, const char *name)
{
    const char *better = nearest_phrase(name);

    refuse(
        l, node_place(l, at),
        "\"%s\" is no phrase; %s%.0s%s (programmes/phrases-built-in.yaml has them all)",
        "\"%s\" không phải là mẫu câu; %.0s%s%s (xem danh sách tại "
        "programmes/phrases-built-in.yaml)",
        shown(name).text, better == NULL ? "take it out" : "near to it: ",
        better == NULL ? "bỏ mục này" : "gần giống: ", better == NULL ? "" : better);
}

/* What ours names, for a message: "it may name {day} <{nth}>". */
struct own_names {
    char text[NAMES_BYTES];
};

static struct own_names
names_of(enum phrase p, enum language language)
{
    struct own_names names = {"-"};
    struct buf out;

    buf_init(&out, NAMES_BYTES - 1);
    phrase_slots(p, language, &out);
    if (out.len > 0) {
        memcpy(names.text, out.data, out.len + 1);
    }
    buf_fini(&out);
    return names;
}

static void
refuse_slot(struct loader *l, struct place at, enum phrase p, enum language language,
            enum phrase_fault fault, const char *name)
{
    const char *better = fault == OWN_UNKNOWN ? nearest_slot(name) : NULL;

    if (fault == OWN_UNKNOWN) {
        refuse(l, at, "%s: {%s} is no value; %s%.0s%s. Our own text names: %s",
               "%s: {%s} không phải là giá trị; %.0s%s%s. Mẫu câu gốc dùng: %s",
               phrase_name(p), name, better == NULL ? "take it out" : "near to it: ",
               better == NULL ? "bỏ đi" : "gần giống: ", better == NULL ? "" : better,
               names_of(p, language).text);
    } else if (fault == OWN_LACKS) {
        refuse(
            l, at,
            "%s: {%s} is missing, or stands within < >, where it may be left out; "
            "our own text names: %s",
            "%s: thiếu {%s}, hoặc đặt trong < > là phần có thể bị bỏ qua; mẫu câu gốc "
            "dùng: %s",
            phrase_name(p), name, names_of(p, language).text);
    } else {
        refuse(
            l, at,
            "%s: {%s} may have no value here; put it and the words about it between "
            "< and >. Our own text names: %s",
            "%s: {%s} có thể không có giá trị ở câu này; đặt nó cùng các từ liên quan "
            "trong < >. Mẫu câu gốc dùng: %s",
            phrase_name(p), name, names_of(p, language).text);
    }
}

static void
refuse_text(struct loader *l, struct place at, enum phrase p, enum phrase_fault fault,
            size_t offset)
{
    switch (fault) {
    case OWN_LONG:
        refuse(l, at, "%s: longer than %d bytes; shorten it",
               "%s: dài hơn %d byte; hãy rút ngắn", phrase_name(p),
               PHRASE_OWN_BYTES_MAX);
        break;
    case OWN_CONTROL:
        refuse(
            l, at,
            "%s: a line end or another control character at byte %zu; write it on "
            "one line",
            "%s: có ký tự xuống dòng hoặc ký tự điều khiển ở byte %zu; viết trên một "
            "dòng",
            phrase_name(p), offset + 1);
        break;
    case OWN_BRACE:
        refuse(
            l, at,
            "%s: the braces do not fit at byte %zu; a value is written {name}, "
            "nothing else within",
            "%s: ngoặc { } không khớp ở byte %zu; giá trị viết là {tên}, không có gì "
            "khác bên trong",
            phrase_name(p), offset + 1);
        break;
    default:
        refuse(l, at,
               "%s: < and > do not fit at byte %zu; each < has its >, and none stands "
               "within another",
               "%s: dấu < > không khớp ở byte %zu; mỗi < có một >, không lồng nhau",
               phrase_name(p), offset + 1);
        break;
    }
}

/* One language of one phrase; NULL when it is refused, or not there. */
static const char *
load_text(struct loader *l, const struct yaml_node *map, enum phrase p,
          enum language language)
{
    const struct yaml_node *node = yaml_get(map, LANGUAGES[language]);
    const char *text = node == NULL ? NULL : read_scalar(l, node, LANGUAGES[language]);
    char name[SLOT_NAME_BYTES];
    enum phrase_fault fault;
    size_t offset;

    if (text == NULL) {
        return NULL; /* absent, or said to be empty */
    }
    fault = phrase_check(p, language, text, &offset, name);
    if (fault == OWN_GOOD) {
        return keep_text(l, text);
    }
    if (name[0] != '\0') {
        refuse_slot(l, node_place(l, node), p, language, fault, name);
    } else {
        refuse_text(l, node_place(l, node), p, fault, offset);
    }
    return NULL;
}

static enum phrase
phrase_find(const char *name)
{
    size_t i = 0;

    while (i < PHRASE_COUNT && strcmp(phrase_name((enum phrase)i), name) != 0) {
        i++;
    }
    return (enum phrase)i;
}

void
load_phrases(struct loader *l)
{
    static const struct key_rule FILE_RULES[] = {{"phrases", NEED}};
    static const struct key_rule RULES[] = {{"vi", MAY}, {"en", MAY}};
    const struct yaml_node *map;
    const char **own;

    l->at = FILE_PHRASES;
    if (l->from->files[FILE_PHRASES] == NULL ||
        !read_map(l, yaml_root(l->from->yaml[FILE_PHRASES]), FILE_RULES,
                  COUNT_OF(FILE_RULES))) {
        return;
    }
    map = yaml_get(yaml_root(l->from->yaml[FILE_PHRASES]), "phrases");
    if (map == NULL || (map->type == YAML_SCALAR && map->text[0] == '\0')) {
        return; /* it was said */
    }
    if (map->type != YAML_MAP) {
        refuse(l, node_place(l, map),
               "\"phrases\" holds lines like TAG_BEHIND: {vi: \"…\"}; write one, or "
               "leave the file out",
               "\"phrases\" gồm các dòng như TAG_BEHIND: {vi: \"…\"}; hãy ghi ít nhất "
               "một dòng, hoặc bỏ tệp này");
        return;
    }
    own = arena_take(l->ix->arena, PHRASE_PLACES * sizeof *own);
    l->full = l->full || own == NULL;
    for (size_t i = 0; own != NULL && i < map->count; i++) {
        enum phrase p = phrase_find(map->names[i]);

        if (p == PHRASE_COUNT) {
            refuse_unknown_phrase(l, map->name_nodes[i], map->names[i]);
        } else if (read_map(l, map->items[i], RULES, COUNT_OF(RULES))) {
            for (int k = 0; k < LANGUAGE_COUNT; k++) {
                own[PHRASE_PLACE(p, k)] =
                    load_text(l, map->items[i], p, (enum language)k);
            }
        }
    }
    l->c->phrases = own;
}

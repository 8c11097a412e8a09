/*
 * Programmes that this one includes (national rules): the list in programme.yaml, and
 * the reading of their files as a programme of its own without units. What of them is
 * taken over, and whether it fits: catalogue_include_merge.c.
 */
#include <stdio.h>
#include <string.h>

#include "lib/catalogue_private.h"

static const enum programme_file NEEDED[] = {FILE_PROGRAMME, FILE_MEASURES,
                                             FILE_TARGETS};

/* A promise of this province: then the document says so in which it was made. */
static void
load_adoption(struct loader *l, struct include *in)
{
    static const struct key_rule RULES[] = {{"document", NEED}, {"section", NEED}};
    const struct yaml_node *citation = yaml_get(in->node, "citation");
    const struct yaml_node *adopted = yaml_get(in->node, "adopted");

    in->adopted = read_truth(l, in->node, "adopted", false);
    if (in->adopted != (citation != NULL)) {
        refuse(
            l, node_place(l, citation != NULL ? citation : adopted),
            "\"adopted: true\" and the citation of the decision to adopt go together; "
            "write citation: {document: …, section: …} beside it, or take this out",
            "\"adopted: true\" phải đi cùng trích dẫn quyết định áp dụng; ghi thêm "
            "citation: {document: …, section: …}, hoặc bỏ đi");
    }
    if (citation == NULL || !read_map(l, citation, RULES, COUNT_OF(RULES))) {
        return;
    }
    in->section = read_text(l, citation, "section");
    if (l->from->document_count > 0) {
        in->document = read_reference(l, yaml_get(citation, "document"), "document",
                                      l->from->documents, l->from->document_count,
                                      sizeof *l->from->documents);
    }
}

/* Is it another programme than this one and those before it, under another name? */
static bool
check_include(struct loader *l, const struct include *in)
{
    const struct yaml_node *programme = yaml_get(in->node, "programme");
    bool good = in->programme[0] != '\0' && in->as[0] != '\0';

    if (in->programme[0] != '\0' && strcmp(in->programme, l->c->slug) == 0) {
        refuse(l, node_place(l, programme),
               "%s is this programme itself; take it out, or name another folder",
               "%s chính là chương trình này; bỏ đi, hoặc ghi thư mục khác",
               in->programme);
        good = false;
    }
    for (size_t i = 0; good && i < l->include_count; i++) {
        const struct include *other = &l->includes[i];

        if (strcmp(other->programme, in->programme) == 0) {
            refuse(l, node_place(l, programme),
                   "%s is included twice; write one entry with the targets of both",
                   "%s đưa vào hai lần; ghi một mục với mục tiêu của cả hai",
                   in->programme);
            good = false;
        } else if (strcmp(other->as, in->as) == 0) {
            refuse(l, node_place(l, yaml_get(in->node, "as")),
                   "\"as\" is \"%s\", as it is of %s; give each its own",
                   "\"as\" là \"%s\", trùng với %s; mỗi chương trình một tên riêng",
                   in->as, other->programme);
            good = false;
        }
    }
    return good;
}

void
load_include_list(struct loader *l, const struct yaml_node *root)
{
    static const struct key_rule RULES[] = {{"programme", NEED},
                                            {"as", NEED},
                                            {"targets", MAY},
                                            {"adopted", MAY},
                                            {"citation", MAY}};
    const struct yaml_node *list;

    if (yaml_get(root, "include") != NULL && l->from != &l->own) {
        refuse(l, node_place(l, yaml_get(root, "include")),
               "%s is included itself, so it cannot include others; name them in the "
               "programme of the province instead",
               "%s được đưa vào chương trình khác nên không được đưa thêm chương trình "
               "nữa; ghi thẳng vào chương trình của tỉnh",
               l->c->slug);
        return;
    }
    list = read_list(l, root, "include", INCLUDES_MAX);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        struct include *in = &l->includes[l->include_count];

        memset(in, 0, sizeof *in); /* what was refused may have stood here */
        in->node = list->items[i];
        in->document = NONE;
        in->section = "";
        if (!read_map(l, in->node, RULES, COUNT_OF(RULES))) {
            continue;
        }
        in->programme = read_code(l, in->node, "programme", CODE_SLUG);
        in->as = read_code(l, in->node, "as", CODE_NAME);
        in->targets = read_list(l, in->node, "targets", TARGETS_MAX);
        load_adoption(l, in);
        l->include_count += check_include(l, in) ? 1 : 0;
    }
}

/* Its three files from among those that were sent; l->from is its source. */
static bool
find_files(struct loader *l, struct include *in, const struct catalogue_file *files,
           size_t count)
{
    const struct yaml_node *node = yaml_get(in->node, "programme");
    bool good = true;

    for (size_t i = 0; i < COUNT_OF(NEEDED); i++) {
        char name[FINDING_FILE_BYTES];

        (void)snprintf(name, sizeof name, "%s/%s", in->programme,
                       programme_file_name(NEEDED[i])); /* a slug has at most 40 */
        in->source.names[NEEDED[i]] = keep_text(l, name);
    }
    for (size_t i = 0; i < count; i++) {
        good = take_file(l, &files[i]) && good;
    }
    for (size_t i = 0; i < COUNT_OF(NEEDED); i++) {
        if (in->source.files[NEEDED[i]] == NULL) {
            finding_add(
                l->found, FINDING_ERROR,
                (struct place){l->own.names[FILE_PROGRAMME], node->line, node->column},
                "%s is included, and its file %s did not come along; put it in "
                "the folder beside this one and send both with dondoc "
                "programme put",
                "có đưa vào %s nhưng thiếu tệp %s đi kèm; đặt tệp trong thư mục "
                "bên cạnh rồi gửi bằng dondoc programme put",
                in->programme, in->source.names[NEEDED[i]]);
            good = false;
        }
    }
    for (size_t i = 0; i < COUNT_OF(NEEDED); i++) {
        good = in->source.files[NEEDED[i]] != NULL && parse_file(l, NEEDED[i]) && good;
    }
    return good;
}

static void
check_slug(struct loader *l, const struct include *in)
{
    const struct yaml_node *node =
        yaml_get(yaml_root(l->from->yaml[FILE_PROGRAMME]), "programme");

    l->at = FILE_PROGRAMME;
    if (l->c->slug[0] != '\0' && strcmp(l->c->slug, in->programme) != 0) {
        refuse(l, node_place(l, node),
               "the folder is %s and the programme in it %s; give both one name",
               "thư mục là %s còn chương trình trong đó là %s; ghi cùng một tên",
               in->programme, l->c->slug);
    }
}

/* Reads it as a programme of its own, then takes over what is asked for. */
static void
load_include(struct loader *l, struct include *in)
{
    struct catalogue inner = {0};
    struct catalogue *c = l->c;
    struct origin *targets = l->targets;
    bool measures_good = l->measures_good;
    size_t errors;

    l->c = &inner;
    l->targets = NULL;
    load_programme(l);
    check_slug(l, in);
    errors = l->found->errors;
    load_measures(l);
    load_indicators(l);
    l->measures_good = l->found->errors == errors;
    load_targets(l);
    l->c = c;
    if (l->found->errors == l->errors) {
        struct origin *theirs = l->targets;

        l->targets = targets;
        include_merge(l, in, &inner, theirs);
        mem_free(&theirs);
    } else {
        mem_free(&l->targets);
        l->targets = targets;
    }
    l->measures_good = measures_good;
    mem_free(&inner.measures);
    mem_free(&inner.groups);
    mem_free(&inner.indicators);
    mem_free(&inner.targets);
    mem_free(&inner.infos);
}

void
load_includes(struct loader *l, const struct catalogue_file *files, size_t count)
{
    for (size_t i = 0; i < l->include_count; i++) {
        struct include *in = &l->includes[i];

        l->from = &in->source;
        if (find_files(l, in, files, count)) {
            load_include(l, in);
        }
        l->from = &l->own;
    }
}

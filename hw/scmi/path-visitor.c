/*
 * SCMI platform: which member of a configuration is wrong
 *
 * Source: QEMU qapi/qapi-visit-core.c (visit_type_intN(), visit_type_uintN(),
 * input_type_enum()), whose errors are completed here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "path-visitor.h"
#include "qapi/error.h"
#include "qapi/visitor-impl.h"

/* Where the visitor is: in the element @index of a list, or in a struct. */
typedef struct PathStep {
    const char *name;
    bool is_list;
    unsigned index;
} PathStep;

/**
 * PathVisitor:
 * @steps: of PathStep, the containers that have been entered, outermost first
 * @value, @value_name: a value has been read, and nothing since: if there is
 *                      an error, the caller did not like it
 */
typedef struct PathVisitor {
    Visitor visitor;
    Visitor *target;
    GArray *steps;
    bool value;
    const char *value_name;
} PathVisitor;

static PathVisitor *to_pv(Visitor *v)
{
    return container_of(v, PathVisitor, visitor);
}

static PathStep *last_step(PathVisitor *pv)
{
    return &g_array_index(pv->steps, PathStep, pv->steps->len - 1);
}

static void enter(PathVisitor *pv, const char *name, bool is_list)
{
    PathStep step = { .name = name, .is_list = is_list };

    g_array_append_val(pv->steps, step);
    pv->value = false;
}

/*
 * Who is refused a value leaves all containers without another look at them:
 * where the value was is kept.
 */
static void leave(PathVisitor *pv)
{
    if (!pv->value) {
        g_array_set_size(pv->steps, pv->steps->len - 1);
    }
}

static bool take_value(PathVisitor *pv, const char *name, bool ok)
{
    pv->value = ok;
    pv->value_name = name;
    return ok;
}

static bool path_start_struct(Visitor *v, const char *name, void **obj,
                              size_t size, Error **errp)
{
    PathVisitor *pv = to_pv(v);

    pv->value = false;
    if (!visit_start_struct(pv->target, name, obj, size, errp)) {
        return false;
    }
    enter(pv, name, false);
    return true;
}

static bool path_check_struct(Visitor *v, Error **errp)
{
    to_pv(v)->value = false;
    return visit_check_struct(to_pv(v)->target, errp);
}

static void path_end_struct(Visitor *v, void **obj)
{
    leave(to_pv(v));
    visit_end_struct(to_pv(v)->target, obj);
}

static bool path_start_list(Visitor *v, const char *name, GenericList **list,
                            size_t size, Error **errp)
{
    PathVisitor *pv = to_pv(v);

    pv->value = false;
    if (!visit_start_list(pv->target, name, list, size, errp)) {
        return false;
    }
    enter(pv, name, true);
    return true;
}

static GenericList *path_next_list(Visitor *v, GenericList *tail, size_t size)
{
    PathVisitor *pv = to_pv(v);

    pv->value = false;
    last_step(pv)->index++;
    return visit_next_list(pv->target, tail, size);
}

static bool path_check_list(Visitor *v, Error **errp)
{
    to_pv(v)->value = false;
    return visit_check_list(to_pv(v)->target, errp);
}

static void path_end_list(Visitor *v, void **list)
{
    leave(to_pv(v));
    visit_end_list(to_pv(v)->target, list);
}

static bool path_start_alternate(Visitor *v, const char *name,
                                 GenericAlternate **obj, size_t size,
                                 Error **errp)
{
    to_pv(v)->value = false;
    return visit_start_alternate(to_pv(v)->target, name, obj, size, errp);
}

static void path_end_alternate(Visitor *v, void **obj)
{
    visit_end_alternate(to_pv(v)->target, obj);
}

static bool path_type_int64(Visitor *v, const char *name, int64_t *obj,
                            Error **errp)
{
    return take_value(to_pv(v), name,
                      visit_type_int64(to_pv(v)->target, name, obj, errp));
}

static bool path_type_uint64(Visitor *v, const char *name, uint64_t *obj,
                             Error **errp)
{
    PathVisitor *pv = to_pv(v);

    if (!take_value(pv, name, visit_type_uint64(pv->target, name, obj, errp))) {
        return false;
    }
    /* QEMU's visitors make a large number of a negative one. */
    if (*obj > INT64_MAX) {
        error_setg(errp, "Parameter '%s' is negative, or above %" PRId64,
                   name ?: "", INT64_MAX);
        return false;
    }
    return true;
}

static bool path_type_bool(Visitor *v, const char *name, bool *obj,
                           Error **errp)
{
    return take_value(to_pv(v), name,
                      visit_type_bool(to_pv(v)->target, name, obj, errp));
}

static bool path_type_str(Visitor *v, const char *name, char **obj,
                          Error **errp)
{
    return take_value(to_pv(v), name,
                      visit_type_str(to_pv(v)->target, name, obj, errp));
}

static void path_optional(Visitor *v, const char *name, bool *present)
{
    to_pv(v)->value = false;
    visit_optional(to_pv(v)->target, name, present);
}

static void path_free(Visitor *v)
{
    g_array_free(to_pv(v)->steps, true);
    g_free(to_pv(v));
}

Visitor *path_visitor_new(Visitor *target)
{
    PathVisitor *pv = g_new0(PathVisitor, 1);

    assert(target->type == VISITOR_INPUT);
    pv->target = target;
    pv->steps = g_array_new(false, false, sizeof(PathStep));
    pv->visitor = (Visitor) {
        .type = VISITOR_INPUT,
        .start_struct = path_start_struct,
        .check_struct = path_check_struct,
        .end_struct = path_end_struct,
        .start_list = path_start_list,
        .next_list = path_next_list,
        .check_list = path_check_list,
        .end_list = path_end_list,
        .start_alternate = path_start_alternate,
        .end_alternate = path_end_alternate,
        .type_int64 = path_type_int64,
        .type_uint64 = path_type_uint64,
        .type_bool = path_type_bool,
        .type_str = path_type_str,
        .optional = path_optional,
        .free = path_free,
        .compat_policy = target->compat_policy,
    };
    return &pv->visitor;
}

/* Elements of lists have no name, nor has the outermost container. */
static void append_name(GString *path, const char *name)
{
    if (name) {
        g_string_append_printf(path, "%s%s", path->len ? "." : "", name);
    }
}

void path_visitor_name(Visitor *v, Error **errp)
{
    PathVisitor *pv = to_pv(v);
    g_autoptr(GString) path = g_string_new("");
    g_autofree char *problem = NULL;
    const char *end;

    if (!pv->value) {
        return;
    }
    for (unsigned i = 0; i < pv->steps->len; i++) {
        const PathStep *step = &g_array_index(pv->steps, PathStep, i);

        append_name(path, step->name);
        if (step->is_list) {
            g_string_append_printf(path, "[%u]", step->index);
        }
    }
    append_name(path, pv->value_name);

    /* What it says behind the name, in quotes. */
    end = strstr(error_get_pretty(*errp), "' ");
    problem = g_strdup(end ? end + 2 : error_get_pretty(*errp));
    error_free(*errp);
    *errp = NULL;
    error_setg(errp, "Parameter '%s' %s", path->str, problem);
}

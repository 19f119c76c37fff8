/*
 * SCMI platform: which member of a configuration is wrong
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef HW_SCMI_PATH_VISITOR_H
#define HW_SCMI_PATH_VISITOR_H

#include "qapi/visitor.h"

/**
 * path_visitor_new: an input visitor that knows where it is
 * @target: an input visitor that does the work; borrowed
 *
 * For structs, lists, alternates, enumerations, integers, booleans and
 * strings, which is what configurations have. It takes no unsigned integer
 * above INT64_MAX, which is what a negative one looks like.
 */
Visitor *path_visitor_new(Visitor *target);

/**
 * path_visitor_name: name a member by its whole path in an error
 * @v: a path visitor that failed, before it is freed
 * @errp: what it failed with
 *
 * QEMU's input visitors name what they refuse by its path. That a number does
 * not fit its type, and what an enumeration does not have, is found out by
 * their callers, who know no more than the last name, and none in a list.
 */
void path_visitor_name(Visitor *v, Error **errp);

#endif

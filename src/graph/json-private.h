/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pieces of functions as JSON. */

#pragma once

#include <assay/function-json.h>

G_BEGIN_DECLS

void        assay_json_add_text (JsonObject *object, const char *name, const char *text);
JsonNode   *assay_json_wrap_array (JsonArray *array);
JsonNode   *assay_json_wrap_object (JsonObject *object);
JsonNode   *assay_shape_to_json (const AssayPartialShape *shape);
gboolean    assay_shape_from_json (JsonNode *node, AssayPartialShape *shape, GError **error);
JsonNode   *assay_attrs_to_json (AssayAttrs *attrs, const AssayFunctionStore *store);
AssayAttrs *assay_attrs_from_json (JsonNode *node, const AssayFunctionStore *store, GError **error);

/* Members of an object, or what they are if they are missing or of another type. */
const char *assay_json_get_text (JsonObject *object, const char *name);
gint64      assay_json_get_int (JsonNode *node);
JsonArray  *assay_json_get_array (JsonObject *object, const char *name);

/* Sets the one error that a damaged description has. */
gpointer assay_json_damaged (const char *what, GError **error);

G_END_DECLS

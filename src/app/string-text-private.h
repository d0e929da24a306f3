/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Byte strings from files as text that can be shown. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * assay_string_text:
 * @bytes: a string as the file has it
 * @max_characters: where to cut it off, marked by "…"
 *
 * Returns: (transfer full): valid UTF-8 on one line: control characters and broken bytes are escaped
 */
char *assay_string_text (GBytes *bytes, gsize max_characters);

G_END_DECLS

/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* NumPy's datetime64 and timedelta64 as text, by the unit that their name tells. */

#pragma once

#include <assay/dtype.h>

G_BEGIN_DECLS

/**
 * time_text_format:
 * @dtype: `DATETIME64` or `TIMEDELTA64`
 * @dtype_name: (nullable): as in "datetime64[ns]"; without a unit the number of ticks is written
 * @value: 8 bytes
 *
 * Returns: (transfer full): as in "2024-02-29T12:00:00.000000001", "90 s", "NaT"
 */
char *time_text_format (AssayDtype dtype, const char *dtype_name, const void *value);

/**
 * time_text_parse:
 * @dtype: `DATETIME64` or `TIMEDELTA64`
 * @dtype_name: (nullable): as in "datetime64[ns]"
 * @text: a date with or without time as ISO 8601 has it, a number of ticks, or "NaT"; for differences a number with or
 *   without the unit
 * @value: (out): the ticks
 * @error: return location for an error
 *
 * Fails with `ASSAY_ERROR_SYNTAX`; with `ASSAY_ERROR_RANGE` if the time doesn't fit or isn't a whole number of ticks.
 *
 * Returns: whether @value is set
 */
gboolean time_text_parse (AssayDtype dtype, const char *dtype_name, const char *text, gint64 *value, GError **error);

G_END_DECLS

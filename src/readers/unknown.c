/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What no format claims. */

#include "reader-private.h"

#include <assay/error.h>

static gboolean
unknown_sniff (const guint8 *head, gsize n_head, const AssayReaderContext *context)
{
  return TRUE;
}

static gboolean
unknown_read (AssayReaderContext *context, GError **error)
{
  g_set_error (error, ASSAY_ERROR, ASSAY_ERROR_UNSUPPORTED, "“%s” is of no format that Assay knows", context->file_name);
  return FALSE;
}

const AssayReader assay_unknown_reader = { .name = "unknown", .sniff = unknown_sniff, .read = unknown_read };

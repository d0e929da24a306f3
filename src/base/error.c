/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <assay/error.h>

#include <errno.h>

G_DEFINE_QUARK (assay_error, assay_error)

gboolean
assay_error_set_errno (GError **error, int saved_errno, const char *what)
{
  AssayError code = ASSAY_ERROR_IO;

  if (saved_errno == ENOSPC || saved_errno == EDQUOT)
    code = ASSAY_ERROR_NO_SPACE;
  else if (saved_errno == ENOENT)
    code = ASSAY_ERROR_NOT_FOUND;
  g_set_error (error, ASSAY_ERROR, code, "%s: %s", what, g_strerror (saved_errno));
  return FALSE;
}

/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "half-private.h"

#include "clones-private.h"

ENGINE_CLONES static void
widen_half (float *out, const guint16 *in, gsize n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = assay_float_of_half (in[i]);
}

ENGINE_CLONES static void
widen_bfloat (float *out, const guint16 *in, gsize n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = assay_float_of_bfloat (in[i]);
}

ENGINE_CLONES static void
narrow_half (guint16 *out, const float *in, gsize n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = assay_half_of_float (in[i]);
}

ENGINE_CLONES static void
narrow_bfloat (guint16 *out, const float *in, gsize n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = assay_bfloat_of_float (in[i]);
}

void
assay_widen (float *out, const void *in, AssayDtype dtype, gsize n)
{
  if (dtype == ASSAY_DTYPE_FLOAT16)
    widen_half (out, in, n);
  else
    widen_bfloat (out, in, n);
}

void
assay_narrow (void *out, const float *in, AssayDtype dtype, gsize n)
{
  if (dtype == ASSAY_DTYPE_FLOAT16)
    narrow_half (out, in, n);
  else
    narrow_bfloat (out, in, n);
}

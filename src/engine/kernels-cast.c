/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* From one dtype to another. Floats become integers towards zero; what doesn't fit becomes what x86-64 makes of it, as in
 * TensorFlow. */

#include "half-private.h"
#include "kernel-private.h"

typedef void (*Loop) (void *out, const void *in, gsize n);

static inline gint32
to_i32 (double x)
{
  return x > -2147483649.0 && x < 2147483648.0 ? (gint32) x : G_MININT32;
}

static inline gint64
to_i64 (double x)
{
  return x >= -0x1p63 && x < 0x1p63 ? (gint64) x : G_MININT64;
}

static inline guint64
to_u64 (double x)
{
  return x < 0x1p63 ? (guint64) to_i64 (x) : (guint64) to_i64 (x - 0x1p63) ^ 0x8000000000000000u;
}

#define CAST(from, from_type, to, to_type, conversion)    \
  static void                                             \
      from##_to_##to (void *out, const void *in, gsize n) \
  {                                                       \
    for (gsize i = 0; i < n; i++)                         \
      {                                                   \
        from_type x = ((const from_type *) in)[i];        \
        ((to_type *) out)[i] = (conversion);              \
      }                                                   \
  }

#define CASTS(from, type, narrow, wide, wide_unsigned) \
  CAST (from, type, bool, guint8, x != 0)              \
  CAST (from, type, i8, gint8, (gint8) narrow)         \
  CAST (from, type, u8, guint8, (guint8) narrow)       \
  CAST (from, type, i16, gint16, (gint16) narrow)      \
  CAST (from, type, u16, guint16, (guint16) narrow)    \
  CAST (from, type, i32, gint32, narrow)               \
  CAST (from, type, u32, guint32, (guint32) wide)      \
  CAST (from, type, i64, gint64, wide)                 \
  CAST (from, type, u64, guint64, wide_unsigned)       \
  CAST (from, type, f32, float, x)                     \
  CAST (from, type, f64, double, x)

#define INT_CASTS(from, type) CASTS (from, type, (gint32) x, (gint64) x, (guint64) x)
#define FLOAT_CASTS(from, type) CASTS (from, type, to_i32 (x), to_i64 (x), to_u64 (x))

CASTS (bool, guint8, x != 0, x != 0, x != 0)
INT_CASTS (i8, gint8)
INT_CASTS (u8, guint8)
INT_CASTS (i16, gint16)
INT_CASTS (u16, guint16)
INT_CASTS (i32, gint32)
INT_CASTS (u32, guint32)
INT_CASTS (i64, gint64)
INT_CASTS (u64, guint64)
FLOAT_CASTS (f32, float)
FLOAT_CASTS (f64, double)

#define ROW(from)                                                                                                    \
  {                                                                                                                  \
    [ASSAY_DTYPE_BOOL] = from##_to_bool, [ASSAY_DTYPE_INT8] = from##_to_i8, [ASSAY_DTYPE_UINT8] = from##_to_u8,      \
    [ASSAY_DTYPE_INT16] = from##_to_i16, [ASSAY_DTYPE_UINT16] = from##_to_u16, [ASSAY_DTYPE_INT32] = from##_to_i32,  \
    [ASSAY_DTYPE_UINT32] = from##_to_u32, [ASSAY_DTYPE_INT64] = from##_to_i64, [ASSAY_DTYPE_UINT64] = from##_to_u64, \
    [ASSAY_DTYPE_FLOAT32] = from##_to_f32, [ASSAY_DTYPE_FLOAT64] = from##_to_f64                                     \
  }

static const Loop casts[ASSAY_N_DTYPES][ASSAY_N_DTYPES] = {
  [ASSAY_DTYPE_BOOL] = ROW (bool),
  [ASSAY_DTYPE_INT8] = ROW (i8),
  [ASSAY_DTYPE_UINT8] = ROW (u8),
  [ASSAY_DTYPE_INT16] = ROW (i16),
  [ASSAY_DTYPE_UINT16] = ROW (u16),
  [ASSAY_DTYPE_INT32] = ROW (i32),
  [ASSAY_DTYPE_UINT32] = ROW (u32),
  [ASSAY_DTYPE_INT64] = ROW (i64),
  [ASSAY_DTYPE_UINT64] = ROW (u64),
  [ASSAY_DTYPE_FLOAT32] = ROW (f32),
  [ASSAY_DTYPE_FLOAT64] = ROW (f64),
};

typedef struct
{
  Loop        loop;
  AssayDtype  from, to;
  gsize       from_size, to_size;
  char       *out;
  const char *in;
} Cast;

/* The halves are float32 on the way. */
static void
run_piece (gsize first, gsize end, gpointer data)
{
  const Cast *self = data;
  float       wide[512], narrow[512];

  if (!assay_is_half (self->from) && !assay_is_half (self->to))
    {
      self->loop (self->out + first * self->to_size, self->in + first * self->from_size, end - first);
      return;
    }
  for (gsize at = first; at < end; at += G_N_ELEMENTS (wide))
    {
      gsize       n = MIN (end - at, G_N_ELEMENTS (wide));
      const void *in = self->in + at * self->from_size;

      if (assay_is_half (self->from))
        {
          assay_widen (wide, in, self->from, n);
          in = wide;
        }
      if (!assay_is_half (self->to))
        self->loop (self->out + at * self->to_size, in, n);
      else
        {
          self->loop (narrow, in, n);
          assay_narrow (self->out + at * self->to_size, narrow, self->to, n);
        }
    }
}

static gboolean
run_cast (AssayKernelCall *call, GError **error)
{
  AssayDtype from = assay_kernel_dtype (call, 0), to = call->specs[0].dtype;
  Cast       work = { .from = from, .to = to };

  if (from == to && from != ASSAY_DTYPE_VARIANT)
    {
      call->outputs[0] = assay_value_ref (call->inputs[0]);
      return TRUE;
    }
  work.loop = casts[assay_is_half (from) ? ASSAY_DTYPE_FLOAT32 : from][assay_is_half (to) ? ASSAY_DTYPE_FLOAT32 : to];
  if (work.loop == NULL)
    return assay_kernel_fail (call, error, "Cast %s to %s is not supported", assay_dtype_get_info (from)->name, assay_dtype_get_info (to)->name);
  work.from_size = assay_dtype_get_info (from)->item_size;
  work.to_size = assay_dtype_get_info (to)->item_size;
  work.in = assay_kernel_input (call, 0);
  work.out = assay_kernel_output_as_inferred (call, 0, error);
  if (work.out == NULL)
    return FALSE;
  assay_parallel (call->workspace, assay_kernel_n (call, 0), 16384, run_piece, &work);
  return TRUE;
}

/* The same bytes. */
static gboolean
run_bitcast (AssayKernelCall *call, GError **error)
{
  AssayTensor *in = assay_value_get_tensor (call->inputs[0]), *out;
  guint64      dims[ASSAY_GRAPH_MAX_RANK];

  if (in == NULL)
    return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, 0), error);
  for (int i = 0; i < call->specs[0].shape.rank; i++)
    dims[i] = call->specs[0].shape.dims[i];
  out = assay_tensor_new (call->specs[0].dtype, call->specs[0].shape.rank, dims, assay_tensor_get_bytes (in), error);
  if (out == NULL)
    return FALSE;
  call->outputs[0] = assay_value_new_take (out);
  return TRUE;
}

const AssayKernel assay_kernels_cast[] = {
  { "Cast", run_cast },
  { "Bitcast", run_bitcast },
  { NULL },
};

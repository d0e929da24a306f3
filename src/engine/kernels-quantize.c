/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Floats rounded to what a quantised tensor could hold. Sources: tensorflow/core/kernels/{fake_quant_ops_functor,quantize_and_dequantize_op}.h. */

#include "nn-private.h"
#include <assay/convert.h>

#include <math.h>

/* x → round ((clamp (x) − low) × inverse) × scale + low. */
static void
fake_quantize (float *out, const float *in, gsize n, gsize step, float min, float max, int n_bits, gboolean narrow)
{
  float quant_min = narrow, quant_max = (1 << n_bits) - 1;
  float scale = (max - min) / (quant_max - quant_min), zero = quant_min - min / scale;
  float nudged = zero < quant_min ? quant_min : zero > quant_max ? quant_max
                                                                 : roundf (zero);
  float low = (quant_min - nudged) * scale, high = (quant_max - nudged) * scale, inverse = 1 / scale;

  for (gsize i = 0; i < n; i++)
    {
      float x = in[i * step], clamped = x < low ? low : x > high ? high
                                                                 : x;

      out[i * step] = min == 0 && max == 0 ? 0 : floorf ((clamped - low) * inverse + 0.5f) * scale + low;
    }
}

static gboolean
run_fake_quantize (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *shape = assay_kernel_shape (call, 0);
  gint64                   n_bits = assay_attrs_get_int (call->attrs, "num_bits", 8);
  gboolean                 narrow = assay_attrs_get_int (call->attrs, "narrow_range", FALSE);
  gboolean                 by_channel = g_str_has_suffix (call->op->name, "PerChannel");
  gsize                    n = assay_kernel_n (call, 0), channels = by_channel ? shape->dims[shape->rank - 1] : 1;
  float                   *out, min = assay_attrs_get_float (call->attrs, "min", -6), max = assay_attrs_get_float (call->attrs, "max", 6);

  for (guint i = 0; i < call->n_inputs; i++)
    if (assay_kernel_dtype (call, i) != ASSAY_DTYPE_FLOAT32)
      return assay_kernel_refuse_dtype (call, assay_kernel_dtype (call, i), error);
  if (n_bits < 2 || n_bits > 16)
    return assay_kernel_fail (call, error, "num_bits must be between 2 and 16, inclusive");
  out = assay_kernel_output_as_inferred (call, 0, error);
  if (out == NULL)
    return FALSE;
  for (gsize c = 0; c < channels; c++)
    {
      if (call->n_inputs == 3)
        {
          min = ((const float *) assay_kernel_input (call, 1))[c];
          max = ((const float *) assay_kernel_input (call, 2))[c];
        }
      if (call->n_inputs == 1 && !(min < max))
        return assay_kernel_fail (call, error, "min has to be smaller than max, was: %g >= %g", min, max);
      if (!(min <= 0 && max >= 0) || (call->n_inputs == 3 && min > max))
        return assay_kernel_fail (call, error, "The range %g to %g doesn't have 0 in it", min, max);
      fake_quantize (out + c, (const float *) assay_kernel_input (call, 0) + c, n / channels, channels, min, max, n_bits, narrow);
    }
  return TRUE;
}

/* So many numbers are converted in one go. */
#define PART 65536

typedef struct
{
  gboolean is_signed, has_range, narrow, half_up;
  int      n_bits;
} Quantization;

/* One slice: [outer, inner] of elements @step apart. */
static void
quantize (const Quantization *self, double *out, const double *in, gsize outer, gsize step, gsize inner, double min, double max)
{
  double min_quant = self->is_signed ? -ldexp (1, self->n_bits - 1) + self->narrow : 0;
  double max_quant = self->is_signed ? ldexp (1, self->n_bits - 1) - 1 : ldexp (1, self->n_bits) - 1;
  float  low = min, high = max, scale, inverse, min_side, max_side;

  for (gsize i = 0; i < outer && !self->has_range; i++)
    for (gsize k = 0; k < inner && !assay_stops (i * inner + k + 1); k++)
      {
        low = i + k == 0 || in[i * step + k] < low ? in[i * step + k] : low;
        high = i + k == 0 || in[i * step + k] > high ? in[i * step + k] : high;
      }
  min_side = min_quant * low > 0 ? min_quant / low : 3.402823466e+38f;
  max_side = max_quant * high > 0 ? max_quant / high : 3.402823466e+38f;
  scale = MIN (min_side, max_side);
  inverse = min_side < max_side ? low / min_quant : high / max_quant;
  if (min_side < max_side)
    high = max_quant * inverse;
  else
    low = min_quant * inverse;
  for (gsize i = 0; i < outer; i++)
    for (gsize k = 0; k < inner && !assay_stops (i * inner + k); k++)
      {
        float x = in[i * step + k], clamped = self->has_range ? (x < low ? low : x > high ? high
                                                                                          : x)
                                                              : x;
        float rounded = self->half_up ? floorf (clamped * scale + 0.5f) : nearbyintf (clamped * scale);

        out[i * step + k] = rounded * inverse;
      }
}

static double
number_at (AssayKernelCall *call, guint input, gsize index)
{
  double number;

  assay_convert_to_double (assay_kernel_dtype (call, input),
                           (const char *) assay_kernel_input (call, input) + index * assay_dtype_get_info (assay_kernel_dtype (call, input))->item_size, &number, 1);
  return number;
}

static gboolean
read_quantization (AssayKernelCall *call, Quantization *self, GError **error)
{
  gint64 n_bits = assay_attrs_get_int (call->attrs, "num_bits", 8);

  if (call->n_inputs == 4 && assay_kernel_ints (call, 3, &n_bits, 1, error) != 1)
    return FALSE;
  self->is_signed = assay_attrs_get_int (call->attrs, "signed_input", TRUE);
  if (n_bits < 1 + self->is_signed || n_bits > 62 + self->is_signed)
    return assay_kernel_fail (call, error, "num_bits is out of range: %" G_GINT64_FORMAT " with signed_input_ %d", n_bits, self->is_signed);
  self->n_bits = n_bits;
  self->has_range = assay_attrs_get_int (call->attrs, "range_given", FALSE);
  self->narrow = assay_attrs_get_int (call->attrs, "narrow_range", FALSE);
  self->half_up = g_str_equal (assay_attrs_get_string (call->attrs, "round_mode", "HALF_TO_EVEN"), "HALF_UP");
  return TRUE;
}

static gboolean
run_quantize (AssayKernelCall *call, GError **error)
{
  const AssayPartialShape *shape = assay_kernel_shape (call, 0);
  gint64                   axis = assay_attrs_get_int (call->attrs, "axis", -1);
  AssayDtype               dtype = assay_kernel_dtype (call, 0);
  gsize                    n = assay_kernel_n (call, 0), outer = 1, inner = 1, slices = axis >= 0 ? shape->dims[axis] : 1;
  Quantization             work = { 0 };
  double                  *numbers;
  void                    *out;

  if (assay_nn_is_narrow (call))
    return assay_nn_run_wide (call, run_quantize, error);
  if (dtype != ASSAY_DTYPE_FLOAT32 && dtype != ASSAY_DTYPE_FLOAT64)
    return assay_kernel_refuse_dtype (call, dtype, error);
  if (!read_quantization (call, &work, error))
    return FALSE;
  for (int i = 0; i < shape->rank; i++)
    if (axis >= 0 && i != axis)
      *(i < axis ? &outer : &inner) *= shape->dims[i];
  if (axis < 0)
    inner = n;
  out = assay_kernel_output_as_inferred (call, 0, error);
  numbers = out ? assay_workspace_scratch (call->workspace, n * sizeof (double), error) : NULL;
  if (numbers == NULL)
    return FALSE;
  for (gsize part = 0; part < n && !assay_is_stopped (); part += PART)
    assay_convert_to_double (dtype, (const char *) assay_kernel_input (call, 0) + part * assay_dtype_get_info (dtype)->item_size, numbers + part, MIN (PART, n - part));
  for (gsize i = 0; i < slices && n > 0; i++)
    {
      double min = work.has_range ? number_at (call, 1, i) : 0, max = work.has_range ? number_at (call, 2, i) : 0;

      if (work.has_range && !(min <= max))
        {
          assay_workspace_free_scratch (call->workspace, numbers);
          return assay_kernel_fail (call, error, "Invalid range: input_min %g > input_max %g", min, max);
        }
      quantize (&work, numbers + i * inner, numbers + i * inner, outer, slices * inner, inner, min, max);
    }
  for (gsize i = 0; i < n && !assay_stops (i); i++)
    if (dtype == ASSAY_DTYPE_FLOAT32)
      ((float *) out)[i] = numbers[i];
    else
      ((double *) out)[i] = numbers[i];
  assay_workspace_free_scratch (call->workspace, numbers);
  return TRUE;
}

const AssayKernel assay_kernels_quantize[] = {
  { "FakeQuantWithMinMaxArgs", run_fake_quantize },
  { "FakeQuantWithMinMaxVars", run_fake_quantize },
  { "FakeQuantWithMinMaxVarsPerChannel", run_fake_quantize },
  { "QuantizeAndDequantizeV2", run_quantize },
  { "QuantizeAndDequantizeV3", run_quantize },
  { "QuantizeAndDequantizeV4", run_quantize },
  { NULL },
};

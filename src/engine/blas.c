/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "blas-private.h"

#include "workspace-private.h"
#include <assay/error.h>
#include <dlfcn.h>

/* OpenBLAS 0.3.21 doesn't know newer processors and takes the slow way there; it reads the variable when it is loaded. */
static void
choose_core_type (void)
{
  __builtin_cpu_init ();
  if (g_getenv ("OPENBLAS_CORETYPE") == NULL && __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
      __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512dq"))
    g_setenv ("OPENBLAS_CORETYPE", "SkylakeX", FALSE);
}

static AssayBlas *
load (void)
{
  AssayBlas *blas = g_new0 (AssayBlas, 1);
  void      *library;

  choose_core_type ();
  library = dlopen ("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL)
    return blas;
  *(void **) &blas->sgemm = dlsym (library, "cblas_sgemm");
  *(void **) &blas->dgemm = dlsym (library, "cblas_dgemm");
  *(void **) &blas->sgemv = dlsym (library, "cblas_sgemv");
  *(void **) &blas->set_n_threads = dlsym (library, "openblas_set_num_threads");
  /* Threads are ours: gemm.c. */
  if (blas->set_n_threads != NULL)
    blas->set_n_threads (1);
  return blas;
}

const AssayBlas *
assay_blas_get (GError **error)
{
  static AssayBlas *blas;

  if (g_once_init_enter (&blas))
    g_once_init_leave (&blas, load ());
  if (blas->sgemm == NULL || blas->dgemm == NULL || blas->sgemv == NULL)
    {
      g_set_error_literal (error, ASSAY_ERROR, ASSAY_ERROR_FAILED, "OpenBLAS (libopenblas.so.0) isn't installed, so matrices can't be multiplied.");
      return NULL;
    }
  return blas;
}

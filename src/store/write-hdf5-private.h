/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* What writers of HDF5 files share. */

#pragma once

#include <assay/dtype.h>

G_BEGIN_DECLS

/* Whether HDF5 has no such type: then its bits are stored, and the attribute "assay_dtype" says what they are. */
gboolean assay_hdf5_needs_mark (AssayDtype dtype);

G_END_DECLS

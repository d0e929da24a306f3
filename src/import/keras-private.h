/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The importer of Keras files. */

#pragma once

#include "import-private.h"

extern const AssayImporter assay_keras_importer;

/* The same with a config that is given, and the context's variables. */
AssayRunnable *assay_keras_import_config (AssayImportContext *context, const char *text, GError **error);

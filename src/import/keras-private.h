/* SPDX-FileCopyrightText: The Assay authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The importer of Keras files. */

#pragma once

#include "import-private.h"

extern const AssayImporter assay_keras_importer;
